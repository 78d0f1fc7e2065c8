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

variable "short_lived_prefixes" {
  description = "Prefixes of keys of temporary objects, such as `tmp/`: one day after such an object is overwritten or deleted, its version is gone, and not after 30 days."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for prefix in var.short_lived_prefixes : length(prefix) >= 1 && length(prefix) <= 1024]) && length(distinct(var.short_lived_prefixes)) == length(var.short_lived_prefixes)
    error_message = "short_lived_prefixes is ${jsonencode(var.short_lived_prefixes)}; it takes different prefixes of 1 to 1024 characters, such as \"tmp/\"."
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

variable "readers" {
  description = "Who gets objects without credentials, by a key of your choice: whoever sends requests through the S3 endpoints of `vpc_endpoint_ids`, for keys that match one of `objects`, such as `public/*`. The bucket stays private to all others. S3 decrypts objects of a KMS key for nobody without credentials, so this is not possible with `kms_key_arn`."
  type = map(object({
    vpc_endpoint_ids = list(string)
    objects          = list(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for reader in values(var.readers) : length(reader.vpc_endpoint_ids) > 0 && alltrue([for id in reader.vpc_endpoint_ids : can(regex("^vpce-[0-9a-f]+$", id))])])
    error_message = "readers has ${join(", ", [for key, reader in var.readers : "${key}.vpc_endpoint_ids = ${jsonencode(reader.vpc_endpoint_ids)}"])}; each takes at least one ID of a VPC endpoint, such as \"vpce-0a1b2c3d4e5f60718\"."
  }

  validation {
    condition     = alltrue([for reader in values(var.readers) : length(reader.objects) > 0 && alltrue([for objects in reader.objects : length(objects) >= 1 && length(objects) <= 1024])])
    error_message = "readers has ${join(", ", [for key, reader in var.readers : "${key}.objects = ${jsonencode(reader.objects)}"])}; each takes at least one pattern of keys, of 1 to 1024 characters, such as \"public/*\"."
  }
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

variable "replicate_to" {
  description = "Another bucket of the account, in this region or another, to which S3 replicates new objects: its ARN. It must have versioning. `storage_class` is that of the copies, by default that of the object. With `kms_key_arn` give `replicate_to.kms_key_arn` too, a key in the region of that bucket. With `delete_markers` an object deleted here is deleted there too, but for its versions. Objects that are here already are not replicated. Null: no replication."
  type = object({
    bucket_arn     = string
    storage_class  = optional(string)
    kms_key_arn    = optional(string)
    delete_markers = optional(bool, false)
  })
  default = null

  validation {
    condition     = var.replicate_to == null ? true : can(regex("^arn:[^:]+:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.replicate_to.bucket_arn))
    error_message = "replicate_to.bucket_arn is ${jsonencode(try(var.replicate_to.bucket_arn, null))}; it takes the ARN of a bucket, such as \"arn:aws:s3:::copies\"."
  }

  validation {
    condition     = try(var.replicate_to.storage_class, null) == null ? true : contains(["STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"], var.replicate_to.storage_class)
    error_message = "replicate_to.storage_class is ${jsonencode(try(var.replicate_to.storage_class, null))}; allowed are \"STANDARD\", \"STANDARD_IA\", \"ONEZONE_IA\", \"INTELLIGENT_TIERING\", \"GLACIER_IR\", \"GLACIER\", \"DEEP_ARCHIVE\"."
  }

  validation {
    condition     = try(var.replicate_to.kms_key_arn, null) == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.replicate_to.kms_key_arn))
    error_message = "replicate_to.kms_key_arn is ${jsonencode(try(var.replicate_to.kms_key_arn, null))}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name."
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
