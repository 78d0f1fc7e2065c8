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

variables {
  name = "engines"
  routes = {
    auth = {
      cluster_arn                          = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
      family                               = "engines-auth"
      task_definition_arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth"
      container_name                       = "engines-auth"
      subnet_ids                           = ["subnet-0a1b2c3d4e5f60718"]
      security_group_ids                   = ["sg-0a1b2c3d4e5f60718"]
      port                                 = 8080
      task_role_arn                        = "arn:aws:iam::123456789012:role/engines-auth-task"
      task_role_name                       = "engines-auth-task"
      execution_role_arn                   = "arn:aws:iam::123456789012:role/engines-auth-execution"
    }
  }
}

run "IAM_1_run_task_of_the_family_on_its_cluster_only" {
  assert {
    condition = jsondecode(aws_iam_policy.launch["0"].policy).Statement[0] == {
      Effect    = "Allow"
      Action    = "ecs:RunTask"
      Resource  = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth:*"
      Condition = { ArnEquals = { "ecs:cluster" = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines" } }
    }
    error_message = "IAM.1: RunTask must be bound to the family and to the cluster."
  }
}

run "CKV_AWS_286_pass_the_two_roles_to_ecs_tasks_only" {
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
}

run "IAM_1_tag_only_what_is_being_started" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_policy.launch["0"].policy).Statement[2] == {
      Effect    = "Allow"
      Action    = "ecs:TagResource"
      Resource  = ["arn:aws:ecs:eu-west-1:123456789012:task/engines/*"]
      Condition = { StringEquals = { "ecs:CreateAction" = "RunTask" } }
    }
    error_message = "IAM.1: TagResource must hold under RunTask only."
  }
}

run "a_task_may_read_payloads" {
  command = plan

  assert {
    condition     = aws_iam_role_policy.read_payload["auth"].role == "engines-auth-task" && jsondecode(aws_iam_role_policy.read_payload["auth"].policy).Statement[0].Resource == "arn:aws:s3:::engines-payload-20260101/payloads/*"
    error_message = "The task must be able to read the payload that it is pointed to."
  }
}

run "a_task_may_decrypt_payloads_by_the_given_key" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.read_payload["auth"].policy).Statement[1] == { Effect = "Allow", Action = "kms:Decrypt", Resource = var.kms_key_arn }
    error_message = "The task must be able to decrypt the payload that it is pointed to."
  }
}

run "no_event_may_override_anything_by_default" {
  command = plan

  assert {
    condition     = !strcontains(local.routes, "allowOverrides") && !strcontains(local.routes, "assignPublicIp")
    error_message = "Without being listed nothing may be overridden, and no task gets a public address."
  }
}

run "refuses_no_routes" {
  command = plan

  variables {
    routes = {}
  }

  expect_failures = [var.routes]
}

run "refuses_a_long_name" {
  command = plan

  variables {
    name = "engines-of-the-whole-company-1"
  }

  expect_failures = [var.name]
}

run "refuses_payloads_that_die_before_their_dead_letter" {
  command = plan

  variables {
    payload_retention_days = 14
  }

  expect_failures = [var.payload_retention_days]
}

run "refuses_an_event_for_a_service_without_route" {
  command = plan

  variables {
    events = { nightly = { schedule_expression = "rate(1 day)", service = "pdf" } }
  }

  expect_failures = [output.function_name]
}

run "refuses_an_event_name_with_a_dot" {
  command = plan

  variables {
    events = { "a.b" = { source = ["custom.app"] } }
  }

  expect_failures = [var.events]
}

run "refuses_an_override_of_the_cluster" {
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
        allow_overrides                      = ["cluster"]
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

run "a_launch_that_does_not_wait_has_no_word_of_waiting" {
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
    error_message = "Targets are the registrar's where nobody waits."
  }

  assert {
    condition     = jsondecode(local.routes).auth.targetGroup == "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/auth/0123456789abcdef" && jsondecode(local.routes).auth.targetType == "ip"
    error_message = "The route must tell whose target the task is."
  }
}

run "what_is_the_default_is_left_out_of_the_routes" {
  command = plan

  assert {
    condition     = !strcontains(local.routes, "networkMode") && !strcontains(local.routes, "capacity") && !strcontains(local.routes, "target")
    error_message = "Fifty routes have to fit what a Lambda environment holds."
  }
}

run "a_task_on_a_bridge_has_no_network_of_its_own" {
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
    error_message = "Subnets and security groups are those of the container instance."
  }
}

run "events_wait_in_a_queue_where_asked_for" {
  variables {
    buffer = true
    events = { start = { source = ["custom.app"] } }
  }

  assert {
    condition     = local.environment.BUFFER_QUEUE_URL == output.buffer_queue_url && local.environment.RETRY_QUEUE_URL == output.buffer_queue_url
    error_message = "The function must know the queue that it writes into."
  }

  assert {
    condition     = local.timeout_seconds == 60 && aws_lambda_event_source_mapping.buffer["this"].batch_size == 10 && aws_lambda_event_source_mapping.buffer["this"].scaling_config[0].maximum_concurrency == 20
    error_message = "ECS starts some twenty tasks a second."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.buffer["this"].function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "One event that fails must not bring back the others of its batch."
  }

  assert {
    condition     = output.buffer_queue_url == "https://sqs.eu-west-1.amazonaws.com/123456789012/engines-dead-letter"
    error_message = "The queue must be named."
  }
}

run "a_launch_that_waits_has_a_minute_more" {
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
    error_message = "The function must outlive the wait, and may register the tasks that have targets."
  }
}

run "refuses_to_wait_longer_than_lambda_runs" {
  command = plan

  variables {
    wait_timeout_seconds = 841
  }

  expect_failures = [var.wait_timeout_seconds]
}

run "refuses_to_wait_for_half_a_second" {
  command = plan

  variables {
    wait_timeout_seconds = 1.5
  }

  expect_failures = [var.wait_timeout_seconds]
}

run "refuses_to_wait_for_what_it_does_not_know" {
  command = plan

  variables {
    wait_for = "stopped"
  }

  expect_failures = [var.wait_for]
}

run "refuses_an_event_called_task_failed" {
  command = plan

  variables {
    events = { task-failed = { source = ["custom.app"] } }
  }

  expect_failures = [var.events]
}

run "refuses_no_subnets" {
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
      }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_an_unknown_network_mode" {
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
        network_mode                         = "none"
      }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_an_unknown_capacity" {
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
        capacity                             = "SPOT"
      }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_an_unknown_target_type" {
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
        target_type                          = "lambda"
      }
    }
  }

  expect_failures = [var.routes]
}

run "what_is_not_the_default_is_in_the_routes" {
  command = plan

  variables {
    routes = {
      auth = merge(var.routes.auth, { on_failure = { action = "retry" }, interruption_retries = 0, essential_containers = ["engines-auth", "proxy"] })
      pdf  = merge(var.routes.auth, { on_failure = { action = "dead_letter" }, interruption_retries = 3, essential_containers = ["engines-auth"] })
      fa   = merge(var.routes.auth, { on_failure = { max_attempts = 9 }, interruption_retries = null, essential_containers = null })
    }
  }

  assert {
    condition = jsondecode(local.routes).auth == merge(jsondecode(local.routes).fa, {
      onFailure           = { action = "retry", maxAttempts = 3, backoffSeconds = 60 }
      interruptionRetries = 0
      essential           = ["engines-auth", "proxy"]
    })
    error_message = "The function must learn what a failure means."
  }

  assert {
    condition     = jsondecode(local.routes).pdf == merge(jsondecode(local.routes).fa, { onFailure = { action = "dead_letter", maxAttempts = 3, backoffSeconds = 60 } })
    error_message = "The one essential container and three retries are the default."
  }

  assert {
    condition     = keys(jsondecode(local.routes).fa) == ["cluster", "container", "family", "port", "securityGroups", "subnets"]
    error_message = "Fifty routes have to fit what a Lambda environment holds."
  }
}

run "a_route_that_retries_has_the_queue_without_a_buffer" {
  command = plan

  variables {
    routes = { auth = merge(var.routes.auth, { on_failure = { action = "retry" } }) }
  }

  assert {
    condition     = length(module.buffer) == 1 && local.timeout_seconds == 60 && !contains(keys(local.environment), "BUFFER_QUEUE_URL") && local.environment.RETRY_QUEUE_URL == output.buffer_queue_url
    error_message = "A retry waits in the queue; an event goes straight."
  }
}

run "a_dead_letter_needs_no_queue_to_wait_in" {
  command = plan

  variables {
    routes = { auth = merge(var.routes.auth, { on_failure = { action = "dead_letter" } }) }
  }

  assert {
    condition     = length(module.buffer) == 0 && !contains(keys(local.environment), "RETRY_QUEUE_URL")
    error_message = "Nothing is launched after a delay."
  }
}

run "IAM_1_the_function_remembers_launches_in_its_bucket_only" {
  command = plan

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
    error_message = "IAM.1: the function may use the four folders of its bucket, and no object besides."
  }
}

run "IAM_1_the_function_may_invoke_itself_only" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role_policy.invoke_itself.policy).Statement == [{
      Effect   = "Allow"
      Action   = "lambda:InvokeFunction"
      Resource = "arn:aws:lambda:eu-west-1:123456789012:function:engines-start-task"
    }]
    error_message = "IAM.1: a large event is handed to this function and no other."
  }
}

run "IAM_1_the_function_may_use_its_own_queue_only" {
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
    error_message = "IAM.1: the function writes and reads this queue and no other."
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
    error_message = "A job that fails must notify whoever is to know."
  }
}

run "an_event_is_recognised_for_a_day" {
  command = plan

  assert {
    condition     = local.environment.DEDUPLICATION_WINDOW_HOURS == "24"
    error_message = "Without being told otherwise the window is a day."
  }
}

run "the_window_may_be_all_that_the_bucket_keeps" {
  command = plan

  variables {
    payload_retention_days     = 15
    deduplication_window_hours = 360
  }

  assert {
    condition     = local.environment.DEDUPLICATION_WINDOW_HOURS == "360"
    error_message = "The window must be the one that is given."
  }
}

run "refuses_a_window_longer_than_the_bucket_keeps" {
  command = plan

  variables {
    payload_retention_days     = 15
    deduplication_window_hours = 361
  }

  expect_failures = [output.payload_bucket_name]
}

run "refuses_no_window" {
  command = plan

  variables {
    deduplication_window_hours = 0
  }

  expect_failures = [var.deduplication_window_hours]
}

run "refuses_a_window_of_half_an_hour" {
  command = plan

  variables {
    deduplication_window_hours = 1.5
  }

  expect_failures = [var.deduplication_window_hours]
}

run "refuses_an_unknown_action" {
  command = plan

  variables {
    routes = { auth = merge(var.routes.auth, { on_failure = { action = "page" } }) }
  }

  expect_failures = [var.routes]
}

run "refuses_no_attempt_at_all" {
  command = plan

  variables {
    routes = { auth = merge(var.routes.auth, { on_failure = { action = "retry", max_attempts = 0 } }) }
  }

  expect_failures = [var.routes]
}

run "refuses_eleven_attempts" {
  command = plan

  variables {
    routes = { auth = merge(var.routes.auth, { on_failure = { action = "retry", max_attempts = 11 } }) }
  }

  expect_failures = [var.routes]
}

run "refuses_half_an_attempt" {
  command = plan

  variables {
    routes = { auth = merge(var.routes.auth, { on_failure = { action = "retry", max_attempts = 1.5 } }) }
  }

  expect_failures = [var.routes]
}

run "refuses_a_backoff_that_sqs_does_not_have" {
  command = plan

  variables {
    routes = { auth = merge(var.routes.auth, { on_failure = { action = "retry", backoff_seconds = 901 } }) }
  }

  expect_failures = [var.routes]
}

run "refuses_a_backoff_of_half_a_second" {
  command = plan

  variables {
    routes = { auth = merge(var.routes.auth, { on_failure = { action = "retry", backoff_seconds = 0.5 } }) }
  }

  expect_failures = [var.routes]
}

run "refuses_eleven_retries_of_an_interrupted_task" {
  command = plan

  variables {
    routes = { auth = merge(var.routes.auth, { interruption_retries = 11 }) }
  }

  expect_failures = [var.routes]
}

run "refuses_fewer_than_no_retries_of_an_interrupted_task" {
  command = plan

  variables {
    routes = { auth = merge(var.routes.auth, { interruption_retries = -1 }) }
  }

  expect_failures = [var.routes]
}

run "refuses_half_a_retry_of_an_interrupted_task" {
  command = plan

  variables {
    routes = { auth = merge(var.routes.auth, { interruption_retries = 0.5 }) }
  }

  expect_failures = [var.routes]
}

run "refuses_a_task_without_an_essential_container" {
  command = plan

  variables {
    routes = { auth = merge(var.routes.auth, { essential_containers = [] }) }
  }

  expect_failures = [var.routes]
}
