output "service_name" {
  description = "Name of the ECS service."
  value       = aws_ecs_service.this.name
}

output "service_arn" {
  description = "ARN of the ECS service."
  value       = aws_ecs_service.this.id
}

output "scalable_target_arn" {
  description = "ARN of the scalable target, with which Application Auto Scaling sets the count."
  value       = aws_appautoscaling_target.this.arn
}

output "alarm_names" {
  description = "Names of the alarms that scale. Target tracking makes its alarms itself, so they are not among them."
  value       = [for alarm in aws_cloudwatch_metric_alarm.steps : alarm.alarm_name]
}

output "task_protection_policy_json" {
  description = "JSON text of the policy with which a task protects itself from being stopped by scaling or a deployment. With `scaling` the task role has it, unless it is an existing one, which needs it. IAM can limit it to the tasks of the cluster, not to those of one ECS service."
  value       = local.task_protection_policy
}

output "wake_policy_json" {
  description = "JSON text of a policy that allows to read and to set the count of this ECS service only, for what starts the first task itself instead of waiting for an alarm. It allows every other change of the ECS service too, since IAM knows no narrower permission."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["ecs:DescribeServices", "ecs:UpdateService"]
      Resource = aws_ecs_service.this.id
    }]
  })
}
