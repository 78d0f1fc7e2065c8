variable "name" {
  description = "Name of the state machine and prefix of every name made here: 1 to 28 letters, digits, hyphens and underscores. The events that it sends have it as their `source`."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,28}$", var.name))
    error_message = "name is \"${var.name}\"; a workflow's name has 1 to 28 letters, digits, hyphens and underscores (a rule's name has 64, and the name of an event is added)."
  }
}

variable "function_arn" {
  description = "ARN of the function `start-task` of a launcher that waits (`wait_timeout_seconds`), which knows the services that can be launched."
  type        = string
}

variable "events" {
  description = "The EventBridge rules that start an execution, by name: a pattern (`source`, `detail_type`, `detail` as JSON text), a `preset` or a `schedule_expression`, as the module `event-rule` takes them. `service` is what the rule launches; null: the event names it in `detail.service`."
  type = map(object({
    source              = optional(list(string), [])
    detail_type         = optional(list(string), [])
    detail              = optional(string)
    schedule_expression = optional(string)
    preset              = optional(string)
    minimum_severity    = optional(string)
    event_names         = optional(list(string), [])
    service             = optional(string)
    event_bus_name      = optional(string, "default")
  }))
  default = {}

  validation {
    condition     = alltrue([for event in keys(var.events) : can(regex("^[A-Za-z0-9_-]{1,35}$", event))])
    error_message = "events names ${join(", ", [for event in keys(var.events) : "\"${event}\"" if !can(regex("^[A-Za-z0-9_-]{1,35}$", event))])}; an event's name has 1 to 35 letters, digits, hyphens and underscores."
  }
}

variable "event_bus_arn" {
  description = "ARN of the event bus that is told `ECS Task Started` or `ECS Task Failed`. Null: the account's default bus."
  type        = string
  default     = null
}

variable "max_attempts" {
  description = "How often a launch is tried in all, where another try may help: 1 to 100."
  type        = number
  default     = 5

  validation {
    condition     = var.max_attempts >= 1 && var.max_attempts <= 100
    error_message = "max_attempts is ${var.max_attempts}; it takes 1 to 100."
  }
}

variable "retry_interval_seconds" {
  description = "Longest wait before the second try, in seconds: 1 to 300. It doubles for each further one, up to five minutes; the wait is random within it, so that launches that failed together do not come again together."
  type        = number
  default     = 10

  validation {
    condition     = var.retry_interval_seconds >= 1 && var.retry_interval_seconds <= 300
    error_message = "retry_interval_seconds is ${var.retry_interval_seconds}; it takes 1 to 300."
  }
}

variable "log_retention_days" {
  description = "How long the log is kept, in days: a value that CloudWatch Logs takes."
  type        = number
  default     = 365

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}; CloudWatch Logs takes 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the log and the events that could not be delivered; its key policy must let CloudWatch Logs and events.amazonaws.com use it. Null: the keys that AWS manages."
  type        = string
  default     = null
}

variable "alarm_actions" {
  description = "ARNs told when an execution fails or an event cannot be delivered, for instance an SNS topic."
  type        = list(string)
  default     = []
}

variable "tags" {
  description = "Tags of every resource made here."
  type        = map(string)
  default     = {}
}
