output "rule_arn" {
  description = "ARN of the EventBridge rule."
  value       = aws_cloudwatch_event_rule.this.arn
}

output "rule_name" {
  description = "Name of the EventBridge rule."
  value       = aws_cloudwatch_event_rule.this.name
}

output "dead_letter_queue_arn" {
  description = "ARN of the dead-letter queue (DLQ) of the rule, for events that EventBridge could not deliver."
  value       = module.dead_letter_queue.queue_arn
}

output "dead_letter_queue_url" {
  description = "URL of the dead-letter queue (DLQ) of the rule, for events that EventBridge could not deliver."
  value       = module.dead_letter_queue.queue_url
}
