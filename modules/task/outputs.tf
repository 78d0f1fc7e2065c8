output "family" {
  description = "Family of the task definition. A launch that names no revision uses the newest."
  value       = aws_ecs_task_definition.this.family
}

output "task_definition_arn" {
  description = "ARN of the newest revision of the task definition."
  value       = aws_ecs_task_definition.this.arn
}

output "task_definition_revision" {
  description = "Newest revision of the task definition."
  value       = aws_ecs_task_definition.this.revision
}

output "task_definition_arn_without_revision" {
  description = "ARN of the task definition without its revision. With `:*` appended it is the resource of a permission to run any revision."
  value       = local.arn_without_revision
}

output "container_name" {
  description = "Name of the container."
  value       = var.name
}

output "port" {
  description = "TCP port that the container listens on. Not set when the task exposes none."
  value       = var.port
}

output "task_role_arn" {
  description = "ARN of the task role: the role that the container has."
  value       = local.task_role.arn
}

output "task_role_name" {
  description = "Name of the task role: the role that the container has."
  value       = local.task_role.name
}

output "execution_role_arn" {
  description = "ARN of the execution role: the role with which ECS pulls the image, reads the secrets and writes the log."
  value       = local.execution_role.arn
}

output "execution_role_name" {
  description = "Name of the execution role: the role with which ECS pulls the image, reads the secrets and writes the log."
  value       = local.execution_role.name
}

output "infrastructure_role_arn" {
  description = "ARN of the infrastructure role: the role with which ECS manages the volume of `ebs_volume`. Null without it."
  value       = local.infrastructure_role_arn
}

output "execution_policy_json" {
  description = "JSON text of the policy that the execution role has, or needs when it is `existing_execution_role`."
  value       = local.execution_policy
}

output "task_policy_json" {
  description = "JSON text of a policy with everything that the task role has, or needs when it is `existing_task_role`: `policies`, `grants`, mounts and ECS Exec, without Sids. What a launcher adds, to read long payloads, is the launcher's output `read_payload_policy_json`. Null when the task needs no permission."
  value       = length(local.task_statements) > 0 ? jsonencode({ Version = "2012-10-17", Statement = local.task_statements }) : null
}

output "security_group_id" {
  description = "ID of the task's security group. With `network_mode` bridge or host, attach it to the container instances."
  value       = aws_security_group.this.id
}

output "log_group_name" {
  description = "Name of the task's log group."
  value       = local.log_group_name
}

output "log_group_arn" {
  description = "ARN of the task's log group."
  value       = "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:${local.log_group_name}"
}

output "route" {
  description = "Launch route of the task, as a launcher and a registrar take it. Merge it with the service's entry in the load balancer's `targets` to give it a target group."
  value = {
    cluster_arn                          = var.cluster_arn
    family                               = aws_ecs_task_definition.this.family
    task_definition_arn_without_revision = local.arn_without_revision
    container_name                       = var.name
    subnet_ids                           = var.subnet_ids
    security_group_ids                   = concat([aws_security_group.this.id], var.security_group_ids)
    assign_public_ip                     = var.assign_public_ip
    port                                 = var.port
    allow_overrides                      = var.allow_overrides
    task_role_arn                        = local.task_role.arn
    task_role_name                       = local.task_role.name
    execution_role_arn                   = local.execution_role.arn
    existing_task_role                   = !local.create_task_role
    network_mode                         = var.network_mode
    capacity                             = var.capacity
    target_group_arn                     = null
    target_type                          = null
    deregistration_delay_seconds         = null
    on_failure                           = var.on_failure
    interruption_retries                 = var.interruption_retries
    enable_execute_command               = var.enable_execute_command
    essential_containers                 = tolist(local.essential_containers)
    ebs_volume = one([for name, volume in local.ebs_volumes : {
      name                    = name
      infrastructure_role_arn = local.infrastructure_role_arn
      size_gib                = volume.size_gib
      volume_type             = volume.volume_type
      iops                    = volume.iops
      throughput_mibps        = volume.throughput_mibps
      encrypted               = volume.encrypted
      kms_key_arn             = volume.kms_key_arn
      snapshot_id             = volume.snapshot_id
      file_system_type        = volume.file_system_type
    }])
  }
}
