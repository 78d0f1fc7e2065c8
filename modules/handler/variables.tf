variable "name" {
  description = "Name of the function and of its role: 1 to 64 letters, digits, hyphens and underscores."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "name is \"${var.name}\"; a Lambda function name has 1 to 64 letters, digits, hyphens and underscores."
  }
}

variable "filename" {
  description = "Path of the bundle, a zip whose `index.js` exports `handler`."
  type        = string
}

variable "architecture" {
  description = "Processor the function runs on: `arm64` (cheaper) or `x86_64`."
  type        = string
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture is \"${var.architecture}\"; allowed are \"arm64\", \"x86_64\"."
  }
}

variable "memory_size" {
  description = "Memory in MB: 128 to 10240. Processor time grows with it."
  type        = number
  default     = 512

  validation {
    condition     = var.memory_size >= 128 && var.memory_size <= 10240
    error_message = "memory_size is ${var.memory_size}; Lambda takes 128 to 10240."
  }
}

variable "timeout" {
  description = "Longest run of one invocation, in seconds: 1 to 900."
  type        = number
  default     = 30

  validation {
    condition     = var.timeout >= 1 && var.timeout <= 900
    error_message = "timeout is ${var.timeout}; Lambda takes 1 to 900."
  }
}

variable "environment" {
  description = "Environment variables of the function; 4 KB in all."
  type        = map(string)
  default     = {}
}

variable "policies" {
  description = "What the function may do besides logging, tracing and writing dead letters: JSON policy documents by name."
  type        = map(string)
  default     = {}
}

variable "dead_letter_queue_arn" {
  description = "ARN of the SQS queue that gets each event that failed for good, with the reason, as Lambda's on-failure destination."
  type        = string
}

variable "maximum_retry_attempts" {
  description = "How often Lambda tries a failed asynchronous event again: 0 to 2, one and two minutes later."
  type        = number
  default     = 2

  validation {
    condition     = contains([0, 1, 2], var.maximum_retry_attempts)
    error_message = "maximum_retry_attempts is ${var.maximum_retry_attempts}; Lambda takes 0 to 2."
  }
}

variable "maximum_event_age_seconds" {
  description = "How long Lambda holds an asynchronous event that it cannot hand over, in seconds: 60 to 21600."
  type        = number
  default     = 21600

  validation {
    condition     = var.maximum_event_age_seconds >= 60 && var.maximum_event_age_seconds <= 21600
    error_message = "maximum_event_age_seconds is ${var.maximum_event_age_seconds}; Lambda takes 60 to 21600."
  }
}

variable "reserved_concurrent_executions" {
  description = "Most invocations at a time, kept for this function. -1: the account's common pool."
  type        = number
  default     = -1

  validation {
    condition     = var.reserved_concurrent_executions >= -1
    error_message = "reserved_concurrent_executions is ${var.reserved_concurrent_executions}; Lambda takes -1 (no reservation) or more."
  }
}

variable "log_retention_days" {
  description = "How long the function's log is kept, in days: a value that CloudWatch Logs takes."
  type        = number
  default     = 365

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}; CloudWatch Logs takes 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the log and the environment variables; the function may use it. Its key policy must let CloudWatch Logs use it. Null: the keys that AWS manages."
  type        = string
  default     = null
}

variable "alarm_actions" {
  description = "ARNs told when the function fails, is throttled or loses an event, for instance an SNS topic."
  type        = list(string)
  default     = []
}

variable "tags" {
  description = "Tags of every resource made here."
  type        = map(string)
  default     = {}
}
