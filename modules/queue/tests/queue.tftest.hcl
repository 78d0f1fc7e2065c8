mock_provider "aws" {
  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:eu-west-1:123456789012:jobs"
      id  = "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"
      url = "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"
    }
  }
}

variables {
  name = "jobs"
}

run "SQS_1_encrypted_at_rest" {
  assert {
    condition     = aws_sqs_queue.this.sqs_managed_sse_enabled
    error_message = "SQS.1: the queue must be encrypted at rest."
  }
}

run "SQS_1_customer_key_when_given" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition     = aws_sqs_queue.this.kms_master_key_id == var.kms_key_arn
    error_message = "SQS.1: the given key must encrypt the queue."
  }
}

run "SQS_3_no_open_policy_and_tls_only" {
  command = plan

  assert {
    condition     = [for s in jsondecode(aws_sqs_queue_policy.this.policy).Statement : s.Effect] == ["Deny"]
    error_message = "SQS.3: the queue policy must allow no sender."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_policy.this.policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false"
    error_message = "Requests without TLS must be denied."
  }
}

run "moves_to_the_dlq_that_allows_this_queue_only" {
  command = plan

  assert {
    condition     = jsondecode(aws_sqs_queue.this.redrive_policy).maxReceiveCount == 5
    error_message = "SQS must move a message to the dead-letter queue after five receives."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_redrive_allow_policy.dead_letter.redrive_allow_policy).sourceQueueArns == [aws_sqs_queue.this.arn]
    error_message = "The dead-letter queue must allow this queue only as its source."
  }
}

run "refuses_a_name_that_sqs_refuses" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "jobs.fifo"
  }

  expect_failures = [var.name]
}

run "refuses_retention_beyond_14_days" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    message_retention_seconds = 1209601
  }

  expect_failures = [var.message_retention_seconds]
}

run "refuses_zero_receive_count" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    max_receive_count = 0
  }

  expect_failures = [var.max_receive_count]
}

run "refuses_visibility_beyond_12_hours" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    visibility_timeout_seconds = 43201
  }

  expect_failures = [var.visibility_timeout_seconds]
}

run "refuses_zero_max_age" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    max_age_seconds = 0
  }

  expect_failures = [var.max_age_seconds]
}

run "SQS_3_allows_each_sender_for_its_resource" {
  command = plan

  variables {
    senders = { start = { service = "events.amazonaws.com", source_arn = "arn:aws:events:eu-west-1:123456789012:rule/start" } }
  }

  assert {
    condition = jsondecode(aws_sqs_queue_policy.this.policy).Statement[1] == {
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = "arn:aws:sqs:eu-west-1:123456789012:jobs"
      Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:events:eu-west-1:123456789012:rule/start" } }
    }
    error_message = "SQS.3: a sender must have permission to send on behalf of its resource, and no other permission."
  }
}

run "moves_to_the_given_dlq" {
  command = plan

  variables {
    create_dead_letter_queue = false
    existing_dead_letter_queue = {
      arn = "arn:aws:sqs:eu-west-1:123456789012:dead"
      url = "https://sqs.eu-west-1.amazonaws.com/123456789012/dead"
    }
  }

  assert {
    condition     = length(module.dead_letter_queue) == 0 && jsondecode(aws_sqs_queue.this.redrive_policy).deadLetterTargetArn == "arn:aws:sqs:eu-west-1:123456789012:dead" && aws_sqs_queue_redrive_allow_policy.dead_letter.queue_url == "https://sqs.eu-west-1.amazonaws.com/123456789012/dead"
    error_message = "SQS must move messages to the given dead-letter queue, which must allow this queue only as its source."
  }
}

run "refuses_no_dlq" {
  command = plan

  variables {
    create_dead_letter_queue = false
  }

  expect_failures = [aws_sqs_queue.this]
}

run "names_replace_those_of_the_block" {
  command = plan

  variables {
    names = {
      "aws_sqs_queue.this"                                    = "acme-jobs"
      "module.dead_letter_queue[\"this\"].aws_sqs_queue.this" = "acme-dead"
    }
  }

  assert {
    condition     = aws_sqs_queue.this.name == "acme-jobs"
    error_message = "A resource must have the name that `names` gives its address."
  }
}

run "refuses_an_address_that_is_not_the_address_of_a_name" {
  command = plan

  variables {
    names = { "module.dlq.aws_sqs_queue.this" = "acme" }
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
