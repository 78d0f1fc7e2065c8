# What the functions and the worker may do beside what the blocks need.
locals {
  scan_bucket_names = concat([for bucket in values(module.data) : bucket.bucket_name], var.scan_bucket_names)
  scan_bucket_arns  = concat([for bucket in values(module.data) : bucket.bucket_arn], [for name in var.scan_bucket_names : "arn:${local.partition}:s3:::${name}"])

  read_secret = { "read-secret" = module.database.read_secret_policy_json }

  invoke_list_objects_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "lambda:InvokeFunction", Resource = local.list_objects_arn }]
  })

  list_objects_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "s3:ListBucket", Resource = local.scan_bucket_arns },
      { Effect = "Allow", Action = ["sqs:GetQueueAttributes", "sqs:SendMessage"], Resource = module.scan_jobs.queue_arn },
      { Effect = "Allow", Action = "lambda:InvokeFunction", Resource = local.list_objects_arn },
    ]
  })

  # Of a missing object S3 says so only to those who may list its bucket.
  scan_objects_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        { Effect = "Allow", Action = ["s3:GetObject", "s3:GetObjectVersion"], Resource = [for arn in local.scan_bucket_arns : "${arn}/*"] },
        { Effect = "Allow", Action = "s3:ListBucket", Resource = local.scan_bucket_arns },
        { Effect = "Allow", Action = "kms:GenerateMac", Resource = aws_kms_key.hash.arn },
        { Effect = "Allow", Action = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"], Resource = module.scan_jobs.queue_arn },
      ],
      length(local.worker_key_arns) == 0 ? [] : [{ Effect = "Allow", Action = "kms:Decrypt", Resource = local.worker_key_arns }],
    )
  })
  # The queue has `kms_key_arn` too.
  worker_key_arns = concat(var.kms_key_arn == null ? [] : [var.kms_key_arn], var.scan_bucket_kms_key_arns)

  worker_policies = merge(local.read_secret, { "scan-objects" = local.scan_objects_policy })
}
