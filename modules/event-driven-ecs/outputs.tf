output "cluster_name" {
  description = "Name of the ECS cluster."
  value       = local.cluster.name

  precondition {
    condition     = var.create_cluster == (var.existing_cluster == null)
    error_message = "create_cluster is ${var.create_cluster} and existing_cluster is ${var.existing_cluster == null ? "absent" : "given"}; give existing_cluster exactly when create_cluster is false."
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
  description = "ARN of the load balancer, or null."
  value       = one([for load_balancer in module.load_balancer : load_balancer.arn])
}

output "load_balancer_dns_name" {
  description = "DNS name of the load balancer, or null."
  value       = one([for load_balancer in module.load_balancer : load_balancer.dns_name])
}

output "load_balancer_zone_id" {
  description = "ID of the Route 53 zone of that name, for an alias record, or null."
  value       = one([for load_balancer in module.load_balancer : load_balancer.zone_id])
}

output "file_system_id" {
  description = "ID of the shared file system that is made, or null."
  value       = one([for file_system in module.file_system : file_system.file_system_id])

  precondition {
    condition     = length(local.mounting) == 0 ? true : var.create_file_system == (var.existing_file_system == null)
    error_message = "create_file_system is ${var.create_file_system} and existing_file_system is ${var.existing_file_system == null ? "absent" : "given"}; give existing_file_system exactly when create_file_system is false."
  }
}

output "registrar_function_name" {
  description = "Name of the register-targets function, or null."
  value       = one([for registrar in module.registrar : registrar.function_name])

  precondition {
    condition     = length(local.unknown) == 0
    error_message = "schedules names ${join(", ", [for service in local.unknown : "\"${service}\""])}, which is no service; the services are ${join(", ", [for service in keys(var.services) : "\"${service}\""])}."
  }
  precondition {
    condition     = length(local.repeated) == 0
    error_message = "schedules come to ${join(", ", [for firing in local.repeated : "\"${firing}\""])} more than once; what starts is named <schedule>-<service> and what stops <schedule>-stop, so rename a schedule, or name a service once."
  }
}

output "function_name" {
  description = "Name of the start-task function."
  value       = module.launcher.function_name
}

output "function_arn" {
  description = "ARN of the start-task function."
  value       = module.launcher.function_arn
}

output "registrar_dead_letter_queue_url" {
  description = "URL of the queue that holds each event that the registrar could not act on, with the reason, or null."
  value       = one([for registrar in module.registrar : registrar.dead_letter_queue_url])
}

output "dead_letter_queue_url" {
  description = "URL of the queue that holds each event that started no task, with the reason."
  value       = module.launcher.dead_letter_queue_url
}

output "dead_letter_queue_arn" {
  description = "ARN of the queue that holds each event that started no task, with the reason."
  value       = module.launcher.dead_letter_queue_arn
}

output "payload_bucket_name" {
  description = "Name of the bucket for payloads that are too long for RunTask."
  value       = module.launcher.payload_bucket_name
}

output "routes" {
  description = "What each service's name starts, by service."
  value       = local.routes
}

output "event_rule_arns" {
  description = "ARN of each event's rule, by the event's name."
  value       = module.launcher.event_rule_arns
}
