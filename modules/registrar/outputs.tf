output "function_name" {
  description = "Name of the register-targets function."
  value       = module.function.function_name
}

output "function_arn" {
  description = "ARN of the register-targets function."
  value       = module.function.function_arn
}

output "role_arn" {
  description = "ARN of the role that the register-targets function takes."
  value       = module.function.role_arn
}

output "role_name" {
  description = "Name of the role that the register-targets function takes."
  value       = module.function.role_name
}

output "log_group_name" {
  description = "Name of the register-targets function's log group."
  value       = module.function.log_group_name
}

output "dead_letter_queue_arn" {
  description = "ARN of the queue that holds each event that could not be acted on, with the reason."
  value       = module.dead_letter_queue.queue_arn
}

output "dead_letter_queue_url" {
  description = "URL of the queue that holds each event that could not be acted on, with the reason."
  value       = module.dead_letter_queue.queue_url
}

output "event_rule_arns" {
  description = "ARN of each rule that reaches the function: `state-change`, `sweep` and each stop event by its name."
  value = merge(
    { state-change = module.state_change_rule.rule_arn, sweep = module.sweep_rule.rule_arn },
    { for event, rule in module.stop_rule : event => rule.rule_arn },
  )
}

output "dead_letter_queue_name" {
  description = "Name of the queue that holds each event that could not be acted on, with the reason."
  value       = module.dead_letter_queue.queue_name
}

output "timeout_seconds" {
  description = "Longest run of one invocation of the function."
  value       = local.timeout_seconds
}
