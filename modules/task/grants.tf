# The same file in the modules task and handler: modules cannot share locals. A test compares them.
locals {
  # What each `access` of a grant allows, by the kind of its resource: actions on it, and on the KMS key that encrypts it.
  grantable = {
    read-objects = {
      arn         = "^arn:[^:]+:s3:::[^/:]+$"
      takes       = "the ARN of an S3 bucket, such as \"arn:aws:s3:::incoming\"; give keys in objects"
      actions     = ["s3:GetObject"]
      key_actions = ["kms:Decrypt"]
    }
    put-objects = {
      arn     = "^arn:[^:]+:s3:::[^/:]+$"
      takes   = "the ARN of an S3 bucket, such as \"arn:aws:s3:::incoming\"; give keys in objects"
      actions = ["s3:AbortMultipartUpload", "s3:PutObject"]
      # S3 decrypts the parts of a multipart upload.
      key_actions = ["kms:Decrypt", "kms:GenerateDataKey"]
    }
    consume-messages = {
      arn         = "^arn:[^:]+:sqs:[^:]+:[0-9]{12}:[^:]+$"
      takes       = "the ARN of an SQS queue, such as \"arn:aws:sqs:eu-west-1:123456789012:jobs\""
      actions     = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
      key_actions = ["kms:Decrypt"]
    }
    send-messages = {
      arn         = "^arn:[^:]+:sqs:[^:]+:[0-9]{12}:[^:]+$"
      takes       = "the ARN of an SQS queue, such as \"arn:aws:sqs:eu-west-1:123456789012:jobs\""
      actions     = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"]
      key_actions = ["kms:Decrypt", "kms:GenerateDataKey"]
    }
    read-secret = {
      arn         = "^arn:[^:]+:secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+$"
      takes       = "the ARN of a Secrets Manager secret, without a JSON key"
      actions     = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
      key_actions = ["kms:Decrypt"]
    }
    read-parameter = {
      arn         = "^arn:[^:]+:ssm:[^:]+:[0-9]{12}:parameter/[^:]+$"
      takes       = "the ARN of an SSM parameter"
      actions     = ["ssm:GetParameter", "ssm:GetParameters"]
      key_actions = ["kms:Decrypt"]
    }
    read-table = {
      arn         = "^arn:[^:]+:dynamodb:[^:]+:[0-9]{12}:table/[^/:]+$"
      takes       = "the ARN of a DynamoDB table"
      actions     = ["dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"]
      key_actions = ["kms:Decrypt", "kms:DescribeKey"]
    }
    write-table = {
      arn         = "^arn:[^:]+:dynamodb:[^:]+:[0-9]{12}:table/[^/:]+$"
      takes       = "the ARN of a DynamoDB table"
      actions     = ["dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:DescribeTable", "dynamodb:PutItem", "dynamodb:UpdateItem"]
      key_actions = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    }
  }

  grant_policies = { for name, grant in var.grants : name => jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Effect = "Allow"
        Action = local.grantable[grant.access].actions
        Resource = (
          endswith(grant.access, "-objects") ? ["${grant.arn}/${coalesce(grant.objects, "*")}"]
          : grant.access == "read-table" ? [grant.arn, "${grant.arn}/index/*"] : [grant.arn]
        )
      }],
      # Without ListBucket S3 answers 403 instead of 404 for a key that does not exist.
      [for objects in [coalesce(grant.objects, "*")] : {
        Effect   = "Allow"
        Action   = ["s3:ListBucket"]
        Resource = [grant.arn]
      } if grant.access == "read-objects" && objects == "*"],
      [for objects in [coalesce(grant.objects, "*")] : {
        Effect    = "Allow"
        Action    = ["s3:ListBucket"]
        Resource  = [grant.arn]
        Condition = { StringLike = { "s3:prefix" = objects } }
      } if grant.access == "read-objects" && objects != "*"],
      [for key in [grant.kms_key_arn] : {
        Effect   = "Allow"
        Action   = local.grantable[grant.access].key_actions
        Resource = [key]
      } if key != null],
    )
  }) }
}
