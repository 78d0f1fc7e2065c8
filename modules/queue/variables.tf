variable "name" {
  description = "Name of the queue: 1 to 68 letters, digits, hyphens and underscores. SQS allows 80 (API reference: CreateQueue), and the dead-letter queue is named `<name>-dead-letter`."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,68}$", var.name))
    error_message = "name is \"${var.name}\"; a queue name here has 1 to 68 letters, digits, hyphens and underscores (SQS allows 80, and \"-dead-letter\" is added)."
  }
}

variable "visibility_timeout_seconds" {
  description = "How long a received message is hidden from other consumers, in seconds: 0 to 43200 (SQS API reference: SetQueueAttributes). It must be longer than the consumer needs for one message; AWS recommends six times the timeout of a Lambda function (Lambda Developer Guide: using Lambda with Amazon SQS)."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.visibility_timeout_seconds >= 0 && var.visibility_timeout_seconds <= 43200 && floor(var.visibility_timeout_seconds) == var.visibility_timeout_seconds
    error_message = "visibility_timeout_seconds is ${var.visibility_timeout_seconds}; SQS takes a whole number of seconds from 0 to 43200."
  }
}

variable "message_retention_seconds" {
  description = "Retention of a message in the queue, in seconds: 60 to 1209600, which is 14 days (SQS API reference: SetQueueAttributes)."
  type        = number
  default     = 345600
  nullable    = false

  validation {
    condition     = var.message_retention_seconds >= 60 && var.message_retention_seconds <= 1209600 && floor(var.message_retention_seconds) == var.message_retention_seconds
    error_message = "message_retention_seconds is ${var.message_retention_seconds}; SQS keeps a message for a whole number of seconds from 60 to 1209600."
  }
}

variable "max_receive_count" {
  description = "How often a message is received before SQS moves it to the dead-letter queue: 1 to 1000 (SQS Developer Guide: configure a dead-letter queue)."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.max_receive_count >= 1 && var.max_receive_count <= 1000 && floor(var.max_receive_count) == var.max_receive_count
    error_message = "max_receive_count is ${var.max_receive_count}; SQS takes whole numbers from 1 to 1000."
  }
}

variable "create_dead_letter_queue" {
  description = "Whether to create the dead-letter queue. If false, `existing_dead_letter_queue` must be given."
  type        = bool
  default     = true
  nullable    = false
}

variable "existing_dead_letter_queue" {
  description = "ARN and URL of the dead-letter queue, when `create_dead_letter_queue` is false. It must not be the dead-letter queue of another queue, because its redrive allow policy names this queue only."
  type = object({
    arn = string
    url = string
  })
  default = null
}

variable "senders" {
  description = "AWS services that have permission to send messages to the queue, by a key of your choice. `service` is the service principal, `source_arn` the ARN of the resource that it acts for, for instance an EventBridge rule."
  type = map(object({
    service    = string
    source_arn = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(var.senders) <= 19
    error_message = "senders has ${length(var.senders)} senders; the policy of a queue has at most 20 statements, and one requires TLS. Let senders share an ARN with *."
  }
}

variable "max_age_seconds" {
  description = "Age of the oldest message, in seconds, from which the alarm is in ALARM. It must be more than 0."
  type        = number
  default     = 3600
  nullable    = false

  validation {
    condition     = var.max_age_seconds > 0
    error_message = "max_age_seconds is ${var.max_age_seconds}; it must be more than 0."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the messages. Null: the key that SQS manages."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is ${jsonencode(var.kms_key_arn)}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name."
  }
}

variable "alarm_actions" {
  description = "ARNs that the alarms notify when a message is too old or is in the dead-letter queue, for instance the ARN of an SNS topic."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.alarm_actions) <= 5
    error_message = "alarm_actions has ${length(var.alarm_actions)} ARNs; CloudWatch takes at most 5 for an alarm. Notify one SNS topic, which notifies the others."
  }

  validation {
    condition     = alltrue([for arn in var.alarm_actions : can(regex("^arn:[^:]+:[a-z0-9-]+:[a-z0-9-]*:.+$", arn)) && length(arn) <= 1024])
    error_message = "alarm_actions has ${join(", ", [for arn in var.alarm_actions : jsonencode(arn) if !(can(regex("^arn:[^:]+:[a-z0-9-]+:[a-z0-9-]*:.+$", arn)) && try(length(arn) <= 1024, false))])}; it takes ARNs of at most 1024 characters, such as that of an SNS topic, \"arn:aws:sns:eu-west-1:123456789012:oncall\"."
  }
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

  validation {
    condition     = length(var.tags) <= 50
    error_message = "tags has ${length(var.tags)} tags; a resource has at most 50."
  }

  validation {
    condition     = alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && try(length(value) <= 256, true) && lower(substr(key, 0, 4)) != "aws:"])
    error_message = "tags has ${join(", ", [for key, value in var.tags : "${jsonencode(key)} = ${jsonencode(value)}" if !(length(key) >= 1 && length(key) <= 128 && try(length(value) <= 256, true) && lower(substr(key, 0, 4)) != "aws:")])}; AWS takes keys of 1 to 128 characters that do not begin with \"aws:\", and values of at most 256 characters."
  }
}
