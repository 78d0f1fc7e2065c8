# What the functions and the task may do beside what the blocks need.
locals {
  # What clients read, and the file that says what is there. A run's own files are under sync/.
  mirrored_objects = [for keys in ["v2/*", "api/*", "sync/*", "bottles_hash.json"] : "${local.mirror_bucket.arn}/${keys}"]
  own_objects      = [for keys in ["sync/*", "bottles_hash.json"] : "${local.mirror_bucket.arn}/${keys}"]

  read_webhook = { for secret in local.webhook_secrets : "read-webhook" => jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = secret.arn }],
      secret.kms_key_arn == null ? [] : [{ Effect = "Allow", Action = "kms:Decrypt", Resource = secret.kms_key_arn }],
    )
  }) }

  # Of a missing object S3 says so only to those who may list its bucket.
  plan_sync_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        { Effect = "Allow", Action = "s3:ListBucket", Resource = local.mirror_bucket.arn },
        { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject"], Resource = local.own_objects },
        { Effect = "Allow", Action = "lambda:InvokeFunction", Resource = [module.sync_bottles.function_arn, module.launcher.function_arn] },
      ],
      flatten([for file in local.external_hash_file : concat(
        [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:${local.partition}:s3:::${file.bucket}/${file.key}" }],
        file.kms_key_arn == null ? [] : [{ Effect = "Allow", Action = "kms:Decrypt", Resource = file.kms_key_arn }],
      ) if file.bucket != null]),
    )
  })

  sync_bottles_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:ListBucket", "s3:ListBucketMultipartUploads"], Resource = local.mirror_bucket.arn },
      { Effect = "Allow", Action = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"], Resource = local.mirrored_objects },
    ]
  })

  launch_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "lambda:InvokeFunction", Resource = module.launcher.function_arn }]
  })
}
