variable "name" {
  description = "Name of the repository: 2 to 256 lower-case letters, digits and the separators `.`, `_`, `-` and `/`, each between letters or digits (Amazon ECR API Reference: CreateRepository)."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]+([._-][a-z0-9]+)*/)*[a-z0-9]+([._-][a-z0-9]+)*$", var.name)) && length(var.name) >= 2 && length(var.name) <= 256
    error_message = "name is \"${var.name}\"; a repository's name has 2 to 256 lower-case letters, digits and the separators . _ - and /, each between letters or digits."
  }
}

variable "mutable_tags" {
  description = "Whether a push can move a tag to another image. If false, what a task definition names stays what it is."
  type        = bool
  default     = false
  nullable    = false
}

variable "untagged_expiration_days" {
  description = "Days after its push at which an image without a tag expires, at least 1 (Amazon ECR User Guide: lifecycle policy parameters)."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.untagged_expiration_days >= 1 && floor(var.untagged_expiration_days) == var.untagged_expiration_days
    error_message = "untagged_expiration_days is ${var.untagged_expiration_days}; it takes whole numbers from 1."
  }
}

variable "keep_images" {
  description = "How many images are kept, at least 1 (Amazon ECR User Guide: lifecycle policy parameters): the ones that were pushed last. A task that names an older one no longer starts."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.keep_images >= 1 && floor(var.keep_images) == var.keep_images
    error_message = "keep_images is ${var.keep_images}; it takes whole numbers from 1."
  }
}

variable "pull_account_ids" {
  description = "IDs of other AWS accounts that have permission to pull images. What in such an account pulls needs the permission of its own account too."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.pull_account_ids : can(regex("^[0-9]{12}$", id))])
    error_message = "pull_account_ids has ${join(", ", [for id in var.pull_account_ids : jsonencode(id) if !can(regex("^[0-9]{12}$", id))])}; the ID of an AWS account has 12 digits."
  }
}

variable "replicate_to_regions" {
  description = "Other regions that images are replicated to when they are pushed. A registry, which is an account in a region, has one replication configuration: give this to one repository only, and not where something else manages that configuration, which would be overwritten. ECR replicates by prefix, so repositories whose names begin with this one's are replicated too."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.replicate_to_regions) <= 25
    error_message = "replicate_to_regions has ${length(var.replicate_to_regions)} regions; the AWS provider takes at most 25."
  }

  validation {
    condition     = alltrue([for region in var.replicate_to_regions : can(regex("^[0-9a-z-]{2,25}$", region))])
    error_message = "replicate_to_regions has ${join(", ", [for region in var.replicate_to_regions : jsonencode(region) if !can(regex("^[0-9a-z-]{2,25}$", region))])}; a region is named like \"eu-west-1\"."
  }
}

variable "force_delete" {
  description = "Whether destroying the repository also deletes the images in it. If false, a repository that is not empty cannot be destroyed."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the images. Null: the key that S3 manages (AES-256). ECR cannot change it, so another key replaces the repository."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is ${jsonencode(var.kms_key_arn)}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name."
  }
}

variable "names" {
  description = "Names of existing resources that this block adopts, by address in this module, such as `aws_ecr_repository.this`: each replaces the name that the block would give, so that Terraform does not replace the resource."
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
    condition     = alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && try(length(value) <= 256, true) && lower(substr(key, 0, 4)) != "aws:"])
    error_message = "tags has ${join(", ", [for key, value in var.tags : "${jsonencode(key)} = ${jsonencode(value)}" if !(length(key) >= 1 && length(key) <= 128 && try(length(value) <= 256, true) && lower(substr(key, 0, 4)) != "aws:")])}; AWS takes keys of 1 to 128 characters that do not begin with \"aws:\", and values of at most 256 characters."
  }
}
