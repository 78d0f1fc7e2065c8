output "cluster_name" {
  description = "Name of the ECS cluster."
  value       = module.event_driven_ecs.cluster_name
}

output "cluster_arn" {
  description = "ARN of the ECS cluster."
  value       = module.event_driven_ecs.cluster_arn
}

output "vpc_id" {
  description = "ID of the VPC."
  value       = module.event_driven_ecs.vpc_id
}

output "subnet_ids" {
  description = "IDs of the subnets that tasks start in."
  value       = module.event_driven_ecs.subnet_ids
}

output "load_balancer_arn" {
  description = "ARN of the load balancer, or null."
  value       = module.event_driven_ecs.load_balancer_arn
}

output "load_balancer_dns_name" {
  description = "DNS name of the load balancer, or null."
  value       = module.event_driven_ecs.load_balancer_dns_name
}

output "load_balancer_zone_id" {
  description = "ID of the Route 53 zone of that name, for an alias record, or null."
  value       = module.event_driven_ecs.load_balancer_zone_id
}

output "file_system_id" {
  description = "ID of the shared file system that is made, or null."
  value       = module.event_driven_ecs.file_system_id
}

output "function_name" {
  description = "Name of the start-task function."
  value       = module.event_driven_ecs.function_name
}

output "function_arn" {
  description = "ARN of the start-task function."
  value       = module.event_driven_ecs.function_arn
}

output "registrar_function_name" {
  description = "Name of the register-targets function, or null."
  value       = module.event_driven_ecs.registrar_function_name
}

output "registrar_dead_letter_queue_url" {
  description = "URL of the queue that holds each event that the registrar could not act on, with the reason, or null."
  value       = module.event_driven_ecs.registrar_dead_letter_queue_url
}

output "dead_letter_queue_url" {
  description = "URL of the queue that holds each event that started no task, with the reason."
  value       = module.event_driven_ecs.dead_letter_queue_url
}

output "dead_letter_queue_arn" {
  description = "ARN of the queue that holds each event that started no task, with the reason."
  value       = module.event_driven_ecs.dead_letter_queue_arn
}

output "payload_bucket_name" {
  description = "Name of the bucket for payloads that are too long for RunTask."
  value       = module.event_driven_ecs.payload_bucket_name
}

output "routes" {
  description = "What each service's name starts, by service."
  value       = module.event_driven_ecs.routes
}

output "event_rule_arns" {
  description = "ARN of each event's rule, by the event's name."
  value       = module.event_driven_ecs.event_rule_arns
}
