# Each end of a task is written to a log group by EventBridge itself, so that the history is complete also when the function
# fails. Queued runs have no task of their own: the function's log has their ends.
locals {
  run_history = { for name in [var.name] : "this" => "${name}-run-history" if var.create_run_history && !local.queues_runs }

  # EventBridge's console, and the policy that it makes, are for names that begin with /aws/events/.
  run_history_names = merge(
    { for key, name in local.run_history : "aws_cloudwatch_log_group.run_history[\"${key}\"]" => "/aws/events/${name}" },
    { for key, name in local.run_history : "aws_cloudwatch_log_resource_policy.run_history[\"${key}\"]" => name if var.create_run_history_policy },
    { for key, name in local.run_history : "aws_cloudwatch_event_rule.run_history[\"${key}\"]" => name },
    { for key, name in local.run_history : "aws_cloudwatch_event_target.run_history[\"${key}\"]" => name },
    { for key, name in local.run_history : "aws_cloudwatch_metric_alarm.run_history[\"${key}\"]" => "${name}-failures" },
  )
}

resource "aws_cloudwatch_log_group" "run_history" {
  #checkov:skip=CKV_AWS_158:CloudWatch Logs encrypts every group; the input kms_key_arn sets a customer managed key
  for_each = local.run_history

  name              = local.names["aws_cloudwatch_log_group.run_history[\"${each.key}\"]"]
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

# The last state alone: it has the times of all states before it.
resource "aws_cloudwatch_event_rule" "run_history" {
  for_each = local.run_history

  name        = local.names["aws_cloudwatch_event_rule.run_history[\"${each.key}\"]"]
  description = "Tasks of launch routes that have stopped, for the run history."
  tags        = var.tags

  event_pattern = jsonencode({
    source        = ["aws.ecs"]
    "detail-type" = ["ECS Task State Change"]
    detail        = local.stopped_tasks
  })
}

# EventBridge names its rule only when it writes events, not when it creates a log stream.
resource "aws_cloudwatch_log_resource_policy" "run_history" {
  for_each = { for key, group in aws_cloudwatch_log_group.run_history : key => group.arn if var.create_run_history_policy }

  policy_name = local.names["aws_cloudwatch_log_resource_policy.run_history[\"${each.key}\"]"]

  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = ["events.amazonaws.com", "delivery.logs.amazonaws.com"] }
        Action    = "logs:CreateLogStream"
        Resource  = "${each.value}:*"
      },
      {
        Effect    = "Allow"
        Principal = { Service = ["events.amazonaws.com", "delivery.logs.amazonaws.com"] }
        Action    = "logs:PutLogEvents"
        Resource  = "${each.value}:*"
        Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.run_history[each.key].arn } }
      },
    ]
  })
}

# EventBridge does not retry a delivery that is denied, so the permission exists before the target.
resource "aws_cloudwatch_event_target" "run_history" {
  for_each = aws_cloudwatch_log_group.run_history

  rule      = aws_cloudwatch_event_rule.run_history[each.key].name
  target_id = local.names["aws_cloudwatch_event_target.run_history[\"${each.key}\"]"]
  arn       = each.value.arn

  depends_on = [aws_cloudwatch_log_resource_policy.run_history]
}

resource "aws_cloudwatch_metric_alarm" "run_history" {
  for_each = aws_cloudwatch_event_rule.run_history

  alarm_name          = local.names["aws_cloudwatch_metric_alarm.run_history[\"${each.key}\"]"]
  alarm_description   = "EventBridge could not write the end of a task to the run history of ${var.name}. The usual cause is that no log resource policy allows it."
  namespace           = "AWS/Events"
  metric_name         = "FailedInvocations"
  dimensions          = { RuleName = each.value.name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags
}
