output "cluster_name" {
  description = "Name of the cluster."
  value       = aws_ecs_cluster.this.name
}

output "cluster_arn" {
  description = "ARN of the cluster."
  value       = aws_ecs_cluster.this.arn
}

output "exec_log_group_name" {
  description = "Name of the log group that records the input and output of ECS Exec sessions."
  value       = aws_cloudwatch_log_group.exec.name
}
