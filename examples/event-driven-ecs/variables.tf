# The inputs of the module, which checks them and says what is allowed, and the region.

variable "region" {
  description = "Region that everything is made in."
  type        = string
  default     = "us-east-1"
}

variable "name" {
  description = "Prefix of every name made here."
  type        = string
  default     = "event-driven-ecs"
}

variable "create_network" {
  description = "Whether a network is made (`network`) or one is given (`existing_network`)."
  type        = bool
  default     = true
}

variable "network" {
  description = "The network to make. Without `availability_zones`, it spans zones a and b of the region."
  type        = any
  default     = {}
}

variable "existing_network" {
  description = "The network that tasks start in, when `create_network` is false."
  type        = any
  default     = null
}

variable "create_cluster" {
  description = "Whether an ECS cluster is made or one is given (`existing_cluster`)."
  type        = bool
  default     = true
}

variable "existing_cluster" {
  description = "The ECS cluster that tasks run on, when `create_cluster` is false."
  type        = any
  default     = null
}

variable "services" {
  description = "What an event can start, by name. By default one service, which prints the event that started it."
  type        = any
  default = {
    hello = {
      image   = "public.ecr.aws/docker/library/busybox:1.37"
      command = ["sh", "-c", "echo \"Started by $EVENT_PAYLOAD\""]
    }
  }
}

variable "events" {
  description = "The events that start tasks, by name."
  type        = any
  default = {
    start = {
      source      = ["custom.app"]
      detail_type = ["Start ECS Task"]
    }
  }
}

variable "schedules" {
  description = "When services are started and stopped, by name."
  type        = any
  default     = {}
}

variable "stop_events" {
  description = "The events that stop tasks, by name."
  type        = any
  default     = {}
}

variable "buffer" {
  description = "Whether the launcher puts events of EventBridge into a queue and launches from there."
  type        = bool
  default     = false
}

variable "deduplication_window_hours" {
  description = "How long an event that is delivered again starts no second task, in whole hours."
  type        = number
  default     = 24
}

variable "load_balancer" {
  description = "The load balancer of the services that have a `path`."
  type        = any
  default     = {}
}

variable "create_file_system" {
  description = "Whether the shared file system is made (`file_system`) or given (`existing_file_system`)."
  type        = bool
  default     = true
}

variable "file_system" {
  description = "The shared file system of the services that have a `mount_path`."
  type        = any
  default     = {}
}

variable "existing_file_system" {
  description = "The file system, when `create_file_system` is false."
  type        = any
  default     = null
}

variable "create_monitoring" {
  description = "Whether a dashboard and its alarms are made."
  type        = bool
  default     = true
}

variable "function_architecture" {
  description = "Processor the functions run on: `arm64` (cheaper) or `x86_64`."
  type        = string
  default     = "arm64"
}

variable "log_retention_days" {
  description = "How long logs are kept, in days."
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
