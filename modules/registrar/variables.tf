variable "name" {
  description = "Prefix of the name of every resource of this block: 1 to 28 lower-case letters, digits and hyphens, starting with a letter, like that of a launcher."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,27}$", var.name))
    error_message = "name is \"${var.name}\"; a registrar's name has 1 to 28 lower-case letters, digits and hyphens and starts with a letter."
  }
}

variable "routes" {
  description = "The launch route of each service, by the service's name: the output `route` of the module `task`, merged with the service's entry in the output `targets` of the module `load-balancer` where it has one. 1 to 50 services, because the environment of a Lambda function holds 4 KB (AWS Lambda Developer Guide, \"Lambda quotas\"). Stop events also stop the tasks of services without a target group."
  type = map(object({
    cluster_arn                  = string
    family                       = string
    container_name               = string
    port                         = optional(number)
    network_mode                 = optional(string, "awsvpc")
    target_group_arn             = optional(string)
    target_type                  = optional(string)
    deregistration_delay_seconds = optional(number)
  }))

  validation {
    condition     = length(var.routes) >= 1 && length(var.routes) <= 50
    error_message = "routes has ${length(var.routes)} services; a registrar takes 1 to 50. For more services make a second registrar."
  }

  validation {
    condition     = alltrue([for service in keys(var.routes) : can(regex("^[A-Za-z0-9_-]{1,64}$", service))])
    error_message = "routes names ${join(", ", [for service in keys(var.routes) : "\"${service}\"" if !can(regex("^[A-Za-z0-9_-]{1,64}$", service))])}; a service's name has 1 to 64 letters, digits, hyphens and underscores."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : contains(["awsvpc", "bridge", "host"], route.network_mode)])
    error_message = "network_mode is ${join(", ", [for service, route in var.routes : "\"${route.network_mode}\" for \"${service}\"" if !contains(["awsvpc", "bridge", "host"], route.network_mode)])}; allowed are \"awsvpc\", \"bridge\", \"host\"."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : route.target_type == null ? true : contains(["ip", "instance"], route.target_type)])
    error_message = "target_type is ${join(", ", [for service, route in var.routes : "\"${coalesce(route.target_type, "ip")}\" for \"${service}\"" if !contains(["ip", "instance"], coalesce(route.target_type, "ip"))])}; allowed are \"ip\", \"instance\"."
  }

  # Only an awsvpc task has an IP address of its own; other tasks are reached by a port of their container instance.
  validation {
    condition     = alltrue([for route in values(var.routes) : route.target_type == null ? true : (route.target_type == "ip") == (route.network_mode == "awsvpc")])
    error_message = "${join(", ", [for service, route in var.routes : "\"${service}\" has target_type \"${coalesce(route.target_type, "none")}\" and network_mode \"${route.network_mode}\"" if route.target_type == null ? false : (route.target_type == "ip") != (route.network_mode == "awsvpc")])}; target_type \"ip\" goes with \"awsvpc\", \"instance\" with \"bridge\" or \"host\"."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : route.target_type == null || route.port != null])
    error_message = "${join(", ", [for service, route in var.routes : "\"${service}\"" if route.target_type != null && route.port == null])} has a target group and no port; a target is an address and a port, so the service needs a port."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : (route.target_type == null) == (route.target_group_arn == null)])
    error_message = "${join(", ", [for service, route in var.routes : "\"${service}\"" if(route.target_type == null) != (route.target_group_arn == null)])} has only one of target_group_arn and target_type; give both or neither."
  }

  # Each service would deregister the targets of the other.
  validation {
    condition     = length(distinct([for route in values(var.routes) : route.target_group_arn if route.target_type != null])) == length([for route in values(var.routes) : route if route.target_type != null])
    error_message = "${join(" and ", [for service, route in var.routes : "\"${service}\"" if route.target_type != null])} share a target group; each service needs its own."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : route.deregistration_delay_seconds == null ? true : route.deregistration_delay_seconds >= 0 && route.deregistration_delay_seconds <= 3600])
    error_message = "deregistration_delay_seconds is ${join(", ", [for service, route in var.routes : "${coalesce(route.deregistration_delay_seconds, 0)} for \"${service}\"" if coalesce(route.deregistration_delay_seconds, 0) < 0 || coalesce(route.deregistration_delay_seconds, 0) > 3600])}; a target group takes 0 to 3600."
  }
}

variable "sweep_interval_minutes" {
  description = "How often the function compares every target group with the running tasks, in whole minutes: 1 or more. A missed event is corrected within this time."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.sweep_interval_minutes >= 1 && floor(var.sweep_interval_minutes) == var.sweep_interval_minutes
    error_message = "sweep_interval_minutes is ${var.sweep_interval_minutes}; it takes a whole number of minutes, 1 or more."
  }
}

variable "stop_events" {
  description = "The EventBridge rules whose events stop tasks, by name: 1 to 18 letters, digits, hyphens and underscores. Each has `source`, and `detail` as JSON text in the EventBridge pattern language. The detail-type is `Stop ECS Tasks`. The event names the services in `detail.services`; without it, it stops the tasks of all services."
  type = map(object({
    source         = optional(list(string), [])
    detail         = optional(string)
    event_bus_name = optional(string, "default")
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for event in keys(var.stop_events) : can(regex("^[A-Za-z0-9_-]{1,18}$", event))])
    error_message = "stop_events names ${join(", ", [for event in keys(var.stop_events) : "\"${event}\"" if !can(regex("^[A-Za-z0-9_-]{1,18}$", event))])}; a stop event's name has 1 to 18 letters, digits, hyphens and underscores (a rule name has at most 64 characters, and the rule is named <name>-register-targets-<event>)."
  }

  validation {
    condition     = alltrue([for event in keys(var.stop_events) : !contains(["state-change", "sweep"], event)])
    error_message = "stop_events names \"state-change\" or \"sweep\", which are names of the registrar's own rules; choose another name."
  }

  # The validations of the module event-rule: generated by npm run docs
  validation {
    condition     = alltrue([for event, settings in var.stop_events : can(regex("^(arn:[^:]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/)?[A-Za-z0-9/._-]{1,256}$", settings.event_bus_name))])
    error_message = join("\n", [for event, settings in var.stop_events : "stop_events.${event}.event_bus_name is \"${settings.event_bus_name}\"; an event bus has a name of 1 to 256 letters, digits and / . _ -, or an ARN." if !(can(regex("^(arn:[^:]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/)?[A-Za-z0-9/._-]{1,256}$", settings.event_bus_name)))])
  }

  validation {
    condition     = alltrue([for event, settings in var.stop_events : settings.detail == null ? true : length(try(keys(jsondecode(settings.detail)), [])) > 0])
    error_message = join("\n", [for event, settings in var.stop_events : "stop_events.${event}.detail is ${coalesce(settings.detail, "empty")}; it must be the JSON text of an object with at least one name, as jsonencode gives it." if !(settings.detail == null ? true : length(try(keys(jsondecode(settings.detail)), [])) > 0)])
  }

  validation {
    condition     = alltrue([for event, settings in var.stop_events : alltrue([for value in try(values(jsondecode(settings.detail)), []) : !can(tostring(value)) && (can(keys(value)) ? length(keys(value)) > 0 && alltrue([for inner in values(value) : !can(tostring(inner)) && (can(keys(inner)) ? length(keys(inner)) > 0 && alltrue([for last in values(inner) : !can(tostring(last))]) : true)]) : true)])])
    error_message = join("\n", [for event, settings in var.stop_events : "stop_events.${event}.detail is ${coalesce(settings.detail, "empty")}; in a pattern each name stands for a list of values or filters, or for a nested object with at least one name." if !(alltrue([for value in try(values(jsondecode(settings.detail)), []) : !can(tostring(value)) && (can(keys(value)) ? length(keys(value)) > 0 && alltrue([for inner in values(value) : !can(tostring(inner)) && (can(keys(inner)) ? length(keys(inner)) > 0 && alltrue([for last in values(inner) : !can(tostring(last))]) : true)]) : true)]))])
  }
  # End of the validations of the module event-rule
}

variable "architecture" {
  description = "Processor architecture of the function: `arm64`, which costs less, or `x86_64`."
  type        = string
  default     = "arm64"
  nullable    = false
}

variable "runtime" {
  description = "Runtime of the function: `nodejs22.x` or later. The Terraform provider refuses a runtime that it does not know: version 5.100 takes `nodejs22.x` at most, `nodejs24.x` needs 6.19 or later."
  type        = string
  default     = "nodejs22.x"
  nullable    = false

  validation {
    condition     = can(regex("^nodejs(2[2-9]|[3-9][0-9])\\.x$", var.runtime))
    error_message = "runtime is \"${var.runtime}\"; the code is built for Node.js 22, so it takes \"nodejs22.x\" or later, such as \"nodejs24.x\"."
  }
}

variable "log_retention_days" {
  description = "How long the function's log is kept, in days, or 0 without limit: a value that CloudWatch Logs accepts (Amazon CloudWatch Logs API Reference, PutRetentionPolicy)."
  type        = number
  default     = 365
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the messages in the queues, the log and the function's environment. The key policy must allow `events.amazonaws.com` to use the key, or no state change reaches the queue. Null: the keys that AWS manages."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is ${jsonencode(var.kms_key_arn)}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name."
  }
}

variable "alarm_actions" {
  description = "ARNs that are notified when the function fails or a message arrives in a dead-letter queue (DLQ), for instance an SNS topic."
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
  description = "What your organisation requires of the execution role of the function: a permissions boundary, a path, and a prefix and a suffix of the name, as the module `handler` takes them. A new path, prefix or suffix replaces the role."
  type = object({
    permissions_boundary_arn = optional(string)
    path                     = optional(string, "/")
    name_prefix              = optional(string, "")
    name_suffix              = optional(string, "")
  })
  default  = {}
  nullable = false
}

variable "names" {
  description = "Names of existing resources that this block adopts, by address in this module, such as `module.function.aws_lambda_function.this`: each replaces the name that the block would give, so that Terraform does not replace the resource."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource of this block."
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
