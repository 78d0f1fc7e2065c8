data "aws_partition" "current" {}

# What the task role may do beside what the blocks need: read the policies, act by them, assume the role of members.
locals {
  partition = data.aws_partition.current.partition

  members             = var.member_accounts == null ? [] : [var.member_accounts]
  notification_queues = var.notification_queue == null ? [] : [var.notification_queue]
  member_role_arns    = flatten([for members in local.members : [for id in members.account_ids : "arn:${local.partition}:iam::${id}:role/${members.role_name}"]])

  # The actions that Cloud Custodian names as the permissions of the example policies: `reads` of all resources of a service,
  # `changes` of those that a policy is confined to.
  permissions = {
    ec2 = {
      reads   = ["ec2:DescribeInstances", "ec2:DescribeTags"]
      changes = ["ec2:CreateTags", "ec2:ModifyInstanceMetadataOptions", "ec2:StopInstances"]
      of      = "ec2:*:*:instance/*"
    }
    "iam-user" = {
      reads   = ["iam:GetLoginProfile", "iam:GetUser", "iam:ListAccessKeys", "iam:ListUsers"]
      changes = ["iam:DeleteLoginProfile", "iam:UpdateAccessKey"]
      of      = "iam::*:user/*"
    }
    rds = {
      reads   = ["rds:DescribeDBInstances"]
      changes = ["rds:ModifyDBInstance"]
      of      = "rds:*:*:db:*"
    }
    s3 = {
      reads = [
        "s3:GetBucketAcl",
        "s3:GetBucketLocation",
        "s3:GetBucketLogging",
        "s3:GetBucketNotification",
        "s3:GetBucketPolicy",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketTagging",
        "s3:GetBucketVersioning",
        "s3:GetBucketWebsite",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:GetReplicationConfiguration",
        "s3:ListAllMyBuckets",
      ]
      changes = ["s3:PutBucketPublicAccessBlock", "s3:PutEncryptionConfiguration"]
      of      = "s3:::*"
    }
    "security-group" = {
      reads   = ["ec2:DescribeSecurityGroups"]
      changes = ["ec2:RevokeSecurityGroupIngress"]
      of      = "ec2:*:*:security-group/*"
    }
  }

  task_policies = merge(
    var.policies,
    { for name in distinct(var.permissions) : "runner-${name}" => jsonencode({
      Version = "2012-10-17"
      Statement = [
        { Effect = "Allow", Action = local.permissions[name].reads, Resource = "*" },
        { Effect = "Allow", Action = local.permissions[name].changes, Resource = "arn:${local.partition}:${local.permissions[name].of}" },
      ]
    }) },
    # The bucket has versions, and a run is given one. The launcher's policy for payloads allows the KMS key.
    { "runner-read-policies" = jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect   = "Allow"
        Action   = "s3:GetObjectVersion"
        Resource = "${module.policies.bucket_arn}/${local.policies_prefix}*"
      }]
    }) },
    { for members in local.members : "runner-assume-member-roles" => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect   = "Allow"
        Action   = "sts:AssumeRole"
        Resource = local.member_role_arns
      }]
    }) },
  )
}
