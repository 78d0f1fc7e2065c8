variable "name" {
  description = "Name of the dashboard, unless `dashboard_name` is given, and prefix of the names of the alarms: 1 to 128 letters, digits, hyphens and underscores."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,128}$", var.name))
    error_message = "name is \"${var.name}\"; a name here has 1 to 128 letters, digits, hyphens and underscores (CloudWatch allows 255, and an alarm's name has a suffix)."
  }
}

variable "dashboard_name" {
  description = "Name of the dashboard: 1 to 255 letters, digits, hyphens and underscores. Dashboards have no region, so one of another region with this name is overwritten (Amazon CloudWatch API Reference, PutDashboard). By default it is `name`."
  type        = string
  default     = null

  validation {
    condition     = var.dashboard_name == null ? true : can(regex("^[A-Za-z0-9_-]{1,255}$", var.dashboard_name))
    error_message = "dashboard_name is ${jsonencode(var.dashboard_name)}; a dashboard name has 1 to 255 letters, digits, hyphens and underscores."
  }
}

variable "functions" {
  description = "The Lambda functions to monitor, by a key of your choice: 1 to 64 letters, digits, hyphens and underscores. `timeout_seconds` is the timeout of the function, 1 to 900: an alarm notifies when an invocation takes 80 % of it, unless `duration_alarm` is false. Launch metrics are those of the function with the key `start-task` or, without it, `run-policy`; registration metrics those of `register-targets`, scan metrics those of `scan` and `list-objects`."
  type = map(object({
    function_name   = string
    timeout_seconds = number
    duration_alarm  = optional(bool, true)
  }))

  validation {
    condition     = length(var.functions) >= 1
    error_message = "functions is empty; give at least one function to monitor."
  }

  validation {
    condition     = alltrue([for key in keys(var.functions) : can(regex("^[A-Za-z0-9_-]{1,64}$", key))])
    error_message = "functions names ${join(", ", [for key in keys(var.functions) : "\"${key}\"" if !can(regex("^[A-Za-z0-9_-]{1,64}$", key))])}; a key has 1 to 64 letters, digits, hyphens and underscores."
  }

  validation {
    condition     = alltrue([for watched in values(var.functions) : watched.timeout_seconds >= 1 && watched.timeout_seconds <= 900])
    error_message = "timeout_seconds is ${join(", ", [for key, watched in var.functions : "${watched.timeout_seconds} for \"${key}\"" if watched.timeout_seconds < 1 || watched.timeout_seconds > 900])}; Lambda takes 1 to 900."
  }
}

variable "services" {
  description = "Names of the services that are launched: the keys of a launcher's `routes`."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for service in var.services : can(regex("^[A-Za-z0-9_-]{1,64}$", service))])
    error_message = "services names ${join(", ", [for service in var.services : "\"${service}\"" if !can(regex("^[A-Za-z0-9_-]{1,64}$", service))])}; a service's name has 1 to 64 letters, digits, hyphens and underscores."
  }
}

variable "dead_letter_queue_names" {
  description = "Names of the dead-letter queues (DLQs) to show on the dashboard. Each queue has an alarm in its own block."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "ecs_services" {
  description = "ECS services to show on the dashboard, by a key of your choice: the number of tasks that run, CPU and memory. The number is a metric of Container Insights."
  type = map(object({
    cluster_name = string
    service_name = string
  }))
  default  = {}
  nullable = false
}

variable "queue_names" {
  description = "Names of the queues to show on the dashboard: messages that wait and that are in flight, and the age of the oldest. Each queue has an alarm in its own block."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "database_ids" {
  description = "Identifiers of the DB instances to show on the dashboard: CPU, connections, free storage and latency. Each database has alarms in its own block."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "target_groups" {
  description = "The target group of each service, by the service's name: the part of the ARN from `targetgroup/` on, which the provider names `arn_suffix`."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for service in keys(var.target_groups) : can(regex("^[A-Za-z0-9_-]{1,64}$", service))])
    error_message = "target_groups names ${join(", ", [for service in keys(var.target_groups) : "\"${service}\"" if !can(regex("^[A-Za-z0-9_-]{1,64}$", service))])}; a service's name has 1 to 64 letters, digits, hyphens and underscores."
  }

  validation {
    condition     = alltrue([for suffix in values(var.target_groups) : can(regex("^targetgroup/[A-Za-z0-9-]{1,32}/[0-9a-f]+$", suffix))])
    error_message = "target_groups has ${join(", ", [for suffix in values(var.target_groups) : "\"${suffix}\"" if !can(regex("^targetgroup/[A-Za-z0-9-]{1,32}/[0-9a-f]+$", suffix))])}; give the part of the ARN from targetgroup/ on: targetgroup/<name>/<id>."
  }
}

variable "load_balancer_arn_suffix" {
  description = "The part of the load balancer's ARN from `app/` on, which the provider names `arn_suffix`. Required with `target_groups`."
  type        = string
  default     = null

  validation {
    condition     = var.load_balancer_arn_suffix == null ? true : can(regex("^app/[A-Za-z0-9-]{1,32}/[0-9a-f]+$", var.load_balancer_arn_suffix))
    error_message = "load_balancer_arn_suffix is ${jsonencode(var.load_balancer_arn_suffix)}; give the part of the ARN from app/ on: app/<name>/<id>."
  }
}

variable "alarm_actions" {
  description = "ARNs that each alarm notifies when it is in ALARM, for instance an SNS topic."
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
  description = "Names of existing resources that this block adopts, by address in this module, such as `aws_cloudwatch_dashboard.this`: each replaces the name that the block would give, so that Terraform does not replace the resource."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "tags" {
  description = "Tags of every alarm. A dashboard has no tags."
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
