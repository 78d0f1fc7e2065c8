variable "project_name" {
  description = "Name of the task definition's family, of the ECS service, of the container and of the file system, end of the name of the log group `/aws/ecs/<project_name>`, and name of the cluster unless `cluster_name` gives another: 1 to 54 letters, digits, hyphens and underscores. Two environments in one region of an account need two names."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,54}$", var.project_name))
    error_message = "project_name is \"${var.project_name}\"; it has 1 to 54 letters, digits, hyphens and underscores."
  }
}

variable "environment" {
  description = "Name of the environment: value of the tag `Environment` of every resource, unless `tags` has that tag. 1 to 256 letters, digits, spaces and _ . : / = + - @. No name of a resource has it."
  type        = string
  default     = "prod"
  nullable    = false

  validation {
    condition     = length(var.environment) >= 1 && length(var.environment) <= 256 && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", var.environment))
    error_message = "environment is \"${var.environment}\"; it has 1 to 256 letters, digits, spaces and _ . : / = + - @."
  }
}

variable "aws_region" {
  description = "AWS region, which must be that of the AWS provider. The container gets it in the environment variable `AWS_REGION`."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2,}(-[a-z]+)+-[0-9]+$", var.aws_region))
    error_message = "aws_region is \"${var.aws_region}\"; it takes the name of a region, such as \"eu-west-1\"."
  }
}

variable "aws_account_id" {
  description = "ID of the AWS account, 12 digits, which must be that of the AWS provider: so nothing is planned in another account by mistake."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.aws_account_id))
    error_message = "aws_account_id is \"${var.aws_account_id}\"; it takes the ID of an AWS account, which has 12 digits."
  }
}

variable "vpc_id" {
  description = "ID of the VPC of the security groups and of the subnets."
  type        = string
}

variable "private_subnet_ids" {
  description = "IDs of the private subnets that tasks start in: 1 to 16 (Amazon ECS API Reference, AwsVpcConfiguration). They need a route to the internet or VPC endpoints, because tasks get no public IP address. With `enable_efs_storage` each gets a mount target with its index as key, so add new ones at the end, and give `efs_subnet_ids` when two of them are in one availability zone."
  type        = list(string)

  validation {
    condition     = length(var.private_subnet_ids) >= 1 && length(var.private_subnet_ids) <= 16
    error_message = "private_subnet_ids has ${length(var.private_subnet_ids)} subnets; a task takes 1 to 16."
  }

  validation {
    condition     = length(distinct(var.private_subnet_ids)) == length(var.private_subnet_ids)
    error_message = "private_subnet_ids names ${join(", ", [for id in distinct(var.private_subnet_ids) : "\"${id}\"" if length([for other in var.private_subnet_ids : other if other == id]) > 1])} twice; each ID is named once."
  }
}

variable "security_group_ids" {
  description = "IDs of security groups that the tasks have beside the one that is created: at most 4, because a task has at most 5 (Amazon ECS API Reference, AwsVpcConfiguration)."
  type        = list(string)

  validation {
    condition     = length(var.security_group_ids) <= 4
    error_message = "security_group_ids has ${length(var.security_group_ids)} security groups; a task has at most 5, its own included."
  }

  validation {
    condition     = alltrue([for id in var.security_group_ids : can(regex("^sg-[0-9a-z]+$", id))])
    error_message = "security_group_ids has ${join(", ", [for id in var.security_group_ids : "\"${id}\"" if !can(regex("^sg-[0-9a-z]+$", id))])}; it takes IDs of security groups, such as \"sg-0a1b2c3d4e5f60718\"."
  }
}

variable "task_execution_role_arn" {
  description = "ARN of the execution role: the role with which ECS pulls the image, reads the secrets and writes the log. Nothing is attached to it: it needs the policy in the output `required_execution_policy`, and must trust `ecs-tasks.amazonaws.com`."
  type        = string

  validation {
    condition     = can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", var.task_execution_role_arn))
    error_message = "task_execution_role_arn is \"${var.task_execution_role_arn}\"; it takes the ARN of an IAM role, such as \"arn:aws:iam::123456789012:role/bottles-execution\"."
  }
}

variable "task_role_arn" {
  description = "ARN of the task role: the role that the container has. Nothing is attached to it: it needs the policy in the output `required_task_policy`, and must trust `ecs-tasks.amazonaws.com`."
  type        = string

  validation {
    condition     = can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", var.task_role_arn))
    error_message = "task_role_arn is \"${var.task_role_arn}\"; it takes the ARN of an IAM role, such as \"arn:aws:iam::123456789012:role/bottles-task\"."
  }
}

variable "container_image" {
  description = "Image of the container, with a tag or digest. Without a registry it is one of Docker Hub; an image of ECR has the registry in its name."
  type        = string

  validation {
    condition     = can(regex("^((([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])([.]([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]))*|\\[[0-9a-fA-F:]+\\])(:[0-9]+)?/)?[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[A-Za-z][A-Za-z0-9]*([+._-][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$", var.container_image))
    error_message = "container_image is \"${var.container_image}\"; it takes [registry/]repository[:tag][@digest], with lower-case letters, digits and . _ - in the repository, such as \"ghcr.io/acme/auth-api:1.4.2\"."
  }

  validation {
    condition     = length(split("@", var.container_image)[0]) <= 255
    error_message = "container_image has ${length(split("@", var.container_image)[0])} characters before a digest; ECS takes at most 255."
  }
}

variable "container_port" {
  description = "TCP port of the container, 1 to 65535: of its health check, and of `target_group`. Nothing has to listen on it. The container gets it in the environment variable `PORT`."
  type        = number
  default     = 8080
  nullable    = false

  validation {
    condition     = var.container_port >= 1 && var.container_port <= 65535 && floor(var.container_port) == var.container_port
    error_message = "container_port is ${var.container_port}; TCP takes whole numbers from 1 to 65535."
  }
}

variable "task_cpu" {
  description = "CPU units of the task, where 1024 are one vCPU: 256, 512, 1024, 2048, 4096, 8192, 16384 or 32768 (Amazon ECS Developer Guide, \"Task CPU and memory\")."
  type        = number
  default     = 2048
  nullable    = false

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096, 8192, 16384, 32768], var.task_cpu)
    error_message = "task_cpu is ${var.task_cpu}; Fargate accepts 256, 512, 1024, 2048, 4096, 8192, 16384, 32768."
  }
}

variable "task_memory" {
  description = "Memory of the task in MiB: a value that Fargate accepts with `task_cpu`, for instance 4096 to 16384 in steps of 1024 with 2048 (Amazon ECS Developer Guide, \"Task CPU and memory\")."
  type        = number
  default     = 8192
  nullable    = false
}

variable "enable_efs_storage" {
  description = "Whether there is an EFS file system, mounted at `efs_mount_path`. Its monthly price is most of the costs; a task that works in its ephemeral storage needs none."
  type        = bool
  default     = true
  nullable    = false
}

variable "efs_performance_mode" {
  description = "Performance mode of the file system. `generalPurpose`: the lowest latency. `maxIO`: more concurrent operations at a higher latency, not with elastic throughput. A change replaces the file system."
  type        = string
  default     = "generalPurpose"
  nullable    = false

  validation {
    condition     = contains(["generalPurpose", "maxIO"], var.efs_performance_mode)
    error_message = "efs_performance_mode is \"${var.efs_performance_mode}\"; allowed are \"generalPurpose\", \"maxIO\"."
  }
}

variable "efs_throughput_mode" {
  description = "Throughput mode of the file system. `bursting`: scales with the amount of data stored. `provisioned`: fixed at `efs_provisioned_throughput`. `elastic`: scales with the workload and is paid per gigabyte."
  type        = string
  default     = "bursting"
  nullable    = false

  validation {
    condition     = contains(["bursting", "provisioned", "elastic"], var.efs_throughput_mode)
    error_message = "efs_throughput_mode is \"${var.efs_throughput_mode}\"; allowed are \"bursting\", \"provisioned\", \"elastic\"."
  }
}

variable "efs_provisioned_throughput" {
  description = "Throughput in MiB per second, with `efs_throughput_mode` `provisioned` only: 1 to 3414, and less in some regions (EFS API reference: CreateFileSystem)."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.efs_provisioned_throughput >= 1 && var.efs_provisioned_throughput <= 3414
    error_message = "efs_provisioned_throughput is ${var.efs_provisioned_throughput}; EFS takes 1 to 3414, in MiB per second."
  }
}

variable "enable_auto_scaling" {
  description = "Whether the number of tasks follows the utilization of CPU and memory, and `custom_metric`. If false, it is `desired_count`."
  type        = bool
  default     = true
  nullable    = false
}

variable "min_capacity" {
  description = "Least number of tasks, 0 to 5000 (Amazon ECS service quotas: tasks per service). From 0 only `custom_metric` starts a task, because without tasks there is no utilization."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.min_capacity >= 0 && var.min_capacity <= 5000 && floor(var.min_capacity) == var.min_capacity
    error_message = "min_capacity is ${var.min_capacity}; ECS takes whole numbers from 0 to 5000."
  }
}

variable "max_capacity" {
  description = "Greatest number of tasks, 1 to 5000, at least `min_capacity`."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.max_capacity >= 1 && var.max_capacity <= 5000 && floor(var.max_capacity) == var.max_capacity
    error_message = "max_capacity is ${var.max_capacity}; ECS takes whole numbers from 1 to 5000."
  }
}

variable "target_cpu_utilization" {
  description = "Average utilization of CPU, in percent, more than 0 and at most 100: above it for two minutes a task is started; below it for five, and memory and `custom_metric` below theirs, one is stopped."
  type        = number
  default     = 70
  nullable    = false

  validation {
    condition     = var.target_cpu_utilization > 0 && var.target_cpu_utilization <= 100
    error_message = "target_cpu_utilization is ${var.target_cpu_utilization}; a utilization is more than 0 and at most 100 percent."
  }
}

variable "target_memory_utilization" {
  description = "Average utilization of memory, in percent, more than 0 and at most 100, in the same way."
  type        = number
  default     = 80
  nullable    = false

  validation {
    condition     = var.target_memory_utilization > 0 && var.target_memory_utilization <= 100
    error_message = "target_memory_utilization is ${var.target_memory_utilization}; a utilization is more than 0 and at most 100 percent."
  }
}

variable "environment_variables" {
  description = "Environment variables of the container, by name. They replace `AWS_REGION`, `LOG_LEVEL`, `PORT` and `EFS_MOUNT_PATH`, which the container gets by itself. A name that ends with the word for a secret is refused, because anyone who can read the task definition can read the value: give the ARN in `secrets`, or the name in `plain_environment_names` too."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "secrets" {
  description = "Secrets that the container gets as environment variables: the ARN of a Secrets Manager secret or of an SSM parameter, by the name of the variable. The variable has the value of the secret. A container that reads a secret itself takes its name in `environment_variables`."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for arn in values(var.secrets) : can(regex("^(arn:[^:]+:(secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+(:[^:]*:[^:]*:[^:]*)?|ssm:[^:]+:[0-9]{12}:parameter/[^:]+)|/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){0,14})$", arn))])
    error_message = "secrets has ${join(", ", [for name, arn in var.secrets : "${name} = \"${arn}\"" if !can(regex("^(arn:[^:]+:(secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+(:[^:]*:[^:]*:[^:]*)?|ssm:[^:]+:[0-9]{12}:parameter/[^:]+)|/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){0,14})$", arn))])}; it takes ARNs of Secrets Manager secrets (optionally with :json-key:version-stage:version-id) or of SSM parameters, or names of SSM parameters of the same account and region that begin with / (another word could be the secret itself)."
  }
}

variable "log_retention_days" {
  description = "Retention of the log of the tasks and of that of ECS Exec sessions, in days, or 0 without limit: a value that CloudWatch Logs takes (API reference: PutRetentionPolicy)."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}; CloudWatch Logs takes 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, where 0 means that events never expire."
  }
}

variable "log_level" {
  description = "Level of the log, which the container gets in the environment variable `LOG_LEVEL`, for instance DEBUG, INFO, WARNING or ERROR."
  type        = string
  default     = "INFO"
  nullable    = false
}

variable "enable_execute_command" {
  description = "Whether ECS Exec can open a shell in the container (`aws ecs execute-command`). The task role needs the permissions for it, which `required_task_policy` then has. It needs `readonly_root_filesystem` false. Tasks that are running already do not get it."
  type        = bool
  default     = false
  nullable    = false
}

variable "health_check_grace_period" {
  description = "How long failed health checks do not count after a task has started, in seconds: those of the load balancer with `target_group`, 0 to 2147483647; those of `container_health_check`, 0 to 300. Without both it has no effect, because ECS refuses a grace period without a load balancer."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.health_check_grace_period >= 0 && var.health_check_grace_period <= 2147483647 && floor(var.health_check_grace_period) == var.health_check_grace_period
    error_message = "health_check_grace_period is ${var.health_check_grace_period}; ECS takes whole numbers from 0 to 2147483647."
  }
}

variable "tags" {
  description = "Tags of every resource of this module that supports tags. Tasks get those of the ECS service."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setunion(keys(var.tags), ["Environment"])) <= 50
    error_message = "tags has ${length(setunion(keys(var.tags), ["Environment"]))} tags with Environment; a resource has at most 50."
  }

  validation {
    condition     = alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && try(length(value) <= 256, true) && lower(substr(key, 0, 4)) != "aws:" && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", key)) && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", value == null ? "" : value))])
    error_message = "tags has ${join(", ", [for key, value in var.tags : "${jsonencode(key)} = ${jsonencode(value)}" if !(length(key) >= 1 && length(key) <= 128 && try(length(value) <= 256, true) && lower(substr(key, 0, 4)) != "aws:" && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", key)) && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", value == null ? "" : value)))])}; AWS takes keys of 1 to 128 characters that do not begin with \"aws:\", and values of at most 256 characters, which are letters, digits, spaces and _ . : / = + - @."
  }
}

# Inputs beyond those of the module that this one replaces. A call without them plans.

variable "cluster_name" {
  description = "Name of the ECS cluster: 1 to 255 letters, digits, hyphens and underscores (ECS API reference: CreateCluster). Null: `project_name`."
  type        = string
  default     = null

  validation {
    condition     = var.cluster_name == null ? true : can(regex("^[A-Za-z0-9_-]{1,255}$", var.cluster_name))
    error_message = "cluster_name is \"${coalesce(var.cluster_name, "none")}\"; an ECS cluster name has 1 to 255 letters, digits, hyphens and underscores."
  }
}

variable "desired_count" {
  description = "Number of tasks without `enable_auto_scaling`, 0 to 5000. Null: `min_capacity`."
  type        = number
  default     = null

  validation {
    condition     = var.desired_count == null ? true : var.desired_count >= 0 && var.desired_count <= 5000 && floor(var.desired_count) == var.desired_count
    error_message = "desired_count is ${coalesce(var.desired_count, 0)}; ECS takes whole numbers from 0 to 5000."
  }
}

variable "scale_out_cooldown" {
  description = "Seconds after a task was started in which no more is started, 0 or more."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.scale_out_cooldown >= 0 && floor(var.scale_out_cooldown) == var.scale_out_cooldown
    error_message = "scale_out_cooldown is ${var.scale_out_cooldown}; a cooldown takes whole numbers from 0."
  }
}

variable "scale_in_cooldown" {
  description = "Seconds after a task was stopped in which no more is stopped, 0 or more."
  type        = number
  default     = 600
  nullable    = false

  validation {
    condition     = var.scale_in_cooldown >= 0 && floor(var.scale_in_cooldown) == var.scale_in_cooldown
    error_message = "scale_in_cooldown is ${var.scale_in_cooldown}; a cooldown takes whole numbers from 0."
  }
}

variable "custom_metric" {
  description = "A metric of your application, with 1 to 255 characters in `namespace` and `metric_name` and at most 30 `dimensions` (CloudWatch API reference: PutMetricData), of which CloudWatch takes the `statistic` of each minute: `Average`, `Maximum`, `Minimum`, `SampleCount` or `Sum`. Above `value`, more than 0, for two minutes it starts a task, also the first one if something else than the tasks reports it; while it is not below, no task is stopped. Null: none."
  type = object({
    namespace   = string
    metric_name = string
    dimensions  = optional(map(string), {})
    statistic   = optional(string, "Average")
    value       = number
  })
  default = null

  validation {
    condition     = var.custom_metric == null ? true : can(regex("^[^:].{0,254}$", var.custom_metric.namespace)) && length(var.custom_metric.metric_name) >= 1 && length(var.custom_metric.metric_name) <= 255
    error_message = "custom_metric has the namespace \"${try(var.custom_metric.namespace, "")}\" and the metric_name \"${try(var.custom_metric.metric_name, "")}\"; each has 1 to 255 characters, and a namespace does not start with a colon."
  }

  validation {
    condition     = var.custom_metric == null ? true : length(var.custom_metric.dimensions) <= 30
    error_message = "custom_metric.dimensions has ${try(length(var.custom_metric.dimensions), 0)} dimensions; a metric has at most 30."
  }

  validation {
    condition     = var.custom_metric == null ? true : contains(["Average", "Maximum", "Minimum", "SampleCount", "Sum"], var.custom_metric.statistic)
    error_message = "custom_metric.statistic is \"${try(var.custom_metric.statistic, "")}\"; allowed are \"Average\", \"Maximum\", \"Minimum\", \"SampleCount\", \"Sum\"."
  }

  validation {
    condition     = var.custom_metric == null ? true : var.custom_metric.value > 0
    error_message = "custom_metric.value is ${try(var.custom_metric.value, 0)}; it takes more than 0. For a task from the first unit on, give 0.5."
  }
}

variable "container_health_check" {
  description = "A health check that ECS runs in the container; it replaces a task that is unhealthy. `command` starts with `CMD` or `CMD-SHELL`; `interval_seconds` is 5 to 300, `timeout_seconds` 2 to 60, `retries` 1 to 10 (Amazon ECS API Reference, HealthCheck). Failures do not count for `health_check_grace_period`. Null: none, because an image that does not answer it would be stopped again and again."
  type = object({
    command          = list(string)
    interval_seconds = optional(number, 30)
    timeout_seconds  = optional(number, 5)
    retries          = optional(number, 3)
  })
  default = null
}

variable "target_group" {
  description = "Target group of a load balancer, of the target type `ip`, by its ARN: ECS registers the tasks in it with `container_port`. One of `security_group_ids` must allow the load balancer to reach the port. Null: none."
  type = object({
    arn = string
  })
  default = null

  validation {
    condition     = var.target_group == null ? true : can(regex("^arn:[^:]+:elasticloadbalancing:[^:]+:[0-9]{12}:targetgroup/.+$", var.target_group.arn))
    error_message = "target_group.arn is \"${try(var.target_group.arn, "")}\"; it takes the ARN of a target group, such as \"arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/bottles/0123456789abcdef\"."
  }
}

variable "capacity" {
  description = "What the tasks run on. `FARGATE`: Fargate on demand. `FARGATE_SPOT`: Fargate Spot, which costs up to 70 % less and may interrupt a task with two minutes' notice."
  type        = string
  default     = "FARGATE"
  nullable    = false

  validation {
    condition     = contains(["FARGATE", "FARGATE_SPOT"], var.capacity)
    error_message = "capacity is \"${var.capacity}\"; allowed are \"FARGATE\", \"FARGATE_SPOT\"."
  }
}

variable "architecture" {
  description = "CPU architecture of the image: `X86_64`, or `ARM64`, which costs less."
  type        = string
  default     = "X86_64"
  nullable    = false

  validation {
    condition     = contains(["X86_64", "ARM64"], var.architecture)
    error_message = "architecture is \"${var.architecture}\"; allowed are \"X86_64\", \"ARM64\"."
  }
}

variable "command" {
  description = "Command that replaces the command of the image. Null: that of the image."
  type        = list(string)
  default     = null
}

variable "entry_point" {
  description = "Entry point that replaces the entry point of the image. Null: that of the image."
  type        = list(string)
  default     = null
}

variable "ephemeral_storage_gib" {
  description = "Ephemeral storage of the task in GiB: 21 to 200 (Amazon ECS API Reference, EphemeralStorage). Null: the 20 GiB that Fargate includes."
  type        = number
  default     = null

  validation {
    condition     = var.ephemeral_storage_gib == null ? true : var.ephemeral_storage_gib >= 21 && var.ephemeral_storage_gib <= 200 && floor(var.ephemeral_storage_gib) == var.ephemeral_storage_gib
    error_message = "ephemeral_storage_gib is ${jsonencode(var.ephemeral_storage_gib)}; Fargate accepts 21 to 200 (20 GiB are included)."
  }
}

variable "stop_timeout_seconds" {
  description = "How long the container has to end after ECS asked it to stop, in whole seconds: 2 to 120 (Amazon ECS API Reference, ContainerDefinition). Then it is killed. Fargate Spot interrupts a task with two minutes' notice, of which it uses this much. Null: 30 seconds."
  type        = number
  default     = null

  validation {
    condition     = var.stop_timeout_seconds == null ? true : var.stop_timeout_seconds >= 2 && floor(var.stop_timeout_seconds) == var.stop_timeout_seconds
    error_message = "stop_timeout_seconds is ${jsonencode(var.stop_timeout_seconds)}; it takes a whole number of seconds, 2 or more."
  }
}

variable "plain_environment_names" {
  description = "Names in `environment_variables` that look like that of a secret and are none, for instance `MYSQL_ALLOW_EMPTY_PASSWORD`."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "secrets_kms_key_arns" {
  description = "ARNs of the customer managed KMS keys that encrypt `secrets`. `required_execution_policy` then allows to decrypt with them, only through Secrets Manager and SSM. Needed for every secret that is not encrypted by `aws/secretsmanager` or `aws/ssm`, the keys that AWS manages; without it the task does not start (`Access to KMS is not allowed`). The key policy must allow the account to use IAM policies."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.secrets_kms_key_arns : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])
    error_message = "secrets_kms_key_arns has ${join(", ", [for arn in var.secrets_kms_key_arns : "\"${arn}\"" if !can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])}; it takes ARNs of KMS keys, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases."
  }
}

variable "init_process" {
  description = "Whether an init process runs in the container, which reaps child processes and forwards the stop signal; ECS Exec leaves such processes. If false, the image has process 1 for itself, as one with s6 needs it."
  type        = bool
  default     = false
  nullable    = false
}

variable "user" {
  description = "User that the container runs as, by name or number; `:group` may follow. It must not be root. Null: the user of the image, which is root unless the image sets another."
  type        = string
  default     = null

  validation {
    condition     = var.user == null ? true : can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$", var.user)) && !can(regex("^(root|0+)(:|$)", var.user))
    error_message = "user is ${jsonencode(var.user)}; it takes a user other than root, by name or number, optionally with :group, for instance \"1000:1000\". Leave it out for the user of the image."
  }
}

variable "readonly_root_filesystem" {
  description = "Whether the root file system of the container is read-only. Then `scratch_path` is a volume that the container may write to, and so is `efs_mount_path`. If false, the image may write where it did before, and ECS Exec works: the files are gone with the task either way. Set it to true for an image that writes to these two paths only."
  type        = bool
  default     = false
  nullable    = false
}

variable "scratch_path" {
  description = "Path of an empty volume that the container may write to, with `readonly_root_filesystem` only. It belongs to root unless the image declares the path as `VOLUME`; then it has the owner and mode of the image's directory."
  type        = string
  default     = "/tmp"
  nullable    = false

  validation {
    condition     = can(regex("^/[^:]+$", var.scratch_path))
    error_message = "scratch_path is ${jsonencode(var.scratch_path)}; it takes an absolute path below the root, without colons."
  }
}

variable "egress" {
  description = "Destinations that the task is allowed to reach, by a key of your choice. Each has one destination (`cidr_ipv4`, `cidr_ipv6`, `security_group_id` or `prefix_list_id`). The protocols `tcp` and `udp` take `port` (1 to 65535), or `from_port` and `to_port` (0 to 65535); `icmp` and `-1` (every protocol) take no ports and cover all types and ports. The task needs HTTPS to pull its image, write its log, read its secrets and call AWS APIs. Null: the default."
  type = map(object({
    port              = optional(number)
    from_port         = optional(number)
    to_port           = optional(number)
    protocol          = optional(string, "tcp")
    cidr_ipv4         = optional(string)
    cidr_ipv6         = optional(string)
    security_group_id = optional(string)
    prefix_list_id    = optional(string)
    description       = optional(string, "Outgoing traffic of the task")
  }))
  default = {
    https   = { port = 443, cidr_ipv4 = "0.0.0.0/0" }
    dns     = { port = 53, protocol = "udp", cidr_ipv4 = "0.0.0.0/0" }
    dns-tcp = { port = 53, cidr_ipv4 = "0.0.0.0/0" }
  }
  nullable = false

  validation {
    condition     = alltrue([for rule in values(var.egress) : contains(["tcp", "udp", "icmp", "-1"], rule.protocol)])
    error_message = "egress has ${join(", ", [for name, rule in var.egress : "${name}.protocol \"${rule.protocol}\"" if !contains(["tcp", "udp", "icmp", "-1"], rule.protocol)])}; allowed are \"tcp\", \"udp\", \"icmp\", \"-1\"."
  }

  validation {
    condition = alltrue([
      for rule in values(var.egress) : contains(["tcp", "udp"], rule.protocol)
      ? (rule.port == null ? rule.from_port != null && rule.to_port != null : rule.from_port == null && rule.to_port == null)
      : rule.port == null && rule.from_port == null && rule.to_port == null
    ])
    error_message = "egress has ${join(", ", [for name, rule in var.egress : "${name} with protocol \"${rule.protocol}\" and ${join(", ", concat([for port, given in { port = rule.port, from_port = rule.from_port, to_port = rule.to_port } : port if given != null], rule.port == null && rule.from_port == null && rule.to_port == null ? ["no port"] : []))}"])}; \"tcp\" and \"udp\" take port, or from_port and to_port; \"icmp\" and \"-1\" take no ports, they cover all types and ports."
  }

  validation {
    condition     = alltrue([for rule in values(var.egress) : rule.port == null ? true : rule.port >= 1 && rule.port <= 65535 && floor(rule.port) == rule.port])
    error_message = "egress has ${join(", ", [for name, rule in var.egress : "${name}.port ${coalesce(rule.port, 0)}" if rule.port == null ? false : rule.port < 1 || rule.port > 65535 || floor(rule.port) != rule.port])}; a port is 1 to 65535."
  }

  validation {
    condition     = alltrue([for rule in values(var.egress) : rule.from_port == null || rule.to_port == null ? true : rule.from_port >= 0 && rule.from_port <= rule.to_port && rule.to_port <= 65535 && floor(rule.from_port) == rule.from_port && floor(rule.to_port) == rule.to_port])
    error_message = "egress has ${join(", ", [for name, rule in var.egress : "${name} with from_port ${jsonencode(rule.from_port)} and to_port ${jsonencode(rule.to_port)}" if rule.from_port != null && rule.to_port != null])}; a range has whole ports from 0 to 65535, and from_port is the lower one."
  }

  validation {
    condition     = alltrue([for rule in values(var.egress) : length([for destination in [rule.cidr_ipv4, rule.cidr_ipv6, rule.security_group_id, rule.prefix_list_id] : destination if destination != null]) == 1])
    error_message = "egress has ${join(", ", [for name, rule in var.egress : "${name} with ${join(", ", concat([for destination, given in { cidr_ipv4 = rule.cidr_ipv4, cidr_ipv6 = rule.cidr_ipv6, security_group_id = rule.security_group_id, prefix_list_id = rule.prefix_list_id } : destination if given != null], rule.cidr_ipv4 == null && rule.cidr_ipv6 == null && rule.security_group_id == null && rule.prefix_list_id == null ? ["no destination"] : []))}"])}; a rule has exactly one of cidr_ipv4, cidr_ipv6, security_group_id, prefix_list_id."
  }

  validation {
    condition     = alltrue([for rule in values(var.egress) : rule.cidr_ipv4 == null ? true : can(cidrnetmask(rule.cidr_ipv4)) && try(cidrsubnet(rule.cidr_ipv4, 0, 0), "") == rule.cidr_ipv4])
    error_message = "egress has ${join(", ", [for name, rule in var.egress : "${name}.cidr_ipv4 \"${rule.cidr_ipv4}\"" if rule.cidr_ipv4 == null ? false : !can(cidrnetmask(rule.cidr_ipv4)) || try(cidrsubnet(rule.cidr_ipv4, 0, 0), "") != rule.cidr_ipv4])}; it takes an IPv4 range with its first address, such as \"10.0.0.0/16\"."
  }

  validation {
    condition     = alltrue([for rule in values(var.egress) : rule.cidr_ipv6 == null ? true : strcontains(rule.cidr_ipv6, ":") && try(cidrsubnet(rule.cidr_ipv6, 0, 0), "") == rule.cidr_ipv6])
    error_message = "egress has ${join(", ", [for name, rule in var.egress : "${name}.cidr_ipv6 \"${rule.cidr_ipv6}\"" if rule.cidr_ipv6 == null ? false : !strcontains(rule.cidr_ipv6, ":") || try(cidrsubnet(rule.cidr_ipv6, 0, 0), "") != rule.cidr_ipv6])}; it takes an IPv6 range with its first address, such as \"2001:db8::/32\"."
  }

  validation {
    condition     = alltrue([for rule in values(var.egress) : rule.security_group_id == null ? true : can(regex("^([0-9]{12}/)?sg-[0-9a-z]+$", rule.security_group_id))])
    error_message = "egress has ${join(", ", [for name, rule in var.egress : "${name}.security_group_id \"${rule.security_group_id}\"" if rule.security_group_id == null ? false : !can(regex("^([0-9]{12}/)?sg-[0-9a-z]+$", rule.security_group_id))])}; it takes the ID of a security group, such as \"sg-0a1b2c3d4e5f60718\"."
  }

  validation {
    condition     = alltrue([for rule in values(var.egress) : rule.prefix_list_id == null ? true : can(regex("^pl-[0-9a-z]+$", rule.prefix_list_id))])
    error_message = "egress has ${join(", ", [for name, rule in var.egress : "${name}.prefix_list_id \"${rule.prefix_list_id}\"" if rule.prefix_list_id == null ? false : !can(regex("^pl-[0-9a-z]+$", rule.prefix_list_id))])}; it takes the ID of a prefix list, such as \"pl-0a1b2c3d4e5f60718\"."
  }

  validation {
    condition     = alltrue([for rule in values(var.egress) : can(regex("^[A-Za-z0-9 ._:/()#,@\\[\\]+=&;{}!$*-]{1,255}$", rule.description))])
    error_message = "egress has ${join(", ", [for name, rule in var.egress : "${name}.description \"${rule.description}\"" if !can(regex("^[A-Za-z0-9 ._:/()#,@\\[\\]+=&;{}!$*-]{1,255}$", rule.description))])}; EC2 takes 1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*."
  }
}

variable "efs_mount_path" {
  description = "Absolute path at which the container has the file system, without colons. It gets the path in the environment variable `EFS_MOUNT_PATH`."
  type        = string
  default     = "/mnt/efs"
  nullable    = false

  validation {
    condition     = can(regex("^/[^:]+$", var.efs_mount_path))
    error_message = "efs_mount_path is ${jsonencode(var.efs_mount_path)}; it takes an absolute path below the root, without colons."
  }
}

variable "efs_access_point" {
  description = "Access point of the tasks: a directory that they see as the root of the file system. All their file operations use the POSIX user `uid` and group `gid`, which own the directory, whatever user the container has: 1 to 4294967295 (EFS API reference: PosixUser), not 0, which is root. `path` is the directory: at most 100 characters in at most four levels (EFS API reference: RootDirectory). `permissions` are those of the directory when it is created, octal."
  type = object({
    uid         = optional(number, 1000)
    gid         = optional(number, 1000)
    path        = optional(string, "/tasks")
    permissions = optional(string, "0750")
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for id in [var.efs_access_point.uid, var.efs_access_point.gid] : id >= 1 && id <= 4294967295 && floor(id) == id])
    error_message = "efs_access_point has uid ${var.efs_access_point.uid} and gid ${var.efs_access_point.gid}; each takes whole numbers from 1 to 4294967295 (0 is root)."
  }

  # The path pattern of the API reference of RootDirectory.
  validation {
    condition     = length(var.efs_access_point.path) <= 100 && can(regex("^(/[^.$#<>;`|&?{}^*/\\n][^$#<>;`|&?{}^*/\\n]*){1,4}$", var.efs_access_point.path))
    error_message = "efs_access_point.path is ${jsonencode(var.efs_access_point.path)}; a path is absolute and below the root, with at most 100 characters in at most four levels, none of them starting with a dot or holding any of $#<>;`|&?{}^*."
  }

  validation {
    condition     = can(regex("^[0-7]{3,4}$", var.efs_access_point.permissions))
    error_message = "efs_access_point.permissions is \"${var.efs_access_point.permissions}\"; they have three or four octal digits, for instance \"0750\"."
  }
}

variable "efs_subnet_ids" {
  description = "IDs of the subnets that get a mount target, by zone or another key of your choice: one subnet in each zone in which tasks run. Null: those of `private_subnet_ids`, by index."
  type        = map(string)
  default     = null

  validation {
    condition     = var.efs_subnet_ids == null ? true : length(var.efs_subnet_ids) > 0
    error_message = "efs_subnet_ids is empty; without a mount target nothing can reach the file system."
  }
}

variable "enable_efs_backup" {
  description = "Whether AWS Backup makes a daily backup of the file system and keeps it for 35 days (EFS User Guide: automatic backups)."
  type        = bool
  default     = true
  nullable    = false
}

variable "efs_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the files. Null: the key that EFS manages. A change replaces the file system."
  type        = string
  default     = null

  validation {
    condition     = var.efs_kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.efs_kms_key_arn))
    error_message = "efs_kms_key_arn is ${jsonencode(var.efs_kms_key_arn)}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the logs and ECS Exec sessions. The key policy must allow CloudWatch Logs to use the key. Null: the key that CloudWatch Logs manages, and TLS for the sessions."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is ${jsonencode(var.kms_key_arn)}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name."
  }
}

variable "names" {
  description = "Names of existing resources that this block adopts, by address in this module, such as `module.cluster.aws_ecs_cluster.this`: each replaces the name that the block would give, so that Terraform does not replace the resource. A description that AWS cannot change has the address of its resource and `.description`."
  type        = map(string)
  default     = {}
  nullable    = false
}
