mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/worker"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/worker"
    }
  }
}

variables {
  name                  = "worker"
  filename              = "../launcher/start-task.zip"
  dead_letter_queue_arn = "arn:aws:sqs:eu-west-1:123456789012:worker-dead-letter"
}

run "Lambda_2_supported_runtime" {
  assert {
    condition     = aws_lambda_function.this.runtime == "nodejs22.x"
    error_message = "Lambda.2: the runtime must be one that AWS supports."
  }
}

run "defaults" {
  command = plan

  assert {
    condition     = aws_lambda_function.this.tracing_config[0].mode == "Active"
    error_message = "CKV_AWS_50: invocations must be traced."
  }

  assert {
    condition     = aws_lambda_function_event_invoke_config.this.destination_config[0].on_failure[0].destination == var.dead_letter_queue_arn
    error_message = "CKV_AWS_116: Lambda must send an event that fails after all retries to the dead-letter queue."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.retention_in_days == 365
    error_message = "CKV_AWS_66, CKV_AWS_338: the retention of the log must be a year."
  }

  assert {
    condition     = aws_lambda_function.this.logging_config[0].log_group == aws_cloudwatch_log_group.this.name
    error_message = "The function must log to the log group of this module."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.log.policy).Statement[0].Resource == "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/worker:*"
    error_message = "IAM.1: the function must have permission to write to its own log group only."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.dead_letter.policy).Statement[0].Resource == var.dead_letter_queue_arn
    error_message = "IAM.1: the function must have permission to send to its own dead-letter queue only."
  }
}

run "allows_use_of_the_given_key" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.dead_letter.policy).Statement[1].Resource == var.kms_key_arn
    error_message = "The function must have permission to use the given key."
  }
}

run "attaches_given_policies_by_name" {
  command = plan

  variables {
    policies = { read = "{}" }
  }

  assert {
    condition     = keys(aws_iam_role_policy.given) == ["read"]
    error_message = "Each given policy must be a resource of its own."
  }
}

run "alarms_on_events_that_are_in_no_queue" {
  command = plan

  variables {
    alarm_actions = ["arn:aws:sns:eu-west-1:123456789012:oncall"]
  }

  assert {
    condition = [for alarm in [aws_cloudwatch_metric_alarm.destination_failures, aws_cloudwatch_metric_alarm.events_dropped] : [alarm.alarm_name, alarm.namespace, alarm.metric_name, alarm.dimensions, alarm.alarm_actions]] == [
      ["worker-destination-failures", "AWS/Lambda", "DestinationDeliveryFailures", tomap({ FunctionName = "worker" }), toset(var.alarm_actions)],
      ["worker-events-dropped", "AWS/Lambda", "AsyncEventsDropped", tomap({ FunctionName = "worker" }), toset(var.alarm_actions)],
    ]
    error_message = "There must be an alarm on events that Lambda drops or cannot send to the dead-letter queue."
  }
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

run "refuses_an_unknown_architecture" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    architecture = "arm"
  }

  expect_failures = [var.architecture]
}

run "refuses_values_that_lambda_refuses" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    memory_size                    = 64
    timeout                        = 901
    maximum_retry_attempts         = 3
    maximum_event_age_seconds      = 59
    reserved_concurrent_executions = -2
    log_retention_days             = 2
  }

  expect_failures = [
    var.memory_size,
    var.timeout,
    var.maximum_retry_attempts,
    var.maximum_event_age_seconds,
    var.reserved_concurrent_executions,
    var.log_retention_days,
  ]
}

run "IAM_1_the_code_of_a_function_in_a_vpc_must_not_manage_network_interfaces" {
  command = plan

  variables {
    vpc = { subnet_ids = ["subnet-0123456789abcdef0"], security_group_ids = ["sg-0123456789abcdef0"] }
  }

  assert {
    condition     = aws_lambda_function.this.vpc_config[0].subnet_ids == toset(["subnet-0123456789abcdef0"])
    error_message = "The function must be in the given subnets."
  }

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.network_interfaces["this"].policy).Statement : statement.Effect
    ] == ["Allow", "Deny"]
    error_message = "The permission for Lambda must be denied to the function's code."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.network_interfaces["this"].policy).Statement[1].Condition.ArnLike["lambda:SourceFunctionArn"] == "arn:*:lambda:*:*:function:worker"
    error_message = "Only calls from the function's code must be denied."
  }
}

run "refuses_a_runtime_of_another_language" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    runtime = "java21"
  }

  expect_failures = [var.runtime]
}

run "refuses_a_handler_without_function" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    handler = "handler"
  }

  expect_failures = [var.handler]
}

run "refuses_six_layers" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    layers = [for number in range(6) : "arn:aws:lambda:eu-west-1:123456789012:layer:tools:${number}"]
  }

  expect_failures = [var.layers]
}

run "refuses_a_layer_without_version" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    layers = ["arn:aws:lambda:eu-west-1:123456789012:layer:tools"]
  }

  expect_failures = [var.layers]
}

run "refuses_a_vpc_without_subnets_and_security_groups" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    vpc = { subnet_ids = [], security_group_ids = [] }
  }

  expect_failures = [var.vpc]
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

run "grants_are_inline_policies_with_exact_actions_and_resources" {
  command = plan

  variables {
    grants = {
      incoming = { access = "read-objects", arn = "arn:aws:s3:::incoming", objects = "scans/*", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
      jobs     = { access = "send-messages", arn = "arn:aws:sqs:eu-west-1:123456789012:jobs" }
    }
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.grant["incoming"].policy).Statement == [
      { Effect = "Allow", Action = ["s3:GetObject"], Resource = ["arn:aws:s3:::incoming/scans/*"] },
      { Effect = "Allow", Action = ["s3:ListBucket"], Resource = ["arn:aws:s3:::incoming"], Condition = { StringLike = { "s3:prefix" = "scans/*" } } },
      { Effect = "Allow", Action = ["kms:Decrypt"], Resource = ["arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"] },
    ]
    error_message = "IAM.1: the grant must allow to read and list these objects, to use their key, and nothing else."
  }

  assert {
    condition     = aws_iam_role_policy.grant["jobs"].name == "grant-jobs" && length(jsondecode(aws_iam_role_policy.grant["jobs"].policy).Statement) == 1
    error_message = "A grant without a key must be one statement in the policy grant-<key>."
  }
}

run "refuses_a_key_of_a_grant_that_no_policy_name_has" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    grants = { "a b" = { access = "read-objects", arn = "arn:aws:s3:::incoming" } }
  }

  expect_failures = [var.grants]
}

run "refuses_an_unknown_access" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    grants = { a = { access = "read", arn = "arn:aws:s3:::incoming" } }
  }

  expect_failures = [var.grants]
}

run "refuses_objects_of_a_queue" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    grants = { a = { access = "send-messages", arn = "arn:aws:sqs:eu-west-1:123456789012:jobs", objects = "a/*" } }
  }

  expect_failures = [var.grants]
}

run "refuses_empty_objects" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    grants = { a = { access = "read-objects", arn = "arn:aws:s3:::incoming", objects = "" } }
  }

  expect_failures = [var.grants]
}

run "refuses_an_arn_of_another_kind" {
  command = plan

  variables {
    grants = { a = { access = "read-objects", arn = "arn:aws:s3:::incoming/scans" } }
  }

  expect_failures = [aws_iam_role_policy.grant]
}

run "refuses_a_grant_with_the_policy_name_of_another" {
  command = plan

  variables {
    policies = { grant-a = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
    grants   = { a = { access = "read-objects", arn = "arn:aws:s3:::incoming" } }
  }

  expect_failures = [aws_iam_role_policy.grant]
}

run "names_replace_those_of_the_block" {
  command = plan

  variables {
    names = {
      "aws_lambda_function.this" = "acme-invoker"
      "aws_iam_role.this"        = "acme-invoker-role"
    }
  }

  assert {
    condition     = aws_lambda_function.this.function_name == "acme-invoker" && aws_iam_role.this.name == "acme-invoker-role" && aws_iam_role_policy.log.name == "log"
    error_message = "A resource must have the name that `names` gives its address."
  }
}

run "refuses_an_address_that_is_not_the_address_of_a_name" {
  command = plan

  variables {
    names = { "aws_lambda_function.unknown" = "acme" }
  }

  expect_failures = [aws_iam_role.this]
}

run "refuses_a_name_that_Lambda_takes_for_no_environment_variable" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    environment = { "1A" = "a" }
  }

  expect_failures = [var.environment]
}

run "refuses_environment_variables_of_more_than_4_KB" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    environment = { LONG = join("", [for index in range(1000) : "aaaaa"]) }
  }

  expect_failures = [var.environment]
}

run "refuses_policies_of_more_than_10240_characters" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    policies = { a = jsonencode({ Statement = [for index in range(800) : "statement-${index}"] }) }
  }

  expect_failures = [var.policies]
}

run "refuses_a_policy_that_is_no_JSON" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    policies = { a = "read" }
  }

  expect_failures = [var.policies]
}

run "refuses_a_subnet_twice" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    vpc = { subnet_ids = ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60718"], security_group_ids = ["sg-0a1b2c3d4e5f60718"] }
  }

  expect_failures = [var.vpc]
}
