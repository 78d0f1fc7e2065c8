mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = {
      partition = "aws"
    }
  }

  mock_data "aws_region" {
    defaults = {
      endpoint = "ec2.eu-west-1.amazonaws.com"
    }
  }

  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "123456789012"
    }
  }

  mock_resource "aws_sfn_state_machine" {
    defaults = {
      arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:engines"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/states/engines"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/engines-event"
    }
  }

  mock_resource "aws_cloudwatch_event_rule" {
    defaults = {
      arn = "arn:aws:events:eu-west-1:123456789012:rule/engines-start"
    }
  }

  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:eu-west-1:123456789012:engines-start-undelivered"
      id  = "https://sqs.eu-west-1.amazonaws.com/123456789012/engines-start-undelivered"
      url = "https://sqs.eu-west-1.amazonaws.com/123456789012/engines-start-undelivered"
    }
  }
}

variables {
  name         = "engines"
  function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:engines-start-task"
}

run "StepFunctions_1_logged" {
  assert {
    condition     = aws_sfn_state_machine.this.logging_configuration[0].level == "ERROR" && aws_sfn_state_machine.this.logging_configuration[0].log_destination == "${aws_cloudwatch_log_group.this.arn}:*"
    error_message = "StepFunctions.1: failures must be logged."
  }
}

run "CKV_AWS_284_traced" {
  command = plan

  assert {
    condition     = aws_sfn_state_machine.this.tracing_configuration[0].enabled
    error_message = "CKV_AWS_284: executions must be traced."
  }
}

run "permissions_for_one_function_and_one_bus" {
  command = plan

  assert {
    condition = [for s in jsondecode(aws_iam_role_policy.this.policy).Statement : [s.Action, s.Resource] if s.Resource != "*"] == [
      ["lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:123456789012:function:engines-start-task"],
      ["events:PutEvents", "arn:aws:events:eu-west-1:123456789012:event-bus/default"],
    ]
    error_message = "The state machine must have permission to invoke its function and to publish to its event bus only."
  }

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition.ArnEquals["aws:SourceArn"] == "arn:aws:states:eu-west-1:123456789012:stateMachine:engines"
    error_message = "The trust policy must allow this state machine only."
  }
}

run "launches_publishes_and_fails" {
  command = plan

  variables {
    max_attempts           = 3
    retry_interval_seconds = 7
  }

  assert {
    condition     = { for name, state in jsondecode(aws_sfn_state_machine.this.definition).States : name => try(state.Next, state.Type) } == { Launch = "CheckCapacity", CheckCapacity = "Choice", WaitForCapacity = "Launch", Report = "Task", ReportFailure = "Fail", Fail = "Fail" }
    error_message = "A launch must be published; a failed launch must be published and fail the execution."
  }

  assert {
    condition = [for retry in jsondecode(aws_sfn_state_machine.this.definition).States.Launch.Retry : [retry.MaxAttempts, retry.IntervalSeconds, retry.JitterStrategy, contains(retry.ErrorEquals, "CapacityUnavailable")]] == [
      [2, 7, "FULL", true]
    ]
    error_message = "Missing capacity must be retried with jitter."
  }

  assert {
    condition     = jsondecode(aws_sfn_state_machine.this.definition).States.Launch.Catch == [{ ErrorEquals = ["States.ALL"], Next = "ReportFailure" }]
    error_message = "Every failure must be published."
  }

  assert {
    condition     = jsondecode(aws_sfn_state_machine.this.definition).States.Launch.Parameters["Payload.$"] == "States.JsonMerge(States.StringToJson(States.Format('\\{\"id\":\"{}\"\\}', $$.Execution.Name)), $$.Execution.Input, false)"
    error_message = "An input without an id must get the execution's name as its id."
  }
}

run "rules_start_it_with_their_own_role" {
  command = plan

  variables {
    events = { start = { source = ["custom.app"] } }
  }

  assert {
    condition     = keys(output.event_rule_arns) == ["start"]
    error_message = "Each event must have a rule."
  }

  assert {
    condition     = [for s in jsondecode(aws_iam_role_policy.event.policy).Statement : [s.Action, s.Resource]] == [["states:StartExecution", "arn:aws:states:eu-west-1:123456789012:stateMachine:engines"]]
    error_message = "The rules must have permission to start this state machine, and no other permission."
  }

  assert {
    condition     = jsondecode(aws_iam_role.event.assume_role_policy).Statement[0].Condition.ArnLike["aws:SourceArn"] == ["arn:aws:events:eu-west-1:123456789012:rule/engines-*", "arn:aws:events:eu-west-1:123456789012:rule/*/engines-*"]
    error_message = "The trust policy must allow the rules of this workflow only."
  }
}

run "refuses_a_name_with_spaces" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "a b"
  }

  expect_failures = [var.name]
}

run "refuses_an_event_name_with_spaces" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    events = { "a b" = { source = ["a"] } }
  }

  expect_failures = [var.events]
}

run "refuses_zero_attempts" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    max_attempts = 0
  }

  expect_failures = [var.max_attempts]
}

run "refuses_an_interval_beyond_five_minutes" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    retry_interval_seconds = 301
  }

  expect_failures = [var.retry_interval_seconds]
}

run "refuses_a_retention_of_eight_days" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    log_retention_days = 8
  }

  expect_failures = [var.log_retention_days]
}

run "refuses_a_schedule_without_service" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    events = { nightly = { schedule_expression = "rate(1 day)" } }
  }

  expect_failures = [var.events]
}

run "refuses_a_preset_without_service" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    events = { finding = { preset = "guardduty" } }
  }

  expect_failures = [var.events]
}

run "refuses_events_of_an_aws_service_without_service" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    events = { upload = { source = ["custom.app", "aws.s3"], detail_type = ["Object Created"] } }
  }

  expect_failures = [var.events]
}

run "roles_have_the_boundary_path_and_prefix_of_the_organisation" {
  command = plan

  variables {
    roles = {
      permissions_boundary_arn = "arn:aws:iam::123456789012:policy/organisation/boundary"
      path                     = "/engines/eu/"
      name_prefix              = "acme-"
    }
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == var.roles.permissions_boundary_arn && aws_iam_role.this.path == "/engines/eu/" && startswith(aws_iam_role.this.name, "acme-") && aws_iam_role.event.permissions_boundary == var.roles.permissions_boundary_arn && aws_iam_role.event.path == "/engines/eu/" && startswith(aws_iam_role.event.name, "acme-")
    error_message = "Every role must have the boundary, the path and the prefix of `roles`."
  }
}

run "refuses_a_boundary_that_is_no_policy" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    roles = { permissions_boundary_arn = "arn:aws:iam::123456789012:role/boundary" }
  }

  expect_failures = [var.roles]
}

run "refuses_a_role_path_without_a_slash_at_its_end" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    roles = { path = "/engines" }
  }

  expect_failures = [var.roles]
}

run "refuses_a_character_that_no_role_name_has" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    roles = { name_prefix = "acme/" }
  }

  expect_failures = [var.roles]
}

run "refuses_a_prefix_that_makes_a_role_name_too_long" {
  command = plan

  variables {
    roles = { name_prefix = "a-prefix-of-64-characters-leaves-no-character-for-the-name-itself" }
  }

  expect_failures = [aws_iam_role.this, aws_iam_role.event]
}

run "refuses_a_name_of_an_unknown_address" {
  command = plan

  variables {
    names = { "aws_sqs_queue.this" = "acme" }
  }

  expect_failures = [aws_sfn_state_machine.this]
}
