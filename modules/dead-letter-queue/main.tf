locals {
  # Every name that Terraform cannot change in place, by address.
  default_names = {
    "aws_sqs_queue.this"                   = var.name
    "aws_cloudwatch_metric_alarm.messages" = "${var.name}-not-empty"
  }
  names = merge(local.default_names, var.names)
}

resource "aws_sqs_queue" "this" {
  name                              = local.names["aws_sqs_queue.this"]
  message_retention_seconds         = var.message_retention_seconds
  sqs_managed_sse_enabled           = var.kms_key_arn == null ? true : null
  kms_master_key_id                 = var.kms_key_arn
  kms_data_key_reuse_period_seconds = 300
  tags                              = var.tags

  lifecycle {
    precondition {
      condition     = length(setsubtract(keys(var.names), keys(local.default_names))) == 0
      error_message = "names has ${join(", ", [for address in setsubtract(keys(var.names), keys(local.default_names)) : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", keys(local.default_names))}."
    }
  }
}

resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = aws_sqs_queue.this.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }],
      [for sender in values(var.senders) : {
        Effect    = "Allow"
        Principal = { Service = sender.service }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.this.arn
        Condition = { ArnEquals = { "aws:SourceArn" = sender.source_arn } }
      }],
    )
  })
}

resource "aws_cloudwatch_metric_alarm" "messages" {
  alarm_name          = local.names["aws_cloudwatch_metric_alarm.messages"]
  alarm_description   = "A message is in the dead-letter queue ${var.name}: an event or a message could not be processed."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.this.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags
}
