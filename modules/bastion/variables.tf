variable "name" {
  description = "Beginning of the names of the instance and its role: 1 to 56 letters, digits, hyphens and underscores. `-bastion` is added to it, and the name of an IAM role has at most 64."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,56}$", var.name))
    error_message = "name is \"${var.name}\"; a bastion's name here has 1 to 56 letters, digits, hyphens and underscores (\"-bastion\" is added, and a role name has 64)."
  }
}

variable "vpc_id" {
  description = "ID of the VPC of the security group and of the subnet."
  type        = string
}

variable "subnet_id" {
  description = "ID of the subnet of the instance. It needs a way to Systems Manager: a NAT gateway or interface endpoints (`ssm`, `ssmmessages`, `ec2messages`), or a public subnet with `assign_public_ip`."
  type        = string
}

variable "assign_public_ip" {
  description = "Whether the instance has a public address, to reach Systems Manager from a public subnet. Nothing can connect to it. A change after the instance exists has no effect: AWS takes the address from a stopped instance."
  type        = bool
  default     = false
  nullable    = false
}

variable "instance_type" {
  description = "Type of the instance, of the Nitro system, such as `t4g.nano` or `t3.nano` (EC2 User Guide: instance types). Its image is for ARM exactly if the type is."
  type        = string
  default     = "t4g.nano"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*\\.[a-z0-9-]+$", var.instance_type))
    error_message = "instance_type is \"${var.instance_type}\"; it takes a type of EC2, such as \"t4g.nano\"."
  }
}

variable "targets" {
  description = "What sessions can be forwarded to, by a key of your choice: the host name (`address`, without a port), its port, and the security group to which the instance is allowed to connect at that port. `local_port` is the port on your machine, by default the same. The security group must allow that of the bastion."
  type = map(object({
    address           = string
    security_group_id = string
    port              = optional(number, 5432)
    local_port        = optional(number)
  }))

  validation {
    condition     = length(var.targets) > 0
    error_message = "targets is empty; without a target the bastion is of no use."
  }

  validation {
    condition     = alltrue([for target in values(var.targets) : can(regex("^[A-Za-z0-9.-]+$", target.address))])
    error_message = "targets has ${join(", ", [for name, target in var.targets : "${name}: address ${jsonencode(target.address)}" if !can(regex("^[A-Za-z0-9.-]+$", target.address))])}; an address is a host name or an IPv4 address, without a port."
  }

  validation {
    condition     = alltrue(flatten([for target in values(var.targets) : [for port in [target.port, target.local_port] : port == null ? true : port >= 1 && port <= 65535 && floor(port) == port]]))
    error_message = "targets has ${join(", ", [for name, target in var.targets : "${name}: port ${target.port}, local_port ${jsonencode(target.local_port)}"])}; each takes whole numbers from 1 to 65535."
  }
}

variable "https_cidr_ipv4" {
  description = "Range to which the instance is allowed to connect with HTTPS, to reach Systems Manager. With interface endpoints in the VPC, its range is enough."
  type        = string
  default     = "0.0.0.0/0"
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.https_cidr_ipv4)) && try(cidrsubnet(var.https_cidr_ipv4, 0, 0), "") == var.https_cidr_ipv4
    error_message = "https_cidr_ipv4 is \"${var.https_cidr_ipv4}\"; it takes an IPv4 range with its first address, such as \"10.0.0.0/16\"."
  }
}

variable "running" {
  description = "Whether the instance runs. Each apply starts or stops it accordingly. Stopped, it costs only its volume."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the volume. A change replaces the instance. Null: the key of the account for EBS."
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
  description = "Names of existing resources that this block adopts, by address in this module, such as `aws_iam_role.this`: each replaces the name that the block would give, so that Terraform does not replace the resource. A description that AWS cannot change has the address of its resource and `.description`."
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
