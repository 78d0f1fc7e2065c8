variable "name" {
  description = "Name of the schedule and of its role: 1 to 64 letters, digits, hyphens and underscores (EventBridge Scheduler API reference: CreateSchedule). Scheduler allows dots too, but the dead-letter queue is named `<name>-undelivered`."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "name is \"${var.name}\"; a schedule name here has 1 to 64 letters, digits, hyphens and underscores (Scheduler allows dots too, but the dead-letter queue is named after the schedule)."
  }
}

variable "schedule_expression" {
  description = "When the schedule invokes its target: `rate(5 minutes)`, `cron(0 3 * * ? *)`, or once with `at(2030-01-31T03:00:00)`. The precision is one minute: an invocation can be up to 59 seconds late (EventBridge Scheduler User Guide: schedule types)."
  type        = string

  validation {
    condition     = length(var.schedule_expression) <= 256
    error_message = "schedule_expression has ${try(length(var.schedule_expression), 0)} characters; EventBridge Scheduler takes at most 256."
  }

  validation {
    condition     = !can(regex("^cron\\([^ ]+ [^ ]+ ((30|31)(,(30|31))* (0?2|FEB)|31(,31)* (0?2|FEB|0?4|APR|0?6|JUN|0?9|SEP|11|NOV)(,(0?2|FEB|0?4|APR|0?6|JUN|0?9|SEP|11|NOV))*) ", var.schedule_expression))
    error_message = "schedule_expression is \"${var.schedule_expression}\"; no month that it names has such a day, so it would never be due. Use L for the last day of a month."
  }
}

variable "time_zone" {
  description = "Time zone of `cron` and `at`: a name from the IANA time zone database."
  type        = string
  default     = "UTC"
  nullable    = false

  validation {
    condition     = can(regex("^((Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico|Pacific|US)(/[A-Za-z0-9_+-]+){1,2}|CET|CST6CDT|Cuba|EET|EST|EST5EDT|Egypt|Eire|GB|GB-Eire|GMT|GMT[+]0|GMT-0|GMT0|Greenwich|HST|Hongkong|Iceland|Iran|Israel|Jamaica|Japan|Kwajalein|Libya|MET|MST|MST7MDT|NZ|NZ-CHAT|Navajo|PRC|PST8PDT|Poland|Portugal|ROC|ROK|Singapore|Turkey|UCT|UTC|Universal|W-SU|WET|Zulu)$", var.time_zone)) && length(var.time_zone) <= 50
    error_message = "time_zone is \"${var.time_zone}\"; EventBridge Scheduler takes a name from the IANA time zone database, such as \"Europe/Berlin\" or \"UTC\"."
  }
}

variable "enabled" {
  description = "Whether the schedule is enabled. A disabled schedule invokes nothing."
  type        = bool
  default     = true
  nullable    = false
}

variable "flexible_window_minutes" {
  description = "Flexible time window, in minutes: 1 to 1440 (EventBridge Scheduler API reference: FlexibleTimeWindow). Scheduler invokes the target at any time within it, which spreads load. 0: no window."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.flexible_window_minutes >= 0 && var.flexible_window_minutes <= 1440 && floor(var.flexible_window_minutes) == var.flexible_window_minutes
    error_message = "flexible_window_minutes is ${var.flexible_window_minutes}; EventBridge Scheduler takes whole numbers from 0 to 1440."
  }
}

variable "target" {
  description = "Kind of target: `function` invokes a Lambda function with `input`, `task` runs an ECS task. Scheduler delivers at least once, so a `task` can run twice; the function of a launcher starts its task exactly once."
  type        = string
  default     = "function"
  nullable    = false

  validation {
    condition     = contains(["function", "task"], var.target)
    error_message = "target is \"${var.target}\"; allowed are \"function\", \"task\"."
  }
}

variable "function_arn" {
  description = "ARN of the Lambda function, when `target` is `function`."
  type        = string
  default     = null
}

variable "route" {
  description = "Launch route of the task to run, when `target` is `task`: the output `route` of the module `task`, without `ebs_volume`, which EventBridge Scheduler cannot configure. RunTask takes 1 to 16 subnets and at most 5 security groups (ECS API reference: AwsVpcConfiguration)."
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
    enable_execute_command               = optional(bool, false)
    # Of any type: only that there is one counts, and it is refused.
    ebs_volume = optional(any)
  })
  default = null

  validation {
    condition     = var.route == null ? true : length(var.route.subnet_ids) >= 1 && length(var.route.subnet_ids) <= 16 && length(var.route.security_group_ids) <= 5
    error_message = "route has ${try(length(var.route.subnet_ids), 0)} subnets and ${try(length(var.route.security_group_ids), 0)} security groups; RunTask takes 1 to 16 subnets and at most 5 security groups."
  }

  validation {
    condition     = var.route == null ? true : contains(["FARGATE", "FARGATE_SPOT", "EC2", "CLUSTER_DEFAULT"], var.route.capacity) || can(regex("^[A-Za-z0-9_-]{1,255}$", var.route.capacity)) && !can(regex("(?i)^(aws|ecs|fargate)", var.route.capacity))
    error_message = "route.capacity is \"${try(var.route.capacity, "")}\"; allowed are \"FARGATE\", \"FARGATE_SPOT\", \"EC2\", \"CLUSTER_DEFAULT\", and the name of a capacity provider: 1 to 255 letters, digits, hyphens and underscores that do not begin with \"aws\", \"ecs\" or \"fargate\"."
  }

  validation {
    condition     = try(var.route.ebs_volume, null) == null
    error_message = "route has an EBS volume, which EventBridge Scheduler cannot configure; give target \"function\" with the function of a launcher that has this route, and input with \"detail-type\" and detail.service."
  }
}

variable "service" {
  description = "Name of the service that the task belongs to, when `target` is `task`, as in the `routes` of a registrar: 1 to 64 letters, digits, hyphens and underscores."
  type        = string
  default     = null

  validation {
    condition     = var.service == null ? true : can(regex("^[A-Za-z0-9_-]{1,64}$", var.service))
    error_message = "service is ${jsonencode(var.service)}; a service's name has 1 to 64 letters, digits, hyphens and underscores."
  }
}

variable "input" {
  description = "Input of the function, or value of the task's environment variable `EVENT_PAYLOAD`, as JSON text. Scheduler replaces `<aws.scheduler.scheduled-time>`, `<aws.scheduler.schedule-arn>`, `<aws.scheduler.execution-id>` and `<aws.scheduler.attempt-number>`, also where `jsonencode` has escaped them. Null: a function gets Scheduler's default event, with the detail-type `Scheduled Event`, and a task no variable."
  type        = string
  default     = null

  validation {
    condition     = var.input == null ? true : can(jsondecode(var.input))
    error_message = "input is ${coalesce(var.input, "empty")}; it must be JSON text, as jsonencode gives it."
  }
}

variable "maximum_event_age_seconds" {
  description = "How long Scheduler retries an invocation, in seconds: 60 to 86400 (EventBridge Scheduler API reference: RetryPolicy)."
  type        = number
  default     = 86400
  nullable    = false

  validation {
    condition     = var.maximum_event_age_seconds >= 60 && var.maximum_event_age_seconds <= 86400 && floor(var.maximum_event_age_seconds) == var.maximum_event_age_seconds
    error_message = "maximum_event_age_seconds is ${var.maximum_event_age_seconds}; EventBridge Scheduler takes whole numbers from 60 to 86400."
  }
}

variable "maximum_retry_attempts" {
  description = "How often Scheduler retries an invocation: 0 to 185 (EventBridge Scheduler API reference: RetryPolicy)."
  type        = number
  default     = 185
  nullable    = false

  validation {
    condition     = var.maximum_retry_attempts >= 0 && var.maximum_retry_attempts <= 185 && floor(var.maximum_retry_attempts) == var.maximum_retry_attempts
    error_message = "maximum_retry_attempts is ${var.maximum_retry_attempts}; EventBridge Scheduler takes whole numbers from 0 to 185."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the schedule and its dead-letter queue. The role of the schedule has permission to use the key. Null: the keys that AWS manages."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is ${jsonencode(var.kms_key_arn)}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name."
  }
}

variable "alarm_actions" {
  description = "ARNs that the alarm notifies when an invocation cannot be delivered, for instance the ARN of an SNS topic."
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
  description = "What your organisation requires of every IAM role of this module. `permissions_boundary_arn`: ARN of the policy that is the permissions boundary. `path`: path of the role, which is part of its ARN: `/`, or up to 512 printable ASCII characters without spaces that begin and end with `/`. `name_prefix` and `name_suffix`: begin and end the role's name, which has at most 64 characters with both (IAM API Reference, CreateRole). Give a suffix such as `-eu-west-1` for a second region of one account, because IAM has no regions. A new path, prefix or suffix replaces the roles."
  type = object({
    permissions_boundary_arn = optional(string)
    path                     = optional(string, "/")
    name_prefix              = optional(string, "")
    name_suffix              = optional(string, "")
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

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]*$", var.roles.name_suffix))
    error_message = "roles.name_suffix is \"${var.roles.name_suffix}\"; a role name has letters, digits and _ + = , . @ -."
  }
}

variable "names" {
  description = "Names of existing resources that this block adopts, by address in this module, such as `aws_iam_role.this`: each replaces the name that the block would give, so that Terraform does not replace the resource."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource of this module that supports tags. A schedule does not."
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
