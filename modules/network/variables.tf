variable "name" {
  description = "Name of the network, and prefix of the names of its resources: 1 to 54 letters, digits, hyphens and underscores, not starting with `sg-`. IAM allows 64 for a role (IAM API reference: CreateRole), and one is named `<name>-flow-logs`; EC2 refuses security groups that start with `sg-`."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,54}$", var.name)) && !startswith(var.name, "sg-")
    error_message = "name is \"${var.name}\"; a network name here has 1 to 54 letters, digits, hyphens and underscores (IAM allows 64 for a role, and \"-flow-logs\" is added) and does not start with \"sg-\" (EC2 refuses security groups with that prefix)."
  }
}

variable "cidr_block" {
  description = "IPv4 CIDR block of the VPC, from /16 to /26. A computed subnet is a sixteenth of it, and a subnet is at least a /28 (VPC User Guide: subnet CIDR blocks): below /24 give `public_subnet_cidrs` and `private_subnet_cidrs`."
  type        = string
  default     = "10.0.0.0/16"
  nullable    = false

  validation {
    condition     = can(regex("^[0-9.]+/(1[6-9]|2[0-6])$", var.cidr_block)) && try(cidrsubnet(var.cidr_block, 0, 0) == var.cidr_block, false)
    error_message = "cidr_block is \"${var.cidr_block}\"; a VPC here has an IPv4 CIDR block of /16 to /26, which has space for four subnets of /28, written with its first address, for instance 10.0.0.0/16."
  }
}

variable "availability_zones" {
  description = "Names of at least two availability zones, for instance `eu-west-1a`, in any order. Adding a zone changes no existing resource, with one exception: when `nat` is `single`, the NAT gateway is in the first zone by name, so a new first zone moves it."
  type        = list(string)

  validation {
    condition     = length(distinct(var.availability_zones)) == length(var.availability_zones) && length(var.availability_zones) >= 2
    error_message = "availability_zones are ${jsonencode(var.availability_zones)}; a network has at least two zones, each named once."
  }

  validation {
    condition     = alltrue([for zone in var.availability_zones : can(regex("^[a-z][a-z0-9-]*[a-z0-9]$", zone))])
    error_message = "availability_zones are ${jsonencode(var.availability_zones)}; the name of a zone has lower-case letters, digits and hyphens, for instance eu-west-1a."
  }
}

variable "public_subnet_cidrs" {
  description = "IPv4 CIDR block of the public subnet in each zone, by zone name, for every zone or none: /16 to /28 within that of the VPC (VPC User Guide: subnet CIDR blocks). Empty: computed from the last letter of the zone name, a to h for the first to the eighth sixteenth of the VPC."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for cidr in values(var.public_subnet_cidrs) :
      can(regex("^[0-9.]+/(1[6-9]|2[0-8])$", cidr)) && try(cidrsubnet(cidr, 0, 0) == cidr, false)
    ])
    error_message = "public_subnet_cidrs are ${jsonencode(var.public_subnet_cidrs)}; a subnet has an IPv4 CIDR block of /16 to /28, written with its first address, for instance 10.0.0.0/20."
  }
}

variable "private_subnet_cidrs" {
  description = "IPv4 CIDR block of the private subnet in each zone, by zone name, for every zone or none: /16 to /28 within that of the VPC (VPC User Guide: subnet CIDR blocks). Empty: computed from the last letter of the zone name, a to h for the ninth to the last sixteenth of the VPC."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for cidr in values(var.private_subnet_cidrs) :
      can(regex("^[0-9.]+/(1[6-9]|2[0-8])$", cidr)) && try(cidrsubnet(cidr, 0, 0) == cidr, false)
    ])
    error_message = "private_subnet_cidrs are ${jsonencode(var.private_subnet_cidrs)}; a subnet has an IPv4 CIDR block of /16 to /28, written with its first address, for instance 10.0.128.0/20."
  }
}

variable "nat" {
  description = "How private subnets reach the internet. `single`: through one NAT gateway, in the first zone by name. `per_az`: through a NAT gateway in each zone, so that no zone depends on another. `none`: not at all; list the AWS services that tasks need in `interface_endpoints`."
  type        = string
  default     = "single"
  nullable    = false

  validation {
    condition     = contains(["single", "none", "per_az"], var.nat)
    error_message = "nat is \"${var.nat}\"; allowed are \"single\", \"none\", \"per_az\"."
  }
}

variable "interface_endpoints" {
  description = "AWS services with an interface endpoint in the private subnet of every zone, by their short names, for instance `ecr.api`, `ecr.dkr`, `logs`, `sqs`. S3 needs none: the VPC always has a gateway endpoint for it."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(distinct(var.interface_endpoints)) == length(var.interface_endpoints)
    error_message = "interface_endpoints are ${jsonencode(var.interface_endpoints)}; each service is named once."
  }

  validation {
    condition = alltrue([
      for service in var.interface_endpoints :
      can(regex("^[a-z0-9-]+([.][a-z0-9-]+)*$", service)) && !startswith(service, "com.") && service != "s3"
    ])
    error_message = "interface_endpoints are ${jsonencode(var.interface_endpoints)}; a service is named without \"com.amazonaws.<region>.\", for instance ecr.api, and s3 has a gateway endpoint already."
  }

  validation {
    condition     = length(setintersection(var.interface_endpoints, ["cloudwatch", "cloudwatch-logs", "ecr", "efs", "elb", "eventbridge", "secrets-manager", "step-functions", "stepfunctions", "systems-manager"])) == 0
    error_message = "interface_endpoints names ${join(", ", [for service in var.interface_endpoints : "\"${service}\"" if contains(["cloudwatch", "cloudwatch-logs", "ecr", "efs", "elb", "eventbridge", "secrets-manager", "step-functions", "stepfunctions", "systems-manager"], service)])}; there is no such endpoint. The endpoints are named monitoring, logs, ecr.api and ecr.dkr, elasticfilesystem, elasticloadbalancing, events, secretsmanager, states and ssm."
  }
}

variable "flow_log_retention_days" {
  description = "Retention of the flow logs, in days, or 0 without limit: a value that CloudWatch Logs takes (API reference: PutRetentionPolicy)."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.flow_log_retention_days)
    error_message = "flow_log_retention_days is ${var.flow_log_retention_days}; CloudWatch Logs takes 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, where 0 means that events never expire."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the flow logs. The key policy must allow CloudWatch Logs to use the key. Null: the key that CloudWatch Logs manages."
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
  description = "Names of existing resources that this block adopts, by address in this module, such as `aws_iam_role.flow_logs`: each replaces the name that the block would give, so that Terraform does not replace the resource. A description that AWS cannot change has the address of its resource and `.description`."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource of this module. A tag `Name` replaces the default `Name` of each resource."
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
