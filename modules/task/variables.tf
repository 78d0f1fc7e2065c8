variable "name" {
  description = "Name of the task definition's family, of the container and of the log group (`/ecs/<name>`), and prefix of the other names: 1 to 54 letters, digits, hyphens and underscores (an IAM role name has at most 64 characters, and `-execution` is added)."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,54}$", var.name))
    error_message = "name is \"${var.name}\"; a task name here has 1 to 54 letters, digits, hyphens and underscores (an IAM role name has at most 64, and \"-execution\" is added)."
  }
}

variable "cluster_arn" {
  description = "ARN of the ECS cluster that the task is launched on."
  type        = string
}

variable "vpc_id" {
  description = "ID of the VPC of the task's security group."
  type        = string
}

variable "subnet_ids" {
  description = "IDs of the subnets that the task may start in: 1 to 16 (Amazon ECS API Reference, AwsVpcConfiguration). With `network_mode` bridge or host the task uses the network of its container instance, and the list may be empty."
  type        = list(string)

  validation {
    condition     = length(distinct(var.subnet_ids)) == length(var.subnet_ids)
    error_message = "subnet_ids names ${join(", ", [for id in distinct(var.subnet_ids) : "\"${id}\"" if length([for other in var.subnet_ids : other if other == id]) > 1])} twice; each ID is named once."
  }
}

variable "assign_public_ip" {
  description = "Whether the task gets a public IP address; in a public subnet it needs one to reach the internet."
  type        = bool
  default     = false
  nullable    = false
}

variable "network_mode" {
  description = "Network mode of the task. `awsvpc`: a network interface with its own IP address and security group. `bridge`: Docker's network on a container instance, where each copy gets a free host port. `host`: the network of the container instance. The last two need `capacity` EC2 or a capacity provider, and the task's security group on the container instances."
  type        = string
  default     = "awsvpc"
  nullable    = false

  validation {
    condition     = contains(["awsvpc", "bridge", "host"], var.network_mode)
    error_message = "network_mode is \"${var.network_mode}\"; allowed are \"awsvpc\", \"bridge\", \"host\"."
  }
}

variable "capacity" {
  description = "What the task runs on. `FARGATE`: Fargate on demand. `FARGATE_SPOT`: Fargate Spot, which costs up to 70 % less and may be interrupted with two minutes' notice; on demand when there is no Spot capacity or its quota is used up. `EC2`: container instances that the cluster has; nothing adds instances. The name of a capacity provider of the cluster: its container instances, those of an EC2 Auto Scaling group or managed instances; with managed scaling the task waits for an instance, also when there is none yet. `CLUSTER_DEFAULT`: what the default capacity provider strategy of the cluster says; the task then fits both Fargate and container instances."
  type        = string
  default     = "FARGATE"
  nullable    = false

  validation {
    condition     = contains(["FARGATE", "FARGATE_SPOT", "EC2", "CLUSTER_DEFAULT"], var.capacity) || can(regex("^[A-Za-z0-9_-]{1,255}$", var.capacity)) && !can(regex("(?i)^(aws|ecs|fargate)", var.capacity))
    error_message = "capacity is \"${var.capacity}\"; allowed are \"FARGATE\", \"FARGATE_SPOT\", \"EC2\", \"CLUSTER_DEFAULT\", and the name of a capacity provider: 1 to 255 letters, digits, hyphens and underscores that do not begin with \"aws\", \"ecs\" or \"fargate\"."
  }
}

variable "image" {
  description = "Image of the container, with a tag or digest."
  type        = string

  validation {
    condition     = can(regex("^((([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])([.]([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]))*|\\[[0-9a-fA-F:]+\\])(:[0-9]+)?/)?[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[A-Za-z][A-Za-z0-9]*([+._-][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$", var.image))
    error_message = "image is \"${var.image}\"; it takes [registry/]repository[:tag][@digest], with lower-case letters, digits and . _ - in the repository, such as \"ghcr.io/acme/auth-api:1.4.2\"."
  }

  validation {
    condition     = length(split("@", var.image)[0]) <= 255
    error_message = "image has ${length(split("@", var.image)[0])} characters before a digest; ECS takes at most 255."
  }
}

variable "track_latest_revision" {
  description = "Whether Terraform compares the newest revision of the family with the configuration, also one that was registered elsewhere, for instance by a deployment of CI. If false, it compares the revision that it registered itself, so a plan does not show that its next revision replaces a newer one of others. Either way a new revision has the settings and the image of the configuration: let both take the image from one place, such as an SSM parameter."
  type        = bool
  default     = false
  nullable    = false
}

variable "cpu" {
  description = "CPU units of the task, where 1024 are one vCPU. Fargate accepts 256, 512, 1024, 2048, 4096, 8192, 16384 and 32768 (Amazon ECS Developer Guide, \"Task CPU and memory\"); EC2 accepts 128 to 196608."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.cpu >= 128 && var.cpu <= 196608 && floor(var.cpu) == var.cpu
    error_message = "cpu is ${var.cpu}; ECS takes whole numbers from 128 to 196608."
  }
}

variable "memory" {
  description = "Memory of the task in MiB. Fargate accepts the values that belong to the given `cpu` (Amazon ECS Developer Guide, \"Task CPU and memory\"); EC2 accepts 6 or more."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = var.memory >= 6 && floor(var.memory) == var.memory
    error_message = "memory is ${var.memory}; Docker takes whole numbers from 6, in MiB."
  }
}

variable "port" {
  description = "TCP port that the container listens on, 1 to 65535. The container also gets it in the environment variable `PORT`. Null: none."
  type        = number
  default     = null

  validation {
    condition     = var.port == null ? true : var.port >= 1 && var.port <= 65535 && floor(var.port) == var.port
    error_message = "port is ${jsonencode(var.port)}; TCP takes whole numbers from 1 to 65535."
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

variable "environment" {
  description = "Environment variables in plain text. A name that ends like that of a secret, such as `DB_PASSWORD` or `GITHUB_TOKEN`, is refused: use `secrets`, or `plain_environment_names` if it is none. Names that only contain such a word, such as `MAX_TOKENS` or `SECRET_NAME`, are accepted."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "plain_environment_names" {
  description = "Names in `environment` that look like that of a secret and are none, for instance `MYSQL_ALLOW_EMPTY_PASSWORD`."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "secrets" {
  description = "Environment variables whose values ECS reads at launch: the ARN of a Secrets Manager secret (`:json-key::` may follow) or of an SSM parameter, or the name of an SSM parameter of the same account and region that begins with /, by the variable's name. The execution role is allowed to read only these."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for arn in values(var.secrets) : can(regex("^(arn:[^:]+:(secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+(:[^:]*:[^:]*:[^:]*)?|ssm:[^:]+:[0-9]{12}:parameter/[^:]+)|/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){0,14})$", arn))])
    error_message = "secrets has ${join(", ", [for name, arn in var.secrets : "${name} = \"${arn}\"" if !can(regex("^(arn:[^:]+:(secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+(:[^:]*:[^:]*:[^:]*)?|ssm:[^:]+:[0-9]{12}:parameter/[^:]+)|/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){0,14})$", arn))])}; it takes ARNs of Secrets Manager secrets (optionally with :json-key:version-stage:version-id) or of SSM parameters, or names of SSM parameters of the same account and region that begin with / (another word could be the secret itself)."
  }
}

variable "secrets_kms_key_arns" {
  description = "ARNs of the customer managed KMS keys that encrypt `secrets` and `repository_credentials_arn`. The execution role is allowed to decrypt with them, only through Secrets Manager and SSM. Needed for every secret that is not encrypted by `aws/secretsmanager` or `aws/ssm`, the keys that AWS manages; without it the task does not start (`Access to KMS is not allowed`). The key policy must allow the account to use IAM policies."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.secrets_kms_key_arns : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])
    error_message = "secrets_kms_key_arns has ${join(", ", [for arn in var.secrets_kms_key_arns : "\"${arn}\"" if !can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])}; it takes ARNs of KMS keys, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases."
  }
}

variable "policies" {
  description = "Inline policies of the task role, by name: 1 to 128 characters. Each is the JSON text of a policy document."
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

variable "container_health_check" {
  description = "A health check that ECS runs in the container. `command` starts with `CMD`, for a program and its arguments, or `CMD-SHELL`, for one text that a shell runs. `interval_seconds` is 5 to 300, `timeout_seconds` 2 to 60, `retries` 1 to 10, `start_period_seconds` 0 to 300, in which failures do not count (Amazon ECS API Reference, HealthCheck). ECS shows the health and starts containers that depend on it; it does not stop a task that no ECS service started. Null: none."
  type = object({
    command              = list(string)
    interval_seconds     = optional(number, 30)
    timeout_seconds      = optional(number, 5)
    retries              = optional(number, 3)
    start_period_seconds = optional(number)
  })
  default = null

  validation {
    condition     = var.container_health_check == null ? true : try(var.container_health_check.command[0] == "CMD" ? length(var.container_health_check.command) >= 2 : var.container_health_check.command[0] == "CMD-SHELL" && length(var.container_health_check.command) == 2, false)
    error_message = "container_health_check.command is ${jsonencode(try(var.container_health_check.command, []))}; it takes \"CMD\" with a program and its arguments, or \"CMD-SHELL\" with one text."
  }

  validation {
    condition = var.container_health_check == null ? true : alltrue([
      for range in [
        [var.container_health_check.interval_seconds, 5, 300],
        [var.container_health_check.timeout_seconds, 2, 60],
        [var.container_health_check.retries, 1, 10],
        [coalesce(var.container_health_check.start_period_seconds, 0), 0, 300],
      ] : range[0] >= range[1] && range[0] <= range[2] && floor(range[0]) == range[0]
    ])
    error_message = "container_health_check is ${jsonencode(var.container_health_check)}; it takes whole numbers: interval_seconds 5 to 300, timeout_seconds 2 to 60, retries 1 to 10, start_period_seconds 0 to 300."
  }
}

variable "stop_timeout_seconds" {
  description = "How long the container has to end after ECS asked it to stop, in whole seconds: 2 to 120 on Fargate, 2 or more on EC2 (Amazon ECS API Reference, ContainerDefinition). Then it is killed. Fargate Spot interrupts a task with two minutes' notice, of which it uses this much. Null: 30 seconds."
  type        = number
  default     = null

  validation {
    condition     = var.stop_timeout_seconds == null ? true : var.stop_timeout_seconds >= 2 && floor(var.stop_timeout_seconds) == var.stop_timeout_seconds
    error_message = "stop_timeout_seconds is ${jsonencode(var.stop_timeout_seconds)}; it takes a whole number of seconds, 2 or more."
  }
}

variable "ulimits" {
  description = "Limits of the container's processes, by the name of the limit, for instance `nofile` (Amazon ECS API Reference, Ulimit): `soft` and `hard`, each a whole number, or -1 for no limit."
  type = map(object({
    soft = number
    hard = number
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.ulimits) : contains(["core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime", "sigpending", "stack"], name)])
    error_message = "ulimits names ${join(", ", [for name in keys(var.ulimits) : "\"${name}\""])}; allowed are \"core\", \"cpu\", \"data\", \"fsize\", \"locks\", \"memlock\", \"msgqueue\", \"nice\", \"nofile\", \"nproc\", \"rss\", \"rtprio\", \"rttime\", \"sigpending\", \"stack\"."
  }

  validation {
    condition     = alltrue([for limit in values(var.ulimits) : limit.soft >= -1 && limit.hard >= -1 && floor(limit.soft) == limit.soft && floor(limit.hard) == limit.hard && (limit.hard == -1 || limit.soft != -1 && limit.soft <= limit.hard)])
    error_message = "ulimits is ${jsonencode(var.ulimits)}; soft and hard are whole numbers or -1 for no limit, and soft is not above hard."
  }
}

variable "init_process" {
  description = "Whether an init process runs in the container, which reaps child processes and forwards the stop signal. An image that needs process 1 for itself, such as one with s6, takes false."
  type        = bool
  default     = true
  nullable    = false
}

variable "linux_capabilities_drop" {
  description = "Linux capabilities that the container does not get, for instance `ALL` or `NET_RAW` (Amazon ECS API Reference, KernelCapabilities)."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "linux_capabilities_add" {
  description = "Linux capabilities that the container gets beside those of Docker. On Fargate only `SYS_PTRACE` (Amazon ECS API Reference, KernelCapabilities)."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "run_as_image_user" {
  description = "Whether the container runs as the user that its image sets, which is root unless the image sets another. Then `user` is not given."
  type        = bool
  default     = false
  nullable    = false
}

variable "grants" {
  description = "Access of the task role to resources of others, by a key of your choice: 1 to 122 letters, digits and _ + = , . @ -. `access` is `read-objects` (and list them) or `put-objects` of a bucket, `consume-messages` or `send-messages` of a queue, `read-secret`, `read-parameter`, `read-table` (with its indexes) or `write-table` (DynamoDB). `arn` is that of the bucket, queue, secret, parameter or table; `objects` limits access to keys such as `incoming/*`. `kms_key_arn` is the key that encrypts the resource; its use is allowed too. Each grant is an inline policy named `grant-<key>`."
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

variable "user" {
  description = "User that the container runs as, by name or number; `:group` may follow. It must not be root: a process that escapes from the container keeps its user."
  type        = string
  default     = "1000:1000"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$", var.user)) && !can(regex("^(root|0+)(:|$)", var.user))
    error_message = "user is ${jsonencode(var.user)}; it takes a user other than root, by name or number, optionally with :group, for instance \"1000:1000\"."
  }
}

variable "readonly_root_filesystem" {
  description = "Whether the root file system of the container is read-only. `scratch_path` stays writable."
  type        = bool
  default     = true
  nullable    = false
}

variable "enable_execute_command" {
  description = "Whether ECS Exec can open a shell in the container (`aws ecs execute-command`). The task role gets the permissions for it. Its agent writes to the root file system, so it needs `readonly_root_filesystem` false (Amazon ECS Developer Guide, \"Monitor Amazon ECS containers with ECS Exec\"). Tasks that are running already do not get it."
  type        = bool
  default     = false
  nullable    = false
}

variable "execute_command_log_group_name" {
  description = "Name of the log group in which the cluster records ECS Exec sessions, with `enable_execute_command`: the output `exec_log_group_name` of the module `cluster`. The task role is allowed to write to it. Null: the cluster records none."
  type        = string
  default     = null
}

variable "execute_command_kms_key_arn" {
  description = "ARN of the KMS key with which the cluster encrypts ECS Exec sessions, with `enable_execute_command`. The task role is allowed to decrypt with it. Null: the cluster has no such key."
  type        = string
  default     = null
}

variable "scratch_path" {
  description = "Path of an empty volume that the container may write to; the volume is deleted with the task. It belongs to root unless the image declares the path as `VOLUME`; then it has the owner and mode of the image's directory."
  type        = string
  default     = "/tmp"
  nullable    = false

  validation {
    condition     = can(regex("^/[^:]+$", var.scratch_path))
    error_message = "scratch_path is ${jsonencode(var.scratch_path)}; it takes an absolute path below the root, without colons."
  }
}

variable "create_scratch_volume" {
  description = "Whether the container has the volume at `scratch_path`. If false, the path is what the image has there, for instance a `/tmp` that its user can write to; then `readonly_root_filesystem` true leaves no path writable but those of mounts."
  type        = bool
  default     = true
  nullable    = false
}

variable "mounts" {
  description = "EFS file systems that the container mounts, by the name of the volume: 1 to 100 letters, digits, hyphens and underscores. Each is mounted over TLS and through one access point, and the task role is allowed to use only that access point. `security_group_id` is that of the file system; the task is allowed to reach it."
  type = map(object({
    file_system_id    = string
    file_system_arn   = string
    access_point_id   = string
    access_point_arn  = string
    security_group_id = string
    container_path    = string
    read_only         = optional(bool, false)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.mounts) : can(regex("^[A-Za-z0-9_-]{1,100}$", name)) && name != "scratch"])
    error_message = "mounts names ${join(", ", [for name in keys(var.mounts) : "\"${name}\"" if !can(regex("^[A-Za-z0-9_-]{1,100}$", name)) || name == "scratch"])}; a mount's name has 1 to 100 letters, digits, hyphens and underscores, and \"scratch\" is reserved."
  }

  validation {
    condition     = alltrue([for mount in values(var.mounts) : can(regex("^/[^:]+$", mount.container_path))])
    error_message = "mounts has ${join(", ", [for name, mount in var.mounts : "${name}.container_path \"${mount.container_path}\"" if !can(regex("^/[^:]+$", mount.container_path))])}; it takes an absolute path below the root, without colons."
  }
}

variable "ebs_volume" {
  description = "A new EBS volume for each task: ECS creates it at launch, mounts it at `container_path`, lets the container's user write to it, and deletes it when the task has stopped. `volume_type` is `gp2`, `gp3`, `io1`, `io2`, `sc1`, `st1`, or `standard`, which only EC2 has. `size_gib` is 1 to 16384, from 4 with `io1` and `io2`, from 125 with `sc1` and `st1`, and up to 1024 with `standard`; without it the volume has the size of `snapshot_id`, the snapshot that it is created from. `iops` is 3000 to 16000 with `gp3`, 100 to 64000 with `io1`, 100 to 256000 with `io2`; `throughput_mibps` is 125 to 1000 with `gp3` (Amazon ECS API Reference, TaskManagedEBSVolumeConfiguration). `kms_key_arn` is a key of yours, whose policy must allow the infrastructure role to use it; without one AWS's key encrypts the volume. `file_system_type` is `ext3`, `ext4` or `xfs`: that of the snapshot where there is one. Only a launcher starts such a task; the target `task` of a schedule does not. Null: none."
  type = object({
    container_path   = string
    size_gib         = optional(number)
    volume_type      = optional(string, "gp3")
    iops             = optional(number)
    throughput_mibps = optional(number)
    encrypted        = optional(bool, true)
    kms_key_arn      = optional(string)
    snapshot_id      = optional(string)
    file_system_type = optional(string, "xfs")
  })
  default = null

  validation {
    condition     = var.ebs_volume == null ? true : can(regex("^/[^:]+$", var.ebs_volume.container_path))
    error_message = "ebs_volume.container_path is ${jsonencode(try(var.ebs_volume.container_path, null))}; it takes an absolute path below the root, without colons."
  }

  validation {
    condition     = var.ebs_volume == null ? true : contains(["gp2", "gp3", "io1", "io2", "sc1", "st1", "standard"], var.ebs_volume.volume_type)
    error_message = "ebs_volume.volume_type is ${jsonencode(try(var.ebs_volume.volume_type, null))}; allowed are \"gp2\", \"gp3\", \"io1\", \"io2\", \"sc1\", \"st1\", \"standard\"."
  }

  validation {
    condition     = var.ebs_volume == null ? true : var.ebs_volume.size_gib != null || var.ebs_volume.snapshot_id != null
    error_message = "ebs_volume has neither size_gib nor snapshot_id; give the size of a new volume, or the snapshot that it is created from."
  }

  validation {
    condition     = var.ebs_volume == null ? true : var.ebs_volume.size_gib == null ? true : var.ebs_volume.size_gib >= lookup({ io1 = 4, io2 = 4, sc1 = 125, st1 = 125 }, var.ebs_volume.volume_type, 1) && var.ebs_volume.size_gib <= (var.ebs_volume.volume_type == "standard" ? 1024 : 16384) && floor(var.ebs_volume.size_gib) == var.ebs_volume.size_gib
    error_message = "ebs_volume.size_gib is ${jsonencode(try(var.ebs_volume.size_gib, null))} with volume_type \"${try(var.ebs_volume.volume_type, "")}\"; ECS takes whole numbers: 1 to 16384 with gp2 and gp3, 4 to 16384 with io1 and io2, 125 to 16384 with sc1 and st1, 1 to 1024 with standard."
  }

  validation {
    condition     = var.ebs_volume == null ? true : var.ebs_volume.iops != null || !contains(["io1", "io2"], var.ebs_volume.volume_type)
    error_message = "ebs_volume has volume_type \"${try(var.ebs_volume.volume_type, "")}\" and no iops; io1 and io2 need it."
  }

  validation {
    condition     = var.ebs_volume == null ? true : var.ebs_volume.iops == null ? true : var.ebs_volume.iops >= (var.ebs_volume.volume_type == "gp3" ? 3000 : 100) && var.ebs_volume.iops <= lookup({ gp3 = 16000, io1 = 64000, io2 = 256000 }, var.ebs_volume.volume_type, 0) && floor(var.ebs_volume.iops) == var.ebs_volume.iops
    error_message = "ebs_volume.iops is ${jsonencode(try(var.ebs_volume.iops, null))} with volume_type \"${try(var.ebs_volume.volume_type, "")}\"; ECS takes whole numbers: 3000 to 16000 with gp3, 100 to 64000 with io1, 100 to 256000 with io2; other types have no iops."
  }

  validation {
    condition     = var.ebs_volume == null ? true : var.ebs_volume.throughput_mibps == null ? true : var.ebs_volume.volume_type == "gp3" && var.ebs_volume.throughput_mibps >= 125 && var.ebs_volume.throughput_mibps <= 1000 && floor(var.ebs_volume.throughput_mibps) == var.ebs_volume.throughput_mibps
    error_message = "ebs_volume.throughput_mibps is ${jsonencode(try(var.ebs_volume.throughput_mibps, null))} with volume_type \"${try(var.ebs_volume.volume_type, "")}\"; ECS takes whole numbers from 125 to 1000 with gp3; other types have no throughput_mibps."
  }

  validation {
    condition     = var.ebs_volume == null ? true : var.ebs_volume.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.ebs_volume.kms_key_arn))
    error_message = "ebs_volume.kms_key_arn is ${jsonencode(try(var.ebs_volume.kms_key_arn, null))}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name."
  }

  validation {
    condition     = var.ebs_volume == null ? true : var.ebs_volume.encrypted || var.ebs_volume.kms_key_arn == null
    error_message = "ebs_volume.kms_key_arn is given with encrypted false; the key is for an encrypted volume. Remove one of them."
  }

  validation {
    condition     = var.ebs_volume == null ? true : var.ebs_volume.snapshot_id == null ? true : can(regex("^snap-[0-9a-z]+$", var.ebs_volume.snapshot_id))
    error_message = "ebs_volume.snapshot_id is ${jsonencode(try(var.ebs_volume.snapshot_id, null))}; it takes the ID of a snapshot, such as \"snap-0a1b2c3d4e5f60718\"."
  }

  validation {
    condition     = var.ebs_volume == null ? true : contains(["ext3", "ext4", "xfs"], var.ebs_volume.file_system_type)
    error_message = "ebs_volume.file_system_type is ${jsonencode(try(var.ebs_volume.file_system_type, null))}; allowed are \"ext3\", \"ext4\", \"xfs\"."
  }
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

variable "repository_arn" {
  description = "ARN of the ECR repository of the image. Null: the repository that the image names; an image from another registry needs none."
  type        = string
  default     = null
}

variable "pull_through_cache" {
  description = "Whether images of the task come from pull-through cache rules of ECR. The execution role is then also allowed to import them, and to create their repositories at the first pull (Amazon ECR User Guide, \"IAM permissions required to sync an upstream registry with an Amazon ECR private registry\"): only the repositories that `image`, `repository_arn` and `sidecars` name."
  type        = bool
  default     = false
  nullable    = false
}

variable "repository_credentials_arn" {
  description = "ARN of the Secrets Manager secret with user name and password of a private registry other than ECR, such as `ghcr.io` (Amazon ECS Developer Guide, \"Using non-AWS container images in Amazon ECS\"). The execution role is allowed to read it. Null: the image needs no credentials."
  type        = string
  default     = null

  validation {
    condition     = var.repository_credentials_arn == null ? true : can(regex("^arn:[^:]+:secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+$", var.repository_credentials_arn))
    error_message = "repository_credentials_arn is ${jsonencode(var.repository_credentials_arn)}; it takes the ARN of a Secrets Manager secret, such as \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:ghcr-AbCdEf\"."
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
    https = {
      port      = 443
      cidr_ipv4 = "0.0.0.0/0"
    }
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

variable "security_group_ids" {
  description = "IDs of security groups that the task has beside its own: at most 4, because a task has at most 5 (Amazon ECS API Reference, AwsVpcConfiguration). Only with `network_mode` awsvpc."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.security_group_ids) <= 4
    error_message = "security_group_ids has ${length(var.security_group_ids)} security groups; a task has at most 5, its own included."
  }

  validation {
    condition     = alltrue([for id in var.security_group_ids : can(regex("^sg-[0-9a-z]+$", id))])
    error_message = "security_group_ids has ${join(", ", [for id in var.security_group_ids : "\"${id}\"" if !can(regex("^sg-[0-9a-z]+$", id))])}; it takes IDs of security groups, such as \"sg-0a1b2c3d4e5f60718\"."
  }
}

variable "allow_overrides" {
  description = "Names of the settings that an event may override: any of `taskDefinition`, `subnets`, `securityGroups`, `port`, `command`, `environment`, `cpu`, `memory`. Not `port` of a service behind a load balancer, which reaches its own port only."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "on_failure" {
  description = "What happens when the task fails: an essential container exits with a code other than 0, runs out of memory or fails its health check. `action` is one of three. `alarm`: only the metric `TasksFailed`, which has an alarm. `retry`: the task is launched again with its event until `max_attempts` launches, 1 to 10, were made; then the event goes to the dead-letter queue (DLQ). The delay before the second launch is `backoff_seconds`, 0 to 900 (SQS delays a message by at most 15 minutes); it doubles with each attempt, up to 900. `dead_letter`: its event goes to the DLQ."
  type = object({
    action          = optional(string, "alarm")
    max_attempts    = optional(number, 3)
    backoff_seconds = optional(number, 60)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["alarm", "retry", "dead_letter"], var.on_failure.action)
    error_message = "on_failure.action is \"${var.on_failure.action}\"; allowed are \"alarm\", \"retry\", \"dead_letter\"."
  }

  validation {
    condition     = var.on_failure.max_attempts >= 1 && var.on_failure.max_attempts <= 10 && floor(var.on_failure.max_attempts) == var.on_failure.max_attempts
    error_message = "on_failure.max_attempts is ${var.on_failure.max_attempts}; it takes a whole number from 1 to 10, the first launch included."
  }

  validation {
    condition     = var.on_failure.backoff_seconds >= 0 && var.on_failure.backoff_seconds <= 900 && floor(var.on_failure.backoff_seconds) == var.on_failure.backoff_seconds
    error_message = "on_failure.backoff_seconds is ${var.on_failure.backoff_seconds}; it takes a whole number of seconds from 0 to 900 (SQS delays a message by at most 15 minutes)."
  }
}

variable "interruption_retries" {
  description = "How many times a running task that is interrupted, by Spot, its host or the infrastructure, is launched again: 0 to 10. Then its event goes to the dead-letter queue (DLQ)."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = var.interruption_retries >= 0 && var.interruption_retries <= 10 && floor(var.interruption_retries) == var.interruption_retries
    error_message = "interruption_retries is ${var.interruption_retries}; it takes a whole number from 0 to 10; with 0 an interrupted task is not launched again."
  }
}

variable "sidecars" {
  description = "Containers beside the one of the task, by name: 1 to 255 letters, digits, hyphens and underscores, for instance a proxy or a log router. `essential` ends the task when the container ends; the task has failed if such a container exits with a code other than 0, but for the codes 130, 131, 137 and 143 of a sidecar that ECS stops after the main container. `depends_on` maps the name of another container (a sidecar, or `name` for the main one) to the condition `START`, `COMPLETE`, `SUCCESS` or `HEALTHY` (Amazon ECS API Reference, ContainerDependency). `firelens` makes one of them the log router of FireLens. Each runs as `user`, by default 1000:1000, with a read-only root file system; `run_as_image_user` and `readonly_root_filesystem` change that. Their logs go to the log group of the task."
  type = map(object({
    image                    = string
    repository_arn           = optional(string)
    essential                = optional(bool, false)
    command                  = optional(list(string))
    entry_point              = optional(list(string))
    environment              = optional(map(string), {})
    secrets                  = optional(map(string), {})
    port                     = optional(number)
    cpu                      = optional(number)
    memory                   = optional(number)
    user                     = optional(string, "1000:1000")
    run_as_image_user        = optional(bool, false)
    readonly_root_filesystem = optional(bool, true)
    depends_on               = optional(map(string), {})
    health_check = optional(object({
      command              = list(string)
      interval_seconds     = optional(number, 30)
      timeout_seconds      = optional(number, 5)
      retries              = optional(number, 3)
      start_period_seconds = optional(number)
    }))
    firelens = optional(object({
      type    = string
      options = optional(map(string), {})
    }))
  }))
  default  = {}
  nullable = false
}

variable "container_depends_on" {
  description = "What the container waits for before it starts: the name of a sidecar, and the condition `START`, `COMPLETE`, `SUCCESS` or `HEALTHY` (Amazon ECS API Reference, ContainerDependency)."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "log_driver" {
  description = "Log driver of the container: `awslogs`, which writes to the log group, or `awsfirelens`, which sends the log to the sidecar with `firelens`."
  type        = string
  default     = "awslogs"
  nullable    = false

  validation {
    condition     = contains(["awslogs", "awsfirelens"], var.log_driver)
    error_message = "log_driver is \"${var.log_driver}\"; allowed are \"awslogs\", \"awsfirelens\"."
  }
}

variable "log_options" {
  description = "Options of the log driver. `awslogs` takes `mode`, `max-buffer-size`, `awslogs-datetime-format` and `awslogs-multiline-pattern`: with the mode `blocking` the container waits when its log cannot be delivered, with `non-blocking` messages are lost when the buffer is full. Without `mode` the account's setting `defaultLogDriverMode` applies. `awsfirelens` takes the options of the plugin that the log router uses, such as `Name`."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "log_secrets" {
  description = "Options of the log driver whose values ECS reads at launch: the ARN of a Secrets Manager secret or of an SSM parameter, by the name of the option, for instance an API key of `awsfirelens`. The execution role is allowed to read them."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "log_retention_days" {
  description = "How long the task's log is kept, in days, or 0 without limit: a value that CloudWatch Logs accepts (Amazon CloudWatch Logs API Reference, PutRetentionPolicy)."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}; CloudWatch Logs takes 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, where 0 means that events never expire."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the log. The key policy must allow CloudWatch Logs to use the key. Null: the key that CloudWatch Logs manages."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is ${jsonencode(var.kms_key_arn)}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name."
  }
}

variable "existing_execution_role" {
  description = "An existing role as execution role: the role with which ECS pulls the image, reads the secrets and writes the log. Then none is created, and nothing is attached to it: it needs the policy in the output `execution_policy_json`, and must trust `ecs-tasks.amazonaws.com`. Null: a role is created."
  type = object({
    arn = string
  })
  default = null

  validation {
    condition     = var.existing_execution_role == null ? true : can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", var.existing_execution_role.arn))
    error_message = "existing_execution_role.arn is ${jsonencode(try(var.existing_execution_role.arn, null))}; it takes the ARN of an IAM role, such as \"arn:aws:iam::123456789012:role/engines-execution\"."
  }
}

variable "existing_task_role" {
  description = "An existing role as task role: the role that the container has. Then none is created, and nothing is attached to it: it needs the policy in the output `task_policy_json`, and must trust `ecs-tasks.amazonaws.com`. `policies`, `grants`, mounts and ECS Exec are in that policy. Null: a role is created."
  type = object({
    arn = string
  })
  default = null

  validation {
    condition     = var.existing_task_role == null ? true : can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", var.existing_task_role.arn))
    error_message = "existing_task_role.arn is ${jsonencode(try(var.existing_task_role.arn, null))}; it takes the ARN of an IAM role, such as \"arn:aws:iam::123456789012:role/engines-task\"."
  }
}

variable "existing_infrastructure_role" {
  description = "An existing role as infrastructure role: the role with which ECS manages the volume of `ebs_volume`. Then none is created, and nothing is attached to it: it needs the AWS managed policy `AmazonECSInfrastructureRolePolicyForVolumes`, and must trust `ecs.amazonaws.com`. Null: a role is created with `ebs_volume`."
  type = object({
    arn = string
  })
  default = null

  validation {
    condition     = var.existing_infrastructure_role == null ? true : can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", var.existing_infrastructure_role.arn))
    error_message = "existing_infrastructure_role.arn is ${jsonencode(try(var.existing_infrastructure_role.arn, null))}; it takes the ARN of an IAM role, such as \"arn:aws:iam::123456789012:role/engines-volumes\"."
  }
}

variable "existing_log_group" {
  description = "An existing log group for the task's log, in the region of the task. Then none is created; its retention and its key are its own. Several tasks can share one: a stream is named `task/<container>/<task ID>`. Null: a log group is created."
  type = object({
    name = string
  })
  default = null

  validation {
    condition     = var.existing_log_group == null ? true : can(regex("^[A-Za-z0-9._/#-]{1,512}$", var.existing_log_group.name))
    error_message = "existing_log_group.name is ${jsonencode(try(var.existing_log_group.name, null))}; a log group's name has 1 to 512 letters, digits and . _ / # -."
  }
}

variable "roles" {
  description = "What your organisation requires of every IAM role of this block. `permissions_boundary_arn`: ARN of the policy that is the permissions boundary. `path`: path of the role, which is part of its ARN: `/`, or up to 512 printable ASCII characters without spaces that begin and end with `/`. `name_prefix` and `name_suffix`: begin and end the role's name, which has at most 64 characters with both (IAM API Reference, CreateRole). Give a suffix such as `-eu-west-1` for a second region of one account, because IAM has no regions. A new path, prefix or suffix replaces the roles."
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
  description = "Names of existing resources that this block adopts, by address in this module, such as `aws_iam_role.execution[\"this\"]`: each replaces the name that the block would give, so that Terraform does not replace the resource. A description that AWS cannot change has the address of its resource and `.description`."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource of this block. Tasks get them from the task definition."
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
