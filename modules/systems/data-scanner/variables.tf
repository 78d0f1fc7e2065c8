variable "name" {
  description = "Prefix of the name of every resource, such as `aws-data-scanner`: 1 to 20 lower-case letters, digits and hyphens. It begins with a letter, and does not end with a hyphen or have two in a row. `environment` is the end of each name."
  type        = string

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9])*$", var.name)) && length(var.name) <= 20
    error_message = "name is \"${var.name}\"; a name has 1 to 20 lower-case letters, digits and hyphens, begins with a letter, and does not end with a hyphen or have two in a row."
  }
}

variable "environment" {
  description = "End of the name of every resource, such as `dev` or `production`: 1 to 10 lower-case letters and digits."
  type        = string
  default     = "dev"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]{1,10}$", var.environment))
    error_message = "environment is \"${var.environment}\"; it has 1 to 10 lower-case letters and digits."
  }
}

variable "image" {
  description = "Image of the worker, with a tag or digest."
  type        = string
}

variable "create_repository" {
  description = "Whether an ECR repository for the image is created. `image` says which image workers use, also then."
  type        = bool
  default     = false
  nullable    = false
}

variable "repository" {
  description = "Settings of the created repository, as the module `repository` takes them."
  type = object({
    keep_images          = optional(number, 100)
    pull_account_ids     = optional(list(string), [])
    replicate_to_regions = optional(list(string), [])
  })
  default  = {}
  nullable = false
}

variable "create_data_bucket" {
  description = "Whether a bucket for data is created, with versions, which may be scanned."
  type        = bool
  default     = true
  nullable    = false
}

variable "data_bucket" {
  description = "Settings of the created bucket, as the module `bucket` takes them. Old versions of its objects expire after 30 days."
  type = object({
    expiration_days = optional(number)
    transitions     = optional(map(number), {})
    force_destroy   = optional(bool, false)
    replicate_to = optional(object({
      bucket_arn     = string
      storage_class  = optional(string)
      kms_key_arn    = optional(string)
      delete_markers = optional(bool, false)
    }))
  })
  default  = {}
  nullable = false
}

variable "scan_bucket_names" {
  description = "Names of existing buckets of the region that may be scanned, beside the created one. Requests for any other bucket are refused, and neither functions nor workers have permission to read one."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.scan_bucket_names : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", name))])
    error_message = "scan_bucket_names has ${join(", ", [for name in var.scan_bucket_names : "\"${name}\"" if !can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", name))])}; the name of a bucket has 3 to 63 lower-case letters, digits, dots and hyphens. Give the name, not the ARN."
  }
}

variable "scan_bucket_kms_key_arns" {
  description = "ARNs of the KMS keys that encrypt objects of these buckets. Workers have permission to decrypt with them."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.scan_bucket_kms_key_arns : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])
    error_message = "scan_bucket_kms_key_arns has ${join(", ", [for arn in var.scan_bucket_kms_key_arns : "\"${arn}\"" if !can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])}; it takes ARNs of KMS keys, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases."
  }
}

variable "max_file_size_mib" {
  description = "Size in MiB up to which an object is scanned, 1 or more. A larger one is skipped."
  type        = number
  default     = 500
  nullable    = false

  validation {
    condition     = var.max_file_size_mib >= 1 && floor(var.max_file_size_mib) == var.max_file_size_mib
    error_message = "max_file_size_mib is ${var.max_file_size_mib}; it takes whole numbers from 1."
  }
}

variable "deduplication_window_minutes" {
  description = "For how long the same request of the same caller gets the same job, in whole minutes: 1 to 1440. An `Idempotency-Key` holds for 24 hours."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.deduplication_window_minutes >= 1 && var.deduplication_window_minutes <= 1440 && floor(var.deduplication_window_minutes) == var.deduplication_window_minutes
    error_message = "deduplication_window_minutes is ${var.deduplication_window_minutes}; it takes whole numbers from 1 to 1440."
  }
}

variable "workers" {
  description = "Range of the number of workers, 0 to 5000, and what moves it, as `scaling` of the module `ecs-service` takes it: a worker for each `messages_per_task` objects, waiting and in progress. After `empty_minutes` without one, the number is `min`."
  type = object({
    min                        = optional(number, 0)
    max                        = optional(number, 5)
    messages_per_task          = optional(number, 5)
    empty_minutes              = optional(number, 5)
    scale_out_cooldown_seconds = optional(number, 60)
    scale_in_cooldown_seconds  = optional(number, 300)
  })
  default  = {}
  nullable = false
}

variable "cpu" {
  description = "CPU units of a worker, where 1024 are one vCPU, as the module `task` takes them."
  type        = number
  default     = 256
  nullable    = false
}

variable "memory" {
  description = "Memory of a worker in MiB, as the module `task` takes it."
  type        = number
  default     = 512
  nullable    = false
}

variable "architecture" {
  description = "CPU architecture of the image: `X86_64`, or `ARM64`, which costs less."
  type        = string
  default     = "X86_64"
  nullable    = false
}

variable "capacity" {
  description = "What a worker runs on: `FARGATE`; `FARGATE_SPOT`, which costs less and may be interrupted, after which another worker scans the object; or the name of a capacity provider of `existing_cluster`, whose container instances it runs on. A change replaces the ECS service."
  type        = string
  default     = "FARGATE"
  nullable    = false

  validation {
    condition     = contains(["FARGATE", "FARGATE_SPOT"], var.capacity) || can(regex("^[A-Za-z0-9_-]{1,255}$", var.capacity)) && !can(regex("(?i)^(aws|ecs|fargate)", var.capacity)) && !contains(["EC2", "CLUSTER_DEFAULT"], var.capacity)
    error_message = "capacity is \"${var.capacity}\"; allowed are \"FARGATE\", \"FARGATE_SPOT\", and the name of a capacity provider: 1 to 255 letters, digits, hyphens and underscores that do not begin with \"aws\", \"ecs\" or \"fargate\"."
  }
}

variable "database" {
  description = "Settings of the database, as the module `database` takes them. `max_connections` and `min_free_storage_gib` are those of its alarms. Functions and workers log in as the master user. A read replica needs `create_master_secret` false."
  type = object({
    engine_version              = optional(string, "17")
    auto_minor_version_upgrade  = optional(bool, true)
    allow_major_version_upgrade = optional(bool, false)
    instance_class              = optional(string, "db.t3.micro")
    allocated_storage_gib       = optional(number, 20)
    max_allocated_storage_gib   = optional(number)
    database_name               = optional(string, "scanner")
    master_username             = optional(string, "dbowner")
    create_master_secret        = optional(bool, true)
    existing_master_secret = optional(object({
      arn         = string
      kms_key_arn = optional(string)
    }))
    port     = optional(number, 5432)
    multi_az = optional(bool, false)
    read_replicas = optional(map(object({
      instance_class = optional(string)
      multi_az       = optional(bool, false)
    })), {})
    backup_retention_days     = optional(number, 7)
    backup_window             = optional(string, "03:00-04:00")
    maintenance_window        = optional(string, "sun:04:30-sun:05:30")
    final_snapshot            = optional(bool, true)
    final_snapshot_identifier = optional(string)
    deletion_protection       = optional(bool, true)
    apply_immediately         = optional(bool, false)
    parameters = optional(map(object({
      value        = string
      apply_method = optional(string, "pending-reboot")
    })), {})
    performance_insights                = optional(bool, false)
    performance_insights_retention_days = optional(number, 7)
    monitoring_interval_seconds         = optional(number, 0)
    max_connections                     = optional(number, 80)
    min_free_storage_gib                = optional(number, 2)
  })
  default  = {}
  nullable = false
}

variable "api" {
  description = "Settings of the API, as the module `rest-api` takes them. `stage_name` is `environment` by default. `authorization` is `AWS_IAM` (signed requests of principals with permission) or `NONE` (any request from the internet). `create_account_log_role` is true for one API of an account and region that has no such role."
  type = object({
    stage_name              = optional(string)
    authorization           = optional(string, "AWS_IAM")
    throttling_rate_limit   = optional(number, 50)
    throttling_burst_limit  = optional(number, 100)
    create_domain           = optional(bool, false)
    domain_name             = optional(string)
    certificate_arn         = optional(string)
    create_account_log_role = optional(bool, false)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["AWS_IAM", "NONE"], var.api.authorization)
    error_message = "api.authorization is \"${var.api.authorization}\"; allowed are \"AWS_IAM\", \"NONE\"."
  }
}

variable "reserved_concurrency" {
  description = "Reserved concurrency of the functions: at most so many invocations at a time, each with one connection to the database. -1: none is reserved."
  type = object({
    scan         = optional(number, -1)
    list_objects = optional(number, -1)
    jobs         = optional(number, -1)
    results      = optional(number, -1)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for count in values(var.reserved_concurrency) : count >= -1 && floor(count) == count])
    error_message = "reserved_concurrency has ${join(", ", [for name, count in var.reserved_concurrency : "${name} ${count}" if !(count >= -1 && floor(count) == count)])}; Lambda takes whole numbers from 0; -1 reserves none."
  }
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
  description = "An existing network, when `create_network` is false: its VPC, and private subnets in two zones or more with a way to AWS APIs, for the database, the functions and the workers."
  type = object({
    vpc_id     = string
    subnet_ids = list(string)
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

variable "create_bastion" {
  description = "Whether an instance is created through which a session of Systems Manager is forwarded to the database. Nothing can connect to it."
  type        = bool
  default     = false
  nullable    = false
}

variable "bastion" {
  description = "Settings of the created instance, as the module `bastion` takes them."
  type = object({
    instance_type = optional(string, "t4g.nano")
    running       = optional(bool, false)
  })
  default  = {}
  nullable = false
}

variable "create_monitoring" {
  description = "Whether a dashboard is created, and alarms on invocations close to the timeout and on objects whose scan failed because workers died."
  type        = bool
  default     = true
  nullable    = false
}

variable "function_architecture" {
  description = "Processor architecture of the Lambda functions: `arm64`, which costs less, or `x86_64`."
  type        = string
  default     = "arm64"
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

variable "log_level" {
  description = "Lowest level of the lines that functions and workers log: `DEBUG`, `INFO`, `WARN` or `ERROR`."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARN", "ERROR"], var.log_level)
    error_message = "log_level is \"${var.log_level}\"; allowed are \"DEBUG\", \"INFO\", \"WARN\", \"ERROR\"."
  }
}

variable "log_retention_days" {
  description = "How long logs are kept, in days: a value that CloudWatch Logs accepts (Amazon CloudWatch Logs API Reference, PutRetentionPolicy)."
  type        = number
  default     = 7
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the logs, the messages in the queues, the objects in the created bucket, the database and its secret, the images in the repository and the environment of the functions. Null: the keys that AWS manages."
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
  description = "Names of existing resources that the system adopts, by address in this module, such as `module.task.aws_iam_role.task[\"this\"]`: each replaces the name that the block would give, so that Terraform does not replace the resource. A description that AWS cannot change has the address of its resource and `.description`."
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
