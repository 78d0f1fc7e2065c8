output "cluster_name" {
  description = "Name of the ECS cluster."
  value       = module.engines.cluster_name
}

output "vpc_id" {
  description = "ID of the VPC."
  value       = module.engines.vpc_id
}

output "load_balancer_dns_name" {
  description = "DNS name of the load balancer."
  value       = module.engines.load_balancer_dns_name
}

output "load_balancer_zone_id" {
  description = "ID of the Route 53 zone of that name, for an alias record."
  value       = module.engines.load_balancer_zone_id
}

output "function_name" {
  description = "Name of the start-task function."
  value       = module.engines.function_name
}

output "registrar_function_name" {
  description = "Name of the register-targets function."
  value       = module.engines.registrar_function_name
}

output "dead_letter_queue_url" {
  description = "URL of the queue that holds each event that started no task, with the reason."
  value       = module.engines.dead_letter_queue_url
}

output "routes" {
  description = "What each service's name starts, by service."
  value       = module.engines.routes
}

output "registrar_dead_letter_queue_url" {
  description = "URL of the queue that holds each event that the registrar could not act on, with the reason."
  value       = module.engines.registrar_dead_letter_queue_url
}
