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
  description = "ID of the Route 53 hosted zone of the load balancer's DNS name, for an alias record. Not set unless the load balancer is created."
  value       = module.engines.load_balancer_zone_id
}

output "function_name" {
  description = "Name of the Lambda function `start-task`."
  value       = module.engines.function_name
}

output "registrar_function_name" {
  description = "Name of the Lambda function `register-targets`."
  value       = module.engines.registrar_function_name
}

output "run_history_log_group_name" {
  description = "Name of the log group that holds each end of a task. Not set if `create_run_history` is false."
  value       = module.engines.run_history_log_group_name
}

output "dead_letter_queue_url" {
  description = "URL of the dead-letter queue (DLQ) of the launcher: it holds each event that started no task, or whose task failed and is not retried, with the reason."
  value       = module.engines.dead_letter_queue_url
}

output "routes" {
  description = "Launch route of each service, by the service's name."
  value       = module.engines.routes

  precondition {
    condition     = alltrue([for address in keys(var.names) : startswith(address, "module.engines.")])
    error_message = "names has ${join(", ", [for address in keys(var.names) : "\"${address}\"" if !startswith(address, "module.engines.")])}, which is not the address of a name here; the addresses are: module.engines.…."
  }
}

output "registrar_dead_letter_queue_url" {
  description = "URL of the dead-letter queue (DLQ) of the registrar: it holds each event that the registrar could not handle, with the reason."
  value       = module.engines.registrar_dead_letter_queue_url
}
