# The inputs of the module, which checks them and says what is allowed, and the region.

variable "region" {
  description = "AWS region of all resources."
  type        = string
  default     = "us-east-1"
}

variable "name" {
  description = "Prefix of the name of every resource."
  type        = string
  default     = "event-driven-ecs"
}

variable "create_network" {
  description = "Whether a network is created, with the settings in `network`. If false, give `existing_network`."
  type        = bool
  default     = true
}

variable "network" {
  description = "Settings of the created network. Without `availability_zones` it has the zones a and b of the region."
  type        = any
  default     = {}
}

variable "existing_network" {
  description = "An existing network, when `create_network` is false."
  type        = any
  default     = null
}

variable "create_cluster" {
  description = "Whether an ECS cluster is created. If false, give `existing_cluster`."
  type        = bool
  default     = true
}

variable "existing_cluster" {
  description = "An existing ECS cluster, when `create_cluster` is false."
  type        = any
  default     = null
}

variable "services" {
  description = "The services that an event can start, by name. The default is one service, which prints the event that started it."
  type        = any
  default = {
    hello = {
      image   = "public.ecr.aws/docker/library/busybox:1.37"
      command = ["sh", "-c", "echo \"Started by $EVENT_PAYLOAD\""]
    }
  }
}

variable "events" {
  description = "The EventBridge rules that start tasks, by name."
  type        = any
  default = {
    start = {
      source      = ["custom.app"]
      detail_type = ["Start ECS Task"]
    }
  }
}

variable "schedules" {
  description = "When tasks of services are started and stopped, by name."
  type        = any
  default     = {}
}

variable "stop_events" {
  description = "The EventBridge rules whose events stop tasks, by name."
  type        = any
  default     = {}
}

variable "buffer" {
  description = "Whether the launcher puts events from EventBridge into a queue and launches tasks from there."
  type        = bool
  default     = false
}

variable "deduplication_window_hours" {
  description = "How long a duplicate of an event starts no second task, in whole hours."
  type        = number
  default     = 24
}

variable "load_balancer" {
  description = "The load balancer of the services that have a `path`."
  type        = any
  default     = {}
}

variable "create_file_system" {
  description = "Whether the shared file system is created, with the settings in `file_system`. If false, give `existing_file_system`."
  type        = bool
  default     = true
}

variable "file_system" {
  description = "Settings of the shared file system of the services that have a `mount_path`."
  type        = any
  default     = {}
}

variable "existing_file_system" {
  description = "An access point of an existing file system, when `create_file_system` is false."
  type        = any
  default     = null
}

variable "create_monitoring" {
  description = "Whether the dashboard and its alarms are created."
  type        = bool
  default     = true
}

variable "create_run_history" {
  description = "Whether EventBridge writes each end of a task to a log group."
  type        = bool
  default     = true
}

variable "create_run_history_policy" {
  description = "Whether the log resource policy for the run history is created."
  type        = bool
  default     = true
}

variable "function_architecture" {
  description = "Processor architecture of the Lambda functions: `arm64`, which costs less, or `x86_64`."
  type        = string
  default     = "arm64"
}

variable "function_runtime" {
  description = "Runtime of the Lambda functions: `nodejs22.x` or later."
  type        = string
  default     = "nodejs22.x"
}

variable "log_retention_days" {
  description = "How long logs are kept, in days."
  type        = number
  default     = 365
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the logs, the messages in the queues, the payloads and the environments of the functions. Null: the keys that AWS manages."
  type        = string
  default     = null
}

variable "alarm_actions" {
  description = "ARNs that each alarm notifies when it is in ALARM, for instance an SNS topic."
  type        = list(string)
  default     = []
}

variable "roles" {
  description = "What your organisation requires of every IAM role: `permissions_boundary_arn`, `path`, `name_prefix` and `name_suffix`."
  type        = any
  default     = {}
}

variable "names" {
  description = "Names of existing resources that the layout adopts, by address in the module."
  type        = map(string)
  default     = {}
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
}
