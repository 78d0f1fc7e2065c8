variable "name" {
  description = "Prefix of the name of every resource: 1 to 28 lower-case letters, digits and hyphens, starting with a letter."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,27}$", var.name))
    error_message = "name is \"${var.name}\"; a name has 1 to 28 lower-case letters, digits and hyphens and starts with a letter."
  }
}

variable "enabled" {
  description = "Whether the schedule runs. If false, a run begins only when somebody invokes the function `plan-sync`."
  type        = bool
  default     = true
  nullable    = false
}

variable "schedule_expression" {
  description = "When a run begins, as the module `schedule` takes it. The default is Sunday at 03:00."
  type        = string
  default     = "cron(0 3 ? * SUN *)"
  nullable    = false
}

variable "time_zone" {
  description = "Time zone of `schedule_expression`, as the module `schedule` takes it."
  type        = string
  default     = "UTC"
  nullable    = false
}

variable "platforms" {
  description = "Platforms of the clients, by Homebrew's tags: `arm64_<macOS>`, `<macOS>` for Intel, `arm64_linux`, `x86_64_linux`. A formula without a bottle for one of them is mirrored by the bottle that its clients take in its place: the newest one for an older macOS, or that for all platforms. Homebrew builds for the newest three versions of macOS; the default has those of November 2026."
  type        = list(string)
  default     = ["arm64_tahoe", "arm64_sequoia", "arm64_sonoma"]
  nullable    = false

  validation {
    condition     = length(var.platforms) > 0 && alltrue([for platform in var.platforms : can(regex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$", platform)) && platform != "all"])
    error_message = "platforms is ${jsonencode(var.platforms)}; it takes at least one of Homebrew's tags, such as \"arm64_tahoe\", \"sonoma\" or \"x86_64_linux\". Bottles for all platforms need no tag."
  }
}

variable "size_threshold_gb" {
  description = "Size of what a run has to download from which a task does it, and not the function `sync-bottles`, in GB of 1024³ bytes. 0: always a task. Many small bottles, which would take the function more than nine minutes by estimate, are downloaded by a task too."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.size_threshold_gb >= 0
    error_message = "size_threshold_gb is ${var.size_threshold_gb}; it takes 0 or more."
  }
}

variable "download_concurrency" {
  description = "Downloads at a time: 1 to 32. More than 10 are of little use, and the registry may slow them down."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.download_concurrency >= 1 && var.download_concurrency <= 32 && floor(var.download_concurrency) == var.download_concurrency
    error_message = "download_concurrency is ${var.download_concurrency}; it takes whole numbers from 1 to 32."
  }
}

variable "progress_report_interval_seconds" {
  description = "Time between two notices of progress, in seconds: 60 to 3600."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.progress_report_interval_seconds >= 60 && var.progress_report_interval_seconds <= 3600 && floor(var.progress_report_interval_seconds) == var.progress_report_interval_seconds
    error_message = "progress_report_interval_seconds is ${var.progress_report_interval_seconds}; it takes whole numbers from 60 to 3600."
  }
}

variable "retention_days" {
  description = "Days for which a bottle that the catalogue does not name any more stays in the mirror, at least 1. Its versions can be restored for 30 days more."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.retention_days >= 1 && floor(var.retention_days) == var.retention_days
    error_message = "retention_days is ${var.retention_days}; it takes whole numbers from 1."
  }
}

variable "catalogue_url" {
  description = "URL of Homebrew's catalogue, or of a copy. It has the URLs of the bottles."
  type        = string
  default     = "https://formulae.brew.sh/api/formula.json"
  nullable    = false

  validation {
    condition     = can(regex("^(https://[^/]+|http://(127\\.0\\.0\\.1|localhost)(:[0-9]+)?)/", var.catalogue_url))
    error_message = "catalogue_url is \"${var.catalogue_url}\"; it takes a URL that begins with https://."
  }
}

variable "api" {
  description = "Homebrew's signed API files, which clients read before they install from the mirror. `public_key` is the key that Homebrew signs them with, as PEM text: they are verified before they are published, so without it none are. Take it from Homebrew, `Library/Homebrew/api/homebrew-1.pem`. `files` are their paths below `url`; the default has those that clients of `platforms` need, of all versions from 4."
  type = object({
    url        = optional(string, "https://formulae.brew.sh/api")
    public_key = optional(string)
    files      = optional(list(string))
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^(https://[^/]+|http://(127\\.0\\.0\\.1|localhost)(:[0-9]+)?)(/.*)?$", var.api.url))
    error_message = "api.url is \"${var.api.url}\"; it takes a URL that begins with https://."
  }

  validation {
    condition     = var.api.public_key == null ? true : can(regex("^\\s*-----BEGIN PUBLIC KEY-----\\s[A-Za-z0-9+/=\\s]+-----END PUBLIC KEY-----\\s*$", var.api.public_key))
    error_message = "api.public_key is no public key in PEM; it takes text that begins with \"-----BEGIN PUBLIC KEY-----\", such as file(\"homebrew-1.pem\")."
  }

  validation {
    condition     = var.api.files == null ? true : length(var.api.files) > 0 && alltrue([for path in var.api.files : can(regex("^[A-Za-z0-9_@+-][A-Za-z0-9._@+/-]*$", path)) && !strcontains(path, "..") && !strcontains(path, ",")])
    error_message = "api.files is ${jsonencode(var.api.files)}; it takes at least one path below api.url, such as \"formula.jws.json\"."
  }
}

variable "external_hash_file" {
  description = "A `bottles_hash.json` from elsewhere, whose bottles the first run does not download: at `url`, or the object `key` of the bucket `bucket`, whose objects `kms_key_arn` encrypts if it is given. It is read while the mirror has no such file of its own. Null: none."
  type = object({
    url         = optional(string)
    bucket      = optional(string)
    key         = optional(string)
    kms_key_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.external_hash_file == null ? true : (var.external_hash_file.url == null) != (var.external_hash_file.bucket == null) && (var.external_hash_file.bucket == null) == (var.external_hash_file.key == null)
    error_message = "external_hash_file is ${jsonencode(var.external_hash_file)}; give either its url, or its bucket and its key."
  }

  validation {
    condition     = try(var.external_hash_file.url, null) == null ? true : startswith(var.external_hash_file.url, "https://")
    error_message = "external_hash_file.url is ${jsonencode(try(var.external_hash_file.url, null))}; it takes a URL that begins with https://."
  }

  validation {
    condition     = try(var.external_hash_file.bucket, null) == null ? true : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.external_hash_file.bucket))
    error_message = "external_hash_file.bucket is ${jsonencode(try(var.external_hash_file.bucket, null))}; it takes the name of a bucket."
  }

  validation {
    condition     = try(var.external_hash_file.kms_key_arn, null) == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.external_hash_file.kms_key_arn)) && var.external_hash_file.bucket != null
    error_message = "external_hash_file.kms_key_arn is ${jsonencode(try(var.external_hash_file.kms_key_arn, null))}; it takes the ARN of the KMS key of the bucket's objects, beside bucket and key."
  }
}

variable "create_webhook_secret" {
  description = "Whether a secret is created for the URL of a Slack webhook, without a value: put the URL into it, and notices are sent. If false, give `existing_webhook_secret` or have no notices."
  type        = bool
  default     = true
  nullable    = false
}

variable "existing_webhook_secret" {
  description = "An existing secret in Secrets Manager with the URL of a Slack webhook, when `create_webhook_secret` is false: its name, its ARN, and the KMS key that encrypts it if it is not that of AWS. Null: no notices."
  type = object({
    name        = string
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.existing_webhook_secret == null ? true : can(regex("^arn:[^:]+:secretsmanager:[^:]+:[0-9]{12}:secret:.+$", var.existing_webhook_secret.arn))
    error_message = "existing_webhook_secret.arn is ${jsonencode(try(var.existing_webhook_secret.arn, null))}; it takes the ARN of a secret, such as \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack-AbCdEf\"."
  }
}

variable "create_mirror_bucket" {
  description = "Whether the bucket of the mirror is created. If false, give `existing_mirror_bucket`."
  type        = bool
  default     = true
  nullable    = false
}

variable "mirror_bucket" {
  description = "Settings of the created bucket. `reader_vpc_endpoint_ids` are the S3 endpoints of the VPCs whose clients install from the mirror, without credentials. `force_destroy`: whether destroying the bucket also deletes all bottles."
  type = object({
    reader_vpc_endpoint_ids = optional(list(string), [])
    force_destroy           = optional(bool, false)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for id in var.mirror_bucket.reader_vpc_endpoint_ids : can(regex("^vpce-[0-9a-f]+$", id))])
    error_message = "mirror_bucket.reader_vpc_endpoint_ids is ${jsonencode(var.mirror_bucket.reader_vpc_endpoint_ids)}; it takes IDs of VPC endpoints, such as \"vpce-0a1b2c3d4e5f60718\"."
  }
}

variable "existing_mirror_bucket" {
  description = "Name of an existing bucket for the mirror, when `create_mirror_bucket` is false. It must have versioning, and its policy says who reads it."
  type        = string
  default     = null

  validation {
    condition     = var.existing_mirror_bucket == null ? true : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.existing_mirror_bucket))
    error_message = "existing_mirror_bucket is ${jsonencode(var.existing_mirror_bucket)}; it takes the name of a bucket."
  }
}

variable "create_file_system" {
  description = "Whether tasks write bottles to an EFS file system before they upload them. They need none: bottles are uploaded while they are downloaded. A file system with provisioned throughput costs more than all else together."
  type        = bool
  default     = false
  nullable    = false
}

variable "file_system" {
  description = "Settings of the created file system, as the module `file-system` takes them."
  type = object({
    throughput_mode              = optional(string, "elastic")
    provisioned_throughput_mibps = optional(number)
    backup                       = optional(bool, false)
  })
  default  = {}
  nullable = false
}

variable "image" {
  description = "Image of the worker, with a tag or digest: this project's worker."
  type        = string
}

variable "create_repository" {
  description = "Whether an ECR repository for the image is created. `image` says which image tasks use, also then."
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
  description = "An existing network, when `create_network` is false: its VPC, the subnets that tasks start in, by zone or another key of your choice, and whether a task gets a public IP address (in a public subnet it needs one to reach the internet)."
  type = object({
    vpc_id           = string
    subnets          = map(string)
    assign_public_ip = optional(bool, false)
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

variable "cpu" {
  description = "CPU units of a task, where 1024 are one vCPU, as the module `task` takes them."
  type        = number
  default     = 2048
  nullable    = false
}

variable "memory" {
  description = "Memory of a task in MiB, as the module `task` takes it."
  type        = number
  default     = 8192
  nullable    = false
}

variable "architecture" {
  description = "CPU architecture of the image: `X86_64`, or `ARM64`, which costs less."
  type        = string
  default     = "X86_64"
  nullable    = false
}

variable "capacity" {
  description = "What a task runs on: `FARGATE`; `FARGATE_SPOT`, which costs less and may be interrupted; or the name of a capacity provider of `existing_cluster`, whose container instances it runs on."
  type        = string
  default     = "FARGATE"
  nullable    = false

  validation {
    condition     = contains(["FARGATE", "FARGATE_SPOT"], var.capacity) || can(regex("^[A-Za-z0-9_-]{1,255}$", var.capacity)) && !can(regex("(?i)^(aws|ecs|fargate)", var.capacity)) && !contains(["EC2", "CLUSTER_DEFAULT"], var.capacity)
    error_message = "capacity is \"${var.capacity}\"; allowed are \"FARGATE\", \"FARGATE_SPOT\", and the name of a capacity provider: 1 to 255 letters, digits, hyphens and underscores that do not begin with \"aws\", \"ecs\" or \"fargate\"."
  }
}

variable "on_failure" {
  description = "What happens when a task fails, as the module `task` takes it. By default it is tried again twice, and goes on where it was; then its event goes to the dead-letter queue (DLQ)."
  type = object({
    action          = optional(string, "retry")
    max_attempts    = optional(number, 3)
    backoff_seconds = optional(number, 60)
  })
  default  = {}
  nullable = false
}

variable "interruption_retries" {
  description = "How many times an interrupted task is launched again: 0 to 10. Then its event goes to the dead-letter queue (DLQ)."
  type        = number
  default     = 3
  nullable    = false
}

variable "create_monitoring" {
  description = "Whether a dashboard is created, and alarms on failed launches and on invocations close to the timeout."
  type        = bool
  default     = true
  nullable    = false
}

variable "function_architecture" {
  description = "Processor architecture of the Lambda function: `arm64`, which costs less, or `x86_64`."
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
  description = "Lowest level of the lines that functions and tasks log: `DEBUG`, `INFO`, `WARN` or `ERROR`."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARN", "ERROR"], var.log_level)
    error_message = "log_level is \"${var.log_level}\"; allowed are \"DEBUG\", \"INFO\", \"WARN\", \"ERROR\"."
  }
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

variable "log_retention_days" {
  description = "How long logs are kept, in days: a value that CloudWatch Logs accepts (Amazon CloudWatch Logs API Reference, PutRetentionPolicy)."
  type        = number
  default     = 30
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the logs, the messages in the queues, the secret, the files of the file system, the images in the repository and the environment of the functions, but not the bottles: they are public, and clients read them without credentials. Null: the keys that AWS manages."
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
