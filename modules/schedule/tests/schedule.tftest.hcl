mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/nightly"
    }
  }

  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:eu-west-1:123456789012:nightly-undelivered"
      id  = "https://sqs.eu-west-1.amazonaws.com/123456789012/nightly-undelivered"
      url = "https://sqs.eu-west-1.amazonaws.com/123456789012/nightly-undelivered"
    }
  }

  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "123456789012"
    }
  }
}

variables {
  name                = "nightly"
  schedule_expression = "cron(0 3 * * ? *)"
  function_arn        = "arn:aws:lambda:eu-west-1:123456789012:function:engines-start-task"
}

run "IAM_1_invoke_its_function_and_send_to_the_dlq" {
  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement == [
      { Effect = "Allow", Action = "lambda:InvokeFunction", Resource = "arn:aws:lambda:eu-west-1:123456789012:function:engines-start-task" },
      { Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:eu-west-1:123456789012:nightly-undelivered" },
    ]
    error_message = "IAM.1: the role must have permission to invoke the function and to send to the dead-letter queue, and no other permission."
  }
}

run "trust_policy_allows_the_schedule_group_of_this_account_only" {
  command = plan

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition == { StringEquals = { "aws:SourceAccount" = "123456789012" }, ArnLike = { "aws:SourceArn" = "arn:*:scheduler:*:123456789012:schedule-group/default" } }
    error_message = "The trust policy must allow Scheduler on behalf of the schedule group of this account only."
  }
}

run "runs_its_task_family_on_its_cluster" {
  command = plan

  variables {
    function_arn = null
    target       = "task"
    service      = "report"
    input        = "{\"at\":\"\\u003caws.scheduler.scheduled-time\\u003e\",\"text\":\"\\u003cb\\u003e\"}"
    route = {
      cluster_arn                          = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
      task_definition_arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-report"
      container_name                       = "engines-report"
      subnet_ids                           = ["subnet-0a1b2c3d4e5f60718"]
      security_group_ids                   = ["sg-0a1b2c3d4e5f60718"]
      task_role_arn                        = "arn:aws:iam::123456789012:role/engines-report-task"
      execution_role_arn                   = "arn:aws:iam::123456789012:role/engines-report-execution"
    }
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement[0] == {
      Effect    = "Allow"
      Action    = "ecs:RunTask"
      Resource  = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-report:*"
      Condition = { ArnEquals = { "ecs:cluster" = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines" } }
    }
    error_message = "IAM.1: permission for RunTask must be limited to the task family and the cluster."
  }

  assert {
    condition     = jsondecode(aws_scheduler_schedule.this.target[0].input).containerOverrides[0].environment[0].value == "{\"at\":\"<aws.scheduler.scheduled-time>\",\"text\":\"\\u003cb\\u003e\"}"
    error_message = "The placeholders of Scheduler must not be escaped."
  }

  assert {
    condition     = aws_scheduler_schedule.this.target[0].ecs_parameters[0].group == "route-report"
    error_message = "The task must have the group by which a registrar recognizes it."
  }
}

run "CKV_AWS_297_customer_key_when_given" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition     = aws_scheduler_schedule.this.kms_key_arn == var.kms_key_arn && jsondecode(aws_iam_role_policy.this.policy).Statement[2].Resource == var.kms_key_arn
    error_message = "CKV_AWS_297: the given key must encrypt the schedule, and the role must have permission to use it."
  }
}

run "accepts_a_date_that_exists" {
  command = plan

  variables {
    schedule_expression     = "at(2028-02-29T00:00:00)"
    time_zone               = "America/Argentina/Buenos_Aires"
    flexible_window_minutes = 1440
  }

  assert {
    condition     = aws_scheduler_schedule.this.flexible_time_window[0].mode == "FLEXIBLE"
    error_message = "The window must be passed on."
  }
}

run "refuses_a_date_that_does_not_exist" {
  command = plan

  variables {
    schedule_expression = "at(2027-02-29T00:00:00)"
  }

  expect_failures = [aws_scheduler_schedule.this]
}

run "refuses_a_cron_with_both_day_fields" {
  command = plan

  variables {
    schedule_expression = "cron(0 3 * * * *)"
  }

  expect_failures = [aws_scheduler_schedule.this]
}

run "refuses_seconds" {
  command = plan

  variables {
    schedule_expression = "rate(5 seconds)"
  }

  expect_failures = [aws_scheduler_schedule.this]
}

run "refuses_the_abbreviation_of_a_time_zone" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    time_zone = "CEST"
  }

  expect_failures = [var.time_zone]
}

run "refuses_a_city_that_is_in_no_time_zone_database" {
  command = plan

  variables {
    time_zone = "Europe/Atlantis"
  }

  expect_failures = [aws_scheduler_schedule.this]
}

run "takes_a_former_name_of_a_time_zone" {
  command = plan

  variables {
    time_zone = "US/Pacific"
  }

  assert {
    condition     = aws_scheduler_schedule.this.schedule_expression_timezone == "US/Pacific"
    error_message = "The IANA time zone database keeps former names, and Scheduler takes them."
  }
}

run "refuses_a_time_zone_by_offset" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    time_zone = "+01:00"
  }

  expect_failures = [var.time_zone]
}

run "refuses_a_name_with_a_dot" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "a.b"
  }

  expect_failures = [var.name]
}

run "refuses_a_window_over_a_day" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    flexible_window_minutes = 1441
  }

  expect_failures = [var.flexible_window_minutes]
}

run "refuses_an_age_under_a_minute" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    maximum_event_age_seconds = 59
  }

  expect_failures = [var.maximum_event_age_seconds]
}

run "refuses_186_retries" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    maximum_retry_attempts = 186
  }

  expect_failures = [var.maximum_retry_attempts]
}

run "refuses_input_that_is_not_json" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    input = "{service: report}"
  }

  expect_failures = [var.input]
}

run "refuses_an_unknown_target" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    target = "queue"
  }

  expect_failures = [var.target]
}

run "refuses_no_function" {
  command = plan

  variables {
    function_arn = null
  }

  expect_failures = [aws_scheduler_schedule.this]
}

run "refuses_a_task_without_route" {
  command = plan

  variables {
    target = "task"
  }

  expect_failures = [aws_scheduler_schedule.this]
}

run "refuses_a_service_with_a_dot" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    service = "a.b"
  }

  expect_failures = [var.service]
}

run "refuses_a_route_without_subnets" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    function_arn = null
    target       = "task"
    service      = "report"
    route = {
      cluster_arn                          = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
      task_definition_arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-report"
      container_name                       = "engines-report"
      subnet_ids                           = []
      security_group_ids                   = []
      task_role_arn                        = "arn:aws:iam::123456789012:role/engines-report-task"
      execution_role_arn                   = "arn:aws:iam::123456789012:role/engines-report-execution"
    }
  }

  expect_failures = [var.route]
}

run "refuses_a_route_with_an_ebs_volume" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    function_arn = null
    target       = "task"
    service      = "report"
    route = {
      cluster_arn                          = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
      task_definition_arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-report"
      container_name                       = "engines-report"
      subnet_ids                           = ["subnet-0a1b2c3d4e5f60718"]
      security_group_ids                   = []
      task_role_arn                        = "arn:aws:iam::123456789012:role/engines-report-task"
      execution_role_arn                   = "arn:aws:iam::123456789012:role/engines-report-execution"
      ebs_volume                           = { name = "ebs", encrypted = true }
    }
  }

  expect_failures = [var.route]
}

run "refuses_a_reserved_name_of_a_capacity_provider" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    function_arn = null
    target       = "task"
    service      = "report"
    route = {
      cluster_arn                          = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
      task_definition_arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-report"
      container_name                       = "engines-report"
      subnet_ids                           = ["subnet-0a1b2c3d4e5f60718"]
      security_group_ids                   = []
      task_role_arn                        = "arn:aws:iam::123456789012:role/engines-report-task"
      execution_role_arn                   = "arn:aws:iam::123456789012:role/engines-report-execution"
      capacity                             = "fargate-gpu"
    }
  }

  expect_failures = [var.route]
}

run "refuses_an_input_over_the_limit_of_run_task" {
  command = plan

  variables {
    function_arn = null
    target       = "task"
    service      = "report"
    input        = format("\"%08192d\"", 0)
    route = {
      cluster_arn                          = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
      task_definition_arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-report"
      container_name                       = "engines-report"
      subnet_ids                           = ["subnet-0a1b2c3d4e5f60718"]
      security_group_ids                   = []
      task_role_arn                        = "arn:aws:iam::123456789012:role/engines-report-task"
      execution_role_arn                   = "arn:aws:iam::123456789012:role/engines-report-execution"
    }
  }

  expect_failures = [aws_scheduler_schedule.this]
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
    condition     = aws_iam_role.this.permissions_boundary == var.roles.permissions_boundary_arn && aws_iam_role.this.path == "/engines/eu/" && startswith(aws_iam_role.this.name, "acme-")
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

  expect_failures = [aws_iam_role.this]
}

run "names_replace_those_of_the_block" {
  command = plan

  variables {
    names = {
      "aws_scheduler_schedule.this" = "acme-nightly"
      "aws_iam_role.this"           = "acme-nightly-role"
    }
  }

  assert {
    condition     = aws_scheduler_schedule.this.name == "acme-nightly" && aws_iam_role.this.name == "acme-nightly-role"
    error_message = "A resource must have the name that `names` gives its address."
  }
}

run "refuses_an_address_that_is_not_the_address_of_a_name" {
  command = plan

  variables {
    names = { "aws_iam_role.that" = "acme" }
  }

  expect_failures = [aws_scheduler_schedule.this]
}

run "refuses_a_date_that_no_year_has" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    schedule_expression = "cron(0 3 31 2,4 ? *)"
  }

  expect_failures = [var.schedule_expression]
}

run "refuses_the_30th_of_February" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    schedule_expression = "cron(0 3 30 FEB ? *)"
  }

  expect_failures = [var.schedule_expression]
}
