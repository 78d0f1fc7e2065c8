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

output "function_name" {
  description = "Name of the start-task function."
  value       = module.launcher.function_name
}

output "function_arn" {
  description = "ARN of the start-task function."
  value       = module.launcher.function_arn
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
  value       = { for service, task in module.task : service => task.route }
}

output "event_rule_arns" {
  description = "ARN of each event's rule, by the event's name."
  value       = module.launcher.event_rule_arns
}
