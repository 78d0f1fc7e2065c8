variable "name" {
  description = "Prefix of the name of every resource of this block: 1 to 28 lower-case letters, digits and hyphens, starting with a letter (28 because an S3 bucket prefix has at most 37 characters)."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,27}$", var.name))
    error_message = "name is \"${var.name}\"; a launcher's name has 1 to 28 lower-case letters, digits and hyphens and starts with a letter."
  }
}

variable "routes" {
  description = "The launch route of each service, by the service's name: the output `route` of the module `task`, merged with the service's entry in the output `targets` of the module `load-balancer` where it has one. 1 to 50 services, because the environment of a Lambda function holds 4 KB (AWS Lambda Developer Guide, \"Lambda quotas\")."
  type = map(object({
    cluster_arn                          = string
    family                               = string
    task_definition_arn_without_revision = string
    container_name                       = string
    subnet_ids                           = list(string)
    security_group_ids                   = list(string)
    assign_public_ip                     = optional(bool, false)
    port                                 = optional(number)
    allow_overrides                      = optional(list(string), [])
    task_role_arn                        = string
    task_role_name                       = string
    execution_role_arn                   = string
    existing_task_role                   = optional(bool, false)
    network_mode                         = optional(string, "awsvpc")
    capacity                             = optional(string, "FARGATE")
    target_group_arn                     = optional(string)
    target_type                          = optional(string)
    deregistration_delay_seconds         = optional(number)
    on_failure = optional(object({
      action          = optional(string, "alarm")
      max_attempts    = optional(number, 3)
      backoff_seconds = optional(number, 60)
    }), {})
    interruption_retries   = optional(number, 3)
    enable_execute_command = optional(bool, false)
    essential_containers   = optional(list(string))
    ebs_volume = optional(object({
      name                    = string
      infrastructure_role_arn = string
      size_gib                = optional(number)
      volume_type             = optional(string, "gp3")
      iops                    = optional(number)
      throughput_mibps        = optional(number)
      encrypted               = optional(bool, true)
      kms_key_arn             = optional(string)
      snapshot_id             = optional(string)
      file_system_type        = optional(string, "xfs")
    }))
  }))

  validation {
    condition     = length(var.routes) >= 1 && length(var.routes) <= 50
    error_message = "routes has ${length(var.routes)} services; a launcher takes 1 to 50. For more services make a second launcher."
  }

  validation {
    condition     = alltrue([for service in keys(var.routes) : can(regex("^[A-Za-z0-9_-]{1,64}$", service))])
    error_message = "routes names ${join(", ", [for service in keys(var.routes) : "\"${service}\"" if !can(regex("^[A-Za-z0-9_-]{1,64}$", service))])}; a service's name has 1 to 64 letters, digits, hyphens and underscores."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : route.network_mode != "awsvpc" || length(route.subnet_ids) >= 1 && length(route.subnet_ids) <= 16 && length(route.security_group_ids) <= 5])
    error_message = "Each route takes 1 to 16 subnets and at most 5 security groups, as RunTask does; ${join(", ", [for service, route in var.routes : "\"${service}\" has ${length(route.subnet_ids)} and ${length(route.security_group_ids)}"])}."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : length(setsubtract(route.allow_overrides, ["taskDefinition", "subnets", "securityGroups", "port", "command", "environment", "cpu", "memory"])) == 0])
    error_message = "allow_overrides names ${join(", ", distinct(flatten([for route in values(var.routes) : [for name in setsubtract(route.allow_overrides, ["taskDefinition", "subnets", "securityGroups", "port", "command", "environment", "cpu", "memory"]) : "\"${name}\""]])))}; an event may override \"taskDefinition\", \"subnets\", \"securityGroups\", \"port\", \"command\", \"environment\", \"cpu\", \"memory\"."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : route.target_type == null || !contains(route.allow_overrides, "port")])
    error_message = join("\n", [for service, route in var.routes : "routes.${service}.allow_overrides names \"port\", but a load balancer reaches the service, and on its own port only. Remove \"port\"." if route.target_type != null && contains(route.allow_overrides, "port")])
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : contains(["awsvpc", "bridge", "host"], route.network_mode)])
    error_message = "routes have ${join(", ", [for service, route in var.routes : "${service}.network_mode \"${route.network_mode}\"" if !contains(["awsvpc", "bridge", "host"], route.network_mode)])}; allowed are \"awsvpc\", \"bridge\", \"host\"."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : contains(["FARGATE", "FARGATE_SPOT", "EC2", "CLUSTER_DEFAULT"], route.capacity) || can(regex("^[A-Za-z0-9_-]{1,255}$", route.capacity)) && !can(regex("(?i)^(aws|ecs|fargate)", route.capacity))])
    error_message = "routes have ${join(", ", [for service, route in var.routes : "${service}.capacity \"${route.capacity}\"" if !(contains(["FARGATE", "FARGATE_SPOT", "EC2", "CLUSTER_DEFAULT"], route.capacity) || can(regex("^[A-Za-z0-9_-]{1,255}$", route.capacity)) && !can(regex("(?i)^(aws|ecs|fargate)", route.capacity)))])}; allowed are \"FARGATE\", \"FARGATE_SPOT\", \"EC2\", \"CLUSTER_DEFAULT\", and the name of a capacity provider: 1 to 255 letters, digits, hyphens and underscores that do not begin with \"aws\", \"ecs\" or \"fargate\"."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : contains(["ip", "instance"], coalesce(route.target_type, "ip"))])
    error_message = "routes have ${join(", ", [for service, route in var.routes : "${service}.target_type ${jsonencode(route.target_type)}" if !contains(["ip", "instance"], coalesce(route.target_type, "ip"))])}; allowed are \"ip\", \"instance\"."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : contains(["alarm", "retry", "dead_letter"], route.on_failure.action)])
    error_message = "routes have ${join(", ", [for service, route in var.routes : "${service}.on_failure.action \"${route.on_failure.action}\"" if !contains(["alarm", "retry", "dead_letter"], route.on_failure.action)])}; allowed are \"alarm\", \"retry\", \"dead_letter\"."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : !(route.on_failure.max_attempts < 1 || route.on_failure.max_attempts > 10 || floor(route.on_failure.max_attempts) != route.on_failure.max_attempts)])
    error_message = "routes have ${join(", ", [for service, route in var.routes : "${service}.on_failure.max_attempts ${route.on_failure.max_attempts}" if route.on_failure.max_attempts < 1 || route.on_failure.max_attempts > 10 || floor(route.on_failure.max_attempts) != route.on_failure.max_attempts])}; it takes a whole number from 1 to 10, the first launch included."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : !(route.on_failure.backoff_seconds < 0 || route.on_failure.backoff_seconds > 900 || floor(route.on_failure.backoff_seconds) != route.on_failure.backoff_seconds)])
    error_message = "routes have ${join(", ", [for service, route in var.routes : "${service}.on_failure.backoff_seconds ${route.on_failure.backoff_seconds}" if route.on_failure.backoff_seconds < 0 || route.on_failure.backoff_seconds > 900 || floor(route.on_failure.backoff_seconds) != route.on_failure.backoff_seconds])}; it takes a whole number of seconds from 0 to 900 (SQS delays a message by at most 15 minutes)."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : !(route.interruption_retries < 0 || route.interruption_retries > 10 || floor(route.interruption_retries) != route.interruption_retries)])
    error_message = "routes have ${join(", ", [for service, route in var.routes : "${service}.interruption_retries ${route.interruption_retries}" if route.interruption_retries < 0 || route.interruption_retries > 10 || floor(route.interruption_retries) != route.interruption_retries])}; it takes a whole number from 0 to 10; with 0 an interrupted task is not launched again."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : try(length(route.essential_containers), 1) > 0])
    error_message = "routes have ${join(", ", [for service, route in var.routes : "${service}.essential_containers []" if try(length(route.essential_containers), 1) == 0])}; a task has at least one essential container."
  }
}

variable "events" {
  description = "The EventBridge rules that send events to the launcher, by name: 1 to 35 letters, digits, hyphens and underscores. Each is a pattern (`source`, `detail_type`, `detail` as JSON text), a `preset` or a `schedule_expression`, as the module `event-rule` takes them. `service` is the service that the rule starts. Null: the event names it in `detail.service`; scheduled events, those of a preset and those of AWS services do not, so `service` is required for them."
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
    enabled             = optional(bool, true)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for event in keys(var.events) : can(regex("^[A-Za-z0-9_-]{1,35}$", event)) && !contains(["task-failed", "run-history"], event)])
    error_message = "events names ${join(", ", [for event in keys(var.events) : "\"${event}\"" if !can(regex("^[A-Za-z0-9_-]{1,35}$", event)) || contains(["task-failed", "run-history"], event)])}; an event's name has 1 to 35 letters, digits, hyphens and underscores, and \"task-failed\" and \"run-history\" are reserved."
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

  # The validations of the module event-rule: generated by npm run docs
  validation {
    condition     = alltrue([for event, settings in var.events : can(regex("^(arn:[^:]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/)?[A-Za-z0-9/._-]{1,256}$", settings.event_bus_name))])
    error_message = join("\n", [for event, settings in var.events : "events.${event}.event_bus_name is \"${settings.event_bus_name}\"; an event bus has a name of 1 to 256 letters, digits and / . _ -, or an ARN." if !(can(regex("^(arn:[^:]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/)?[A-Za-z0-9/._-]{1,256}$", settings.event_bus_name)))])
  }

  validation {
    condition     = alltrue([for event, settings in var.events : settings.detail == null ? true : length(try(keys(jsondecode(settings.detail)), [])) > 0])
    error_message = join("\n", [for event, settings in var.events : "events.${event}.detail is ${coalesce(settings.detail, "empty")}; it must be the JSON text of an object with at least one name, as jsonencode gives it." if !(settings.detail == null ? true : length(try(keys(jsondecode(settings.detail)), [])) > 0)])
  }

  validation {
    condition     = alltrue([for event, settings in var.events : alltrue([for value in try(values(jsondecode(settings.detail)), []) : !can(tostring(value)) && (can(keys(value)) ? length(keys(value)) > 0 && alltrue([for inner in values(value) : !can(tostring(inner)) && (can(keys(inner)) ? length(keys(inner)) > 0 && alltrue([for last in values(inner) : !can(tostring(last))]) : true)]) : true)])])
    error_message = join("\n", [for event, settings in var.events : "events.${event}.detail is ${coalesce(settings.detail, "empty")}; in a pattern each name stands for a list of values or filters, or for a nested object with at least one name." if !(alltrue([for value in try(values(jsondecode(settings.detail)), []) : !can(tostring(value)) && (can(keys(value)) ? length(keys(value)) > 0 && alltrue([for inner in values(value) : !can(tostring(inner)) && (can(keys(inner)) ? length(keys(inner)) > 0 && alltrue([for last in values(inner) : !can(tostring(last))]) : true)]) : true)]))])
  }

  validation {
    condition     = alltrue([for event, settings in var.events : settings.schedule_expression == null ? true : length(settings.schedule_expression) <= 256])
    error_message = join("\n", [for event, settings in var.events : "events.${event}.schedule_expression has ${try(length(settings.schedule_expression), 0)} characters; EventBridge takes at most 256." if !(settings.schedule_expression == null ? true : length(settings.schedule_expression) <= 256)])
  }

  validation {
    condition     = alltrue([for event, settings in var.events : settings.schedule_expression == null ? true : !can(regex("^cron\\([^]+ [^]+ ((30|31)(,(30|31))* (0?2|FEB)|31(,31)* (0?2|FEB|0?4|APR|0?6|JUN|0?9|SEP|11|NOV)(,(0?2|FEB|0?4|APR|0?6|JUN|0?9|SEP|11|NOV))*) ", settings.schedule_expression))])
    error_message = join("\n", [for event, settings in var.events : "events.${event}.schedule_expression is ${jsonencode(settings.schedule_expression)}; no month that it names has such a day, so it would never be due. Use L for the last day of a month." if !(settings.schedule_expression == null ? true : !can(regex("^cron\\([^]+ [^]+ ((30|31)(,(30|31))* (0?2|FEB)|31(,31)* (0?2|FEB|0?4|APR|0?6|JUN|0?9|SEP|11|NOV)(,(0?2|FEB|0?4|APR|0?6|JUN|0?9|SEP|11|NOV))*) ", settings.schedule_expression)))])
  }

  validation {
    condition     = alltrue([for event, settings in var.events : settings.preset == null ? true : contains(["security_hub", "security_hub_custom_action", "security_hub_v2", "guardduty", "config", "macie", "access_analyzer", "inspector", "cloudtrail"], settings.preset)])
    error_message = join("\n", [for event, settings in var.events : "events.${event}.preset is ${jsonencode(settings.preset)}; allowed are \"security_hub\", \"security_hub_custom_action\", \"security_hub_v2\", \"guardduty\", \"config\", \"macie\", \"access_analyzer\", \"inspector\", \"cloudtrail\"." if !(settings.preset == null ? true : contains(["security_hub", "security_hub_custom_action", "security_hub_v2", "guardduty", "config", "macie", "access_analyzer", "inspector", "cloudtrail"], settings.preset))])
  }

  validation {
    condition     = alltrue([for event, settings in var.events : settings.minimum_severity == null ? true : contains(["LOW", "MEDIUM", "HIGH", "CRITICAL"], settings.minimum_severity)])
    error_message = join("\n", [for event, settings in var.events : "events.${event}.minimum_severity is ${jsonencode(settings.minimum_severity)}; allowed are \"LOW\", \"MEDIUM\", \"HIGH\", \"CRITICAL\"." if !(settings.minimum_severity == null ? true : contains(["LOW", "MEDIUM", "HIGH", "CRITICAL"], settings.minimum_severity))])
  }

  validation {
    condition     = alltrue([for event, settings in var.events : settings.service == null ? true : can(regex("^[A-Za-z0-9_-]{1,64}$", settings.service))])
    error_message = join("\n", [for event, settings in var.events : "events.${event}.service is ${jsonencode(settings.service)}; a service's name has 1 to 64 letters, digits, hyphens and underscores." if !(settings.service == null ? true : can(regex("^[A-Za-z0-9_-]{1,64}$", settings.service)))])
  }
  # End of the validations of the module event-rule
}

variable "policy_selection" {
  description = "Makes the function `run-policy` in place of `start-task`: it selects Cloud Custodian policies for a security finding by a mapping file in a bucket, and runs each in one task of the only launch route. `bucket_name` and `bucket_arn` are those of the bucket; `kms_key_arn` is its KMS key, if that is not `kms_key_arn` of the launcher. `mapping_key` is the key of the mapping file, `policies_prefix` begins the keys of the policies. `default_policy_key` acts on findings that match no mapping, only with `use_default_policy`. `enable_enrichment` adds a link to the resource to the finding. Findings of other accounts than the function's are acted on only if their IDs are in `member_account_ids`. CloudTrail events that a role in `worker_role_arns` or the task role itself caused are ignored, so that a remediation does not start the next one. With `run_queue` runs are messages in that queue, for the workers of an ECS service, and the function has no permission to run tasks. Null: the function is `start-task`."
  type = object({
    bucket_name        = string
    bucket_arn         = string
    kms_key_arn        = optional(string)
    mapping_key        = optional(string, "config/policy-mappings.json")
    policies_prefix    = optional(string, "policies/")
    default_policy_key = optional(string)
    use_default_policy = optional(bool, false)
    enable_enrichment  = optional(bool, true)
    member_account_ids = optional(list(string), [])
    worker_role_arns   = optional(list(string), [])
    run_queue          = optional(object({ url = string, arn = string }))
  })
  default = null

  validation {
    condition     = var.policy_selection == null ? true : can(regex("^[^/*?]+(/[^/*?]+)*/$", var.policy_selection.policies_prefix))
    error_message = "policy_selection.policies_prefix is ${jsonencode(try(var.policy_selection.policies_prefix, null))}; it takes a folder with / at its end and without * and ?, for instance \"policies/\"."
  }

  validation {
    condition     = var.policy_selection == null ? true : can(regex("^[^/*?]+(/[^/*?]+)*$", var.policy_selection.mapping_key))
    error_message = "policy_selection.mapping_key is ${jsonencode(try(var.policy_selection.mapping_key, null))}; it takes the key of an object, without * and ?, for instance \"config/policy-mappings.json\"."
  }

  validation {
    condition     = var.policy_selection == null ? true : !var.policy_selection.use_default_policy || var.policy_selection.default_policy_key != null
    error_message = "policy_selection.use_default_policy is true and default_policy_key is absent; give the key of the policy."
  }
}

variable "buffer" {
  description = "Whether the function puts events from EventBridge into a queue and launches tasks from there: for bursts beyond the 20 tasks a second that ECS starts (Amazon ECS Developer Guide, \"Request throttling\")."
  type        = bool
  default     = false
  nullable    = false
}

variable "wait_timeout_seconds" {
  description = "How long the function waits for a task that it has launched, in whole seconds: 1 to 840 (a Lambda function runs for 900 seconds at most, and one minute is added). It then registers the task in its target group and returns the task's address, for callers that wait for the answer. API Gateway answers 504 after 29 seconds (Amazon API Gateway quotas), so behind it give at most 25: then the answer says that the task goes on. Null: it does not wait."
  type        = number
  default     = null

  validation {
    condition     = try(var.wait_timeout_seconds >= 1 && var.wait_timeout_seconds <= 840 && floor(var.wait_timeout_seconds) == var.wait_timeout_seconds, var.wait_timeout_seconds == null)
    error_message = "wait_timeout_seconds is ${jsonencode(var.wait_timeout_seconds)}; it takes a whole number of seconds, 1 to 840 (a Lambda function runs for 900 seconds at most, and one minute is added)."
  }
}

variable "wait_for" {
  description = "The state that the function waits for: `running`, or `healthy` in its target group."
  type        = string
  default     = "running"
  nullable    = false

  validation {
    condition     = contains(["running", "healthy"], var.wait_for)
    error_message = "wait_for is \"${var.wait_for}\"; allowed are \"running\", \"healthy\"."
  }
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

variable "deduplication_window_hours" {
  description = "How long a duplicate of an event starts no second task, in whole hours: 1 to `payload_retention_days` * 24, which is how long the bucket keeps a launch record."
  type        = number
  default     = 24
  nullable    = false

  validation {
    condition     = var.deduplication_window_hours >= 1 && floor(var.deduplication_window_hours) == var.deduplication_window_hours
    error_message = "deduplication_window_hours is ${var.deduplication_window_hours}; it takes a whole number of hours, 1 or more."
  }
}

variable "payload_retention_days" {
  description = "How long the bucket keeps launch records and the payloads that are too long for RunTask, in days: 15 or more, because a message stays in the dead-letter queue (DLQ) for 14 days and may refer to a payload."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.payload_retention_days >= 15
    error_message = "payload_retention_days is ${var.payload_retention_days}; it must be 15 or more, because a message stays in the dead-letter queue for 14 days and may refer to a payload."
  }
}

variable "create_run_history" {
  description = "Whether EventBridge writes each end of a task to a log group, so that it can be looked up when ECS has forgotten the task: the command `runs` reads it. Queued runs have none."
  type        = bool
  default     = true
  nullable    = false
}

variable "create_run_history_policy" {
  description = "Whether the log resource policy is created that allows EventBridge to write the run history. A region of an account has at most 10 of them (Amazon CloudWatch Logs User Guide, \"CloudWatch Logs quotas\"). If false, a policy that exists already must allow it, for instance one for all log groups under `/aws/events/`."
  type        = bool
  default     = true
  nullable    = false
}

variable "log_retention_days" {
  description = "How long the function's log and the run history are kept, in days, or 0 without limit: a value that CloudWatch Logs accepts (Amazon CloudWatch Logs API Reference, PutRetentionPolicy)."
  type        = number
  default     = 365
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the payloads, the messages in the queues, the log and the function's environment. Null: the keys that AWS manages."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is ${jsonencode(var.kms_key_arn)}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name."
  }
}

variable "alarm_actions" {
  description = "ARNs that are notified when a launch fails, a task fails or a message arrives in the dead-letter queue (DLQ), for instance an SNS topic."
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
  description = "Names of existing resources that this block adopts, by address in this module, such as `module.function.aws_lambda_function.this`: each replaces the name that the block would give, so that Terraform does not replace the resource. A description that AWS cannot change has the address of its resource and `.description`."
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
