output "function_name" {
  description = "Name of the start-task function."
  value       = module.function.function_name

  precondition {
    condition     = alltrue([for event in values(var.events) : event.service == null ? true : contains(keys(var.routes), event.service)])
    error_message = "events name the services ${join(", ", [for event in values(var.events) : "\"${event.service}\"" if event.service == null ? false : !contains(keys(var.routes), event.service)])}, which no route starts; the routes are ${join(", ", [for service in keys(var.routes) : "\"${service}\""])}."
  }
}

output "function_arn" {
  description = "ARN of the start-task function."
  value       = module.function.function_arn
}

output "role_arn" {
  description = "ARN of the role that the start-task function takes."
  value       = module.function.role_arn
}

output "log_group_name" {
  description = "Name of the start-task function's log group."
  value       = module.function.log_group_name
}

output "dead_letter_queue_arn" {
  description = "ARN of the queue that holds each event that started no task, with the reason."
  value       = module.dead_letter_queue.queue_arn
}

output "dead_letter_queue_url" {
  description = "URL of the queue that holds each event that started no task, with the reason."
  value       = module.dead_letter_queue.queue_url
}

output "payload_bucket_name" {
  description = "Name of the bucket for payloads that are too long for RunTask, and for what the function has to remember of its launches."
  value       = module.payloads.bucket_name

  precondition {
    condition     = var.deduplication_window_hours <= var.payload_retention_days * 24
    error_message = "deduplication_window_hours is ${var.deduplication_window_hours} and payload_retention_days is ${var.payload_retention_days}; the bucket keeps the record of a launch for ${var.payload_retention_days * 24} hours, so the window is ${var.payload_retention_days * 24} at most."
  }
}

output "event_rule_arns" {
  description = "ARN of each event's rule, by the event's name."
  value       = { for event, rule in module.event_rule : event => rule.rule_arn }
}

output "buffer_queue_arn" {
  description = "ARN of the queue that events wait in, with `buffer` or where a route retries failed tasks, or null."
  value       = one([for buffer in values(module.buffer) : buffer.queue_arn])
}

output "buffer_queue_url" {
  description = "URL of the queue that events wait in, with `buffer` or where a route retries failed tasks, or null."
  value       = one([for buffer in values(module.buffer) : buffer.queue_url])
}

output "dead_letter_queue_name" {
  description = "Name of the queue that holds each event that started no task, with the reason."
  value       = module.dead_letter_queue.queue_name
}

output "timeout_seconds" {
  description = "Longest run of one invocation of the function."
  value       = local.timeout_seconds
}
