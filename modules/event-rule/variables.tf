variable "name" {
  description = "Name of the rule: 1 to 64 letters, digits, hyphens and underscores. Its dead-letter queue is called `<name>-undelivered`."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "name is \"${var.name}\"; a rule name here has 1 to 64 letters, digits, hyphens and underscores (EventBridge allows dots too, but the dead-letter queue is named after the rule)."
  }
}

variable "description" {
  description = "What the rule is for, at most 512 characters."
  type        = string
  default     = null

  validation {
    condition     = length(coalesce(var.description, "-")) <= 512
    error_message = "description has ${length(coalesce(var.description, "-"))} characters; EventBridge takes at most 512."
  }
}

variable "event_bus_name" {
  description = "Name or ARN of the event bus that the rule listens on."
  type        = string
  default     = "default"

  validation {
    condition     = can(regex("^(arn:[^:]+:events:[^:]*:[^:]*:event-bus/)?[A-Za-z0-9/._-]{1,256}$", var.event_bus_name))
    error_message = "event_bus_name is \"${var.event_bus_name}\"; an event bus has a name of 1 to 256 letters, digits and / . _ -, or an ARN."
  }
}

variable "event_source" {
  description = "Values of `source` that the rule takes, for instance `[\"custom.app\"]`. With the preset `cloudtrail`: the source of the service whose API calls are meant, for instance `[\"aws.s3\"]`. (Terraform keeps the name `source` for itself.)"
  type        = list(string)
  default     = []
}

variable "detail_type" {
  description = "Values of `detail-type` that the rule takes, for instance `[\"Start ECS Task\"]`."
  type        = list(string)
  default     = []
}

variable "detail" {
  description = "Content filter on `detail`, as JSON text in EventBridge's pattern language, for instance `jsonencode({ service = [\"auth\"] })`."
  type        = string
  default     = null

  validation {
    condition     = var.detail == null ? true : length(try(keys(jsondecode(var.detail)), [])) > 0
    error_message = "detail is ${coalesce(var.detail, "empty")}; it must be the JSON text of an object with at least one name, as jsonencode gives it."
  }

  validation {
    condition     = alltrue([for name, value in try(jsondecode(var.detail), {}) : !can(tostring(value))])
    error_message = "detail is ${coalesce(var.detail, "empty")}; in a pattern each name stands for a list of values or filters, or for an object of such."
  }
}

variable "schedule_expression" {
  description = "When to fire, in UTC: `rate(5 minutes)` or `cron(0 3 * * ? *)`. Only on the default bus."
  type        = string
  default     = null
}

variable "preset" {
  description = "A ready pattern: `security_hub`, `guardduty`, `config`, `macie`, `access_analyzer`, `inspector` or `cloudtrail`."
  type        = string
  default     = null

  validation {
    condition     = var.preset == null ? true : contains(["security_hub", "guardduty", "config", "macie", "access_analyzer", "inspector", "cloudtrail"], var.preset)
    error_message = "preset is ${jsonencode(var.preset)}; allowed are \"security_hub\", \"guardduty\", \"config\", \"macie\", \"access_analyzer\", \"inspector\", \"cloudtrail\"."
  }
}

variable "minimum_severity" {
  description = "Least severity that a preset takes: `LOW`, `MEDIUM`, `HIGH` or `CRITICAL`, where its findings have one (Security Hub, GuardDuty, Inspector; Macie up to `HIGH`). Null: any."
  type        = string
  default     = null

  validation {
    condition     = var.minimum_severity == null ? true : contains(["LOW", "MEDIUM", "HIGH", "CRITICAL"], var.minimum_severity)
    error_message = "minimum_severity is ${jsonencode(var.minimum_severity)}; allowed are \"LOW\", \"MEDIUM\", \"HIGH\", \"CRITICAL\"."
  }
}

variable "event_names" {
  description = "API calls that the preset `cloudtrail` takes, for instance `[\"PutBucketAcl\"]`."
  type        = list(string)
  default     = []
}

variable "target" {
  description = "What gets the events: a `function` (`function_arn`, `function_name`), a `queue` (`queue_arn`) or a `workflow` (`state_machine_arn`, `role_arn`)."
  type        = string
  default     = "function"

  validation {
    condition     = contains(["function", "queue", "workflow"], var.target)
    error_message = "target is \"${var.target}\"; allowed are \"function\", \"queue\", \"workflow\"."
  }
}

variable "function_arn" {
  description = "ARN of the Lambda function that gets the events."
  type        = string
  default     = null
}

variable "function_name" {
  description = "Name of the same function, to which the permission is attached."
  type        = string
  default     = null
}

variable "queue_arn" {
  description = "ARN of the SQS queue that gets the events, when `target` is queue. Its policy must let the rule in, as the input `senders` of the module `queue` does."
  type        = string
  default     = null
}

variable "state_machine_arn" {
  description = "ARN of the Step Functions state machine that the events start, when `target` is workflow."
  type        = string
  default     = null
}

variable "role_arn" {
  description = "ARN of the role that EventBridge takes to start the state machine."
  type        = string
  default     = null
}

variable "service" {
  description = "Service that every event of this rule starts, whatever the event says: the target gets `{ \"service\": …, \"event\": … }`. Null: it gets the event itself, which names its service."
  type        = string
  default     = null

  validation {
    condition     = var.service == null ? true : can(regex("^[A-Za-z0-9_-]{1,64}$", var.service))
    error_message = "service is ${jsonencode(var.service)}; a service's name has 1 to 64 letters, digits, hyphens and underscores."
  }
}

variable "maximum_event_age_seconds" {
  description = "How long EventBridge tries to hand over an event, in seconds: 60 to 86400."
  type        = number
  default     = 86400

  validation {
    condition     = var.maximum_event_age_seconds >= 60 && var.maximum_event_age_seconds <= 86400
    error_message = "maximum_event_age_seconds is ${var.maximum_event_age_seconds}; EventBridge takes 60 to 86400."
  }
}

variable "maximum_retry_attempts" {
  description = "How often EventBridge tries again to hand over an event: 0 to 185."
  type        = number
  default     = 185

  validation {
    condition     = var.maximum_retry_attempts >= 0 && var.maximum_retry_attempts <= 185
    error_message = "maximum_retry_attempts is ${var.maximum_retry_attempts}; EventBridge takes 0 to 185."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the undelivered events; its key policy must let events.amazonaws.com use it. Null: the key that SQS manages."
  type        = string
  default     = null
}

variable "alarm_actions" {
  description = "ARNs told when an event cannot be delivered, for instance an SNS topic."
  type        = list(string)
  default     = []
}

variable "tags" {
  description = "Tags of every resource made here."
  type        = map(string)
  default     = {}
}
