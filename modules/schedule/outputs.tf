output "schedule_arn" {
  description = "ARN of the schedule."
  value       = aws_scheduler_schedule.this.arn
}

output "schedule_name" {
  description = "Name of the schedule."
  value       = aws_scheduler_schedule.this.name
}

output "role_arn" {
  description = "ARN of the role that EventBridge Scheduler assumes to invoke the target."
  value       = aws_iam_role.this.arn
}

output "dead_letter_queue_arn" {
  description = "ARN of the dead-letter queue (DLQ) of the schedule, for invocations that Scheduler could not deliver."
  value       = module.dead_letter_queue.queue_arn
}

output "dead_letter_queue_url" {
  description = "URL of the dead-letter queue (DLQ) of the schedule, for invocations that Scheduler could not deliver."
  value       = module.dead_letter_queue.queue_url
}
