output "cluster_name" {
  description = "Name of the ECS cluster."
  value       = module.cluster.cluster_name

  precondition {
    condition     = local.region == var.aws_region
    error_message = "aws_region is \"${var.aws_region}\" and the AWS provider is configured for ${local.region}; give both the same region."
  }

  precondition {
    condition     = data.aws_caller_identity.current.account_id == var.aws_account_id
    error_message = "aws_account_id is \"${var.aws_account_id}\" and the credentials of the AWS provider are of the account ${data.aws_caller_identity.current.account_id}; give the ID of that account, or the credentials of the other one."
  }

  precondition {
    condition     = length(local.unknown_names) == 0
    error_message = "names has ${join(", ", [for address in local.unknown_names : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", [for beginning in local.named_modules : "${beginning}…"])}."
  }
}

output "cluster_arn" {
  description = "ARN of the ECS cluster."
  value       = module.cluster.cluster_arn
}

output "cluster_id" {
  description = "ID of the ECS cluster: its ARN, as Terraform has it."
  value       = module.cluster.cluster_arn
}

output "service_name" {
  description = "Name of the ECS service."
  value       = module.service.service_name

  precondition {
    condition     = var.min_capacity <= var.max_capacity
    error_message = "min_capacity is ${var.min_capacity} and max_capacity is ${var.max_capacity}; min_capacity is at most max_capacity."
  }

  precondition {
    condition     = var.desired_count == null || !var.enable_auto_scaling
    error_message = "desired_count is ${coalesce(var.desired_count, 0)} with enable_auto_scaling true; then the number is between min_capacity and max_capacity, so leave desired_count out."
  }
}

output "service_arn" {
  description = "ARN of the ECS service."
  value       = module.service.service_arn
}

output "service_id" {
  description = "ID of the ECS service: its ARN, as Terraform has it."
  value       = module.service.service_arn
}

output "task_definition_arn" {
  description = "ARN of the newest revision of the task definition."
  value       = module.task.task_definition_arn

  precondition {
    condition     = contains(local.supported_memory, var.task_memory)
    error_message = "task_memory is ${var.task_memory} with task_cpu ${var.task_cpu}; with this task_cpu Fargate accepts ${join(", ", local.supported_memory)}."
  }

  precondition {
    condition     = length(local.secret_names) == 0
    error_message = "environment_variables has ${join(", ", local.secret_names)}; anyone who can read the task definition can read it. Give the ARN of a Secrets Manager secret or SSM parameter in secrets instead; a name that is none of a secret goes into plain_environment_names as well."
  }

  precondition {
    condition     = length(local.in_both) == 0
    error_message = "${join(", ", local.in_both)} is in both environment_variables and secrets; give each name once."
  }

  precondition {
    condition     = !local.has_health_check || var.health_check_grace_period <= 300
    error_message = "health_check_grace_period is ${var.health_check_grace_period} with container_health_check; ECS ignores failures of a container's health check for at most 300 seconds."
  }
}

output "task_definition_family" {
  description = "Family of the task definition. A launch that names no revision uses the newest."
  value       = module.task.family
}

output "task_definition_revision" {
  description = "Newest revision of the task definition."
  value       = module.task.task_definition_revision
}

output "efs_file_system_id" {
  description = "ID of the EFS file system. Null unless `enable_efs_storage` is true."
  value       = one([for file_system in values(module.file_system) : file_system.file_system_id])

  precondition {
    condition     = !var.enable_efs_storage || !local.is_elastic || var.efs_performance_mode == "generalPurpose"
    error_message = "efs_performance_mode is \"${var.efs_performance_mode}\" with efs_throughput_mode \"elastic\"; elastic throughput takes \"generalPurpose\" only."
  }
}

output "efs_file_system_arn" {
  description = "ARN of the EFS file system. Null unless `enable_efs_storage` is true."
  value       = one([for file_system in values(module.file_system) : file_system.file_system_arn])
}

output "efs_access_point_id" {
  description = "ID of the access point of the tasks. Null unless `enable_efs_storage` is true."
  value       = one([for file_system in values(module.file_system) : file_system.access_point_ids["tasks"]])
}

output "efs_access_point_arn" {
  description = "ARN of the access point of the tasks. Null unless `enable_efs_storage` is true."
  value       = one([for file_system in values(module.file_system) : file_system.access_point_arns["tasks"]])
}

output "log_group_name" {
  description = "Name of the log group of the tasks."
  value       = module.task.log_group_name
}

output "log_group_arn" {
  description = "ARN of the log group of the tasks."
  value       = module.task.log_group_arn
}

output "auto_scaling_target_arn" {
  description = "ARN of the scalable target, with which Application Auto Scaling sets the number of tasks. Null unless `enable_auto_scaling` is true."
  value       = var.enable_auto_scaling ? module.service.scalable_target_arn : null
}

output "security_group_id" {
  description = "ID of the security group of the tasks that is created. The tasks have it beside `security_group_ids`."
  value       = module.task.security_group_id
}

output "efs_security_group_id" {
  description = "ID of the security group of the mount targets. Null unless `enable_efs_storage` is true."
  value       = one([for file_system in values(module.file_system) : file_system.security_group_id])
}

output "alarm_names" {
  description = "Names of the alarms that scale."
  value       = module.service.alarm_names
}

output "required_task_policy" {
  description = "JSON text of the policy that the task role needs: the file system, ECS Exec, and with `enable_auto_scaling` the protection of a task that works. What your program does, such as writing to a bucket, is not in it. Null when the task needs no permission."
  value       = length(local.task_statements) > 0 ? jsonencode({ Version = "2012-10-17", Statement = local.task_statements }) : null
}

output "required_execution_policy" {
  description = "JSON text of the policy that the execution role needs: to pull the image, to read the secrets and to write the log."
  value       = module.task.execution_policy_json
}

output "route" {
  description = "Launch route of the task, for a launcher that starts it without the ECS service: an element of its input `routes`."
  value       = module.task.route
}
