variable "name" {
  description = "Name of the schedule and of its role: 1 to 64 letters, digits, hyphens and underscores. Its dead-letter queue is called `<name>-undelivered`."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "name is \"${var.name}\"; a schedule name here has 1 to 64 letters, digits, hyphens and underscores (Scheduler allows dots too, but the dead-letter queue is named after the schedule)."
  }
}

variable "schedule_expression" {
  description = "When to fire: `rate(5 minutes)`, `cron(0 3 * * ? *)`, or once `at(2030-01-31T03:00:00)`. By the minute: a firing may come up to 59 seconds after the second it is set to."
  type        = string
}

variable "time_zone" {
  description = "Time zone in which `cron` and `at` are read, a name from the IANA time zone database."
  type        = string
  default     = "UTC"

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$", var.time_zone))
    error_message = "time_zone is \"${var.time_zone}\"; EventBridge Scheduler takes a name from the IANA time zone database, such as \"Europe/Berlin\" or \"UTC\"."
  }
}

variable "enabled" {
  description = "Whether the schedule fires."
  type        = bool
  default     = true
}

variable "flexible_window_minutes" {
  description = "Within how many minutes of its time a firing may come, to spread load: 1 to 1440. 0: at its time."
  type        = number
  default     = 0

  validation {
    condition     = var.flexible_window_minutes >= 0 && var.flexible_window_minutes <= 1440
    error_message = "flexible_window_minutes is ${var.flexible_window_minutes}; EventBridge Scheduler takes 0 to 1440."
  }
}

variable "target" {
  description = "What a firing does: hand `input` to a `function`, or run a `task`. A task that Scheduler runs itself is run at least once; by way of a launcher's function it is run exactly once."
  type        = string
  default     = "function"

  validation {
    condition     = contains(["function", "task"], var.target)
    error_message = "target is \"${var.target}\"; allowed are \"function\", \"task\"."
  }
}

variable "function_arn" {
  description = "ARN of the Lambda function, with target `function`."
  type        = string
  default     = null
}

variable "route" {
  description = "The task to run, with target `task`: the `route` output of the module `task`."
  type = object({
    cluster_arn                          = string
    task_definition_arn_without_revision = string
    container_name                       = string
    subnet_ids                           = list(string)
    security_group_ids                   = list(string)
    assign_public_ip                     = optional(bool, false)
    task_role_arn                        = string
    execution_role_arn                   = string
    network_mode                         = optional(string, "awsvpc")
    capacity                             = optional(string, "FARGATE")
  })
  default = null

  validation {
    condition     = var.route == null ? true : length(var.route.subnet_ids) >= 1 && length(var.route.subnet_ids) <= 16 && length(var.route.security_group_ids) <= 5
    error_message = "route has ${try(length(var.route.subnet_ids), 0)} subnets and ${try(length(var.route.security_group_ids), 0)} security groups; RunTask takes 1 to 16 subnets and at most 5 security groups."
  }
}

variable "service" {
  description = "Service that the task belongs to, with target `task`, as a registrar's routes have it."
  type        = string
  default     = null

  validation {
    condition     = var.service == null ? true : can(regex("^[A-Za-z0-9_-]{1,64}$", var.service))
    error_message = "service is ${jsonencode(var.service)}; a service's name has 1 to 64 letters, digits, hyphens and underscores."
  }
}

variable "input" {
  description = "What the function gets, or the task in `EVENT_PAYLOAD`, as JSON text. Scheduler fills in `<aws.scheduler.scheduled-time>`, `<aws.scheduler.schedule-arn>`, `<aws.scheduler.execution-id>` and `<aws.scheduler.attempt-number>`, which may be written by jsonencode. Null: Scheduler's own event, whose detail-type is `Scheduled Event`, for a function; nothing for a task."
  type        = string
  default     = null

  validation {
    condition     = var.input == null ? true : can(jsondecode(var.input))
    error_message = "input is ${coalesce(var.input, "empty")}; it must be JSON text, as jsonencode gives it."
  }
}

variable "maximum_event_age_seconds" {
  description = "How long Scheduler tries to hand a firing over, in seconds: 60 to 86400."
  type        = number
  default     = 86400

  validation {
    condition     = var.maximum_event_age_seconds >= 60 && var.maximum_event_age_seconds <= 86400
    error_message = "maximum_event_age_seconds is ${var.maximum_event_age_seconds}; EventBridge Scheduler takes 60 to 86400."
  }
}

variable "maximum_retry_attempts" {
  description = "How often Scheduler tries again to hand a firing over: 0 to 185."
  type        = number
  default     = 185

  validation {
    condition     = var.maximum_retry_attempts >= 0 && var.maximum_retry_attempts <= 185
    error_message = "maximum_retry_attempts is ${var.maximum_retry_attempts}; EventBridge Scheduler takes 0 to 185."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the schedule and its dead letters; the schedule's role may use it. Null: the keys that AWS manages."
  type        = string
  default     = null
}

variable "alarm_actions" {
  description = "ARNs told when a firing cannot be handed over, for instance an SNS topic."
  type        = list(string)
  default     = []
}

variable "tags" {
  description = "Tags of every resource made here that takes tags; a schedule takes none."
  type        = map(string)
  default     = {}
}
