variable "name" {
  description = "Name of the file system: 1 to 64 letters, digits, hyphens and underscores."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "name is \"${var.name}\"; a file system's name here has 1 to 64 letters, digits, hyphens and underscores."
  }
}

variable "vpc_id" {
  description = "ID of the VPC of the security group and of the subnets."
  type        = string
}

variable "subnet_ids" {
  description = "IDs of the subnets that get a mount target, by zone or another key of your choice: one subnet in each zone in which tasks run."
  type        = map(string)

  validation {
    condition     = length(var.subnet_ids) > 0
    error_message = "subnet_ids is empty; without a mount target nothing can reach the file system."
  }
}

variable "access_points" {
  description = "Access points by name: at least one. An access point is a directory that its clients see as the root of the file system. All their file operations use the POSIX user `uid` and group `gid`, which own the directory: 1 to 4294967295 (EFS API reference: PosixUser), not 0, which is root. `path` is the directory, `/<name>` by default: at most 100 characters in at most four levels (EFS API reference: RootDirectory). `permissions` are those of the directory when it is created, octal."
  type = map(object({
    uid         = optional(number, 1000)
    gid         = optional(number, 1000)
    path        = optional(string)
    permissions = optional(string, "0750")
  }))

  validation {
    condition     = length(var.access_points) > 0
    error_message = "access_points is empty; clients can mount the file system through an access point only."
  }

  validation {
    condition     = alltrue([for name in keys(var.access_points) : can(regex("^[A-Za-z0-9_-]{1,64}$", name))])
    error_message = "access_points names ${join(", ", [for name in keys(var.access_points) : "\"${name}\"" if !can(regex("^[A-Za-z0-9_-]{1,64}$", name))])}; an access point's name here has 1 to 64 letters, digits, hyphens and underscores."
  }

  validation {
    condition     = alltrue(flatten([for point in values(var.access_points) : [for id in [point.uid, point.gid] : id >= 1 && id <= 4294967295 && floor(id) == id]]))
    error_message = "access_points has ${join(", ", [for name, point in var.access_points : "${name}: uid ${point.uid}, gid ${point.gid}"])}; each takes whole numbers from 1 to 4294967295 (0 is root)."
  }

  # The path pattern of the API reference of RootDirectory.
  validation {
    condition     = alltrue([for point in values(var.access_points) : point.path == null ? true : length(point.path) <= 100 && can(regex("^(/[^.$#<>;`|&?{}^*/\\n][^$#<>;`|&?{}^*/\\n]*){1,4}$", point.path))])
    error_message = "access_points has ${join(", ", [for name, point in var.access_points : "${name}: path ${jsonencode(point.path)}" if point.path != null])}; a path is absolute and below the root, with at most 100 characters in at most four levels, none of them starting with a dot or holding any of $#<>;`|&?{}^*."
  }

  validation {
    condition     = alltrue([for point in values(var.access_points) : can(regex("^[0-7]{3,4}$", point.permissions))])
    error_message = "access_points has ${join(", ", [for name, point in var.access_points : "${name}: permissions \"${point.permissions}\""])}; they have three or four octal digits, for instance \"0750\"."
  }
}

variable "clients" {
  description = "Tasks that have permission to mount the file system, by a key of your choice: the ARN of the task role, the ID of the task's security group, and the names of the access points. With `read_only` a task cannot write. The file system policy allows no other role."
  type = map(object({
    task_role_arn     = string
    security_group_id = string
    access_points     = list(string)
    read_only         = optional(bool, false)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for client in values(var.clients) : length(client.access_points) > 0])
    error_message = "clients has no access point for ${join(", ", [for name, client in var.clients : name if length(client.access_points) == 0])}; give at least one."
  }
}

variable "client_security_group_ids" {
  description = "IDs of more security groups that can reach the mount targets, by a key of your choice. They are those of tasks whose task role itself has permission to mount, which the input `mounts` of the module `task` adds."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "backup" {
  description = "Whether AWS Backup makes a daily backup and keeps it for 35 days (EFS User Guide: automatic backups)."
  type        = bool
  default     = true
  nullable    = false
}

variable "infrequent_access_after_days" {
  description = "Days without access after which EFS moves a file to the storage class Infrequent Access: 1, 7, 14, 30, 60, 90, 180, 270 or 365 (EFS API reference: LifecyclePolicy). The next access moves it back. 0 or null: never."
  type        = number
  default     = 30

  validation {
    condition     = var.infrequent_access_after_days == null ? true : contains([0, 1, 7, 14, 30, 60, 90, 180, 270, 365], var.infrequent_access_after_days)
    error_message = "infrequent_access_after_days is ${jsonencode(var.infrequent_access_after_days)}; EFS takes 1, 7, 14, 30, 60, 90, 180, 270, 365."
  }
}

variable "throughput_mode" {
  description = "Throughput mode. `elastic`: scales with the workload and is paid per gigabyte. `bursting`: scales with the amount of data stored. `provisioned`: fixed at `provisioned_throughput_mibps`."
  type        = string
  default     = "elastic"
  nullable    = false

  validation {
    condition     = contains(["elastic", "bursting", "provisioned"], var.throughput_mode)
    error_message = "throughput_mode is \"${var.throughput_mode}\"; allowed are \"elastic\", \"bursting\", \"provisioned\"."
  }
}

variable "provisioned_throughput_mibps" {
  description = "Throughput in MiB per second, when `throughput_mode` is `provisioned`: at least 1 (EFS API reference: CreateFileSystem)."
  type        = number
  default     = null

  validation {
    condition     = var.provisioned_throughput_mibps == null ? true : var.provisioned_throughput_mibps >= 1
    error_message = "provisioned_throughput_mibps is ${jsonencode(var.provisioned_throughput_mibps)}; EFS takes 1 or more."
  }
}

variable "performance_mode" {
  description = "Performance mode. `generalPurpose`: the lowest latency. `maxIO`: more concurrent operations at a higher latency, not with elastic throughput. A change replaces the file system."
  type        = string
  default     = "generalPurpose"
  nullable    = false

  validation {
    condition     = contains(["generalPurpose", "maxIO"], var.performance_mode)
    error_message = "performance_mode is \"${var.performance_mode}\"; allowed are \"generalPurpose\", \"maxIO\"."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the files. Null: the key that EFS manages. A change replaces the file system."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is ${jsonencode(var.kms_key_arn)}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name."
  }
}

variable "names" {
  description = "Names of existing resources that this block adopts, by address in this module, such as `aws_security_group.this`: each replaces the name that the block would give, so that Terraform does not replace the resource. A description that AWS cannot change has the address of its resource and `.description`."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource of this module that supports tags."
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
