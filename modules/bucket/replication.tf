locals {
  replication           = var.replicate_to == null ? {} : { this = var.replicate_to }
  replication_role_name = "${var.roles.name_prefix}${trimsuffix(var.bucket_prefix, "-")}-replication${var.roles.name_suffix}"
}

resource "aws_s3_bucket_replication_configuration" "this" {
  for_each = local.replication

  bucket = aws_s3_bucket.this.id
  role   = aws_iam_role.replication[each.key].arn

  rule {
    id       = "all"
    status   = "Enabled"
    priority = 1

    filter {}

    delete_marker_replication {
      status = each.value.delete_markers ? "Enabled" : "Disabled"
    }

    dynamic "source_selection_criteria" {
      for_each = [for arn in [each.value.kms_key_arn] : arn if arn != null]

      content {
        sse_kms_encrypted_objects {
          status = "Enabled"
        }
      }
    }

    destination {
      bucket        = each.value.bucket_arn
      storage_class = each.value.storage_class

      dynamic "encryption_configuration" {
        for_each = [for arn in [each.value.kms_key_arn] : arn if arn != null]

        content {
          replica_kms_key_id = encryption_configuration.value
        }
      }
    }
  }

  lifecycle {
    precondition {
      condition     = (var.kms_key_arn == null) == (each.value.kms_key_arn == null)
      error_message = "replicate_to.kms_key_arn is ${each.value.kms_key_arn == null ? "absent" : "given"} and kms_key_arn is ${var.kms_key_arn == null ? "absent" : "given"}; S3 encrypts the copies of objects with a KMS key by a key in the region of the other bucket, so give both or neither."
    }
  }

  # S3 replicates versions only, and checks at once that the role exists.
  depends_on = [aws_s3_bucket_versioning.this, aws_iam_role_policy.replication]
}

resource "aws_iam_role" "replication" {
  for_each = local.replication

  name                 = local.names["aws_iam_role.replication[\"${each.key}\"]"]
  description          = "Replication of the bucket ${var.bucket_prefix}."
  path                 = var.roles.path
  permissions_boundary = var.roles.permissions_boundary_arn
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "s3.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })

  lifecycle {
    precondition {
      condition     = contains(keys(var.names), "aws_iam_role.replication[\"${each.key}\"]") || length(local.replication_role_name) <= 64
      error_message = "roles makes the role name \"${local.replication_role_name}\" of ${length(local.replication_role_name)} characters, with name_prefix \"${var.roles.name_prefix}\" and name_suffix \"${var.roles.name_suffix}\"; an IAM role name has at most 64."
    }

    # S3 takes more characters than IAM.
    precondition {
      condition     = alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && try(length(value) <= 256, true) && lower(substr(key, 0, 4)) != "aws:" && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", key)) && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", value == null ? "" : value))])
      error_message = "tags has ${join(", ", [for key, value in var.tags : "${jsonencode(key)} = ${jsonencode(value)}" if !(length(key) >= 1 && length(key) <= 128 && try(length(value) <= 256, true) && lower(substr(key, 0, 4)) != "aws:" && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", key)) && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", value == null ? "" : value)))])}; AWS takes keys of 1 to 128 characters that do not begin with \"aws:\", and values of at most 256 characters, which are letters, digits, spaces and _ . : / = + - @."
    }
  }
}

resource "aws_iam_role_policy" "replication" {
  for_each = local.replication

  name = local.names["aws_iam_role_policy.replication[\"${each.key}\"]"]
  role = aws_iam_role.replication[each.key].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        { Effect = "Allow", Action = ["s3:GetReplicationConfiguration", "s3:ListBucket"], Resource = aws_s3_bucket.this.arn },
        { Effect = "Allow", Action = ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"], Resource = "${aws_s3_bucket.this.arn}/*" },
        { Effect = "Allow", Action = concat(["s3:ReplicateObject", "s3:ReplicateTags"], each.value.delete_markers ? ["s3:ReplicateDelete"] : []), Resource = "${each.value.bucket_arn}/*" },
      ],
      [for arn in [var.kms_key_arn] : { Effect = "Allow", Action = "kms:Decrypt", Resource = arn } if arn != null],
      [for arn in [each.value.kms_key_arn] : { Effect = "Allow", Action = "kms:Encrypt", Resource = arn } if arn != null],
    )
  })
}
