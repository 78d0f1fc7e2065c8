variable "name" {
  description = "Name of the cluster: 1 to 255 letters, digits, hyphens and underscores (ECS API reference: CreateCluster)."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,255}$", var.name))
    error_message = "name is \"${var.name}\"; an ECS cluster name has 1 to 255 letters, digits, hyphens and underscores."
  }
}

variable "capacity_providers" {
  description = "Names of the capacity providers that the cluster has beside FARGATE and FARGATE_SPOT, which are there already, such as those of EC2 Auto Scaling groups: at most 18, because a cluster has at most 20 (Amazon ECS endpoints and quotas). A name has 1 to 255 letters, digits, hyphens and underscores and does not begin with `aws`, `ecs` or `fargate` (Amazon ECS API Reference, CreateCapacityProvider). A provider of managed instances belongs to one cluster from the start, so it needs a cluster that is there before it."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.capacity_providers : can(regex("^[A-Za-z0-9_-]{1,255}$", name)) && !can(regex("(?i)^(aws|ecs|fargate)", name))])
    error_message = "capacity_providers has ${join(", ", [for name in var.capacity_providers : "\"${name}\"" if !(can(regex("^[A-Za-z0-9_-]{1,255}$", name)) && !can(regex("(?i)^(aws|ecs|fargate)", name)))])}; the name of a capacity provider has 1 to 255 letters, digits, hyphens and underscores and does not begin with \"aws\", \"ecs\" or \"fargate\"."
  }

  validation {
    condition     = length(var.capacity_providers) <= 18
    error_message = "capacity_providers has ${length(var.capacity_providers)} names; a cluster has at most 20 capacity providers, FARGATE and FARGATE_SPOT included."
  }
}

variable "container_insights" {
  description = "Metrics of CloudWatch Container Insights. `enabled`: metrics of the cluster, its ECS services and task families. `enhanced`: metrics of every task and container too, at a higher price. `disabled`: none."
  type        = string
  default     = "enabled"
  nullable    = false

  validation {
    condition     = contains(["enabled", "enhanced", "disabled"], var.container_insights)
    error_message = "container_insights is \"${var.container_insights}\"; allowed are \"enabled\", \"enhanced\", \"disabled\"."
  }
}

variable "log_retention_days" {
  description = "Retention of the log of ECS Exec sessions, in days, or 0 without limit: a value that CloudWatch Logs takes (API reference: PutRetentionPolicy)."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}; CloudWatch Logs takes 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, where 0 means that events never expire."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts ECS Exec sessions and their log. The key policy must allow CloudWatch Logs to use the key, and the task role of a task in which a session is opened needs `kms:Decrypt` on it. Null: TLS for the session, and the key that CloudWatch Logs manages for the log."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is ${jsonencode(var.kms_key_arn)}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name."
  }
}

variable "names" {
  description = "Names of existing resources that this block adopts, by address in this module, such as `aws_ecs_cluster.this`: each replaces the name that the block would give, so that Terraform does not replace the resource."
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
