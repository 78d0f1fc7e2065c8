output "state_machine_arn" {
  description = "ARN of the state machine."
  value       = aws_sfn_state_machine.this.arn
}

output "state_machine_name" {
  description = "Name of the state machine."
  value       = aws_sfn_state_machine.this.name
}

output "role_arn" {
  description = "ARN of the execution role of the state machine."
  value       = aws_iam_role.this.arn
}

output "log_group_name" {
  description = "Name of the log group of the state machine, `/aws/vendedlogs/states/<name>`."
  value       = aws_cloudwatch_log_group.this.name
}

output "event_rule_arns" {
  description = "ARN of the EventBridge rule of each event in `events`, by the event's name."
  value       = { for event, rule in module.event_rule : event => rule.rule_arn }
}
