mock_provider "aws" {
  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:eu-west-1:123456789012:lost"
      id  = "https://sqs.eu-west-1.amazonaws.com/123456789012/lost"
    }
  }
}

variables {
  name = "lost"
}

run "SQS_1_encrypted_at_rest" {
  assert {
    condition     = aws_sqs_queue.this.sqs_managed_sse_enabled
    error_message = "SQS.1: the queue must be encrypted at rest."
  }
}

run "SQS_3_only_named_senders" {
  command = plan

  variables {
    senders = {
      rule = { service = "events.amazonaws.com", source_arn = "arn:aws:events:eu-west-1:123456789012:rule/start" }
    }
  }

  assert {
    condition = [for s in jsondecode(aws_sqs_queue_policy.this.policy).Statement : s if s.Effect == "Allow"] == [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = "arn:aws:sqs:eu-west-1:123456789012:lost"
      Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:events:eu-west-1:123456789012:rule/start" } }
    }]
    error_message = "SQS.3: a sender must have permission to send on behalf of its resource, and no other permission."
  }
}

run "SQS_3_tls_only_and_no_sender_by_default" {
  command = plan

  assert {
    condition     = [for s in jsondecode(aws_sqs_queue_policy.this.policy).Statement : "${s.Effect} ${s.Condition.Bool["aws:SecureTransport"]}"] == ["Deny false"]
    error_message = "SQS.3: the policy must deny requests without TLS and allow no sender."
  }
}

run "alarm_on_the_first_message" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.messages.threshold == 0 && aws_cloudwatch_metric_alarm.messages.comparison_operator == "GreaterThanThreshold"
    error_message = "One message must put the alarm in ALARM."
  }
}

run "refuses_a_name_that_sqs_refuses" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "lost and found"
  }

  expect_failures = [var.name]
}

run "refuses_retention_under_a_minute" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    message_retention_seconds = 59
  }

  expect_failures = [var.message_retention_seconds]
}

run "names_replace_those_of_the_block" {
  command = plan

  variables {
    names = {
      "aws_sqs_queue.this" = "acme-dead"
    }
  }

  assert {
    condition     = aws_sqs_queue.this.name == "acme-dead"
    error_message = "A resource must have the name that `names` gives its address."
  }
}

run "refuses_an_address_that_is_not_the_address_of_a_name" {
  command = plan

  variables {
    names = { "aws_sqs_queue.dead" = "acme" }
  }

  expect_failures = [aws_sqs_queue.this]
}

run "refuses_more_senders_than_a_policy_has_statements" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    senders = { for index in range(20) : "rule-${index}" => { service = "events.amazonaws.com", source_arn = "arn:aws:events:eu-west-1:123456789012:rule/${index}" } }
  }

  expect_failures = [var.senders]
}
