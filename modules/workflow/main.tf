data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

locals {
  # The endpoint is ec2.<region>.<suffix>: assumed for provider 6, which deprecates `name` and `id`. Provider 5 has no `region`.
  region    = split(".", data.aws_region.current.endpoint)[1]
  partition = data.aws_partition.current.partition
  account   = data.aws_caller_identity.current.account_id

  # Built from names that are known at plan time, so that the plan shows every permission.
  state_machine_arn = "arn:${local.partition}:states:${local.region}:${local.account}:stateMachine:${local.names["aws_sfn_state_machine.this"]}"
  event_bus_arn     = var.event_bus_arn != null ? var.event_bus_arn : "arn:${local.partition}:events:${local.region}:${local.account}:event-bus/default"

  role_name = "${var.roles.name_prefix}${var.name}-workflow${var.roles.name_suffix}"

  event_role_name = "${var.roles.name_prefix}${var.name}-event${var.roles.name_suffix}"

  # Names of the rules with which EventBridge takes the role. A rule that is adopted has its own name.
  rule_names = concat(["${var.name}-*"], [for address, name in var.names : name if can(regex("^module\\.event_rule\\[.*\\]\\.aws_cloudwatch_event_rule\\.this$", address))])

  # Every name that Terraform cannot change in place, by address.
  default_names = {
    "aws_sfn_state_machine.this"         = var.name
    "aws_cloudwatch_log_group.this"      = "/aws/vendedlogs/states/${var.name}"
    "aws_iam_role.this"                  = local.role_name
    "aws_iam_role_policy.this"           = "workflow"
    "aws_cloudwatch_metric_alarm.failed" = "${var.name}-failed"
    "aws_iam_role.event"                 = local.event_role_name
    "aws_iam_role_policy.event"          = "start"
  }
  names = merge(local.default_names, var.names)

  # Nested modules refuse what is unknown in them.
  named_modules = [for event in keys(var.events) : "module.event_rule[\"${event}\"]."]
  unknown_names = [
    for address in keys(var.names) : address
    if !contains(keys(local.default_names), address) && !anytrue([for beginning in local.named_modules : startswith(address, beginning)])
  ]
}

resource "aws_sfn_state_machine" "this" {
  name       = local.names["aws_sfn_state_machine.this"]
  role_arn   = aws_iam_role.this.arn
  definition = local.definition
  tags       = var.tags

  logging_configuration {
    level                  = "ERROR"
    include_execution_data = true
    log_destination        = "${aws_cloudwatch_log_group.this.arn}:*"
  }

  tracing_configuration {
    enabled = true
  }

  lifecycle {
    precondition {
      condition     = length(local.unknown_names) == 0
      error_message = "names has ${join(", ", [for address in local.unknown_names : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", concat(keys(local.default_names), [for beginning in local.named_modules : "${beginning}…"]))}."
    }
  }

  # Step Functions checks at creation that the role has permission to write the log.
  depends_on = [aws_iam_role_policy.this]
}

# With this prefix, the resource policy of CloudWatch Logs does not reach its size limit when there are many state machines.
resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:CloudWatch Logs encrypts every group; the input kms_key_arn sets a customer managed key
  name              = local.names["aws_cloudwatch_log_group.this"]
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_iam_role" "this" {
  name                 = local.names["aws_iam_role.this"]
  description          = "Execution role of the state machine ${var.name}."
  path                 = var.roles.path
  permissions_boundary = var.roles.permissions_boundary_arn
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "states.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account }
        ArnEquals    = { "aws:SourceArn" = local.state_machine_arn }
      }
    }]
  })

  lifecycle {
    precondition {
      condition     = contains(keys(var.names), "aws_iam_role.this") || length(local.role_name) <= 64
      error_message = "roles makes the role name \"${local.role_name}\" of ${length(local.role_name)} characters, with name_prefix \"${var.roles.name_prefix}\" and name_suffix \"${var.roles.name_suffix}\"; an IAM role name has at most 64."
    }
  }
}

resource "aws_iam_role_policy" "this" {
  name = local.names["aws_iam_role_policy.this"]
  role = aws_iam_role.this.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "lambda:InvokeFunction"
        Resource = var.function_arn
      },
      {
        Effect   = "Allow"
        Action   = "events:PutEvents"
        Resource = local.event_bus_arn
      },
      {
        Effect = "Allow"
        Action = [
          "logs:CreateLogDelivery",
          "logs:DeleteLogDelivery",
          "logs:DescribeLogGroups",
          "logs:DescribeResourcePolicies",
          "logs:GetLogDelivery",
          "logs:ListLogDeliveries",
          "logs:PutResourcePolicy",
          "logs:UpdateLogDelivery",
        ]
        Resource = "*"
      },
      {
        Effect   = "Allow"
        Action   = ["xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"]
        Resource = "*"
      },
    ]
  })
}

resource "aws_cloudwatch_metric_alarm" "failed" {
  alarm_name          = local.names["aws_cloudwatch_metric_alarm.failed"]
  alarm_description   = "An execution of ${var.name} failed: its task could not be launched, or the outcome could not be published."
  namespace           = "AWS/States"
  metric_name         = "ExecutionsFailed"
  dimensions          = { StateMachineArn = aws_sfn_state_machine.this.arn }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags
}

module "event_rule" {
  source   = "../event-rule"
  for_each = var.events

  name                = "${var.name}-${each.key}"
  target              = "workflow"
  state_machine_arn   = aws_sfn_state_machine.this.arn
  role_arn            = aws_iam_role.event.arn
  event_source        = each.value.source
  detail_type         = each.value.detail_type
  detail              = each.value.detail
  schedule_expression = each.value.schedule_expression
  preset              = each.value.preset
  minimum_severity    = each.value.minimum_severity
  event_names         = each.value.event_names
  service             = each.value.service
  event_bus_name      = each.value.event_bus_name
  enabled             = each.value.enabled
  kms_key_arn         = var.kms_key_arn
  alarm_actions       = var.alarm_actions
  names               = { for address, name in var.names : trimprefix(address, "module.event_rule[\"${each.key}\"].") => name if startswith(address, "module.event_rule[\"${each.key}\"].") }
  tags                = var.tags
}

resource "aws_iam_role" "event" {
  name                 = local.names["aws_iam_role.event"]
  description          = "Role of the EventBridge rules that start ${var.name}."
  path                 = var.roles.path
  permissions_boundary = var.roles.permissions_boundary_arn
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sts:AssumeRole"
      # The ARN of a rule of a custom event bus has the name of the bus before that of the rule.
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account }
        ArnLike      = { "aws:SourceArn" = [for parts in setproduct(local.rule_names, ["", "*/"]) : "arn:${local.partition}:events:${local.region}:${local.account}:rule/${parts[1]}${parts[0]}"] }
      }
    }]
  })

  lifecycle {
    precondition {
      condition     = contains(keys(var.names), "aws_iam_role.event") || length(local.event_role_name) <= 64
      error_message = "roles makes the role name \"${local.event_role_name}\" of ${length(local.event_role_name)} characters, with name_prefix \"${var.roles.name_prefix}\" and name_suffix \"${var.roles.name_suffix}\"; an IAM role name has at most 64."
    }
  }
}

resource "aws_iam_role_policy" "event" {
  name = local.names["aws_iam_role_policy.event"]
  role = aws_iam_role.event.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "states:StartExecution"
      Resource = local.state_machine_arn
    }]
  })
}
