variable "bucket_prefix" {
  description = "Start of the bucket's name, to which a unique end is added: 3 to 37 lower-case letters, digits and hyphens, starting with a letter or digit."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{2,36}$", var.bucket_prefix))
    error_message = "bucket_prefix is \"${var.bucket_prefix}\"; it has 3 to 37 lower-case letters, digits and hyphens and starts with a letter or digit."
  }
}

variable "expiration_days" {
  description = "Days after which an object expires. Null: never."
  type        = number
  default     = null

  validation {
    condition     = var.expiration_days == null ? true : var.expiration_days >= 1
    error_message = "expiration_days is ${coalesce(var.expiration_days, 0)}; it must be at least 1."
  }
}

variable "force_destroy" {
  description = "Whether destroying the bucket destroys the objects in it. Without it a bucket that is not empty cannot be destroyed."
  type        = bool
  default     = false
}

variable "writers" {
  description = "AWS services that may put objects here, by a key of your choice: the service principal, and the ARN of what it acts for, in which * may stand."
  type = map(object({
    service    = string
    source_arn = string
  }))
  default = {}
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the objects. Null: the key that S3 manages."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of every resource made here."
  type        = map(string)
  default     = {}
}
