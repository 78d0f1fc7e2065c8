output "rule_arn" {
  description = "ARN of the rule."
  value       = aws_cloudwatch_event_rule.this.arn
}

output "rule_name" {
  description = "Name of the rule."
  value       = aws_cloudwatch_event_rule.this.name
}

output "dead_letter_queue_arn" {
  description = "ARN of the queue for events that could not be delivered."
  value       = module.dead_letter_queue.queue_arn
}

output "dead_letter_queue_url" {
  description = "URL of the queue for events that could not be delivered."
  value       = module.dead_letter_queue.queue_url
}
