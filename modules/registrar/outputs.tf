output "function_name" {
  description = "Name of the Lambda function `register-targets`."
  value       = module.function.function_name
}

output "function_arn" {
  description = "ARN of the Lambda function `register-targets`."
  value       = module.function.function_arn
}

output "role_arn" {
  description = "ARN of the execution role of the function `register-targets`."
  value       = module.function.role_arn
}

output "role_name" {
  description = "Name of the execution role of the function `register-targets`."
  value       = module.function.role_name
}

output "log_group_name" {
  description = "Name of the log group of the function `register-targets`."
  value       = module.function.log_group_name
}

output "dead_letter_queue_arn" {
  description = "ARN of the dead-letter queue (DLQ): it holds each event that the function could not handle, with the reason."
  value       = module.dead_letter_queue.queue_arn
}

output "dead_letter_queue_url" {
  description = "URL of the dead-letter queue (DLQ): it holds each event that the function could not handle, with the reason."
  value       = module.dead_letter_queue.queue_url
}

output "event_rule_arns" {
  description = "ARN of each EventBridge rule of this block, by name: `state-change`, `sweep` and the name of each stop event."
  value = merge(
    { state-change = module.state_change_rule.rule_arn, sweep = module.sweep_rule.rule_arn },
    { for event, rule in module.stop_rule : event => rule.rule_arn },
  )
}

output "dead_letter_queue_name" {
  description = "Name of the dead-letter queue (DLQ): it holds each event that the function could not handle, with the reason."
  value       = module.dead_letter_queue.queue_name
}

output "timeout_seconds" {
  description = "Timeout of the function `register-targets`, in seconds."
  value       = local.timeout_seconds
}
