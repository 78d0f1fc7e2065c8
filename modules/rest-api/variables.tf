variable "name" {
  description = "Name of the API: 1 to 48 letters, digits, hyphens and underscores. IAM allows 64 for a role (IAM API reference: CreateRole), and one is named `<name>-api-gateway-log`."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,48}$", var.name))
    error_message = "name is \"${var.name}\"; an API's name here has 1 to 48 letters, digits, hyphens and underscores (IAM allows 64 for a role, and \"-api-gateway-log\" is added)."
  }
}

variable "description" {
  description = "Description of the API. Null: none."
  type        = string
  default     = null
}

variable "routes" {
  description = "Lambda function of each route, by method and path, for instance `\"POST /scan\"` or `\"GET /jobs/{job_id}\"`. A path has at most five parts. A part is a name, `{variable}` or, at the end, `{variable+}`, which matches the rest of the path. `authorization` is `AWS_IAM` (signed requests of principals with permission for `execute-api:Invoke`) or `NONE` (any request from the internet). API Gateway refuses a request without one of the query parameters in `required_query`."
  type = map(object({
    function_arn   = string
    function_name  = string
    authorization  = optional(string, "AWS_IAM")
    required_query = optional(list(string), [])
  }))

  validation {
    condition     = length(var.routes) > 0
    error_message = "routes is empty; API Gateway deploys no API without a method."
  }

  validation {
    condition     = alltrue([for route in keys(var.routes) : can(regex("^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|ANY) (/|(/([A-Za-z0-9._:-]+|\\{[A-Za-z0-9._-]+\\}))*(/([A-Za-z0-9._:-]+|\\{[A-Za-z0-9._-]+\\+?\\})))$", route))])
    error_message = "routes has ${join(", ", [for route in keys(var.routes) : "\"${route}\"" if !can(regex("^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|ANY) (/|(/([A-Za-z0-9._:-]+|\\{[A-Za-z0-9._-]+\\}))*(/([A-Za-z0-9._:-]+|\\{[A-Za-z0-9._-]+\\+?\\})))$", route))])}; a route is a method (GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, ANY), one space and a path such as /jobs/{job_id}: letters, digits and . _ : - or a variable in each part, no slash at its end."
  }

  validation {
    condition     = alltrue([for route in keys(var.routes) : length(split("/", trimsuffix(route, "/"))) <= 6])
    error_message = "routes has ${join(", ", [for route in keys(var.routes) : "\"${route}\"" if length(split("/", trimsuffix(route, "/"))) > 6])}; a path here has at most five parts."
  }

  validation {
    condition     = alltrue([for target in values(var.routes) : contains(["AWS_IAM", "NONE"], target.authorization)])
    error_message = "routes has ${join(", ", [for route, target in var.routes : "\"${route}\" with authorization \"${target.authorization}\"" if !contains(["AWS_IAM", "NONE"], target.authorization)])}; allowed are \"AWS_IAM\", \"NONE\"."
  }

  validation {
    condition     = alltrue(flatten([for target in values(var.routes) : [for name in target.required_query : can(regex("^[A-Za-z0-9._$-]+$", name))]]))
    error_message = "routes has required_query ${join(", ", flatten([for target in values(var.routes) : [for name in target.required_query : "\"${name}\""]]))}; a name has letters, digits and . _ $ -."
  }
}

variable "stage_name" {
  description = "Name of the stage, with which the path of the default endpoint starts: 1 to 128 letters, digits, hyphens and underscores (API Gateway REST API reference: CreateStage)."
  type        = string
  default     = "v1"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,128}$", var.stage_name))
    error_message = "stage_name is \"${var.stage_name}\"; a stage name has 1 to 128 letters, digits, hyphens and underscores."
  }
}

variable "throttling_rate_limit" {
  description = "Steady-state rate limit of each method, in requests per second, at least 1. API Gateway answers requests above it with the status 429."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.throttling_rate_limit >= 1
    error_message = "throttling_rate_limit is ${var.throttling_rate_limit}; it must be at least 1."
  }
}

variable "throttling_burst_limit" {
  description = "Burst limit of each method, in requests, at least 1."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.throttling_burst_limit >= 1 && floor(var.throttling_burst_limit) == var.throttling_burst_limit
    error_message = "throttling_burst_limit is ${var.throttling_burst_limit}; it takes whole numbers from 1."
  }
}

variable "create_domain" {
  description = "Whether to create the custom domain `domain_name`, with TLS 1.2 as the minimum, and to disable the default endpoint, whose minimum TLS version AWS chooses."
  type        = bool
  default     = false
  nullable    = false
}

variable "domain_name" {
  description = "Custom domain name of the API, when `create_domain` is true. Its DNS record is not created here: make an alias record for `domain_target_name`."
  type        = string
  default     = null
}

variable "certificate_arn" {
  description = "ARN of the ACM certificate of `domain_name`, in the region of the API, when `create_domain` is true."
  type        = string
  default     = null
}

variable "create_account_log_role" {
  description = "Whether to create the role with which API Gateway writes logs. An account has one such role in a region, for all its APIs, and API Gateway refuses a stage with logs without it. Set it to true for exactly one API if the account has no such role in the region yet. Version 6 of the AWS provider removes the role from all APIs of the account and region on destroy, and their logging stops; version 5 keeps it."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_retention_days" {
  description = "Retention of the logs, in days, or 0 without limit: a value that CloudWatch Logs takes (API reference: PutRetentionPolicy)."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}; CloudWatch Logs takes 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, where 0 means that events never expire."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the logs. The key policy must allow CloudWatch Logs to use the key. Null: the key that CloudWatch Logs manages."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is ${jsonencode(var.kms_key_arn)}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name."
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
  description = "Names of existing resources that this block adopts, by address in this module, such as `aws_cloudwatch_log_group.access`: each replaces the name that the block would give, so that Terraform does not replace the resource."
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
