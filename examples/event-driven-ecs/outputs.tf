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
  description = "ARN of the load balancer. Not set unless a service has a `path`."
  value       = module.event_driven_ecs.load_balancer_arn
}

output "load_balancer_dns_name" {
  description = "DNS name of the load balancer. Not set unless a service has a `path`."
  value       = module.event_driven_ecs.load_balancer_dns_name
}

output "load_balancer_zone_id" {
  description = "ID of the Route 53 hosted zone of the load balancer's DNS name, for an alias record. Not set unless a service has a `path` and the load balancer is created."
  value       = module.event_driven_ecs.load_balancer_zone_id
}

output "file_system_id" {
  description = "ID of the created file system. Not set unless a service has a `mount_path` and `create_file_system` is true."
  value       = module.event_driven_ecs.file_system_id
}

output "function_name" {
  description = "Name of the Lambda function `start-task`."
  value       = module.event_driven_ecs.function_name
}

output "function_arn" {
  description = "ARN of the Lambda function `start-task`."
  value       = module.event_driven_ecs.function_arn
}

output "registrar_function_name" {
  description = "Name of the Lambda function `register-targets`. Not set unless a service has a `path`, or stop events or schedules stop tasks."
  value       = module.event_driven_ecs.registrar_function_name
}

output "registrar_dead_letter_queue_url" {
  description = "URL of the dead-letter queue (DLQ) of the registrar: it holds each event that the registrar could not handle, with the reason. Not set unless there is a registrar."
  value       = module.event_driven_ecs.registrar_dead_letter_queue_url
}

output "run_history_log_group_name" {
  description = "Name of the log group that holds each end of a task. Not set if `create_run_history` is false."
  value       = module.event_driven_ecs.run_history_log_group_name
}

output "dead_letter_queue_url" {
  description = "URL of the dead-letter queue (DLQ) of the launcher: it holds each event that started no task, or whose task failed and is not retried, with the reason."
  value       = module.event_driven_ecs.dead_letter_queue_url
}

output "dead_letter_queue_arn" {
  description = "ARN of the dead-letter queue (DLQ) of the launcher: it holds each event that started no task, or whose task failed and is not retried, with the reason."
  value       = module.event_driven_ecs.dead_letter_queue_arn
}

output "payload_bucket_name" {
  description = "Name of the bucket that holds launch records and the payloads that are too long for RunTask."
  value       = module.event_driven_ecs.payload_bucket_name
}

output "routes" {
  description = "Launch route of each service, by the service's name."
  value       = module.event_driven_ecs.routes
}

output "event_rule_arns" {
  description = "ARN of the EventBridge rule of each event in `events`, by the event's name."
  value       = module.event_driven_ecs.event_rule_arns
}
