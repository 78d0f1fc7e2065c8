variable "name" {
  description = "Name of the queue: 1 to 80 letters, digits, hyphens and underscores (SQS API reference: CreateQueue)."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.name))
    error_message = "name is \"${var.name}\"; an SQS queue name has 1 to 80 letters, digits, hyphens and underscores."
  }
}

variable "senders" {
  description = "AWS services that have permission to send messages to the queue, by a key of your choice. `service` is the service principal, `source_arn` the ARN of the resource that it acts for."
  type = map(object({
    service    = string
    source_arn = string
  }))
  default  = {}
  nullable = false
}

variable "message_retention_seconds" {
  description = "Retention of a message in the queue, in seconds: 60 to 1209600, which is 14 days (SQS API reference: SetQueueAttributes)."
  type        = number
  default     = 1209600
  nullable    = false

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
  description = "ARNs that the alarm notifies when a message is in the queue, for instance the ARN of an SNS topic."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "names" {
  description = "Names of existing resources that this block adopts, by address in this module, such as `aws_sqs_queue.this`: each replaces the name that the block would give, so that Terraform does not replace the resource."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource of this module."
  type        = map(string)
  default     = {}
  nullable    = false
}
