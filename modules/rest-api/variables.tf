variable "name" {
  description = "Name of the API: 1 to 48 letters, digits, hyphens and underscores."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,48}$", var.name))
    error_message = "name is \"${var.name}\"; an API's name here has 1 to 48 letters, digits, hyphens and underscores (IAM allows 64 for a role, and \"-api-gateway-log\" is added)."
  }
}

variable "description" {
  description = "What the API is for."
  type        = string
  default     = null
}

variable "routes" {
  description = "Which function answers which requests, by method and path, for instance `\"POST /scan\"` or `\"GET /jobs/{job_id}\"`. A path has at most five parts; a part is a name, `{variable}` or, as the last, `{variable+}`, which stands for all that follows. `authorization` is `AWS_IAM` (requests signed by a role with the right `execute-api:Invoke`) or `NONE` (the whole internet). A request without one of `required_query` is refused before it reaches the function."
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
  description = "Name of the stage, which begins the path of the API's own endpoint: 1 to 128 letters, digits, hyphens and underscores."
  type        = string
  default     = "v1"

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,128}$", var.stage_name))
    error_message = "stage_name is \"${var.stage_name}\"; a stage name has 1 to 128 letters, digits, hyphens and underscores."
  }
}

variable "throttling_rate_limit" {
  description = "Requests per second that each method takes in the long run; more get status 429. At least 1."
  type        = number
  default     = 50

  validation {
    condition     = var.throttling_rate_limit >= 1
    error_message = "throttling_rate_limit is ${var.throttling_rate_limit}; it must be at least 1."
  }
}

variable "throttling_burst_limit" {
  description = "Requests that each method takes at once. At least 1."
  type        = number
  default     = 100

  validation {
    condition     = var.throttling_burst_limit >= 1
    error_message = "throttling_burst_limit is ${var.throttling_burst_limit}; it must be at least 1."
  }
}

variable "create_domain" {
  description = "Whether the API is reached by `domain_name`, with TLS 1.2 or newer, and no longer by its own endpoint, whose oldest TLS is AWS's to choose."
  type        = bool
  default     = false
}

variable "domain_name" {
  description = "Domain of the API, with `create_domain`. Its DNS record, an alias to `domain_target_name`, is yours to make."
  type        = string
  default     = null
}

variable "certificate_arn" {
  description = "ARN of the ACM certificate for `domain_name`, in the API's region."
  type        = string
  default     = null
}

variable "create_account_log_role" {
  description = "Whether to give API Gateway a role to write logs. It is one for all APIs of an account in a region, and without one API Gateway refuses this API's stage: true for one API in an account and region that has none yet. With version 6 of the AWS provider a destroy takes the role from all APIs of the account and region, whose logs then end; version 5 leaves it."
  type        = bool
  default     = false
}

variable "log_retention_days" {
  description = "How long the logs are kept, in days: a value that CloudWatch Logs takes."
  type        = number
  default     = 365

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}; CloudWatch Logs takes 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the logs; its key policy must let CloudWatch Logs use it. Null: the key that CloudWatch Logs manages."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of every resource made here."
  type        = map(string)
  default     = {}
}
