locals {
  # Every name that Terraform cannot change in place, by address.
  default_names = { "aws_ecr_repository.this" = var.name }
  names         = merge(local.default_names, var.names)
}

data "aws_partition" "current" {}

resource "aws_ecr_repository" "this" {
  #checkov:skip=CKV_AWS_136:ECR encrypts every image; the input kms_key_arn sets a customer managed key
  name                 = local.names["aws_ecr_repository.this"]
  image_tag_mutability = var.mutable_tags ? "MUTABLE" : "IMMUTABLE"
  force_delete         = var.force_delete
  tags                 = var.tags

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = var.kms_key_arn == null ? "AES256" : "KMS"
    kms_key         = var.kms_key_arn
  }

  lifecycle {
    precondition {
      condition     = length(setsubtract(keys(var.names), keys(local.default_names))) == 0
      error_message = "names has ${join(", ", [for address in setsubtract(keys(var.names), keys(local.default_names)) : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", keys(local.default_names))}."
    }
  }
}

resource "aws_ecr_lifecycle_policy" "this" {
  repository = aws_ecr_repository.this.name

  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "Images without a tag expire."
        selection    = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = var.untagged_expiration_days }
        action       = { type = "expire" }
      },
      {
        rulePriority = 2
        description  = "Only the last images are kept."
        selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = var.keep_images }
        action       = { type = "expire" }
      },
    ]
  })
}

resource "aws_ecr_repository_policy" "this" {
  for_each = length(var.pull_account_ids) > 0 ? { pull = var.pull_account_ids } : {}

  repository = aws_ecr_repository.this.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "PullFromOtherAccounts"
      Effect    = "Allow"
      Principal = { AWS = [for id in each.value : "arn:${data.aws_partition.current.partition}:iam::${id}:root"] }
      Action    = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    }]
  })
}

# One for the whole registry: the provider overwrites what another configuration has.
resource "aws_ecr_replication_configuration" "this" {
  for_each = length(var.replicate_to_regions) > 0 ? { registry = var.replicate_to_regions } : {}

  replication_configuration {
    rule {
      dynamic "destination" {
        for_each = each.value

        content {
          region      = destination.value
          registry_id = aws_ecr_repository.this.registry_id
        }
      }

      repository_filter {
        filter      = aws_ecr_repository.this.name
        filter_type = "PREFIX_MATCH"
      }
    }
  }
}
