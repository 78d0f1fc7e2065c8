locals {
  # If none is created and none is given, the precondition of the queue reports it.
  dead_letter_queue = var.create_dead_letter_queue ? {
    arn = module.dead_letter_queue["this"].queue_arn
    url = module.dead_letter_queue["this"].queue_url
    } : {
    arn = try(var.existing_dead_letter_queue.arn, "")
    url = try(var.existing_dead_letter_queue.url, "")
  }

  # Every name that Terraform cannot change in place, by address.
  default_names = {
    "aws_sqs_queue.this"              = var.name
    "aws_cloudwatch_metric_alarm.age" = "${var.name}-age"
  }
  names = merge(local.default_names, var.names)
  # Nested modules refuse what is unknown in them.
  named_modules = var.create_dead_letter_queue ? ["module.dead_letter_queue[\"this\"]."] : []
  unknown_names = [
    for address in keys(var.names) : address
    if !contains(keys(local.default_names), address) && !anytrue([for beginning in local.named_modules : startswith(address, beginning)])
  ]
}

resource "aws_sqs_queue" "this" {
  name                              = local.names["aws_sqs_queue.this"]
  visibility_timeout_seconds        = var.visibility_timeout_seconds
  message_retention_seconds         = var.message_retention_seconds
  receive_wait_time_seconds         = 20
  sqs_managed_sse_enabled           = var.kms_key_arn == null ? true : null
  kms_master_key_id                 = var.kms_key_arn
  kms_data_key_reuse_period_seconds = 300
  tags                              = var.tags

  redrive_policy = jsonencode({
    deadLetterTargetArn = local.dead_letter_queue.arn
    maxReceiveCount     = var.max_receive_count
  })

  lifecycle {
    precondition {
      condition     = length(local.unknown_names) == 0
      error_message = "names has ${join(", ", [for address in local.unknown_names : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", concat(keys(local.default_names), [for beginning in local.named_modules : "${beginning}…"]))}."
    }

    precondition {
      condition     = var.create_dead_letter_queue == (var.existing_dead_letter_queue == null)
      error_message = "create_dead_letter_queue is ${var.create_dead_letter_queue} and existing_dead_letter_queue is ${var.existing_dead_letter_queue == null ? "absent" : "given"}; give existing_dead_letter_queue exactly when create_dead_letter_queue is false."
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

module "dead_letter_queue" {
  source   = "../dead-letter-queue"
  for_each = var.create_dead_letter_queue ? { this = var.name } : {}

  name          = "${each.value}-dead-letter"
  names         = { for address, name in var.names : trimprefix(address, "module.dead_letter_queue[\"this\"].") => name if startswith(address, "module.dead_letter_queue[\"this\"].") }
  kms_key_arn   = var.kms_key_arn
  alarm_actions = var.alarm_actions
  tags          = var.tags
}

# Without this policy any queue of the account could use this dead-letter queue.
resource "aws_sqs_queue_redrive_allow_policy" "dead_letter" {
  queue_url = local.dead_letter_queue.url

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.this.arn]
  })
}

resource "aws_cloudwatch_metric_alarm" "age" {
  alarm_name          = local.names["aws_cloudwatch_metric_alarm.age"]
  alarm_description   = "The oldest message of ${var.name} has waited too long: its consumer does not keep up."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = aws_sqs_queue.this.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.max_age_seconds
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags
}

moved {
  from = module.dead_letter_queue
  to   = module.dead_letter_queue["this"]
}
