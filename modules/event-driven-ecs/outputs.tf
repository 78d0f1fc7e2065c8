output "cluster_name" {
  description = "Name of the ECS cluster."
  value       = local.cluster.name

  precondition {
    condition     = var.create_cluster == (var.existing_cluster == null)
    error_message = "create_cluster is ${var.create_cluster} and existing_cluster is ${var.existing_cluster == null ? "absent" : "given"}; give existing_cluster exactly when create_cluster is false."
  }

  precondition {
    condition     = length(local.missing_capacity) == 0
    error_message = join("\n", [for service, capacity in local.missing_capacity : "services.${service}.capacity is \"${capacity}\", and the created cluster has the capacity providers ${join(", ", concat(["\"FARGATE\"", "\"FARGATE_SPOT\""], [for name in var.capacity_providers : "\"${name}\""]))}; add it to capacity_providers, or give an existing_cluster that has it."])
  }

  precondition {
    condition     = var.create_cluster || length(var.capacity_providers) == 0
    error_message = "capacity_providers is ${jsonencode(var.capacity_providers)} with create_cluster false; an existing cluster has its own capacity providers. Associate them where the cluster is managed."
  }
}

output "cluster_arn" {
  description = "ARN of the ECS cluster."
  value       = local.cluster.arn
}

output "vpc_id" {
  description = "ID of the VPC."
  value       = local.network.vpc_id

  precondition {
    condition     = var.create_network == (var.existing_network == null)
    error_message = "create_network is ${var.create_network} and existing_network is ${var.existing_network == null ? "absent" : "given"}; give existing_network exactly when create_network is false."
  }
}

output "subnet_ids" {
  description = "IDs of the subnets that tasks start in."
  value       = local.network.subnet_ids
}

output "load_balancer_arn" {
  description = "ARN of the load balancer. Not set unless a service has a `path`."
  value       = one([for load_balancer in module.load_balancer : load_balancer.arn])
}

output "load_balancer_dns_name" {
  description = "DNS name of the load balancer. Not set unless a service has a `path`."
  value       = one([for load_balancer in module.load_balancer : load_balancer.dns_name])
}

output "load_balancer_zone_id" {
  description = "ID of the Route 53 hosted zone of the load balancer's DNS name, for an alias record. Not set unless a service has a `path` and the load balancer is created."
  value       = one([for load_balancer in module.load_balancer : load_balancer.zone_id])
}

output "file_system_id" {
  description = "ID of the created file system. Not set unless a service has a `mount_path` and `create_file_system` is true."
  value       = one([for file_system in module.file_system : file_system.file_system_id])

  precondition {
    condition     = length(local.mounting) == 0 ? true : var.create_file_system == (var.existing_file_system == null)
    error_message = "create_file_system is ${var.create_file_system} and existing_file_system is ${var.existing_file_system == null ? "absent" : "given"}; give existing_file_system exactly when create_file_system is false."
  }
}

output "registrar_function_name" {
  description = "Name of the Lambda function `register-targets`. Not set unless a service has a `path`, or stop events or schedules stop tasks."
  value       = one([for registrar in module.registrar : registrar.function_name])

  precondition {
    condition     = length(local.unknown) == 0
    error_message = "${join(" and ", local.unknown)}, which is not a service; the services are ${join(", ", [for service in keys(var.services) : "\"${service}\""])}."
  }
  precondition {
    condition     = length(local.repeated) == 0
    error_message = "schedules make ${join(", ", [for name in local.repeated : "\"${name}\""])} more than once; a start is named <schedule>-<service> and a stop <schedule>-stop, so rename a schedule, or name each service once."
  }
}

output "function_name" {
  description = "Name of the Lambda function `start-task`."
  value       = module.launcher.function_name
}

output "function_arn" {
  description = "ARN of the Lambda function `start-task`."
  value       = module.launcher.function_arn
}

output "registrar_dead_letter_queue_url" {
  description = "URL of the dead-letter queue (DLQ) of the registrar: it holds each event that the registrar could not handle, with the reason. Not set unless there is a registrar."
  value       = one([for registrar in module.registrar : registrar.dead_letter_queue_url])
}

output "run_history_log_group_name" {
  description = "Name of the log group that holds each end of a task. Not set if `create_run_history` is false."
  value       = module.launcher.run_history_log_group_name
}

output "dead_letter_queue_url" {
  description = "URL of the dead-letter queue (DLQ) of the launcher: it holds each event that started no task, or whose task failed and is not retried, with the reason."
  value       = module.launcher.dead_letter_queue_url
}

output "dead_letter_queue_arn" {
  description = "ARN of the dead-letter queue (DLQ) of the launcher: it holds each event that started no task, or whose task failed and is not retried, with the reason."
  value       = module.launcher.dead_letter_queue_arn
}

output "payload_bucket_name" {
  description = "Name of the bucket that holds launch records and the payloads that are too long for RunTask."
  value       = module.launcher.payload_bucket_name
}

output "routes" {
  description = "Launch route of each service, by the service's name."
  value       = local.routes

  precondition {
    condition     = length(local.unknown_names) == 0
    error_message = "names has ${join(", ", [for address in local.unknown_names : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", [for beginning in local.named_modules : "${beginning}…"])}."
  }
}

output "execution_policy_json" {
  description = "JSON text of the policy that the execution role of each service has, or needs when it is `existing_execution_role`, by the service's name."
  value       = { for service, task in module.task : service => task.execution_policy_json }
}

output "task_policy_json" {
  description = "JSON text of a policy with everything that the task role of each service has, or needs when it is `existing_task_role`, by the service's name: `policies`, `grants`, the shared file system, ECS Exec, and payloads that are too long for RunTask; without Sids."
  value = { for service, task in module.task : service => jsonencode({
    Version   = "2012-10-17"
    Statement = flatten([for document in [task.task_policy_json, module.launcher.read_payload_policy_json] : jsondecode(document).Statement if document != null])
  }) }
}

output "event_rule_arns" {
  description = "ARN of the EventBridge rule of each event in `events`, by the event's name."
  value       = module.launcher.event_rule_arns
}
