variable "name" {
  description = "Name of the state machine, and prefix of the names of all other resources: 1 to 28 letters, digits, hyphens and underscores. EventBridge allows 64 for a rule, whose name also contains that of an event. It is the `source` of the events that the workflow publishes."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,28}$", var.name))
    error_message = "name is \"${var.name}\"; a workflow's name has 1 to 28 letters, digits, hyphens and underscores (a rule's name has 64, and the name of an event is added)."
  }
}

variable "function_arn" {
  description = "ARN of the function `start-task` of a launcher with `wait_timeout_seconds`. It has the launch routes of the services that the workflow can start."
  type        = string
}

variable "events" {
  description = "Events that start an execution, by name: 1 to 35 letters, digits, hyphens and underscores. Each has an EventBridge rule with a pattern (`source`, `detail_type`, `detail` as JSON text), a `preset` or a `schedule_expression`, as in the module `event-rule`. `service` is the name of the service to start. Null: the event names it in `detail.service`; scheduled events, those of a preset and those of AWS services do not, so `service` is required for them."
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
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for event in keys(var.events) : can(regex("^[A-Za-z0-9_-]{1,35}$", event))])
    error_message = "events names ${join(", ", [for event in keys(var.events) : "\"${event}\"" if !can(regex("^[A-Za-z0-9_-]{1,35}$", event))])}; an event's name has 1 to 35 letters, digits, hyphens and underscores."
  }

  validation {
    condition = alltrue([
      for event in values(var.events) : event.service != null || (
        event.schedule_expression == null && event.preset == null && !anytrue([for source in event.source : startswith(source, "aws.")])
      )
    ])
    error_message = join(" ", concat([
      for name, event in var.events : "events.${name} has ${
        event.schedule_expression != null ? "schedule_expression \"${event.schedule_expression}\"" :
        event.preset != null ? "preset \"${event.preset}\"" :
        "source \"${[for source in event.source : source if startswith(source, "aws.")][0]}\""
      } and no service."
      if event.service == null && (event.schedule_expression != null || event.preset != null || anytrue([for source in event.source : startswith(source, "aws.")]))
    ], ["Such events do not name a service in detail.service, so none of them could start a task; give service, the name of the service to start."]))
  }
}

variable "event_bus_arn" {
  description = "ARN of the event bus to which the workflow publishes `ECS Task Started` or `ECS Task Failed`. Null: the default event bus of the account."
  type        = string
  default     = null
}

variable "max_attempts" {
  description = "Maximum number of attempts of a launch, the first included: 1 to 100. Only transient errors are retried."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.max_attempts >= 1 && var.max_attempts <= 100 && floor(var.max_attempts) == var.max_attempts
    error_message = "max_attempts is ${var.max_attempts}; it takes whole numbers from 1 to 100."
  }
}

variable "retry_interval_seconds" {
  description = "Maximum delay of the first retry, in seconds: 1 to 300. It doubles with each retry, up to 300. The delay is random between 0 and this maximum (full jitter), so that launches that failed together are not retried together."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.retry_interval_seconds >= 1 && var.retry_interval_seconds <= 300 && floor(var.retry_interval_seconds) == var.retry_interval_seconds
    error_message = "retry_interval_seconds is ${var.retry_interval_seconds}; it takes whole numbers from 1 to 300."
  }
}

variable "log_retention_days" {
  description = "Retention of the log, in days, or 0 without limit: a value that CloudWatch Logs takes (API reference: PutRetentionPolicy)."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}; CloudWatch Logs takes 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, where 0 means that events never expire."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the log and the dead-letter queues. The key policy must allow CloudWatch Logs and `events.amazonaws.com` to use the key. Null: the keys that AWS manages."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is ${jsonencode(var.kms_key_arn)}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name."
  }
}

variable "alarm_actions" {
  description = "ARNs that the alarms notify when an execution fails or an event cannot be delivered, for instance the ARN of an SNS topic."
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

variable "roles" {
  description = "What your organisation requires of every IAM role of this module. `permissions_boundary_arn`: ARN of the policy that is the permissions boundary. `path`: path of the role, which is part of its ARN: `/`, or up to 512 printable ASCII characters without spaces that begin and end with `/`. `name_prefix`: prefix of the role's name, which has at most 64 characters, the prefix included (IAM API Reference, CreateRole). A new path or prefix replaces the roles."
  type = object({
    permissions_boundary_arn = optional(string)
    path                     = optional(string, "/")
    name_prefix              = optional(string, "")
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.roles.permissions_boundary_arn == null ? true : can(regex("^arn:[^:]+:iam::([0-9]{12}|aws):policy/.+$", var.roles.permissions_boundary_arn)) && length(var.roles.permissions_boundary_arn) <= 2048
    error_message = "roles.permissions_boundary_arn is ${jsonencode(var.roles.permissions_boundary_arn)}; it takes the ARN of an IAM policy of at most 2048 characters, such as \"arn:aws:iam::123456789012:policy/boundary\"."
  }

  validation {
    condition     = can(regex("^/([!-~]+/)?$", var.roles.path)) && length(var.roles.path) <= 512
    error_message = "roles.path is \"${var.roles.path}\"; it takes \"/\", or up to 512 printable ASCII characters without spaces that begin and end with \"/\", such as \"/app/\"."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]*$", var.roles.name_prefix))
    error_message = "roles.name_prefix is \"${var.roles.name_prefix}\"; a role name has letters, digits and _ + = , . @ -."
  }
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
    condition     = alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && try(length(value) <= 256, true) && lower(substr(key, 0, 4)) != "aws:" && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", key)) && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", value == null ? "" : value))])
    error_message = "tags has ${join(", ", [for key, value in var.tags : "${jsonencode(key)} = ${jsonencode(value)}" if !(length(key) >= 1 && length(key) <= 128 && try(length(value) <= 256, true) && lower(substr(key, 0, 4)) != "aws:" && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", key)) && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", value == null ? "" : value)))])}; AWS takes keys of 1 to 128 characters that do not begin with \"aws:\", and values of at most 256 characters, which are letters, digits, spaces and _ . : / = + - @."
  }
}
