# What the function `run-policy` needs beside what every launcher has: the environment variables of its only launch route and
# of the policies, and the permission to read them.
locals {
  selections = var.policy_selection == null ? {} : { this = var.policy_selection }

  selection_environment = merge([for selection in values(local.selections) : merge([for service, route in var.routes : {
    for name, value in {
      POLICY_BUCKET       = selection.bucket_name
      POLICY_MAPPING_KEY  = selection.mapping_key
      DEFAULT_POLICY_KEY  = selection.default_policy_key
      USE_DEFAULT_POLICY  = selection.use_default_policy ? "true" : null
      ENABLE_ENRICHMENT   = tostring(selection.enable_enrichment)
      ECS_CLUSTER         = route.cluster_arn
      ECS_TASK_DEFINITION = route.family
      ECS_SUBNETS         = join(",", local.launches[service].subnets)
      ECS_SECURITY_GROUP  = join(",", local.launches[service].securityGroups)
      ECS_LAUNCH_SETTINGS = jsonencode({
        for name, value in local.launches[service] : name => value
        if !contains(["cluster", "family", "subnets", "securityGroups", "port", "allowOverrides", "targetGroup", "targetType"], name)
      })
      SERVICE         = service
      RUN_QUEUE_URL   = try(selection.run_queue.url, null)
      MEMBER_ACCOUNTS = length(selection.member_account_ids) > 0 ? join(",", selection.member_account_ids) : null
      WORKER_ROLES    = join(",", distinct(concat([route.task_role_arn], selection.worker_role_arns)))
    } : name => value if value != null
  }]...)]...)

  selection_policies = { for name, selection in local.selections : "policies" => jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Effect   = "Allow"
          Action   = ["s3:GetObject", "s3:GetObjectVersion"]
          Resource = ["${selection.bucket_arn}/${selection.mapping_key}", "${selection.bucket_arn}/${selection.policies_prefix}*"]
        },
        # Without ListBucket S3 answers 403 instead of 404 for a key that does not exist.
        {
          Effect   = "Allow"
          Action   = "s3:ListBucket"
          Resource = selection.bucket_arn
        },
      ],
      selection.kms_key_arn == null ? [] : [{
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = selection.kms_key_arn
      }],
      [for queue in local.run_queues : {
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = queue.arn
      }],
    )
  }) }

  run_queues  = [for selection in values(local.selections) : selection.run_queue if selection.run_queue != null]
  queues_runs = length(local.run_queues) > 0
  workers     = { for service, route in var.routes : service => route if local.queues_runs && !route.existing_task_role }

  take_runs_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [for queue in local.run_queues : {
        Effect   = "Allow"
        Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"]
        Resource = queue.arn
      }],
      [for buffer in values(module.buffer) : {
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = buffer.queue_arn
      }],
      [{
        Effect   = "Allow"
        Action   = ["s3:PutObject", "s3:GetObject"]
        Resource = "${module.payloads.bucket_arn}/claims/*"
      }],
      var.kms_key_arn == null ? [] : [{
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = var.kms_key_arn
      }],
    )
  })
}

# What a worker needs beside the permissions of a task: to take runs, to claim them, and to report their ends.
resource "aws_iam_role_policy" "take_runs" {
  for_each = local.workers

  name   = local.names["aws_iam_role_policy.take_runs[\"${each.key}\"]"]
  role   = each.value.task_role_name
  policy = local.take_runs_policy
}
