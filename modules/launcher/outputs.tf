output "function_name" {
  description = "Name of the Lambda function: `start-task`, or `run-policy` with `policy_selection`."
  value       = module.function.function_name

  precondition {
    condition     = var.policy_selection == null || length(var.routes) == 1
    error_message = "policy_selection is given and routes has ${length(var.routes)} services: ${join(", ", [for service in keys(var.routes) : "\"${service}\""])}; the function run-policy launches the tasks of one, so give exactly one."
  }

  precondition {
    condition     = var.policy_selection == null || var.wait_timeout_seconds == null
    error_message = "wait_timeout_seconds is ${jsonencode(var.wait_timeout_seconds)} and policy_selection is given; the function run-policy does not wait for its tasks."
  }

  precondition {
    condition     = alltrue([for event in values(var.events) : event.service == null ? true : contains(keys(var.routes), event.service)])
    error_message = "${join(" and ", [for name, event in var.events : "events.${name}.service is \"${event.service}\"" if event.service == null ? false : !contains(keys(var.routes), event.service)])}, which has no launch route; the services are ${join(", ", [for service in keys(var.routes) : "\"${service}\""])}."
  }
}

output "function_arn" {
  description = "ARN of the Lambda function: `start-task`, or `run-policy` with `policy_selection`."
  value       = module.function.function_arn
}

output "role_arn" {
  description = "ARN of the execution role of the function."
  value       = module.function.role_arn
}

output "log_group_name" {
  description = "Name of the log group of the function."
  value       = module.function.log_group_name
}

output "run_history_log_group_name" {
  description = "Name of the log group that holds each end of a task. Not set if `create_run_history` is false or runs are queued."
  value       = one([for group in values(aws_cloudwatch_log_group.run_history) : group.name])
}

output "dead_letter_queue_arn" {
  description = "ARN of the dead-letter queue (DLQ): it holds each event that started no task, or whose task failed and is not retried, with the reason."
  value       = module.dead_letter_queue.queue_arn
}

output "dead_letter_queue_url" {
  description = "URL of the dead-letter queue (DLQ): it holds each event that started no task, or whose task failed and is not retried, with the reason."
  value       = module.dead_letter_queue.queue_url
}

output "read_payload_policy_json" {
  description = "JSON text of the policy with which a task reads payloads that are too long for RunTask. Task roles that a task created have it; an existing one needs it."
  value       = local.read_payload_policy
}

output "payload_bucket_name" {
  description = "Name of the bucket that holds launch records and the payloads that are too long for RunTask."
  value       = module.payloads.bucket_name

  precondition {
    condition     = var.deduplication_window_hours <= var.payload_retention_days * 24
    error_message = "deduplication_window_hours is ${var.deduplication_window_hours} and payload_retention_days is ${var.payload_retention_days}; the bucket keeps a launch record for ${var.payload_retention_days * 24} hours, so the window is at most ${var.payload_retention_days * 24}."
  }
}

output "event_rule_arns" {
  description = "ARN of the EventBridge rule of each event in `events`, by the event's name."
  value       = { for event, rule in module.event_rule : event => rule.rule_arn }
}

output "buffer_queue_arn" {
  description = "ARN of the queue in which events and retries wait. Not set unless `buffer` is true, runs are queued or a launch route retries failed tasks."
  value       = one([for buffer in values(module.buffer) : buffer.queue_arn])
}

output "buffer_queue_url" {
  description = "URL of the queue in which events and retries wait. Not set unless `buffer` is true, runs are queued or a launch route retries failed tasks."
  value       = one([for buffer in values(module.buffer) : buffer.queue_url])
}

output "dead_letter_queue_name" {
  description = "Name of the dead-letter queue (DLQ): it holds each event that started no task, or whose task failed and is not retried, with the reason."
  value       = module.dead_letter_queue.queue_name
}

output "timeout_seconds" {
  description = "Timeout of the function, in seconds."
  value       = local.timeout_seconds
}
