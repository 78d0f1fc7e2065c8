variable "name" {
  description = "Name of the function and of its execution role: 1 to 64 letters, digits, hyphens and underscores (Lambda API reference: CreateFunction)."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "name is \"${var.name}\"; a Lambda function name has 1 to 64 letters, digits, hyphens and underscores."
  }
}

variable "filename" {
  description = "Path of the bundle: a zip file whose `index.js` exports `handler`, or what `handler` names. `npx cdktf-event-driven-ecs bundle handlers/resize.ts` makes one of TypeScript or JavaScript."
  type        = string
}

variable "runtime" {
  description = "Runtime of the function (Lambda Developer Guide: Lambda runtimes): `nodejs<version>.x` or `python3.<version>`."
  type        = string
  default     = "nodejs22.x"
  nullable    = false

  validation {
    condition     = can(regex("^(nodejs[0-9]+\\.x|python3\\.[0-9]+)$", var.runtime))
    error_message = "runtime is \"${var.runtime}\"; it takes a runtime of Node.js or Python, such as \"nodejs22.x\" or \"python3.13\"."
  }
}

variable "handler" {
  description = "What Lambda calls in the bundle: `<file>.<function>`."
  type        = string
  default     = "index.handler"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_./-]+\\.[A-Za-z0-9_]+$", var.handler))
    error_message = "handler is \"${var.handler}\"; it takes the file and the function in it, such as \"index.handler\"."
  }

  validation {
    condition     = length(var.handler) <= 128
    error_message = "handler has ${length(var.handler)} characters; Lambda takes at most 128."
  }
}

variable "layers" {
  description = "ARNs of the layer versions that the function uses, 5 at most (Lambda Developer Guide: Lambda quotas)."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.layers) <= 5
    error_message = "layers has ${length(var.layers)} ARNs; Lambda takes at most 5."
  }

  validation {
    condition     = alltrue([for arn in var.layers : length(arn) <= 140])
    error_message = "layers has ${join(", ", [for arn in var.layers : "an ARN of ${length(arn)} characters" if !try(length(arn) <= 140, true)])}; Lambda takes at most 140."
  }

  validation {
    condition     = alltrue([for arn in var.layers : can(regex("^arn:[^:]+:lambda:[^:]+:[0-9]{12}:layer:[A-Za-z0-9_-]+:[0-9]+$", arn))])
    error_message = "layers has ${join(", ", [for arn in var.layers : "\"${arn}\"" if !can(regex("^arn:[^:]+:lambda:[^:]+:[0-9]{12}:layer:[A-Za-z0-9_-]+:[0-9]+$", arn))])}; it takes ARNs of layer versions, which end with the number of the version."
  }
}

variable "vpc" {
  description = "The subnets, 1 to 16, and security groups, 1 to 5, of the function in a VPC, for instance to reach a database. It then has no way to AWS APIs and the internet but those of its subnets: a NAT gateway or endpoints. The execution role has permission to create its network interfaces; the function's code has not. Null: in no VPC."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null

  validation {
    condition     = var.vpc == null ? true : length(var.vpc.subnet_ids) >= 1 && length(var.vpc.subnet_ids) <= 16
    error_message = "vpc.subnet_ids has ${try(length(var.vpc.subnet_ids), 0)} IDs; Lambda takes 1 to 16 subnets and 1 to 5 security groups."
  }

  validation {
    condition     = var.vpc == null ? true : length(var.vpc.security_group_ids) >= 1 && length(var.vpc.security_group_ids) <= 5
    error_message = "vpc.security_group_ids has ${try(length(var.vpc.security_group_ids), 0)} IDs; Lambda takes 1 to 16 subnets and 1 to 5 security groups."
  }

  validation {
    condition     = var.vpc == null ? true : length(distinct(try(var.vpc.subnet_ids, []))) == length(try(var.vpc.subnet_ids, []))
    error_message = "vpc.subnet_ids names ${join(", ", [for id in distinct(try(var.vpc.subnet_ids, [])) : "\"${id}\"" if length([for other in try(var.vpc.subnet_ids, []) : other if other == id]) > 1])} twice; each ID is named once."
  }
}

variable "architecture" {
  description = "Processor architecture of the function: `arm64`, which is cheaper, or `x86_64`."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture is \"${var.architecture}\"; allowed are \"arm64\", \"x86_64\"."
  }
}

variable "memory_size" {
  description = "Memory in MB: 128 to 10240 (Lambda API reference: CreateFunction). CPU is allocated in proportion."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = var.memory_size >= 128 && var.memory_size <= 10240 && floor(var.memory_size) == var.memory_size
    error_message = "memory_size is ${var.memory_size}; Lambda takes whole numbers from 128 to 10240."
  }
}

variable "timeout" {
  description = "Timeout of one invocation, in seconds: 1 to 900 (Lambda Developer Guide: Lambda quotas)."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.timeout >= 1 && var.timeout <= 900 && floor(var.timeout) == var.timeout
    error_message = "timeout is ${var.timeout}; Lambda takes whole numbers from 1 to 900."
  }
}

variable "environment" {
  description = "Environment variables of the function, 4 KB in total (Lambda Developer Guide: Lambda quotas)."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.environment) : can(regex("^[A-Za-z][A-Za-z0-9_]+$", name))])
    error_message = "environment names ${join(", ", [for name in keys(var.environment) : jsonencode(name) if !can(regex("^[A-Za-z][A-Za-z0-9_]+$", name))])}; Lambda takes names of two or more letters, digits and underscores that begin with a letter."
  }

  validation {
    condition     = length(join("", concat(keys(var.environment), values(var.environment)))) <= 4096
    error_message = "environment has ${length(join("", concat(keys(var.environment), values(var.environment))))} characters; Lambda takes at most 4096 for all variables. Put long values into a parameter or an object."
  }
}

variable "policies" {
  description = "Permissions of the function besides logging, tracing and sending to the dead-letter queue: JSON policy documents by policy name."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.policies) : can(regex("^[A-Za-z0-9_+=,.@-]{1,128}$", name))])
    error_message = "policies names ${join(", ", [for name in keys(var.policies) : "\"${name}\"" if !can(regex("^[A-Za-z0-9_+=,.@-]{1,128}$", name))])}; a policy name has 1 to 128 letters, digits and _ + = , . @ -."
  }

  validation {
    condition     = alltrue([for document in values(var.policies) : can(keys(jsondecode(document)))])
    error_message = "policies has ${join(", ", [for name, document in var.policies : "\"${name}\"" if !can(keys(jsondecode(document)))])}, which is not the JSON text of a policy document, as jsonencode gives it."
  }

  validation {
    condition     = length(replace(join("", values(var.policies)), "/\\s/", "")) <= 10240
    error_message = "policies have ${length(replace(join("", values(var.policies)), "/\\s/", ""))} characters in all; IAM takes at most 10240 for the inline policies of a role. Attach a managed policy to the role instead."
  }
}

variable "grants" {
  description = "Access of the execution role to resources of others, by a key of your choice: 1 to 122 letters, digits and _ + = , . @ -. `access` is `read-objects` (and list them) or `put-objects` of a bucket, `consume-messages` or `send-messages` of a queue, `read-secret`, `read-parameter`, `read-table` (with its indexes) or `write-table` (DynamoDB). `arn` is that of the bucket, queue, secret, parameter or table; `objects` limits access to keys such as `incoming/*`. `kms_key_arn` is the key that encrypts the resource; its use is allowed too. Each grant is an inline policy named `grant-<key>`."
  type = map(object({
    access      = string
    arn         = string
    objects     = optional(string)
    kms_key_arn = optional(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for key in keys(var.grants) : can(regex("^[A-Za-z0-9_+=,.@-]{1,122}$", key))])
    error_message = "grants names ${join(", ", [for key in keys(var.grants) : "\"${key}\"" if !can(regex("^[A-Za-z0-9_+=,.@-]{1,122}$", key))])}; a grant's key has 1 to 122 letters, digits and _ + = , . @ - (a policy name has 128, and \"grant-\" is added)."
  }

  validation {
    condition     = alltrue([for grant in values(var.grants) : contains(["read-objects", "put-objects", "consume-messages", "send-messages", "read-secret", "read-parameter", "read-table", "write-table"], grant.access)])
    error_message = "grants has ${join(", ", [for key, grant in var.grants : "${key}.access \"${grant.access}\"" if !contains(["read-objects", "put-objects", "consume-messages", "send-messages", "read-secret", "read-parameter", "read-table", "write-table"], grant.access)])}; allowed are \"read-objects\", \"put-objects\", \"consume-messages\", \"send-messages\", \"read-secret\", \"read-parameter\", \"read-table\", \"write-table\"."
  }

  validation {
    condition     = alltrue([for grant in values(var.grants) : grant.objects == null || contains(["read-objects", "put-objects"], grant.access)])
    error_message = "grants has ${join(", ", [for key, grant in var.grants : "${key}.objects ${jsonencode(grant.objects)} with access \"${grant.access}\"" if !(grant.objects == null || contains(["read-objects", "put-objects"], grant.access))])}; only read-objects and put-objects take objects."
  }

  validation {
    condition     = alltrue([for grant in values(var.grants) : try(length(grant.objects) > 0, true)])
    error_message = "grants has ${join(", ", [for key, grant in var.grants : "${key}.objects \"\"" if !try(length(grant.objects) > 0, true)])}; it takes keys of objects, such as \"incoming/*\", or \"*\" for all."
  }
}

variable "dead_letter_queue_arn" {
  description = "ARN of the SQS dead-letter queue (DLQ). As the on-failure destination, Lambda sends each asynchronous event to it that still fails after all retries, with the error."
  type        = string
}

variable "maximum_retry_attempts" {
  description = "How often Lambda retries a failed asynchronous event: 0 to 2 (Lambda API reference: PutFunctionEventInvokeConfig). The first retry follows after one minute, the second after two more."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = contains([0, 1, 2], var.maximum_retry_attempts)
    error_message = "maximum_retry_attempts is ${var.maximum_retry_attempts}; Lambda takes whole numbers from 0 to 2."
  }
}

variable "maximum_event_age_seconds" {
  description = "How long Lambda keeps an asynchronous event that it cannot deliver to the function, in seconds: 60 to 21600 (Lambda API reference: PutFunctionEventInvokeConfig)."
  type        = number
  default     = 21600
  nullable    = false

  validation {
    condition     = var.maximum_event_age_seconds >= 60 && var.maximum_event_age_seconds <= 21600 && floor(var.maximum_event_age_seconds) == var.maximum_event_age_seconds
    error_message = "maximum_event_age_seconds is ${var.maximum_event_age_seconds}; Lambda takes whole numbers from 60 to 21600."
  }
}

variable "reserved_concurrent_executions" {
  description = "Reserved concurrency: the maximum of concurrent invocations, reserved for this function (Lambda API reference: PutFunctionConcurrency). -1: none is reserved."
  type        = number
  default     = -1
  nullable    = false

  validation {
    condition     = var.reserved_concurrent_executions >= -1 && floor(var.reserved_concurrent_executions) == var.reserved_concurrent_executions
    error_message = "reserved_concurrent_executions is ${var.reserved_concurrent_executions}; Lambda takes whole numbers from 0; -1 reserves none."
  }
}

variable "log_retention_days" {
  description = "Retention of the function's log, in days, or 0 without limit: a value that CloudWatch Logs takes (API reference: PutRetentionPolicy)."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}; CloudWatch Logs takes 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, where 0 means that events never expire."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the log and the environment variables. The execution role has permission to use the key, and the key policy must allow CloudWatch Logs to use it. Null: the keys that AWS manages."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is ${jsonencode(var.kms_key_arn)}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name."
  }
}

variable "alarm_actions" {
  description = "ARNs that the alarms notify when the function fails, is throttled or loses an event, for instance the ARN of an SNS topic."
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
  description = "Names of existing resources that this block adopts, by address in this module, such as `aws_lambda_function.this`: each replaces the name that the block would give, so that Terraform does not replace the resource."
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
