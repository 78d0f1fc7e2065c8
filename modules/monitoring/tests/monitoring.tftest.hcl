mock_provider "aws" {
  mock_data "aws_region" {
    defaults = {
      endpoint = "ec2.eu-west-1.amazonaws.com"
    }
  }
}

variables {
  name = "engines"
  functions = {
    start-task       = { function_name = "engines-start-task", timeout_seconds = 30 }
    register-targets = { function_name = "engines-register-targets", timeout_seconds = 60 }
  }
  services                 = ["auth"]
  target_groups            = { auth = "targetgroup/auth/73e2d6bc24d8a067" }
  load_balancer_arn_suffix = "app/engines/50dc6c495c0c9188"
}

run "makes_the_alarms_that_other_blocks_do_not_have" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.duration["start-task"].threshold == 24000
    error_message = "The duration alarm must be at 80 % of the timeout."
  }

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.launch_failures) == ["auth", "unknown"]
    error_message = "An event that names no known service must have an alarm too."
  }

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.registration_failures) == ["auth"] && keys(aws_cloudwatch_metric_alarm.missing_targets) == ["auth"] && keys(aws_cloudwatch_metric_alarm.stale_targets) == ["auth"] && keys(aws_cloudwatch_metric_alarm.unhealthy_hosts) == ["auth"]
    error_message = "Each service with targets has its alarms."
  }
}

run "takes_launch_metrics_from_run_policy_without_start_task" {
  command = plan

  variables {
    functions     = { run-policy = { function_name = "engines-run-policy", timeout_seconds = 60 } }
    target_groups = {}
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.launch_failures["auth"].dimensions["Function"] == "engines-run-policy"
    error_message = "The launch metrics of a policy runner are those of its function."
  }
}

run "every_alarm_notifies_the_given_actions" {
  command = plan

  variables {
    alarm_actions = ["arn:aws:sns:eu-west-1:123456789012:oncall"]
  }

  assert {
    condition = alltrue([for alarm in concat(
      values(aws_cloudwatch_metric_alarm.duration), values(aws_cloudwatch_metric_alarm.launch_failures),
      values(aws_cloudwatch_metric_alarm.registration_failures), values(aws_cloudwatch_metric_alarm.missing_targets),
      values(aws_cloudwatch_metric_alarm.stale_targets), values(aws_cloudwatch_metric_alarm.unhealthy_hosts),
    ) : alarm.alarm_actions == toset(var.alarm_actions)])
    error_message = "Every alarm must have the given actions."
  }
}

run "makes_a_graph_of_task_outcomes" {
  command = plan

  assert {
    condition     = [for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : widget.properties.metrics[*][1] if widget.properties.title == "Task outcomes"] == [["TasksSucceeded", "TasksFailed", "TasksInterrupted", "TasksStopped"]]
    error_message = "The graph must have every outcome of each service."
  }
}

run "makes_no_graph_without_a_metric" {
  command = plan

  variables {
    functions                = { other = { function_name = "other", timeout_seconds = 3 } }
    target_groups            = {}
    load_balancer_arn_suffix = null
  }

  assert {
    condition     = [for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : widget.properties.title] == ["Function errors", "Function durations", "Function invocations", "Function throttles"]
    error_message = "There must be no graph without a metric."
  }
}

run "makes_graphs_of_scans_ECS_services_queues_and_databases_and_no_duration_alarm_where_none_is_wanted" {
  variables {
    functions = {
      scan         = { function_name = "scanner-scan-dev", timeout_seconds = 29 }
      list-objects = { function_name = "scanner-list-objects-dev", timeout_seconds = 900, duration_alarm = false }
    }
    target_groups = {}
    ecs_services  = { worker = { cluster_name = "scanner-dev", service_name = "scanner-worker" } }
    queue_names   = ["scan-jobs"]
    database_ids  = ["scanner-dev"]
  }

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.duration) == ["scan"]
    error_message = "Only the function scan must have an alarm on its duration."
  }

  assert {
    condition = jsonencode({ for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : widget.properties.title => widget.properties.metrics[*][1] }) == jsonencode({
      "Function errors"                     = ["Errors", "Errors"]
      "Function durations"                  = ["Duration", "Duration"]
      "Function invocations"                = ["Invocations", "Invocations"]
      "Function throttles"                  = ["Throttles", "Throttles"]
      "Scans"                               = ["ScanJobsCreated", "ObjectsListed", "ListingFailures", "ObjectsRequeued", "ObjectsGivenUp"]
      "Running tasks of ECS services"       = ["RunningTaskCount"]
      "CPU and memory of ECS services"      = ["CPUUtilization", "MemoryUtilization"]
      "Messages in queues"                  = ["ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible"]
      "Age of the oldest message in queues" = ["ApproximateAgeOfOldestMessage"]
      "CPU of databases"                    = ["CPUUtilization"]
      "Connections to databases"            = ["DatabaseConnections"]
      "Free storage of databases"           = ["FreeStorageSpace"]
      "Latency of databases"                = ["ReadLatency", "WriteLatency"]
    })
    error_message = "Each metric must be in the graph of its kind."
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

run "refuses_no_functions" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    functions = {}
  }

  expect_failures = [var.functions]
}

run "refuses_a_key_with_a_dot" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    functions = { "a.b" = { function_name = "other", timeout_seconds = 3 } }
  }

  expect_failures = [var.functions]
}

run "refuses_a_timeout_longer_than_that_of_lambda" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    functions = { other = { function_name = "other", timeout_seconds = 901 } }
  }

  expect_failures = [var.functions]
}

run "refuses_a_service_with_a_dot" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    services = ["a.b"]
  }

  expect_failures = [var.services]
}

run "refuses_a_target_group_of_a_service_with_a_dot" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    target_groups = { "a.b" = "targetgroup/auth/73e2d6bc24d8a067" }
  }

  expect_failures = [var.target_groups]
}

run "refuses_a_whole_arn_of_a_target_group" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    target_groups = { auth = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/auth/73e2d6bc24d8a067" }
  }

  expect_failures = [var.target_groups]
}

run "refuses_the_name_of_a_load_balancer" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    load_balancer_arn_suffix = "engines"
  }

  expect_failures = [var.load_balancer_arn_suffix]
}

run "refuses_target_groups_without_a_load_balancer" {
  command = plan

  variables {
    load_balancer_arn_suffix = null
  }

  expect_failures = [aws_cloudwatch_metric_alarm.unhealthy_hosts]
}

run "refuses_a_name_of_an_unknown_address" {
  command = plan

  variables {
    names = { "aws_sqs_queue.this" = "acme" }
  }

  expect_failures = [aws_cloudwatch_dashboard.this]
}
