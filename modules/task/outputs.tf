output "family" {
  description = "Family of the task definition; a launch that names no revision takes the newest."
  value       = aws_ecs_task_definition.this.family
}

output "task_definition_arn" {
  description = "ARN of the newest revision of the task definition."
  value       = aws_ecs_task_definition.this.arn
}

output "task_definition_arn_without_revision" {
  description = "ARN of the task definition without its revision: with `:*` after it, what a right to launch is bound to."
  value       = local.arn_without_revision
}

output "container_name" {
  description = "Name of the container."
  value       = var.name
}

output "port" {
  description = "Port that the container listens on, or null."
  value       = var.port
}

output "task_role_arn" {
  description = "ARN of the role that the task itself has."
  value       = aws_iam_role.task.arn
}

output "task_role_name" {
  description = "Name of the role that the task itself has."
  value       = aws_iam_role.task.name
}

output "execution_role_arn" {
  description = "ARN of the role by which ECS pulls the image, reads the secrets and writes the log."
  value       = aws_iam_role.execution.arn
}

output "security_group_id" {
  description = "ID of the task's security group; with `network_mode` bridge or host the container instances need it."
  value       = aws_security_group.this.id
}

output "log_group_name" {
  description = "Name of the task's log group."
  value       = aws_cloudwatch_log_group.this.name
}

output "route" {
  description = "How to launch the task, as the modules `launcher` and `registrar` take it. To give it targets: `merge(module.<task>.route, module.load_balancer.targets[\"<service>\"])`."
  value = {
    cluster_arn                          = var.cluster_arn
    family                               = aws_ecs_task_definition.this.family
    task_definition_arn_without_revision = local.arn_without_revision
    container_name                       = var.name
    subnet_ids                           = var.subnet_ids
    security_group_ids                   = [aws_security_group.this.id]
    assign_public_ip                     = var.assign_public_ip
    port                                 = var.port
    allow_overrides                      = var.allow_overrides
    task_role_arn                        = aws_iam_role.task.arn
    task_role_name                       = aws_iam_role.task.name
    execution_role_arn                   = aws_iam_role.execution.arn
    network_mode                         = var.network_mode
    capacity                             = var.capacity
    target_group_arn                     = null
    target_type                          = null
    deregistration_delay_seconds         = null
    on_failure                           = var.on_failure
    interruption_retries                 = var.interruption_retries
    essential_containers                 = [var.name]
  }
}
