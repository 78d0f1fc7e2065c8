output "queue_arn" {
  description = "ARN of the queue."
  value       = aws_sqs_queue.this.arn
}

output "queue_url" {
  description = "URL of the queue."
  value       = aws_sqs_queue.this.url
}

output "queue_name" {
  description = "Name of the queue."
  value       = aws_sqs_queue.this.name
}

output "dead_letter_queue_arn" {
  description = "ARN of the dead-letter queue (DLQ), whether it is created here or given."
  value       = local.dead_letter_queue.arn
}

output "dead_letter_queue_url" {
  description = "URL of the dead-letter queue (DLQ), whether it is created here or given."
  value       = local.dead_letter_queue.url
}
