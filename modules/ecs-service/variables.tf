variable "name" {
  description = "Name of the ECS service and prefix of the names of its policies and alarms: 1 to 100 letters, digits, hyphens and underscores. ECS allows 255, and the name of an inline policy has at most 128."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,100}$", var.name))
    error_message = "name is \"${var.name}\"; the name of an ECS service here has 1 to 100 letters, digits, hyphens and underscores (ECS allows 255, and its policies have a suffix)."
  }
}

variable "route" {
  description = "Launch route of the tasks: the output `route` of the module `task`, merged with the service's entry in the output `targets` of the module `load-balancer` if a load balancer sends requests to the tasks. ECS registers and deregisters the targets itself, so no registrar may have the same target group. `capacity` is `FARGATE`, `FARGATE_SPOT`, `EC2` or the name of a capacity provider of the cluster; `CLUSTER_DEFAULT` is refused, since ECS writes the default of the cluster into the ECS service, which Terraform would undo. Fargate Spot can interrupt a task at two minutes' notice, whether it is protected or not, and a change from or to it replaces the ECS service. ECS takes 1 to 16 subnets and at most 5 security groups (ECS API reference: AwsVpcConfiguration)."
  type = object({
    cluster_arn            = string
    container_name         = string
    subnet_ids             = list(string)
    security_group_ids     = list(string)
    assign_public_ip       = optional(bool, false)
    port                   = optional(number)
    network_mode           = optional(string, "awsvpc")
    capacity               = optional(string, "FARGATE")
    target_group_arn       = optional(string)
    target_type            = optional(string)
    enable_execute_command = optional(bool, false)
    task_role_name         = string
    existing_task_role     = optional(bool, false)
    # Of any type: only that there is one counts, and it is refused.
    ebs_volume = optional(any)
  })

  validation {
    condition     = can(regex("^arn:[^:]+:ecs:[^:]+:[0-9]{12}:cluster/[A-Za-z0-9_-]{1,255}$", var.route.cluster_arn))
    error_message = "route.cluster_arn is \"${var.route.cluster_arn}\"; it takes the ARN of an ECS cluster, such as \"arn:aws:ecs:eu-west-1:123456789012:cluster/engines\"."
  }

  validation {
    condition     = contains(["FARGATE", "FARGATE_SPOT", "EC2"], var.route.capacity) || can(regex("^[A-Za-z0-9_-]{1,255}$", var.route.capacity)) && !can(regex("(?i)^(aws|ecs|fargate)", var.route.capacity)) && var.route.capacity != "CLUSTER_DEFAULT"
    error_message = "route.capacity is \"${var.route.capacity}\"; allowed are \"FARGATE\", \"FARGATE_SPOT\", \"EC2\" and the name of a capacity provider: 1 to 255 letters, digits, hyphens and underscores that do not begin with \"aws\", \"ecs\" or \"fargate\"."
  }

  validation {
    condition     = contains(["awsvpc", "bridge", "host"], var.route.network_mode)
    error_message = "route.network_mode is \"${var.route.network_mode}\"; allowed are \"awsvpc\", \"bridge\", \"host\"."
  }

  validation {
    condition     = var.route.network_mode != "awsvpc" || (length(var.route.subnet_ids) >= 1 && length(var.route.subnet_ids) <= 16 && length(var.route.security_group_ids) <= 5)
    error_message = "route has ${length(var.route.subnet_ids)} subnets and ${length(var.route.security_group_ids)} security groups; ECS takes 1 to 16 subnets and at most 5 security groups."
  }

  validation {
    condition     = var.route.target_type == null ? true : contains(["ip", "instance"], var.route.target_type)
    error_message = "route.target_type is \"${coalesce(var.route.target_type, "none")}\"; allowed are \"ip\", \"instance\"."
  }

  validation {
    condition     = (var.route.target_type == null) == (var.route.target_group_arn == null)
    error_message = "route has only one of target_group_arn and target_type; give both or neither."
  }

  validation {
    condition     = var.route.target_type == null || var.route.port != null
    error_message = "route has a target group and no port; a target is an address and a port, so the task needs a port."
  }

  validation {
    condition     = var.route.ebs_volume == null
    error_message = "route has an EBS volume, which this block does not configure; give the task ephemeral_storage_gib or mounts, or start it with a launcher."
  }
}

variable "task_definition_arn" {
  description = "ARN of the task definition with its revision: the output `task_definition_arn` of the module `task`. Another revision is a deployment."
  type        = string

  validation {
    condition     = can(regex("^arn:[^:]+:ecs:[^:]+:[0-9]{12}:task-definition/[A-Za-z0-9_-]{1,255}:[0-9]+$", var.task_definition_arn))
    error_message = "task_definition_arn is \"${var.task_definition_arn}\"; it takes the ARN of a revision, such as \"arn:aws:ecs:eu-west-1:123456789012:task-definition/worker:7\"."
  }
}

variable "desired_count" {
  description = "Number of tasks, 0 to 5000 (Amazon ECS service quotas: tasks per service), without `scaling`. Application Auto Scaling sets it when it changes; a count that was set by hand stays until then. Null: 1, or with `scaling` its range."
  type        = number
  default     = null

  validation {
    condition     = var.desired_count == null ? true : var.desired_count >= 0 && var.desired_count <= 5000 && floor(var.desired_count) == var.desired_count
    error_message = "desired_count is ${coalesce(var.desired_count, 0)}; ECS takes whole numbers from 0 to 5000."
  }
}

variable "circuit_breaker" {
  description = "Whether ECS stops a deployment whose tasks do not start or become healthy, and rolls back to the last revision that ran."
  type        = bool
  default     = true
  nullable    = false
}

variable "min_healthy_percent" {
  description = "How many tasks, in percent of the desired count, stay running during a deployment, 0 to 100. It must be less than `max_percent`."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.min_healthy_percent >= 0 && var.min_healthy_percent <= 100 && floor(var.min_healthy_percent) == var.min_healthy_percent
    error_message = "min_healthy_percent is ${var.min_healthy_percent}; it takes whole numbers from 0 to 100."
  }
}

variable "max_percent" {
  description = "How many tasks, in percent of the desired count, are allowed during a deployment, 100 to 200."
  type        = number
  default     = 200
  nullable    = false

  validation {
    condition     = var.max_percent >= 100 && var.max_percent <= 200 && floor(var.max_percent) == var.max_percent
    error_message = "max_percent is ${var.max_percent}; it takes whole numbers from 100 to 200."
  }
}

variable "health_check_grace_period_seconds" {
  description = "How long ECS ignores failed health checks of the load balancer after a task has started, in seconds: 0 to 2147483647 (ECS API reference: CreateService). Only with a target group. Null: not at all."
  type        = number
  default     = null

  validation {
    condition     = var.health_check_grace_period_seconds == null ? true : var.health_check_grace_period_seconds >= 0 && var.health_check_grace_period_seconds <= 2147483647 && floor(var.health_check_grace_period_seconds) == var.health_check_grace_period_seconds
    error_message = "health_check_grace_period_seconds is ${coalesce(var.health_check_grace_period_seconds, 0)}; ECS takes whole numbers from 0 to 2147483647."
  }
}

variable "propagate_tags" {
  description = "Whose tags each task gets: those of the ECS service (`SERVICE`), those of the task definition (`TASK_DEFINITION`), or none (`NONE`)."
  type        = string
  default     = "SERVICE"
  nullable    = false

  validation {
    condition     = contains(["SERVICE", "TASK_DEFINITION", "NONE"], var.propagate_tags)
    error_message = "propagate_tags is \"${var.propagate_tags}\"; allowed are \"SERVICE\", \"TASK_DEFINITION\", \"NONE\"."
  }
}

variable "scaling" {
  description = "Range of the number of tasks, 0 to 5000, and what moves the number within it: exactly one of the following, because two would undo each other's changes. `queue_depth`: the messages of an SQS queue, visible and in flight, 1 to 80 characters in `queue_name`. A task for each `messages_per_task` messages, at least 1, runs from the first message on; with `max` above 20 the number grows in 20 steps (Application Auto Scaling User Guide: quotas). After `empty_minutes` (5) without a message, 1 to 1440, the number is `min`. `target_tracking`: Application Auto Scaling keeps the average utilization near `cpu_percent` and `memory_percent`, each more than 0 and at most 100. `step_scaling`: a task more after `out_periods` (2) minutes in which the average utilization of CPU or memory is above its value, one less after `in_periods` (5) minutes in which all are below, each 1 to 1440. Its `custom_metric` is a metric of your application, with 1 to 255 characters in `namespace` and `metric_name` and at most 30 `dimensions` (CloudWatch API reference: PutMetricData), of which CloudWatch takes the `statistic` of each minute: `Average`, `Maximum`, `Minimum`, `SampleCount` or `Sum`. It starts a task when it is above `value`, more than 0, and keeps the tasks while it is not below. Without tasks there is no utilization, so only `queue_depth` and a `custom_metric` that something else than the tasks reports start a task when `min` is 0. A cooldown is in seconds, 0 or more. A scale-in stops tasks that work, unless they protect themselves (`task_protection_policy_json`)."
  type = object({
    min = number
    max = number
    queue_depth = optional(object({
      queue_name        = string
      messages_per_task = number
      empty_minutes     = optional(number, 5)
    }))
    target_tracking = optional(object({
      cpu_percent    = optional(number)
      memory_percent = optional(number)
    }))
    step_scaling = optional(object({
      cpu_percent    = optional(number)
      memory_percent = optional(number)
      out_periods    = optional(number, 2)
      in_periods     = optional(number, 5)
      custom_metric = optional(object({
        namespace   = string
        metric_name = string
        dimensions  = optional(map(string), {})
        statistic   = optional(string, "Average")
        value       = number
      }))
    }))
    scale_out_cooldown_seconds = optional(number, 60)
    scale_in_cooldown_seconds  = optional(number, 300)
  })
  default = null

  validation {
    condition     = var.scaling == null ? true : alltrue([for count in [var.scaling.min, var.scaling.max] : count >= 0 && count <= 5000 && floor(count) == count]) && var.scaling.max >= 1
    error_message = "scaling.min is ${try(var.scaling.min, 0)} and scaling.max is ${try(var.scaling.max, 0)}; min takes whole numbers from 0 to 5000, max from 1 to 5000."
  }

  validation {
    condition     = var.scaling == null ? true : var.scaling.min <= var.scaling.max
    error_message = "scaling.min is ${try(var.scaling.min, 0)} and scaling.max is ${try(var.scaling.max, 0)}; min is at most max."
  }

  validation {
    condition     = var.scaling == null ? true : var.scaling.queue_depth != null || var.scaling.target_tracking != null || var.scaling.step_scaling != null
    error_message = "scaling has none of queue_depth, target_tracking and step_scaling; give exactly one of them, or leave scaling out and give desired_count."
  }

  validation {
    condition     = var.scaling == null ? true : length([for given in [var.scaling.queue_depth != null, var.scaling.target_tracking != null, var.scaling.step_scaling != null] : given if given]) <= 1
    error_message = "scaling has ${try(join(" and ", compact([var.scaling.queue_depth != null ? "queue_depth" : "", var.scaling.target_tracking != null ? "target_tracking" : "", var.scaling.step_scaling != null ? "step_scaling" : ""])), "several")}; give exactly one of queue_depth, target_tracking and step_scaling, because two would undo each other's changes."
  }

  validation {
    condition     = try(var.scaling.queue_depth, null) == null ? true : can(regex("^[A-Za-z0-9_-]{1,80}$", trimsuffix(var.scaling.queue_depth.queue_name, ".fifo"))) && length(var.scaling.queue_depth.queue_name) <= 80
    error_message = "scaling.queue_depth.queue_name is \"${try(var.scaling.queue_depth.queue_name, "")}\"; the name of a queue has 1 to 80 letters, digits, hyphens and underscores, and may end with .fifo. Give the name, not the ARN or URL."
  }

  validation {
    condition     = try(var.scaling.queue_depth, null) == null ? true : var.scaling.queue_depth.messages_per_task >= 1 && floor(var.scaling.queue_depth.messages_per_task) == var.scaling.queue_depth.messages_per_task
    error_message = "scaling.queue_depth.messages_per_task is ${try(var.scaling.queue_depth.messages_per_task, 0)}; it takes whole numbers from 1."
  }

  validation {
    condition     = alltrue([for minutes in [try(var.scaling.queue_depth.empty_minutes, 5), try(var.scaling.step_scaling.out_periods, 2), try(var.scaling.step_scaling.in_periods, 5)] : minutes >= 1 && minutes <= 1440 && floor(minutes) == minutes])
    error_message = "scaling.${try(var.scaling.queue_depth, null) != null ? "queue_depth.empty_minutes is ${try(var.scaling.queue_depth.empty_minutes, 5)}" : "step_scaling.out_periods is ${try(var.scaling.step_scaling.out_periods, 2)} and scaling.step_scaling.in_periods is ${try(var.scaling.step_scaling.in_periods, 5)}"}; an alarm takes whole numbers of minutes from 1 to 1440."
  }

  validation {
    condition     = try(var.scaling.target_tracking, null) == null ? true : var.scaling.target_tracking.cpu_percent != null || var.scaling.target_tracking.memory_percent != null
    error_message = "scaling.target_tracking has neither cpu_percent nor memory_percent; give one or both."
  }

  validation {
    condition     = try(var.scaling.step_scaling, null) == null ? true : var.scaling.step_scaling.cpu_percent != null || var.scaling.step_scaling.memory_percent != null || var.scaling.step_scaling.custom_metric != null
    error_message = "scaling.step_scaling has none of cpu_percent, memory_percent and custom_metric; give one or more."
  }

  validation {
    condition     = try(var.scaling.step_scaling.custom_metric, null) == null ? true : can(regex("^[^:].{0,254}$", var.scaling.step_scaling.custom_metric.namespace)) && length(var.scaling.step_scaling.custom_metric.metric_name) >= 1 && length(var.scaling.step_scaling.custom_metric.metric_name) <= 255
    error_message = "scaling.step_scaling.custom_metric has the namespace \"${try(var.scaling.step_scaling.custom_metric.namespace, "")}\" and the metric_name \"${try(var.scaling.step_scaling.custom_metric.metric_name, "")}\"; each has 1 to 255 characters, and a namespace does not start with a colon."
  }

  validation {
    condition     = try(var.scaling.step_scaling.custom_metric, null) == null ? true : length(var.scaling.step_scaling.custom_metric.dimensions) <= 30
    error_message = "scaling.step_scaling.custom_metric.dimensions has ${try(length(var.scaling.step_scaling.custom_metric.dimensions), 0)} dimensions; a metric has at most 30."
  }

  validation {
    condition     = try(var.scaling.step_scaling.custom_metric, null) == null ? true : contains(["Average", "Maximum", "Minimum", "SampleCount", "Sum"], var.scaling.step_scaling.custom_metric.statistic)
    error_message = "scaling.step_scaling.custom_metric.statistic is \"${try(var.scaling.step_scaling.custom_metric.statistic, "")}\"; allowed are \"Average\", \"Maximum\", \"Minimum\", \"SampleCount\", \"Sum\"."
  }

  validation {
    condition     = try(var.scaling.step_scaling.custom_metric, null) == null ? true : var.scaling.step_scaling.custom_metric.value > 0
    error_message = "scaling.step_scaling.custom_metric.value is ${try(var.scaling.step_scaling.custom_metric.value, 0)}; it takes more than 0. For a task from the first unit on, give 0.5."
  }

  validation {
    condition     = alltrue([for percent in [try(var.scaling.target_tracking.cpu_percent, null), try(var.scaling.target_tracking.memory_percent, null), try(var.scaling.step_scaling.cpu_percent, null), try(var.scaling.step_scaling.memory_percent, null)] : percent == null ? true : percent > 0 && percent <= 100])
    error_message = "scaling.${try(var.scaling.step_scaling, null) != null ? "step_scaling" : "target_tracking"} has ${try(join(" and ", compact([for name, percent in merge(var.scaling.target_tracking, var.scaling.step_scaling) : endswith(name, "_percent") && try(percent <= 0 || percent > 100, false) ? "${name} ${percent}" : ""])), "a percentage out of range")}; a utilization is more than 0 and at most 100 percent."
  }

  validation {
    condition     = var.scaling == null ? true : alltrue([for seconds in [var.scaling.scale_out_cooldown_seconds, var.scaling.scale_in_cooldown_seconds] : seconds >= 0 && floor(seconds) == seconds])
    error_message = "scaling.scale_out_cooldown_seconds is ${try(var.scaling.scale_out_cooldown_seconds, 60)} and scaling.scale_in_cooldown_seconds is ${try(var.scaling.scale_in_cooldown_seconds, 300)}; a cooldown takes whole numbers from 0."
  }
}
variable "names" {
  description = "Names of existing resources that this block adopts, by address in this module, such as `aws_ecs_service.this`: each replaces the name that the block would give, so that Terraform does not replace the resource."
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
    condition     = alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && try(length(value) <= 256, true) && lower(substr(key, 0, 4)) != "aws:" && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", key)) && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", value == null ? "" : value))])
    error_message = "tags has ${join(", ", [for key, value in var.tags : "${jsonencode(key)} = ${jsonencode(value)}" if !(length(key) >= 1 && length(key) <= 128 && try(length(value) <= 256, true) && lower(substr(key, 0, 4)) != "aws:" && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", key)) && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", value == null ? "" : value)))])}; AWS takes keys of 1 to 128 characters that do not begin with \"aws:\", and values of at most 256 characters, which are letters, digits, spaces and _ . : / = + - @."
  }
}
