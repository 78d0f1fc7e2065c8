mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/engines-start-task"
    }
  }

  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:eu-west-1:123456789012:engines-dead-letter"
      url = "https://sqs.eu-west-1.amazonaws.com/123456789012/engines-dead-letter"
    }
  }

  mock_resource "aws_s3_bucket" {
    defaults = {
      id  = "engines-payload-20260101"
      arn = "arn:aws:s3:::engines-payload-20260101"
    }
  }

  mock_resource "aws_lambda_function" {
    defaults = {
      arn = "arn:aws:lambda:eu-west-1:123456789012:function:engines-start-task"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/engines-run-history"
    }
  }

  mock_resource "aws_cloudwatch_event_rule" {
    defaults = {
      arn = "arn:aws:events:eu-west-1:123456789012:rule/engines-start"
    }
  }

  mock_resource "aws_iam_policy" {
    defaults = {
      arn = "arn:aws:iam::123456789012:policy/engines-launch"
    }
  }
}

# The variable routes is in launcher.auto.tfvars: in OpenTofu the variables of a run can refer to it there, not here.
variables {
  name = "engines"
}

run "IAM_1_allows_run_task_for_each_family_on_its_cluster_only" {
  assert {
    condition = jsondecode(aws_iam_policy.launch["0"].policy).Statement[0] == {
      Effect    = "Allow"
      Action    = "ecs:RunTask"
      Resource  = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth:*"
      Condition = { ArnEquals = { "ecs:cluster" = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines" } }
    }
    error_message = "IAM.1: RunTask must be limited to the family and to the cluster."
  }
}

run "defaults" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_policy.launch["0"].policy).Statement[1] == {
      Effect    = "Allow"
      Action    = "iam:PassRole"
      Resource  = ["arn:aws:iam::123456789012:role/engines-auth-task", "arn:aws:iam::123456789012:role/engines-auth-execution"]
      Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
    }
    error_message = "CKV_AWS_286: PassRole must name the two roles and the service."
  }

  assert {
    condition = jsondecode(aws_iam_policy.launch["0"].policy).Statement[2] == {
      Effect    = "Allow"
      Action    = "ecs:TagResource"
      Resource  = ["arn:aws:ecs:eu-west-1:123456789012:task/engines/*"]
      Condition = { StringEquals = { "ecs:CreateAction" = "RunTask" } }
    }
    error_message = "IAM.1: TagResource must be allowed with RunTask only."
  }

  assert {
    condition     = aws_iam_role_policy.read_payload["auth"].role == "engines-auth-task" && jsondecode(aws_iam_role_policy.read_payload["auth"].policy).Statement[0].Resource == "arn:aws:s3:::engines-payload-20260101/payloads/*"
    error_message = "The task must be allowed to read its payload."
  }

  assert {
    condition     = !strcontains(local.routes, "allowOverrides") && !strcontains(local.routes, "assignPublicIp")
    error_message = "By default an event overrides nothing, and no task gets a public IP address."
  }

  assert {
    condition     = !strcontains(local.routes, "networkMode") && !strcontains(local.routes, "capacity") && !strcontains(local.routes, "target")
    error_message = "Fifty launch routes must fit into the environment of a Lambda function."
  }

  assert {
    condition = jsondecode(local.policies.payload).Statement == [
      {
        Effect = "Allow"
        Action = ["s3:PutObject", "s3:GetObject"]
        Resource = [
          "arn:aws:s3:::engines-payload-20260101/payloads/*",
          "arn:aws:s3:::engines-payload-20260101/launches/*",
          "arn:aws:s3:::engines-payload-20260101/idempotency-keys/*",
        ]
      },
      { Effect = "Allow", Action = "s3:ListBucket", Resource = "arn:aws:s3:::engines-payload-20260101" },
    ]
    error_message = "IAM.1: the function must be allowed only the folders of its own bucket."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.invoke_itself.policy).Statement == [{
      Effect   = "Allow"
      Action   = "lambda:InvokeFunction"
      Resource = "arn:aws:lambda:eu-west-1:123456789012:function:engines-start-task"
    }]
    error_message = "IAM.1: the function must be allowed to invoke only itself."
  }

  assert {
    condition = jsondecode(aws_cloudwatch_log_resource_policy.run_history["this"].policy_document).Statement == [
      {
        Effect    = "Allow"
        Principal = { Service = ["events.amazonaws.com", "delivery.logs.amazonaws.com"] }
        Action    = "logs:CreateLogStream"
        Resource  = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/engines-run-history:*"
      },
      {
        Effect    = "Allow"
        Principal = { Service = ["events.amazonaws.com", "delivery.logs.amazonaws.com"] }
        Action    = "logs:PutLogEvents"
        Resource  = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/engines-run-history:*"
        Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.run_history["this"].arn } }
      },
    ]
    error_message = "IAM.1: only EventBridge must be allowed to write to the run history, and only the events of its rule."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.run_history["this"].event_pattern).detail == jsondecode(jsonencode(local.stopped_tasks)) && output.run_history_log_group_name == "/aws/events/engines-run-history"
    error_message = "The run history must have the ends of the launched tasks."
  }

  assert {
    condition     = local.environment.DEDUPLICATION_WINDOW_HOURS == "24"
    error_message = "The window must be 24 hours by default."
  }
}

run "attaches_no_policy_to_an_existing_task_role" {
  command = plan

  variables {
    routes = {
      auth = {
        cluster_arn                          = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
        family                               = "engines-auth"
        task_definition_arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth"
        container_name                       = "engines-auth"
        subnet_ids                           = ["subnet-0a1b2c3d4e5f60718"]
        security_group_ids                   = []
        task_role_arn                        = "arn:aws:iam::123456789012:role/acme-task"
        task_role_name                       = "acme-task"
        execution_role_arn                   = "arn:aws:iam::123456789012:role/acme-execution"
        existing_task_role                   = true
      }
    }
  }

  assert {
    condition     = length(aws_iam_role_policy.read_payload) == 0 && jsondecode(output.read_payload_policy_json).Statement[0] == { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::engines-payload-20260101/payloads/*" }
    error_message = "An existing task role must get no policy, and the output must say what it needs."
  }

  assert {
    condition     = jsondecode(aws_iam_policy.launch["0"].policy).Statement[1].Resource == ["arn:aws:iam::123456789012:role/acme-task", "arn:aws:iam::123456789012:role/acme-execution"]
    error_message = "The function must be allowed to pass the existing roles, and no others."
  }
}

run "allows_a_task_to_decrypt_payloads_with_the_given_key" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.read_payload["auth"].policy).Statement[1] == { Effect = "Allow", Action = "kms:Decrypt", Resource = var.kms_key_arn }
    error_message = "The task must be allowed to decrypt its payload."
  }
}

run "refuses_no_routes" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = {}
  }

  expect_failures = [var.routes]
}

run "refuses_a_long_name" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "engines-of-the-whole-company-1"
  }

  expect_failures = [var.name]
}

run "refuses_a_payload_retention_shorter_than_that_of_the_dlq" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    payload_retention_days = 14
  }

  expect_failures = [var.payload_retention_days]
}

run "refuses_an_event_for_a_service_without_a_launch_route" {
  command = plan

  variables {
    events = { nightly = { schedule_expression = "rate(1 day)", service = "pdf" } }
  }

  expect_failures = [output.function_name]
}

run "refuses_an_event_name_with_a_dot" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    events = { "a.b" = { source = ["custom.app"] } }
  }

  expect_failures = [var.events]
}

run "refuses_an_override_of_the_cluster" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = {
      auth = {
        cluster_arn                          = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
        family                               = "engines-auth"
        task_definition_arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth"
        container_name                       = "engines-auth"
        subnet_ids                           = ["subnet-0a1b2c3d4e5f60718"]
        security_group_ids                   = []
        allow_overrides                      = ["cluster"]
        task_role_arn                        = "arn:aws:iam::123456789012:role/engines-auth-task"
        task_role_name                       = "engines-auth-task"
        execution_role_arn                   = "arn:aws:iam::123456789012:role/engines-auth-execution"
      }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_an_override_of_the_port_behind_a_load_balancer" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = {
      auth = {
        cluster_arn                          = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
        family                               = "engines-auth"
        task_definition_arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth"
        container_name                       = "engines-auth"
        subnet_ids                           = ["subnet-0a1b2c3d4e5f60718"]
        security_group_ids                   = []
        allow_overrides                      = ["command", "port"]
        target_type                          = "ip"
        task_role_arn                        = "arn:aws:iam::123456789012:role/engines-auth-task"
        task_role_name                       = "engines-auth-task"
        execution_role_arn                   = "arn:aws:iam::123456789012:role/engines-auth-execution"
      }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_a_route_without_subnets" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = {
      auth = {
        cluster_arn                          = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
        family                               = "engines-auth"
        task_definition_arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth"
        container_name                       = "engines-auth"
        subnet_ids                           = []
        security_group_ids                   = []
        task_role_arn                        = "arn:aws:iam::123456789012:role/engines-auth-task"
        task_role_name                       = "engines-auth-task"
        execution_role_arn                   = "arn:aws:iam::123456789012:role/engines-auth-execution"
      }
    }
  }

  expect_failures = [var.routes]
}

run "without_a_wait_timeout_the_function_does_not_wait" {
  command = plan

  variables {
    routes = {
      auth = {
        cluster_arn                          = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
        family                               = "engines-auth"
        task_definition_arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth"
        container_name                       = "engines-auth"
        subnet_ids                           = ["subnet-0a1b2c3d4e5f60718"]
        security_group_ids                   = ["sg-0a1b2c3d4e5f60718"]
        task_role_arn                        = "arn:aws:iam::123456789012:role/engines-auth-task"
        task_role_name                       = "engines-auth-task"
        execution_role_arn                   = "arn:aws:iam::123456789012:role/engines-auth-execution"
        target_group_arn                     = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/auth/0123456789abcdef"
        target_type                          = "ip"
      }
    }
  }

  assert {
    condition     = !local.waits && local.timeout_seconds == 30 && length(local.targeted) == 0 && length(module.buffer) == 0
    error_message = "Without a wait the registrar registers tasks."
  }

  assert {
    condition     = jsondecode(local.routes).auth.targetGroup == "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/auth/0123456789abcdef" && jsondecode(local.routes).auth.targetType == "ip"
    error_message = "The launch route must have the target group."
  }
}

run "bridge_mode_has_no_subnets_and_security_groups" {
  command = plan

  variables {
    routes = {
      auth = {
        cluster_arn                          = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
        family                               = "engines-auth"
        task_definition_arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth"
        container_name                       = "engines-auth"
        subnet_ids                           = []
        security_group_ids                   = ["sg-0a1b2c3d4e5f60718"]
        task_role_arn                        = "arn:aws:iam::123456789012:role/engines-auth-task"
        task_role_name                       = "engines-auth-task"
        execution_role_arn                   = "arn:aws:iam::123456789012:role/engines-auth-execution"
        network_mode                         = "bridge"
        capacity                             = "EC2"
      }
    }
  }

  assert {
    condition     = jsondecode(local.routes).auth.networkMode == "bridge" && jsondecode(local.routes).auth.capacity == "EC2" && length(jsondecode(local.routes).auth.subnets) == 0 && length(jsondecode(local.routes).auth.securityGroups) == 0
    error_message = "A task in bridge mode uses the network of its container instance."
  }
}

run "buffer_makes_a_queue" {
  variables {
    buffer = true
    events = { start = { source = ["custom.app"] } }
  }

  assert {
    condition     = local.environment.BUFFER_QUEUE_URL == output.buffer_queue_url && local.environment.RETRY_QUEUE_URL == output.buffer_queue_url
    error_message = "The function must have the URL of the queue."
  }

  assert {
    condition     = local.timeout_seconds == 60 && aws_lambda_event_source_mapping.buffer["this"].batch_size == 10 && aws_lambda_event_source_mapping.buffer["this"].scaling_config[0].maximum_concurrency == 20
    error_message = "The function must have 20 concurrent invocations: ECS starts about 20 tasks a second."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.buffer["this"].function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "A failed event must not make the whole batch retry."
  }

  assert {
    condition     = output.buffer_queue_url == "https://sqs.eu-west-1.amazonaws.com/123456789012/engines-dead-letter"
    error_message = "The output must be the queue."
  }
}

run "the_timeout_is_a_minute_longer_than_the_wait" {
  command = plan

  variables {
    wait_timeout_seconds = 840
    wait_for             = "healthy"
    routes = {
      auth = {
        cluster_arn                          = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
        family                               = "engines-auth"
        task_definition_arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth"
        container_name                       = "engines-auth"
        subnet_ids                           = ["subnet-0a1b2c3d4e5f60718"]
        security_group_ids                   = ["sg-0a1b2c3d4e5f60718"]
        task_role_arn                        = "arn:aws:iam::123456789012:role/engines-auth-task"
        task_role_name                       = "engines-auth-task"
        execution_role_arn                   = "arn:aws:iam::123456789012:role/engines-auth-execution"
        target_group_arn                     = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/auth/0123456789abcdef"
        target_type                          = "ip"
      }
    }
  }

  assert {
    condition     = local.timeout_seconds == 900 && keys(local.targeted) == ["auth"]
    error_message = "The timeout must be longer than the wait, and the function must be allowed to register tasks."
  }
}

run "refuses_a_wait_longer_than_lambda_runs" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    wait_timeout_seconds = 841
  }

  expect_failures = [var.wait_timeout_seconds]
}

run "refuses_a_wait_of_half_a_second" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    wait_timeout_seconds = 1.5
  }

  expect_failures = [var.wait_timeout_seconds]
}

run "refuses_an_unknown_state_to_wait_for" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    wait_for = "stopped"
  }

  expect_failures = [var.wait_for]
}

run "refuses_an_event_called_task_failed" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    events = { task-failed = { source = ["custom.app"] } }
  }

  expect_failures = [var.events]
}

run "refuses_an_event_called_run_history" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    events = { run-history = { source = ["custom.app"] } }
  }

  expect_failures = [var.events]
}

run "refuses_no_subnets" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = {
      auth = {
        cluster_arn                          = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
        family                               = "engines-auth"
        task_definition_arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth"
        container_name                       = "engines-auth"
        subnet_ids                           = []
        security_group_ids                   = ["sg-0a1b2c3d4e5f60718"]
        task_role_arn                        = "arn:aws:iam::123456789012:role/engines-auth-task"
        task_role_name                       = "engines-auth-task"
        execution_role_arn                   = "arn:aws:iam::123456789012:role/engines-auth-execution"
      }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_an_unknown_network_mode" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = {
      auth = {
        cluster_arn                          = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
        family                               = "engines-auth"
        task_definition_arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth"
        container_name                       = "engines-auth"
        subnet_ids                           = ["subnet-0a1b2c3d4e5f60718"]
        security_group_ids                   = ["sg-0a1b2c3d4e5f60718"]
        task_role_arn                        = "arn:aws:iam::123456789012:role/engines-auth-task"
        task_role_name                       = "engines-auth-task"
        execution_role_arn                   = "arn:aws:iam::123456789012:role/engines-auth-execution"
        network_mode                         = "none"
      }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_an_unknown_capacity" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = {
      auth = {
        cluster_arn                          = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
        family                               = "engines-auth"
        task_definition_arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth"
        container_name                       = "engines-auth"
        subnet_ids                           = ["subnet-0a1b2c3d4e5f60718"]
        security_group_ids                   = ["sg-0a1b2c3d4e5f60718"]
        task_role_arn                        = "arn:aws:iam::123456789012:role/engines-auth-task"
        task_role_name                       = "engines-auth-task"
        execution_role_arn                   = "arn:aws:iam::123456789012:role/engines-auth-execution"
        capacity                             = "fargate"
      }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_an_unknown_target_type" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = {
      auth = {
        cluster_arn                          = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
        family                               = "engines-auth"
        task_definition_arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth"
        container_name                       = "engines-auth"
        subnet_ids                           = ["subnet-0a1b2c3d4e5f60718"]
        security_group_ids                   = ["sg-0a1b2c3d4e5f60718"]
        task_role_arn                        = "arn:aws:iam::123456789012:role/engines-auth-task"
        task_role_name                       = "engines-auth-task"
        execution_role_arn                   = "arn:aws:iam::123456789012:role/engines-auth-execution"
        target_type                          = "lambda"
      }
    }
  }

  expect_failures = [var.routes]
}

run "settings_other_than_the_default_are_in_the_launch_routes" {
  command = plan

  variables {
    routes = {
      auth = merge(var.routes.auth, { on_failure = { action = "retry" }, interruption_retries = 0, enable_execute_command = true, essential_containers = ["engines-auth", "proxy"] })
      pdf  = merge(var.routes.auth, { on_failure = { action = "dead_letter" }, interruption_retries = 3, essential_containers = ["engines-auth"] })
      fa   = merge(var.routes.auth, { on_failure = { max_attempts = 9 }, interruption_retries = null, essential_containers = null })
    }
  }

  assert {
    condition = jsondecode(local.routes).auth == merge(jsondecode(local.routes).fa, {
      onFailure            = { action = "retry", maxAttempts = 3, backoffSeconds = 60 }
      interruptionRetries  = 0
      enableExecuteCommand = true
      essential            = ["engines-auth", "proxy"]
    })
    error_message = "The launch route must have the failure settings."
  }

  assert {
    condition     = jsondecode(local.routes).pdf == merge(jsondecode(local.routes).fa, { onFailure = { action = "dead_letter", maxAttempts = 3, backoffSeconds = 60 } })
    error_message = "The default containers and the default of three retries must be left out."
  }

  assert {
    condition     = keys(jsondecode(local.routes).fa) == ["cluster", "container", "family", "port", "securityGroups", "subnets"]
    error_message = "Fifty launch routes must fit into the environment of a Lambda function."
  }
}

run "retry_makes_the_queue_without_buffer" {
  command = plan

  variables {
    routes = { auth = merge(var.routes.auth, { on_failure = { action = "retry" } }) }
  }

  assert {
    condition     = length(module.buffer) == 1 && local.timeout_seconds == 60 && !contains(keys(local.environment), "BUFFER_QUEUE_URL") && local.environment.RETRY_QUEUE_URL == output.buffer_queue_url
    error_message = "Retries must wait in the queue, and events must not."
  }
}

run "dead_letter_makes_no_queue" {
  command = plan

  variables {
    routes = { auth = merge(var.routes.auth, { on_failure = { action = "dead_letter" } }) }
  }

  assert {
    condition     = length(module.buffer) == 0 && !contains(keys(local.environment), "RETRY_QUEUE_URL")
    error_message = "Without retries there must be no queue."
  }
}

run "IAM_1_allows_the_function_its_own_queue_only" {
  command = plan

  variables {
    buffer = true
  }

  assert {
    condition = jsondecode(local.policies.buffer).Statement == [{
      Effect   = "Allow"
      Action   = ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
      Resource = output.buffer_queue_arn
    }]
    error_message = "IAM.1: the function must be allowed to use only this queue."
  }
}

run "every_service_has_an_alarm_on_failed_tasks" {
  command = plan

  variables {
    routes        = { auth = var.routes.auth, pdf = merge(var.routes.auth, { family = "engines-pdf" }) }
    alarm_actions = ["arn:aws:sns:eu-west-1:123456789012:oncall"]
  }

  assert {
    condition = [for service, alarm in aws_cloudwatch_metric_alarm.task_failures : [service, alarm.alarm_name, alarm.metric_name, alarm.namespace, alarm.dimensions, alarm.alarm_actions]] == [
      ["auth", "engines-auth-task-failures", "TasksFailed", "EventDrivenEcs", tomap({ Function = "engines-start-task", Service = "auth" }), toset(["arn:aws:sns:eu-west-1:123456789012:oncall"])],
      ["pdf", "engines-pdf-task-failures", "TasksFailed", "EventDrivenEcs", tomap({ Function = "engines-start-task", Service = "pdf" }), toset(["arn:aws:sns:eu-west-1:123456789012:oncall"])],
    ]
    error_message = "The alarm on failed tasks must notify the given actions."
  }
}

run "the_window_may_be_as_long_as_the_payload_retention" {
  command = plan

  variables {
    payload_retention_days     = 15
    deduplication_window_hours = 360
  }

  assert {
    condition     = local.environment.DEDUPLICATION_WINDOW_HOURS == "360"
    error_message = "The window must be the given one."
  }
}

run "refuses_a_window_longer_than_the_payload_retention" {
  command = plan

  variables {
    payload_retention_days     = 15
    deduplication_window_hours = 361
  }

  expect_failures = [output.payload_bucket_name]
}

run "refuses_a_window_of_zero_hours" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    deduplication_window_hours = 0
  }

  expect_failures = [var.deduplication_window_hours]
}

run "refuses_a_window_of_half_an_hour" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    deduplication_window_hours = 1.5
  }

  expect_failures = [var.deduplication_window_hours]
}

run "refuses_an_unknown_action" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { auth = merge(var.routes.auth, { on_failure = { action = "page" } }) }
  }

  expect_failures = [var.routes]
}

run "refuses_zero_attempts" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { auth = merge(var.routes.auth, { on_failure = { action = "retry", max_attempts = 0 } }) }
  }

  expect_failures = [var.routes]
}

run "refuses_eleven_attempts" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { auth = merge(var.routes.auth, { on_failure = { action = "retry", max_attempts = 11 } }) }
  }

  expect_failures = [var.routes]
}

run "refuses_a_fraction_of_an_attempt" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { auth = merge(var.routes.auth, { on_failure = { action = "retry", max_attempts = 1.5 } }) }
  }

  expect_failures = [var.routes]
}

run "refuses_a_backoff_longer_than_the_longest_delay_of_sqs" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { auth = merge(var.routes.auth, { on_failure = { action = "retry", backoff_seconds = 901 } }) }
  }

  expect_failures = [var.routes]
}

run "refuses_a_backoff_of_half_a_second" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { auth = merge(var.routes.auth, { on_failure = { action = "retry", backoff_seconds = 0.5 } }) }
  }

  expect_failures = [var.routes]
}

run "refuses_eleven_retries_of_an_interrupted_task" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { auth = merge(var.routes.auth, { interruption_retries = 11 }) }
  }

  expect_failures = [var.routes]
}

run "refuses_a_negative_number_of_retries_of_an_interrupted_task" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { auth = merge(var.routes.auth, { interruption_retries = -1 }) }
  }

  expect_failures = [var.routes]
}

run "refuses_a_fraction_of_a_retry_of_an_interrupted_task" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { auth = merge(var.routes.auth, { interruption_retries = 0.5 }) }
  }

  expect_failures = [var.routes]
}

run "refuses_a_task_without_an_essential_container" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { auth = merge(var.routes.auth, { essential_containers = [] }) }
  }

  expect_failures = [var.routes]
}

run "selects_policies_for_its_only_service" {
  command = plan

  variables {
    policy_selection = {
      bucket_name = "policies"
      bucket_arn  = "arn:aws:s3:::policies"
    }
    events = { finding = { preset = "guardduty", service = "auth" } }
  }

  assert {
    condition = { for name, value in local.environment : name => value if startswith(name, "POLICY_") || startswith(name, "ECS_") && name != "ECS_LAUNCH_SETTINGS" || contains(["ROUTES", "ENABLE_ENRICHMENT", "SERVICE", "WORKER_ROLES", "DEFAULT_POLICY_KEY", "USE_DEFAULT_POLICY"], name) } == {
      POLICY_BUCKET       = "policies"
      POLICY_MAPPING_KEY  = "config/policy-mappings.json"
      ENABLE_ENRICHMENT   = "true"
      ECS_CLUSTER         = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
      ECS_TASK_DEFINITION = "engines-auth"
      ECS_SUBNETS         = "subnet-0a1b2c3d4e5f60718"
      ECS_SECURITY_GROUP  = "sg-0a1b2c3d4e5f60718"
      SERVICE             = "auth"
      WORKER_ROLES        = "arn:aws:iam::123456789012:role/engines-auth-task"
    }
    error_message = "The function must have the environment of run-policy: its only launch route, the bucket and no default policy."
  }

  assert {
    condition     = jsondecode(local.environment.ECS_LAUNCH_SETTINGS) == { container = "engines-auth" }
    error_message = "Settings of the launch route other than the default must be in ECS_LAUNCH_SETTINGS, and no others."
  }

  assert {
    condition     = module.function.function_name == "engines-run-policy"
    error_message = "The function must be run-policy."
  }
}

run "IAM_1_allows_to_read_the_mappings_and_policies_only" {
  command = plan

  variables {
    policy_selection = {
      bucket_name = "policies"
      bucket_arn  = "arn:aws:s3:::policies"
    }
  }

  assert {
    condition = jsondecode(local.policies.policies).Statement == [
      {
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:GetObjectVersion"]
        Resource = ["arn:aws:s3:::policies/config/policy-mappings.json", "arn:aws:s3:::policies/policies/*"]
      },
      { Effect = "Allow", Action = "s3:ListBucket", Resource = "arn:aws:s3:::policies" },
    ]
    error_message = "IAM.1: the function must have permission to read the mapping file and the policies, and no other object."
  }
}

run "IAM_1_runs_no_tasks_when_runs_are_queued" {
  command = plan

  variables {
    policy_selection = {
      bucket_name = "policies"
      bucket_arn  = "arn:aws:s3:::policies"
      run_queue   = { url = "https://sqs.eu-west-1.amazonaws.com/123456789012/runs", arn = "arn:aws:sqs:eu-west-1:123456789012:runs" }
    }
  }

  assert {
    condition     = length(aws_iam_policy.launch) == 0 && jsondecode(local.policies.policies).Statement[2] == { Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:eu-west-1:123456789012:runs" }
    error_message = "IAM.1: the function must have permission to send to the queue, and none to run tasks."
  }

  assert {
    condition     = length(aws_cloudwatch_log_group.run_history) == 0 && length(aws_cloudwatch_log_resource_policy.run_history) == 0 && output.run_history_log_group_name == null
    error_message = "Queued runs have no task of their own, so there is no run history."
  }

  assert {
    condition     = !contains(jsondecode(local.policies.buffer).Statement[0].Action, "sqs:SendMessage")
    error_message = "IAM.1: without a buffer and retries the function has no permission to send to the queue of the workers' reports."
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.take_runs["auth"].policy).Statement : statement.Action] == [["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"], "sqs:SendMessage", ["s3:PutObject", "s3:GetObject"]]
    error_message = "IAM.1: a worker must have permission to take, claim and report runs, and no other."
  }
}

run "refuses_policy_selection_with_two_services" {
  command = plan

  variables {
    policy_selection = {
      bucket_name = "policies"
      bucket_arn  = "arn:aws:s3:::policies"
    }
    routes = { auth = var.routes.auth, pdf = var.routes.auth }
  }

  expect_failures = [output.function_name]
}

run "refuses_policy_selection_with_a_wait" {
  command = plan

  variables {
    policy_selection = {
      bucket_name = "policies"
      bucket_arn  = "arn:aws:s3:::policies"
    }
    wait_timeout_seconds = 25
  }

  expect_failures = [output.function_name]
}

run "refuses_a_default_policy_without_its_key" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    policy_selection = {
      bucket_name        = "policies"
      bucket_arn         = "arn:aws:s3:::policies"
      use_default_policy = true
    }
  }

  expect_failures = [var.policy_selection]
}

run "refuses_a_prefix_of_policies_with_a_wildcard" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    policy_selection = {
      bucket_name     = "policies"
      bucket_arn      = "arn:aws:s3:::policies"
      policies_prefix = "*/"
    }
  }

  expect_failures = [var.policy_selection]
}

run "refuses_a_mapping_key_that_is_a_folder" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    policy_selection = {
      bucket_name = "policies"
      bucket_arn  = "arn:aws:s3:::policies"
      mapping_key = "config/"
    }
  }

  expect_failures = [var.policy_selection]
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

run "names_replace_those_of_the_block" {
  command = plan

  variables {
    create_run_history_policy = false
    names = {
      "aws_iam_role_policy.invoke_itself"        = "acme-invoke"
      "aws_iam_policy.launch[\"0\"]"             = "acme-launch"
      "aws_iam_policy.launch[\"0\"].description" = "Launch of acme."
      "module.function.aws_lambda_function.this" = "acme-invoker"
    }
  }

  assert {
    condition     = aws_iam_role_policy.invoke_itself.name == "acme-invoke" && aws_iam_policy.launch["0"].name == "acme-launch" && aws_iam_policy.launch["0"].description == "Launch of acme."
    error_message = "A resource must have the name that `names` gives its address."
  }

  assert {
    condition     = length(aws_cloudwatch_log_resource_policy.run_history) == 0 && length(aws_cloudwatch_event_target.run_history) == 1
    error_message = "A run history must be there without a log resource policy of its own."
  }
}

run "refuses_an_address_that_is_not_the_address_of_a_name" {
  command = plan

  variables {
    names = { "module.handler.aws_lambda_function.this" = "acme" }
  }

  expect_failures = [aws_iam_role_policy.invoke_itself]
}

run "CKV_AWS_286_pass_the_infrastructure_role_of_an_ebs_volume_to_ecs_only" {
  command = plan

  variables {
    routes = {
      index = {
        cluster_arn                          = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
        family                               = "engines-index"
        task_definition_arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-index"
        container_name                       = "engines-index"
        subnet_ids                           = ["subnet-0a1b2c3d4e5f60718"]
        security_group_ids                   = ["sg-0a1b2c3d4e5f60718"]
        task_role_arn                        = "arn:aws:iam::123456789012:role/engines-index-task"
        task_role_name                       = "engines-index-task"
        execution_role_arn                   = "arn:aws:iam::123456789012:role/engines-index-execution"
        ebs_volume = {
          name                    = "ebs"
          infrastructure_role_arn = "arn:aws:iam::123456789012:role/engines-index-volumes"
          size_gib                = 500
        }
      }
    }
  }

  assert {
    condition = jsondecode(aws_iam_policy.launch["0"].policy).Statement[2] == {
      Effect    = "Allow"
      Action    = "iam:PassRole"
      Resource  = ["arn:aws:iam::123456789012:role/engines-index-volumes"]
      Condition = { StringEquals = { "iam:PassedToService" = "ecs.amazonaws.com" } }
    }
    error_message = "CKV_AWS_286: PassRole must name the infrastructure role and ECS."
  }

  assert {
    condition = local.launches.index.ebsVolume == {
      encrypted      = true
      filesystemType = "xfs"
      name           = "ebs"
      roleArn        = "arn:aws:iam::123456789012:role/engines-index-volumes"
      sizeInGiB      = 500
      volumeType     = "gp3"
    }
    error_message = "The function must get the settings of the volume under the names of RunTask."
  }
}
