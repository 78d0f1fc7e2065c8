locals {
  # Every name that Terraform cannot change in place, by address.
  # The default of the bucket has no name: Terraform adds a random suffix to `bucket_prefix`.
  default_names = merge(
    { "aws_s3_bucket.this" = null },
    { for key in keys(local.replication) : "aws_iam_role.replication[\"${key}\"]" => local.replication_role_name },
    { for key in keys(local.replication) : "aws_iam_role_policy.replication[\"${key}\"]" => "replicate" },
  )
  names = merge(local.default_names, var.names)

  # A plan does not know the bucket's ARN, but its length: Terraform's suffix has 26 characters, "aws" is the shortest partition.
  expected_name = coalesce(local.names["aws_s3_bucket.this"], "${var.bucket_prefix}${join("", [for index in range(26) : "0"])}")
  policies = { for of, arn in { bucket = aws_s3_bucket.this.arn, expected = "arn:aws:s3:::${local.expected_name}" } : of => jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [arn, "${arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }],
      [for writer in values(var.writers) : {
        Effect    = "Allow"
        Principal = { Service = writer.service }
        Action    = "s3:PutObject"
        Resource  = "${arn}/*"
        Condition = { ArnLike = { "aws:SourceArn" = writer.source_arn } }
      }],
      [for reader in values(var.readers) : {
        Effect    = "Allow"
        Principal = "*"
        Action    = "s3:GetObject"
        Resource  = [for objects in reader.objects : "${arn}/${objects}"]
        Condition = { StringEquals = { "aws:SourceVpce" = reader.vpc_endpoint_ids } }
      }],
    )
  }) }
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:access logs need a bucket of their own; CloudTrail data events record who read which object
  #checkov:skip=CKV_AWS_144:replication to another region is the caller's decision because it doubles the cost
  #checkov:skip=CKV_AWS_145:encrypted by the key that S3 manages; the input kms_key_arn sets a customer managed key
  #checkov:skip=CKV2_AWS_62:nothing in this project consumes event notifications of S3
  bucket        = local.names["aws_s3_bucket.this"]
  bucket_prefix = contains(keys(var.names), "aws_s3_bucket.this") ? null : var.bucket_prefix
  force_destroy = var.force_destroy
  tags          = var.tags

  lifecycle {
    precondition {
      condition     = length(setsubtract(keys(var.names), keys(local.default_names))) == 0
      error_message = "names has ${join(", ", [for address in setsubtract(keys(var.names), keys(local.default_names)) : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", keys(local.default_names))}."
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    dynamic "expiration" {
      for_each = var.expiration_days == null ? [] : [var.expiration_days]

      content {
        days = expiration.value
      }
    }

    dynamic "transition" {
      for_each = var.transitions

      content {
        storage_class = transition.key
        days          = transition.value
      }
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  # Of two rules S3 takes the earlier expiration.
  dynamic "rule" {
    for_each = toset(var.short_lived_prefixes)

    content {
      id     = "forget ${rule.value}"
      status = "Enabled"

      filter {
        prefix = rule.value
      }

      noncurrent_version_expiration {
        noncurrent_days = 1
      }
    }
  }

  lifecycle {
    precondition {
      condition     = var.expiration_days == null ? true : alltrue([for days in values(var.transitions) : days < var.expiration_days])
      error_message = "transitions has ${join(", ", [for class, days in var.transitions : "${class} = ${jsonencode(days)}"])}, and expiration_days is ${jsonencode(var.expiration_days)}; objects expire later than they move."
    }
  }
}

# Without tags: S3 takes 10 for an object, and 50 for the bucket.
resource "aws_s3_object" "this" {
  for_each = var.objects

  bucket  = aws_s3_bucket.this.id
  key     = each.key
  content = each.value
  # With a KMS key the ETag is not the MD5 of the content.
  etag = var.kms_key_arn == null ? md5(each.value) : null

  # An object that is put before has no version, or not the key of the bucket.
  depends_on = [aws_s3_bucket_versioning.this, aws_s3_bucket_server_side_encryption_configuration.this]
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = local.policies.bucket

  lifecycle {
    precondition {
      condition     = length(local.policies.expected) <= 20480
      error_message = "writers has ${length(var.writers)} entries and readers has ${length(var.readers)}, with which the bucket policy has ${length(local.policies.expected)} characters; S3 takes at most 20480. Make one of several writers of a service: a source_arn may contain *."
    }

    precondition {
      condition     = length(var.readers) == 0 || var.kms_key_arn == null
      error_message = "readers has ${join(", ", keys(var.readers))}, and kms_key_arn is given; S3 decrypts objects of a KMS key for nobody without credentials. Leave out kms_key_arn: the key that S3 manages encrypts the objects."
    }
  }

  # S3 refuses to change a policy and the public access block at the same time.
  depends_on = [aws_s3_bucket_public_access_block.this]
}
