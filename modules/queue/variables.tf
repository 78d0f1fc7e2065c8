variable "name" {
  description = "Name of the queue: 1 to 68 letters, digits, hyphens and underscores. Its dead-letter queue is called `<name>-dead-letter`."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,68}$", var.name))
    error_message = "name is \"${var.name}\"; a queue name here has 1 to 68 letters, digits, hyphens and underscores (SQS allows 80, and \"-dead-letter\" is added)."
  }
}

variable "visibility_timeout_seconds" {
  description = "How long a received message stays hidden, in seconds: 0 to 43200. Choose more than the consumer needs for one message."
  type        = number
  default     = 30

  validation {
    condition     = var.visibility_timeout_seconds >= 0 && var.visibility_timeout_seconds <= 43200
    error_message = "visibility_timeout_seconds is ${var.visibility_timeout_seconds}; SQS takes 0 to 43200 seconds."
  }
}

variable "message_retention_seconds" {
  description = "How long a message waits to be handled, in seconds: 60 to 1209600 (14 days)."
  type        = number
  default     = 345600

  validation {
    condition     = var.message_retention_seconds >= 60 && var.message_retention_seconds <= 1209600
    error_message = "message_retention_seconds is ${var.message_retention_seconds}; SQS keeps a message for 60 to 1209600 seconds."
  }
}

variable "max_receive_count" {
  description = "How often a message is received before it becomes a dead letter: 1 to 1000."
  type        = number
  default     = 5

  validation {
    condition     = var.max_receive_count >= 1 && var.max_receive_count <= 1000
    error_message = "max_receive_count is ${var.max_receive_count}; SQS takes 1 to 1000."
  }
}

variable "create_dead_letter_queue" {
  description = "Whether a dead-letter queue is made or one is given (`existing_dead_letter_queue`)."
  type        = bool
  default     = true
}

variable "existing_dead_letter_queue" {
  description = "The dead-letter queue, when `create_dead_letter_queue` is false. No other queue may use it: it takes dead letters from this one alone."
  type = object({
    arn = string
    url = string
  })
  default = null
}

variable "senders" {
  description = "AWS services that may put messages here, by a key of your choice: the service principal and the ARN of what it acts for, for instance an EventBridge rule."
  type = map(object({
    service    = string
    source_arn = string
  }))
  default = {}
}

variable "max_age_seconds" {
  description = "Age of the oldest message, in seconds, from which the alarm rings."
  type        = number
  default     = 3600

  validation {
    condition     = var.max_age_seconds > 0
    error_message = "max_age_seconds is ${var.max_age_seconds}; it must be more than 0."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the messages. Null: the key that SQS manages."
  type        = string
  default     = null
}

variable "alarm_actions" {
  description = "ARNs told when a message grows too old or dies, for instance an SNS topic."
  type        = list(string)
  default     = []
}

variable "tags" {
  description = "Tags of every resource made here."
  type        = map(string)
  default     = {}
}
