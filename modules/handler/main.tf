locals {
  role_name = "${var.roles.name_prefix}${var.name}${var.roles.name_suffix}"

  # Every name that Terraform cannot change in place, by address.
  default_names = merge(
    {
      "aws_cloudwatch_log_group.this"                    = "/aws/lambda/${var.name}"
      "aws_iam_role.this"                                = local.role_name
      "aws_iam_role_policy.log"                          = "log"
      "aws_iam_role_policy.trace"                        = "trace"
      "aws_iam_role_policy.dead_letter"                  = "dead-letter"
      "aws_lambda_function.this"                         = var.name
      "aws_cloudwatch_metric_alarm.errors"               = "${var.name}-errors"
      "aws_cloudwatch_metric_alarm.throttles"            = "${var.name}-throttles"
      "aws_cloudwatch_metric_alarm.destination_failures" = "${var.name}-destination-failures"
      "aws_cloudwatch_metric_alarm.events_dropped"       = "${var.name}-events-dropped"
    },
    var.vpc == null ? {} : { "aws_iam_role_policy.network_interfaces[\"this\"]" = "network-interfaces" },
    { for name in keys(var.policies) : "aws_iam_role_policy.given[\"${name}\"]" => name },
    { for name in keys(var.grants) : "aws_iam_role_policy.grant[\"${name}\"]" => "grant-${name}" },
  )
  names = merge(local.default_names, var.names)
}

# Created before the function: a log group that Lambda creates has no retention.
resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:CloudWatch Logs encrypts every group; the input kms_key_arn sets a customer managed key
  name              = local.names["aws_cloudwatch_log_group.this"]
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_iam_role" "this" {
  name                 = local.names["aws_iam_role.this"]
  description          = "Execution role of the Lambda function ${var.name}."
  path                 = var.roles.path
  permissions_boundary = var.roles.permissions_boundary_arn
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })

  lifecycle {
    precondition {
      condition     = length(setsubtract(keys(var.names), keys(local.default_names))) == 0
      error_message = "names has ${join(", ", [for address in setsubtract(keys(var.names), keys(local.default_names)) : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", keys(local.default_names))}."
    }

    precondition {
      condition     = contains(keys(var.names), "aws_iam_role.this") || length(local.role_name) <= 64
      error_message = "roles makes the role name \"${local.role_name}\" of ${length(local.role_name)} characters, with name_prefix \"${var.roles.name_prefix}\" and name_suffix \"${var.roles.name_suffix}\"; an IAM role name has at most 64."
    }
  }
}

resource "aws_iam_role_policy" "log" {
  name = local.names["aws_iam_role_policy.log"]
  role = aws_iam_role.this.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "${aws_cloudwatch_log_group.this.arn}:*"
    }]
  })
}

resource "aws_iam_role_policy" "trace" {
  name = local.names["aws_iam_role_policy.trace"]
  role = aws_iam_role.this.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
      Resource = "*"
    }]
  })
}

resource "aws_iam_role_policy" "dead_letter" {
  name = local.names["aws_iam_role_policy.dead_letter"]
  role = aws_iam_role.this.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = var.dead_letter_queue_arn
      }],
      # Permission to decrypt the environment variables, and to use a queue or a bucket with the same key.
      var.kms_key_arn == null ? [] : [{
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = var.kms_key_arn
      }],
    )
  })
}

resource "aws_iam_role_policy" "given" {
  for_each = var.policies

  name   = local.names["aws_iam_role_policy.given[\"${each.key}\"]"]
  role   = aws_iam_role.this.name
  policy = each.value
}

locals {
  network_interface_actions = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
  ]
}

# What Lambda does with the role of a function in a VPC, and the function's code must not do.
resource "aws_iam_role_policy" "network_interfaces" {
  for_each = var.vpc == null ? {} : { this = var.vpc }

  name = local.names["aws_iam_role_policy.network_interfaces[\"this\"]"]
  role = aws_iam_role.this.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = local.network_interface_actions
        Resource = "*"
      },
      {
        Effect    = "Deny"
        Action    = local.network_interface_actions
        Resource  = "*"
        Condition = { ArnLike = { "lambda:SourceFunctionArn" = "arn:*:lambda:*:*:function:${local.names["aws_lambda_function.this"]}" } }
      },
    ]
  })
}

resource "aws_iam_role_policy" "grant" {
  for_each = var.grants

  name   = local.names["aws_iam_role_policy.grant[\"${each.key}\"]"]
  role   = aws_iam_role.this.name
  policy = local.grant_policies[each.key]

  lifecycle {
    precondition {
      condition     = can(regex(local.grantable[each.value.access].arn, each.value.arn))
      error_message = "grants.${each.key}.arn is \"${each.value.arn}\"; ${each.value.access} takes ${local.grantable[each.value.access].takes}."
    }

    precondition {
      condition     = !contains(keys(var.policies), "grant-${each.key}")
      error_message = "grants has the key \"${each.key}\" and policies the name \"grant-${each.key}\", which is that of the grant's policy; give one of them another name."
    }
  }
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_116:the on-failure destination keeps the error with the event; a dead-letter config does not
  #checkov:skip=CKV_AWS_117:calls AWS APIs only, for which a VPC needs a NAT gateway or endpoints; the input vpc places it in a VPC
  #checkov:skip=CKV_AWS_173:holds no secrets and is encrypted by AWS's key; the input kms_key_arn sets a customer managed key
  #checkov:skip=CKV_AWS_272:the bundle's hash is part of the plan; code signing needs a signing profile of the account
  function_name                  = local.names["aws_lambda_function.this"]
  role                           = aws_iam_role.this.arn
  runtime                        = var.runtime
  handler                        = var.handler
  architectures                  = [var.architecture]
  filename                       = var.filename
  source_code_hash               = filebase64sha256(var.filename)
  memory_size                    = var.memory_size
  timeout                        = var.timeout
  layers                         = length(var.layers) > 0 ? var.layers : null
  reserved_concurrent_executions = var.reserved_concurrent_executions
  kms_key_arn                    = var.kms_key_arn
  tags                           = var.tags

  environment {
    variables = var.environment
  }

  dynamic "vpc_config" {
    for_each = var.vpc == null ? {} : { this = var.vpc }

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  tracing_config {
    mode = "Active"
  }

  # The handlers write JSON lines themselves; Lambda's own JSON format would wrap them once more.
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.this.name
  }

  # Lambda checks that the role has permission to create network interfaces.
  depends_on = [aws_iam_role_policy.network_interfaces]
}

resource "aws_lambda_function_event_invoke_config" "this" {
  function_name                = aws_lambda_function.this.function_name
  maximum_retry_attempts       = var.maximum_retry_attempts
  maximum_event_age_in_seconds = var.maximum_event_age_seconds

  destination_config {
    on_failure {
      destination = var.dead_letter_queue_arn
    }
  }

  # Lambda checks that the role has permission to send to the destination.
  depends_on = [aws_iam_role_policy.dead_letter]
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = local.names["aws_cloudwatch_metric_alarm.errors"]
  alarm_description   = "The function ${var.name} fails. Lambda sends an asynchronous event that still fails after all retries to its dead-letter queue."
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.this.function_name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "throttles" {
  alarm_name          = local.names["aws_cloudwatch_metric_alarm.throttles"]
  alarm_description   = "The function ${var.name} is throttled: it gets more events than its concurrency allows. Events wait and may expire."
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  dimensions          = { FunctionName = aws_lambda_function.this.function_name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags
}

# Nothing else shows such an event, because it is in no queue.
resource "aws_cloudwatch_metric_alarm" "destination_failures" {
  alarm_name          = local.names["aws_cloudwatch_metric_alarm.destination_failures"]
  alarm_description   = "Lambda could not send a failed event of the function ${var.name} to its dead-letter queue; the event is lost. Causes are missing permissions and events larger than the queue takes."
  namespace           = "AWS/Lambda"
  metric_name         = "DestinationDeliveryFailures"
  dimensions          = { FunctionName = aws_lambda_function.this.function_name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "events_dropped" {
  alarm_name          = local.names["aws_cloudwatch_metric_alarm.events_dropped"]
  alarm_description   = "Lambda dropped an event of the function ${var.name}: it was too old, or its retries were used up. The event is in the dead-letter queue, unless ${var.name}-destination-failures is in ALARM."
  namespace           = "AWS/Lambda"
  metric_name         = "AsyncEventsDropped"
  dimensions          = { FunctionName = aws_lambda_function.this.function_name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags
}
