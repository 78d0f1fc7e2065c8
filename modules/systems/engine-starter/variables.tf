variable "name" {
  description = "Prefix of the name of every resource: 1 to 28 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,26}[a-z0-9])?$", var.name))
    error_message = "name is \"${var.name}\"; a name has 1 to 28 lower-case letters, digits and hyphens, starts with a letter and does not end with a hyphen."
  }
}

variable "services" {
  description = "The engines, by name: one or more of `auth`, `pdf`, `fa`, `users` and `batch`. The load balancer leads `/api/<name>/*` to the tasks of an engine. The default of `port` is 8080 (auth, users, batch), 9080 (pdf) or 2531 (fa); everything else is as in the module `event-driven-ecs`."
  type = map(object({
    image                   = string
    cpu                     = optional(number, 256)
    memory                  = optional(number, 512)
    port                    = optional(number)
    command                 = optional(list(string))
    entry_point             = optional(list(string))
    environment             = optional(map(string), {})
    plain_environment_names = optional(list(string), [])
    secrets                 = optional(map(string), {})
    secrets_kms_key_arns    = optional(list(string), [])
    policies                = optional(map(string), {})
    grants = optional(map(object({
      access      = string
      arn         = string
      objects     = optional(string)
      kms_key_arn = optional(string)
    })), {})
    container_health_check = optional(object({
      command              = list(string)
      interval_seconds     = optional(number, 30)
      timeout_seconds      = optional(number, 5)
      retries              = optional(number, 3)
      start_period_seconds = optional(number)
    }))
    stop_timeout_seconds = optional(number)
    ulimits = optional(map(object({
      soft = number
      hard = number
    })), {})
    init_process             = optional(bool, true)
    linux_capabilities_drop  = optional(list(string), [])
    linux_capabilities_add   = optional(list(string), [])
    run_as_image_user        = optional(bool, false)
    user                     = optional(string, "1000:1000")
    readonly_root_filesystem = optional(bool, true)
    enable_execute_command   = optional(bool, false)
    scratch_path             = optional(string, "/tmp")
    architecture             = optional(string, "X86_64")
    ebs_volume = optional(object({
      container_path   = string
      size_gib         = optional(number)
      volume_type      = optional(string, "gp3")
      iops             = optional(number)
      throughput_mibps = optional(number)
      encrypted        = optional(bool, true)
      kms_key_arn      = optional(string)
      snapshot_id      = optional(string)
      file_system_type = optional(string, "xfs")
    }))
    ephemeral_storage_gib        = optional(number)
    repository_arn               = optional(string)
    repository_credentials_arn   = optional(string)
    existing_execution_role      = optional(object({ arn = string }))
    existing_task_role           = optional(object({ arn = string }))
    existing_infrastructure_role = optional(object({ arn = string }))
    existing_log_group           = optional(object({ name = string }))
    pull_through_cache           = optional(bool, false)
    track_latest_revision        = optional(bool, false)
    egress = optional(map(object({
      port              = optional(number)
      from_port         = optional(number)
      to_port           = optional(number)
      protocol          = optional(string, "tcp")
      cidr_ipv4         = optional(string)
      cidr_ipv6         = optional(string)
      security_group_id = optional(string)
      prefix_list_id    = optional(string)
      description       = optional(string, "Outgoing traffic of the task")
    })))
    security_group_ids = optional(list(string), [])
    allow_overrides    = optional(list(string), [])
    network_mode       = optional(string, "awsvpc")
    capacity           = optional(string, "FARGATE")
    sidecars = optional(map(object({
      image                    = string
      repository_arn           = optional(string)
      essential                = optional(bool, false)
      command                  = optional(list(string))
      entry_point              = optional(list(string))
      environment              = optional(map(string), {})
      secrets                  = optional(map(string), {})
      port                     = optional(number)
      cpu                      = optional(number)
      memory                   = optional(number)
      user                     = optional(string, "1000:1000")
      run_as_image_user        = optional(bool, false)
      readonly_root_filesystem = optional(bool, true)
      depends_on               = optional(map(string), {})
      health_check = optional(object({
        command              = list(string)
        interval_seconds     = optional(number, 30)
        timeout_seconds      = optional(number, 5)
        retries              = optional(number, 3)
        start_period_seconds = optional(number)
      }))
      firelens = optional(object({
        type    = string
        options = optional(map(string), {})
      }))
    })), {})
    container_depends_on = optional(map(string), {})
    log_driver           = optional(string, "awslogs")
    log_options          = optional(map(string), {})
    log_secrets          = optional(map(string), {})
    on_failure = optional(object({
      action          = optional(string, "alarm")
      max_attempts    = optional(number, 3)
      backoff_seconds = optional(number, 60)
    }), {})
    interruption_retries = optional(number, 3)
    health_check = optional(object({
      path                = optional(string, "/")
      matcher             = optional(string, "200-399")
      interval_seconds    = optional(number, 30)
      timeout_seconds     = optional(number, 5)
      healthy_threshold   = optional(number, 2)
      unhealthy_threshold = optional(number, 2)
    }), {})
    stickiness_seconds           = optional(number)
    deregistration_delay_seconds = optional(number, 30)
    priority                     = optional(number)
  }))

  validation {
    condition     = length(var.services) > 0 && length(setsubtract(keys(var.services), ["auth", "pdf", "fa", "users", "batch"])) == 0
    error_message = "services names ${length(var.services) == 0 ? "no engine" : join(", ", [for service in setsubtract(keys(var.services), ["auth", "pdf", "fa", "users", "batch"]) : "\"${service}\""])}; the engines are \"auth\", \"pdf\", \"fa\", \"users\", \"batch\". For other services use the module event-driven-ecs."
  }
}

variable "event_source" {
  description = "`source` of the events `Start ECS Task` and `Stop ECS Tasks`, which name services in `detail.service` and `detail.services`."
  type        = string
  default     = "custom.app"
  nullable    = false
}

variable "schedules" {
  description = "When tasks of services are started and stopped, by name: 1 to 20 lower-case letters, digits and hyphens. `expression` is rate(…), cron(…) or at(…), as EventBridge Scheduler takes it, in the time zone `time_zone`. At each scheduled time one task of every service in `start` is started, and all tasks of the services in `stop` are stopped."
  type = map(object({
    expression = string
    time_zone  = optional(string, "UTC")
    start      = optional(list(string), [])
    stop       = optional(list(string), [])
  }))
  default  = {}
  nullable = false
}

variable "load_balancer" {
  description = "The load balancer, as the module `load-balancer` takes it. `subnet_ids` are by default the private subnets of the network if `internal` is true, else the public ones. `ingress` has the IPv4 ranges that are allowed to reach it; none by default."
  type = object({
    subnet_ids                 = optional(list(string))
    internal                   = optional(bool, false)
    protocol                   = optional(string, "HTTPS")
    certificate_arn            = optional(string)
    ssl_policy                 = optional(string, "ELBSecurityPolicy-TLS13-1-2-2021-06")
    ingress                    = optional(map(string), {})
    deletion_protection        = optional(bool, true)
    idle_timeout_seconds       = optional(number, 60)
    create_access_log_bucket   = optional(bool, true)
    access_log_retention_days  = optional(number, 365)
    existing_access_log_bucket = optional(string)
    create_load_balancer       = optional(bool, true)
    existing_load_balancer = optional(object({
      arn               = string
      security_group_id = string
      dns_name          = string
    }))
    create_listener   = optional(bool, true)
    existing_listener = optional(object({ arn = string }))
  })
  default  = {}
  nullable = false
}

variable "create_network" {
  description = "Whether a network is created, with the settings in `network`. If false, give `existing_network`."
  type        = bool
  default     = true
  nullable    = false
}

variable "network" {
  description = "Settings of the created network, as the module `network` takes them. `availability_zones` has two or more zones of the region."
  type = object({
    cidr_block           = optional(string, "10.0.0.0/16")
    availability_zones   = optional(list(string), [])
    public_subnet_cidrs  = optional(map(string), {})
    private_subnet_cidrs = optional(map(string), {})
    nat                  = optional(string, "single")
    interface_endpoints  = optional(list(string), [])
  })
  default  = {}
  nullable = false
}

variable "existing_network" {
  description = "An existing network, when `create_network` is false: its VPC, the subnets that tasks start in, whether a task gets a public IP address (in a public subnet it needs one to reach the internet), and the public subnets of a public load balancer. Give the subnets either in `subnets`, by zone or another key of your choice, or in `subnet_ids`. A service with a `mount_path` needs a mount target for each subnet: with `subnet_ids` another order replaces them, and the length of the list must be known at plan; with `subnets` only the keys must be known."
  type = object({
    vpc_id            = string
    subnet_ids        = optional(list(string))
    subnets           = optional(map(string))
    assign_public_ip  = optional(bool, false)
    public_subnet_ids = optional(list(string), [])
  })
  default = null
}

variable "create_cluster" {
  description = "Whether an ECS cluster is created. If false, give `existing_cluster`."
  type        = bool
  default     = true
  nullable    = false
}

variable "existing_cluster" {
  description = "An existing ECS cluster, when `create_cluster` is false."
  type = object({
    name = string
    arn  = string
  })
  default = null
}

variable "capacity_providers" {
  description = "Names of the capacity providers that the created cluster has beside FARGATE and FARGATE_SPOT, such as those of EC2 Auto Scaling groups, for services whose `capacity` names one. An existing cluster has its own."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "function_architecture" {
  description = "Processor architecture of the Lambda functions: `arm64`, which costs less, or `x86_64`."
  type        = string
  default     = "arm64"
  nullable    = false
}

variable "create_run_history" {
  description = "Whether EventBridge writes each end of a task to a log group, so that it can be looked up when ECS has forgotten the task: the command `runs` reads it."
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

variable "function_runtime" {
  description = "Runtime of the Lambda functions: `nodejs22.x` or later. The Terraform provider refuses a runtime that it does not know: version 5.100 takes `nodejs22.x` at most, `nodejs24.x` needs 6.19 or later."
  type        = string
  default     = "nodejs22.x"
  nullable    = false

  validation {
    condition     = can(regex("^nodejs(2[2-9]|[3-9][0-9])\\.x$", var.function_runtime))
    error_message = "function_runtime is \"${var.function_runtime}\"; the code is built for Node.js 22, so it takes \"nodejs22.x\" or later, such as \"nodejs24.x\"."
  }
}

variable "log_retention_days" {
  description = "How long logs are kept, in days: a value that CloudWatch Logs accepts (Amazon CloudWatch Logs API Reference, PutRetentionPolicy)."
  type        = number
  default     = 365
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the logs, the messages in the queues, the payloads and the environments of the functions. Null: the keys that AWS manages."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is ${jsonencode(var.kms_key_arn)}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name."
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

variable "roles" {
  description = "What your organisation requires of every IAM role: a permissions boundary, a path, and a prefix and a suffix of the name, as the module `task` takes them. For a second region of one account give a `name_suffix` such as `-eu-west-1`, which the names of other resources without a region get too. A new path, prefix or suffix replaces the roles."
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
  description = "Names of existing resources that the layout adopts, by address in this module, such as `module.engines.module.task[\"auth\"].aws_iam_role.task[\"this\"]`: each replaces the name that the block would give, so that Terraform does not replace the resource. A description that AWS cannot change has the address of its resource and `.description`."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource."
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
