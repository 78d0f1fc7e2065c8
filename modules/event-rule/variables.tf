variable "name" {
  description = "Name of the rule: 1 to 64 letters, digits, hyphens and underscores (EventBridge API reference: PutRule). EventBridge allows dots too, but the dead-letter queue is named `<name>-undelivered`."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "name is \"${var.name}\"; a rule name here has 1 to 64 letters, digits, hyphens and underscores (EventBridge allows dots too, but the dead-letter queue is named after the rule)."
  }
}

variable "description" {
  description = "Description of the rule, at most 512 characters (EventBridge API reference: PutRule). Null: none."
  type        = string
  default     = null

  validation {
    condition     = length(coalesce(var.description, "-")) <= 512
    error_message = "description has ${length(coalesce(var.description, "-"))} characters; EventBridge takes at most 512."
  }
}

variable "event_bus_name" {
  description = "Name or ARN of the event bus of the rule: a name has 1 to 256 letters, digits and `/ . _ -` (EventBridge API reference: CreateEventBus)."
  type        = string
  default     = "default"
  nullable    = false

  validation {
    condition     = can(regex("^(arn:[^:]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/)?[A-Za-z0-9/._-]{1,256}$", var.event_bus_name))
    error_message = "event_bus_name is \"${var.event_bus_name}\"; an event bus has a name of 1 to 256 letters, digits and / . _ -, or an ARN."
  }
}

variable "event_source" {
  description = "Values of the event's `source` that the rule matches, for instance `[\"custom.app\"]`. Empty: any. With the preset `cloudtrail`: the source of the AWS service whose API calls the rule matches, for instance `[\"aws.s3\"]`. Terraform reserves the name `source`."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "detail_type" {
  description = "Values of the event's `detail-type` that the rule matches, for instance `[\"Start ECS Task\"]`. Empty: any."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "detail" {
  description = "Content filter on the event's `detail`, as JSON text in EventBridge's pattern language, for instance `jsonencode({ service = [\"auth\"] })` (EventBridge User Guide: event patterns). Null: any."
  type        = string
  default     = null

  validation {
    condition     = var.detail == null ? true : length(try(keys(jsondecode(var.detail)), [])) > 0
    error_message = "detail is ${coalesce(var.detail, "empty")}; it must be the JSON text of an object with at least one name, as jsonencode gives it."
  }

  validation {
    # Expressions have no recursion: EventBridge refuses what is wrong on the fourth level or below.
    condition = alltrue([for value in try(values(jsondecode(var.detail)), []) : !can(tostring(value)) && (can(keys(value)) ? length(keys(value)) > 0 && alltrue([
      for inner in values(value) : !can(tostring(inner)) && (can(keys(inner)) ? length(keys(inner)) > 0 && alltrue([for last in values(inner) : !can(tostring(last))]) : true)
    ]) : true)])
    error_message = "detail is ${coalesce(var.detail, "empty")}; in a pattern each name stands for a list of values or filters, or for a nested object with at least one name."
  }
}

variable "schedule_expression" {
  description = "Schedule of the rule, in UTC: `rate(5 minutes)` or `cron(0 3 * * ? *)`. It works on the default event bus only (EventBridge User Guide: scheduled rules). Null: the rule matches events."
  type        = string
  default     = null

  validation {
    condition     = var.schedule_expression == null ? true : length(var.schedule_expression) <= 256
    error_message = "schedule_expression has ${try(length(var.schedule_expression), 0)} characters; EventBridge takes at most 256."
  }

  validation {
    condition     = var.schedule_expression == null ? true : !can(regex("^cron\\([^ ]+ [^ ]+ ((30|31)(,(30|31))* (0?2|FEB)|31(,31)* (0?2|FEB|0?4|APR|0?6|JUN|0?9|SEP|11|NOV)(,(0?2|FEB|0?4|APR|0?6|JUN|0?9|SEP|11|NOV))*) ", var.schedule_expression))
    error_message = "schedule_expression is ${jsonencode(var.schedule_expression)}; no month that it names has such a day, so it would never be due. Use L for the last day of a month."
  }
}

variable "preset" {
  description = "A predefined event pattern: `security_hub`, `security_hub_custom_action`, `security_hub_v2`, `guardduty`, `config`, `macie`, `access_analyzer`, `inspector` or `cloudtrail`. The presets leave out events that need no action: Security Hub findings that are archived or not new, resolved findings of Access Analyzer and Inspector, compliant resources, and API calls that failed. Null: none."
  type        = string
  default     = null

  validation {
    condition     = var.preset == null ? true : contains(["security_hub", "security_hub_custom_action", "security_hub_v2", "guardduty", "config", "macie", "access_analyzer", "inspector", "cloudtrail"], var.preset)
    error_message = "preset is ${jsonencode(var.preset)}; allowed are \"security_hub\", \"security_hub_custom_action\", \"security_hub_v2\", \"guardduty\", \"config\", \"macie\", \"access_analyzer\", \"inspector\", \"cloudtrail\"."
  }
}

variable "minimum_severity" {
  description = "Lowest severity that a preset matches: `LOW`, `MEDIUM`, `HIGH` or `CRITICAL`. For the presets whose findings have a severity: those of Security Hub, `guardduty`, `inspector`, and `macie` up to `HIGH`. Null: any."
  type        = string
  default     = null

  validation {
    condition     = var.minimum_severity == null ? true : contains(["LOW", "MEDIUM", "HIGH", "CRITICAL"], var.minimum_severity)
    error_message = "minimum_severity is ${jsonencode(var.minimum_severity)}; allowed are \"LOW\", \"MEDIUM\", \"HIGH\", \"CRITICAL\"."
  }
}

variable "event_names" {
  description = "API calls that the preset `cloudtrail` matches, for instance `[\"PutBucketAcl\"]`; names of the custom actions that the preset `security_hub_custom_action` matches, for instance `[\"Remediate\"]`."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "target" {
  description = "Kind of target that the rule sends events to: a `function` (`function_arn`, `function_name`), a `queue` (`queue_arn`) or a `workflow` (`state_machine_arn`, `role_arn`)."
  type        = string
  default     = "function"
  nullable    = false

  validation {
    condition     = contains(["function", "queue", "workflow"], var.target)
    error_message = "target is \"${var.target}\"; allowed are \"function\", \"queue\", \"workflow\"."
  }
}

variable "function_arn" {
  description = "ARN of the Lambda function that gets the events, when `target` is `function`."
  type        = string
  default     = null
}

variable "function_name" {
  description = "Name of the same function. The resource-based permission of the rule is added to it."
  type        = string
  default     = null
}

variable "queue_arn" {
  description = "ARN of the SQS queue that gets the events, when `target` is `queue`. The queue policy must allow the rule to send, as the input `senders` of the module `queue` does."
  type        = string
  default     = null
}

variable "state_machine_arn" {
  description = "ARN of the Step Functions state machine that the events start, when `target` is `workflow`."
  type        = string
  default     = null
}

variable "role_arn" {
  description = "ARN of the role that EventBridge assumes to start the state machine, when `target` is `workflow`."
  type        = string
  default     = null
}

variable "service" {
  description = "Name of the service that every event of this rule starts: 1 to 64 letters, digits, hyphens and underscores. The target gets `{ \"service\": …, \"event\": … }`. Null: the target gets the event itself, which names the service."
  type        = string
  default     = null

  validation {
    condition     = var.service == null ? true : can(regex("^[A-Za-z0-9_-]{1,64}$", var.service))
    error_message = "service is ${jsonencode(var.service)}; a service's name has 1 to 64 letters, digits, hyphens and underscores."
  }
}

variable "maximum_event_age_seconds" {
  description = "How long EventBridge retries the delivery of an event, in seconds: 60 to 86400 (EventBridge API reference: RetryPolicy)."
  type        = number
  default     = 86400
  nullable    = false

  validation {
    condition     = var.maximum_event_age_seconds >= 60 && var.maximum_event_age_seconds <= 86400 && floor(var.maximum_event_age_seconds) == var.maximum_event_age_seconds
    error_message = "maximum_event_age_seconds is ${var.maximum_event_age_seconds}; EventBridge takes whole numbers from 60 to 86400."
  }
}

variable "maximum_retry_attempts" {
  description = "How often EventBridge retries the delivery of an event: 0 to 185 (EventBridge API reference: RetryPolicy)."
  type        = number
  default     = 185
  nullable    = false

  validation {
    condition     = var.maximum_retry_attempts >= 0 && var.maximum_retry_attempts <= 185 && floor(var.maximum_retry_attempts) == var.maximum_retry_attempts
    error_message = "maximum_retry_attempts is ${var.maximum_retry_attempts}; EventBridge takes whole numbers from 0 to 185."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the dead-letter queue. The key policy must allow `events.amazonaws.com` to use the key. Null: the key that SQS manages."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is ${jsonencode(var.kms_key_arn)}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name."
  }
}

variable "alarm_actions" {
  description = "ARNs that the alarms notify when an event cannot be delivered, for instance the ARN of an SNS topic."
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
  description = "Names of existing resources that this block adopts, by address in this module, such as `aws_cloudwatch_event_target.this`: each replaces the name that the block would give, so that Terraform does not replace the resource."
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
