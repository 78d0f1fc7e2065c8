# Queues of version 5 of the provider take 262,144 bytes; `dead_letters` is enlarged by a check.
resource "aws_sqs_queue" "this" {
  for_each = toset(["task-events", "events", "transformed", "forbidden", "dead-letters", "plain", "failed"])

  name             = "${var.name}-${each.key}"
  max_message_size = 262144
}

# With a shorter visibility timeout than the function may run.
resource "aws_sqs_queue" "brief" {
  name                       = "${var.name}-brief"
  visibility_timeout_seconds = 5
}

resource "aws_sqs_queue" "fifo" {
  name       = "${var.name}.fifo"
  fifo_queue = true
}

# The queue `forbidden` has no policy, so EventBridge must not send to it.
resource "aws_sqs_queue_policy" "events" {
  for_each = toset(["task-events", "events", "transformed", "dead-letters"])

  queue_url = aws_sqs_queue.this[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sqs:SendMessage"
      Principal = { Service = "events.amazonaws.com" }
      Resource  = aws_sqs_queue.this[each.key].arn
      Condition = { ArnEquals = { "aws:SourceArn" = [for rule in aws_cloudwatch_event_rule.this : rule.arn] } }
    }]
  })
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = {
    tasks = {
      source      = ["aws.ecs"]
      detail-type = ["ECS Task State Change"]
      detail      = { clusterArn = [aws_ecs_cluster.this.arn] }
    }
    events = { source = [var.name] }
  }

  name          = "${var.name}-${each.key}"
  event_pattern = jsonencode(each.value)
}

resource "aws_cloudwatch_event_target" "tasks" {
  rule = aws_cloudwatch_event_rule.this["tasks"].name
  arn  = aws_sqs_queue.this["task-events"].arn
}

resource "aws_cloudwatch_event_target" "events" {
  for_each = toset(["events", "forbidden"])

  rule = aws_cloudwatch_event_rule.this["events"].name
  arn  = aws_sqs_queue.this[each.key].arn

  dead_letter_config {
    arn = aws_sqs_queue.this["dead-letters"].arn
  }

  # The policies of the queues must be there before the first event.
  depends_on = [aws_sqs_queue_policy.events]
}

resource "aws_cloudwatch_event_target" "transformed" {
  rule = aws_cloudwatch_event_rule.this["events"].name
  arn  = aws_sqs_queue.this["transformed"].arn

  input_transformer {
    input_template = "{\"whole\": <aws.events.event.json>}"
  }
}

resource "aws_cloudwatch_log_group" "events" {
  name              = "/aws/events/${var.name}"
  retention_in_days = 1
}

resource "aws_cloudwatch_event_target" "log" {
  rule = aws_cloudwatch_event_rule.this["events"].name
  arn  = aws_cloudwatch_log_group.events.arn
}
