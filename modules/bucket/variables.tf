variable "bucket_prefix" {
  description = "Prefix of the bucket's name: 1 to 37 lower-case letters, digits and hyphens, starting with a letter or digit (S3 allows 63 characters, and Terraform adds a unique suffix of 26; S3 User Guide: bucket naming rules)."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{0,36}$", var.bucket_prefix))
    error_message = "bucket_prefix is \"${var.bucket_prefix}\"; it has 1 to 37 lower-case letters, digits and hyphens and starts with a letter or digit."
  }
}

variable "expiration_days" {
  description = "Age in days at which an object expires, at least 1 (S3 API reference: LifecycleExpiration). Null: never."
  type        = number
  default     = null

  validation {
    condition     = var.expiration_days == null ? true : var.expiration_days >= 1 && floor(var.expiration_days) == var.expiration_days
    error_message = "expiration_days is ${jsonencode(var.expiration_days)}; it takes whole numbers from 1."
  }
}

variable "transitions" {
  description = "Storage classes that objects move to, each with the age in days at which they do: `STANDARD_IA`, `ONEZONE_IA`, `INTELLIGENT_TIERING`, `GLACIER_IR`, `GLACIER` or `DEEP_ARCHIVE`. The first two take 30 days or more, the others 0 or more (S3 API reference: Transition), and objects expire later than they move."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.transitions), ["STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"])) == 0
    error_message = "transitions has ${join(", ", [for class in setsubtract(keys(var.transitions), ["STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"]) : "\"${class}\""])}; objects move to \"STANDARD_IA\", \"ONEZONE_IA\", \"INTELLIGENT_TIERING\", \"GLACIER_IR\", \"GLACIER\", \"DEEP_ARCHIVE\"."
  }

  validation {
    condition     = alltrue([for class, days in var.transitions : days == null ? false : floor(days) == days && days >= (contains(["STANDARD_IA", "ONEZONE_IA"], class) ? 30 : 0)])
    error_message = "transitions has ${join(", ", [for class, days in var.transitions : "${class} = ${jsonencode(days)}"])}; \"STANDARD_IA\" and \"ONEZONE_IA\" take whole numbers from 30, the other storage classes from 0."
  }
}

variable "force_destroy" {
  description = "Whether destroying the bucket also deletes the objects in it. If false, a bucket that is not empty cannot be destroyed."
  type        = bool
  default     = false
  nullable    = false
}

variable "writers" {
  description = "AWS services that have permission to put objects into the bucket, by a key of your choice. `service` is the service principal, `source_arn` the ARN of the resource that it acts for, which may contain `*`."
  type = map(object({
    service    = string
    source_arn = string
  }))
  default  = {}
  nullable = false
}

variable "objects" {
  description = "Objects of the bucket that are text, by key: 1 to 1024 characters (S3 API reference: PutObject). Each change is a new version. Without `kms_key_arn`, a plan also shows and undoes what others changed in them."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.objects) : length(key) >= 1 && length(key) <= 1024])
    error_message = "objects has keys of ${join(", ", [for key in keys(var.objects) : length(key) if length(key) < 1 || length(key) > 1024])} characters; a key has 1 to 1024."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the objects. Null: the key that S3 manages (SSE-S3)."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is ${jsonencode(var.kms_key_arn)}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name."
  }
}

variable "names" {
  description = "Names of existing resources that this block adopts, by address in this module, such as `aws_s3_bucket.this`: each replaces the name that the block would give, so that Terraform does not replace the resource. The name of the bucket replaces `bucket_prefix`."
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
