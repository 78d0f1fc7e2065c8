variable "name" {
  description = "Name of the queue: 1 to 80 letters, digits, hyphens and underscores."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.name))
    error_message = "name is \"${var.name}\"; an SQS queue name has 1 to 80 letters, digits, hyphens and underscores."
  }
}

variable "senders" {
  description = "AWS services that may put messages here, each on behalf of one resource, by a key of your choice."
  type = map(object({
    service    = string
    source_arn = string
  }))
  default = {}
}

variable "message_retention_seconds" {
  description = "How long a dead letter is kept, in seconds: 60 to 1209600 (14 days, the longest that SQS keeps a message)."
  type        = number
  default     = 1209600

  validation {
    condition     = var.message_retention_seconds >= 60 && var.message_retention_seconds <= 1209600
    error_message = "message_retention_seconds is ${var.message_retention_seconds}; SQS keeps a message for 60 to 1209600 seconds."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the messages. Null: the key that SQS manages."
  type        = string
  default     = null
}

variable "alarm_actions" {
  description = "ARNs told when a message lies here, for instance an SNS topic."
  type        = list(string)
  default     = []
}

variable "tags" {
  description = "Tags of every resource made here."
  type        = map(string)
  default     = {}
}
