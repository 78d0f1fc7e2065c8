variable "name" {
  description = "Prefix of every name made here: 1 to 28 lower-case letters, digits and hyphens, starting with a letter."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,27}$", var.name))
    error_message = "name is \"${var.name}\"; it has 1 to 28 lower-case letters, digits and hyphens and starts with a letter."
  }
}

variable "create_network" {
  description = "Whether a network is made (`network`) or one is given (`existing_network`)."
  type        = bool
  default     = true
}

variable "network" {
  description = "The network to make, as the module `network` takes it. `availability_zones` names two or more zones of the region."
  type = object({
    cidr_block           = optional(string, "10.0.0.0/16")
    availability_zones   = optional(list(string), [])
    public_subnet_cidrs  = optional(map(string), {})
    private_subnet_cidrs = optional(map(string), {})
    nat                  = optional(string, "single")
    interface_endpoints  = optional(list(string), [])
  })
  default = {}
}

variable "existing_network" {
  description = "The network that tasks start in, when `create_network` is false: its VPC, its subnets, and whether a task gets a public IP address (needed in public subnets)."
  type = object({
    vpc_id           = string
    subnet_ids       = list(string)
    assign_public_ip = optional(bool, false)
  })
  default = null
}

variable "create_cluster" {
  description = "Whether an ECS cluster is made or one is given (`existing_cluster`)."
  type        = bool
  default     = true
}

variable "existing_cluster" {
  description = "The ECS cluster that tasks run on, when `create_cluster` is false."
  type = object({
    name = string
    arn  = string
  })
  default = null
}

variable "services" {
  description = "What an event can start, by name, each as the module `task` takes it."
  type = map(object({
    image                    = string
    cpu                      = optional(number, 256)
    memory                   = optional(number, 512)
    port                     = optional(number)
    command                  = optional(list(string))
    entry_point              = optional(list(string))
    environment              = optional(map(string), {})
    secrets                  = optional(map(string), {})
    policies                 = optional(map(string), {})
    user                     = optional(string, "1000:1000")
    readonly_root_filesystem = optional(bool, true)
    architecture             = optional(string, "X86_64")
    ephemeral_storage_gib    = optional(number)
    repository_arn           = optional(string)
    allow_overrides          = optional(list(string), [])
  }))

  validation {
    condition     = alltrue([for service in keys(var.services) : can(regex("^[a-z][a-z0-9-]{0,24}$", service))])
    error_message = "services names ${join(", ", [for service in keys(var.services) : "\"${service}\"" if !can(regex("^[a-z][a-z0-9-]{0,24}$", service))])}; a service's name has 1 to 25 lower-case letters, digits and hyphens and starts with a letter."
  }
}

variable "events" {
  description = "The events that start tasks, by name: a pattern (`source`, `detail_type`, `detail` as JSON text), a `preset` or a `schedule_expression`, as the module `event-rule` takes them. `service` is what the rule starts; null: the event names it in `detail.service`."
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
  }))
  default = {}
}

variable "function_architecture" {
  description = "Processor the start-task function runs on: `arm64` (cheaper) or `x86_64`."
  type        = string
  default     = "arm64"
}

variable "log_retention_days" {
  description = "How long logs are kept, in days: a value that CloudWatch Logs takes."
  type        = number
  default     = 365
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts logs, dead letters, payloads and the function's environment. Null: the keys that AWS manages."
  type        = string
  default     = null
}

variable "alarm_actions" {
  description = "ARNs told when an alarm rings, for instance an SNS topic."
  type        = list(string)
  default     = []
}

variable "tags" {
  description = "Tags of every resource made here."
  type        = map(string)
  default     = {}
}
