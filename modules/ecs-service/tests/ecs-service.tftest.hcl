mock_provider "aws" {
  mock_resource "aws_ecs_service" {
    defaults = {
      id = "arn:aws:ecs:eu-west-1:123456789012:service/engines/worker"
    }
  }

  mock_resource "aws_appautoscaling_policy" {
    defaults = {
      arn = "arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:0a1b2c3d:resource/ecs/service/engines/worker:policyName/worker"
    }
  }
}

variables {
  name                = "worker"
  task_definition_arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/worker:7"
  route = {
    cluster_arn        = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
    container_name     = "worker"
    subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
    security_group_ids = ["sg-0a1b2c3d4e5f60718"]
    task_role_name     = "worker-task"
  }
}

run "rests_at_zero_and_scales_by_the_depth_of_a_queue" {
  variables {
    scaling = {
      min         = 0
      max         = 5
      queue_depth = { queue_name = "scan-jobs", messages_per_task = 5 }
    }
  }

  assert {
    condition = [for count in range(1, 6) : one([
      for step in aws_appautoscaling_policy.steps["queue-out"].step_scaling_policy_configuration[0].step_adjustment :
      "${coalesce(step.metric_interval_lower_bound, "-")} to ${coalesce(step.metric_interval_upper_bound, "-")}" if step.scaling_adjustment == count
    ])] == ["0 to 5", "5 to 10", "10 to 15", "15 to 20", "20 to -"]
    error_message = "1 to 5 messages are one task, 6 to 10 two, and so on; the steps leave no gap and the last one is open."
  }

  assert {
    condition = (
      one(aws_appautoscaling_policy.steps["queue-in"].step_scaling_policy_configuration[0].step_adjustment).scaling_adjustment == 0 &&
      aws_cloudwatch_metric_alarm.steps["queue-in"].treat_missing_data == "breaching" &&
      aws_cloudwatch_metric_alarm.steps["queue-in"].evaluation_periods == 5
    )
    error_message = "After five minutes without a message, or without metrics, the count is min."
  }

  assert {
    condition     = toset([for alarm in aws_cloudwatch_metric_alarm.steps : one([for query in alarm.metric_query : query.expression if query.return_data == true])]) == toset(["visible + FILL(in_flight, 0)"])
    error_message = "Both alarms see the messages in flight too, or busy tasks are stopped."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.steps["queue-out"].comparison_operator == "GreaterThanOrEqualToThreshold" && aws_cloudwatch_metric_alarm.steps["queue-out"].threshold == 1 && aws_cloudwatch_metric_alarm.steps["queue-out"].treat_missing_data == "notBreaching"
    error_message = "One message must wake a service that rests, and missing metrics must not."
  }

  assert {
    condition = (
      aws_ecs_service.this.desired_count == 0 && aws_appautoscaling_target.this.min_capacity == 0 && aws_appautoscaling_target.this.max_capacity == 5 &&
      aws_appautoscaling_target.this.resource_id == "service/engines/worker"
    )
    error_message = "The range is that of scaling."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.task_protection["this"].policy).Statement == [{
      Effect = "Allow", Action = ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"], Resource = "arn:aws:ecs:eu-west-1:123456789012:task/engines/*"
    }]
    error_message = "IAM.1: the task role must have permission to protect tasks of its cluster, and no other permission."
  }

  assert {
    condition = jsondecode(output.wake_policy_json).Statement == [{
      Effect = "Allow", Action = ["ecs:DescribeServices", "ecs:UpdateService"], Resource = "arn:aws:ecs:eu-west-1:123456789012:service/engines/worker"
    }]
    error_message = "IAM.1: the policy to wake the ECS service must allow to read and update that one only."
  }

  assert {
    condition     = output.alarm_names == ["worker-queue-in", "worker-queue-out"]
    error_message = "The names of the alarms are those of the service, with a suffix."
  }
}

run "ECS_2_has_no_public_address_rolls_back_and_keeps_a_fixed_count" {
  command = plan

  variables {
    desired_count = 3
  }

  assert {
    condition     = one(aws_ecs_service.this.network_configuration).assign_public_ip == false
    error_message = "ECS.2: tasks must not get a public IP address by default."
  }

  assert {
    condition     = one(aws_ecs_service.this.deployment_circuit_breaker) == { enable = true, rollback = true }
    error_message = "A deployment that fails must be rolled back."
  }

  assert {
    condition     = aws_appautoscaling_target.this.min_capacity == 3 && aws_appautoscaling_target.this.max_capacity == 3 && length(aws_appautoscaling_policy.steps) + length(aws_appautoscaling_policy.target_tracking) + length(aws_iam_role_policy.task_protection) == 0
    error_message = "Without scaling the range is the count, and there are no policies."
  }
}

run "step_scaling_stops_a_task_only_when_cpu_and_memory_are_low" {
  command = plan

  variables {
    scaling = {
      min          = 0
      max          = 10
      step_scaling = { cpu_percent = 70, memory_percent = 80 }
    }
  }

  assert {
    condition     = { for key, alarm in aws_cloudwatch_metric_alarm.steps : key => "${one([for query in alarm.metric_query : query.expression if query.return_data == true])} ${alarm.comparison_operator} ${alarm.threshold} for ${alarm.evaluation_periods}" } == { utilization-in = "MAX([cpu / 70, memory / 80]) LessThanThreshold 1 for 5", utilization-out = "MAX([cpu / 70, memory / 80]) GreaterThanThreshold 1 for 2" }
    error_message = "One policy starts a task when any utilization is high, one stops a task when all are low."
  }
}

run "a_metric_of_the_application_starts_the_first_task_and_keeps_the_tasks" {
  command = plan

  variables {
    scaling = {
      min = 0
      max = 10
      step_scaling = {
        cpu_percent   = 70
        custom_metric = { namespace = "Bottles", metric_name = "Waiting", dimensions = { Bucket = "mirror" }, statistic = "Sum", value = 0.5 }
      }
    }
  }

  assert {
    condition     = { for key, alarm in aws_cloudwatch_metric_alarm.steps : key => one([for query in alarm.metric_query : query.expression if query.return_data == true]) } == { custom-out = "custom / 0.5", utilization-in = "MAX([cpu / 70, FILL(custom, 0) / 0.5])", utilization-out = "MAX([cpu / 70])" }
    error_message = "The metric starts a task when there is no utilization, and no task is stopped while it is high."
  }

  assert {
    condition     = one(flatten([for query in aws_cloudwatch_metric_alarm.steps["custom-out"].metric_query : [for metric in query.metric : "${metric.namespace}/${metric.metric_name} ${jsonencode(metric.dimensions)} ${metric.stat}"]])) == "Bottles/Waiting {\"Bucket\":\"mirror\"} Sum"
    error_message = "The metric is the given one."
  }
}

run "refuses_a_count_beside_scaling" {
  command = plan

  variables {
    desired_count = 3
    scaling = {
      min         = 0
      max         = 5
      queue_depth = { queue_name = "jobs", messages_per_task = 5 }
    }
  }

  expect_failures = [aws_ecs_service.this]
}

run "refuses_a_deployment_that_cannot_move" {
  command = plan

  variables {
    max_percent = 100
  }

  expect_failures = [aws_ecs_service.this]
}

run "refuses_a_grace_period_without_a_target_group" {
  command = plan

  variables {
    health_check_grace_period_seconds = 60
  }

  expect_failures = [aws_ecs_service.this]
}

run "refuses_a_name_of_nothing" {
  command = plan

  variables {
    names = { "aws_ecs_service.that" = "x" }
  }

  expect_failures = [aws_ecs_service.this]
}

run "refuses_values_of_its_own_inputs" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name                              = "a.b"
    task_definition_arn               = "worker"
    desired_count                     = 5001
    min_healthy_percent               = 101
    max_percent                       = 99
    health_check_grace_period_seconds = -1
    propagate_tags                    = "ALL"
  }

  expect_failures = [var.name, var.task_definition_arn, var.desired_count, var.min_healthy_percent, var.max_percent, var.health_check_grace_period_seconds, var.propagate_tags]
}

run "refuses_the_name_of_a_cluster_for_its_arn" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    route = {
      cluster_arn        = "engines"
      container_name     = "worker"
      subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
      security_group_ids = []
      task_role_name     = "worker-task"
    }
  }

  expect_failures = [var.route]
}

run "refuses_an_unknown_capacity" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    route = {
      cluster_arn        = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
      container_name     = "worker"
      subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
      security_group_ids = []
      task_role_name     = "worker-task"
      capacity           = "CLUSTER_DEFAULT"
    }
  }

  expect_failures = [var.route]
}

run "refuses_an_unknown_network_mode" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    route = {
      cluster_arn        = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
      container_name     = "worker"
      subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
      security_group_ids = []
      task_role_name     = "worker-task"
      network_mode       = "none"
    }
  }

  expect_failures = [var.route]
}

run "refuses_a_service_without_subnets" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    route = {
      cluster_arn        = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
      container_name     = "worker"
      subnet_ids         = []
      security_group_ids = []
      task_role_name     = "worker-task"
    }
  }

  expect_failures = [var.route]
}

run "refuses_an_unknown_target_type" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    route = {
      cluster_arn        = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
      container_name     = "worker"
      subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
      security_group_ids = []
      task_role_name     = "worker-task"
      target_type        = "lambda"
      target_group_arn   = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/worker/0123456789abcdef"
      port               = 80
    }
  }

  expect_failures = [var.route]
}

run "refuses_a_target_type_without_a_target_group" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    route = {
      cluster_arn        = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
      container_name     = "worker"
      subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
      security_group_ids = []
      task_role_name     = "worker-task"
      target_type        = "ip"
      port               = 80
    }
  }

  expect_failures = [var.route]
}

run "refuses_a_target_group_without_a_port" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    route = {
      cluster_arn        = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
      container_name     = "worker"
      subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
      security_group_ids = []
      task_role_name     = "worker-task"
      target_type        = "ip"
      target_group_arn   = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/worker/0123456789abcdef"
    }
  }

  expect_failures = [var.route]
}

run "refuses_an_ebs_volume" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    route = {
      cluster_arn        = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
      container_name     = "worker"
      subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
      security_group_ids = []
      task_role_name     = "worker-task"
      ebs_volume         = { name = "scratch" }
    }
  }

  expect_failures = [var.route]
}

run "refuses_a_max_of_0" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    scaling = {
      min         = 0
      max         = 0
      queue_depth = { queue_name = "jobs", messages_per_task = 5 }
    }
  }

  expect_failures = [var.scaling]
}

run "refuses_a_min_above_max" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    scaling = {
      min         = 6
      max         = 5
      queue_depth = { queue_name = "jobs", messages_per_task = 5 }
    }
  }

  expect_failures = [var.scaling]
}

run "refuses_scaling_by_nothing" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    scaling = {
      min = 0
      max = 5
    }
  }

  expect_failures = [var.scaling]
}

run "refuses_scaling_by_two_means" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    scaling = {
      min             = 0
      max             = 5
      queue_depth     = { queue_name = "jobs", messages_per_task = 5 }
      target_tracking = { cpu_percent = 70 }
    }
  }

  expect_failures = [var.scaling]
}

run "refuses_scaling_by_no_utilization" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    scaling = {
      min             = 0
      max             = 5
      target_tracking = {}
    }
  }

  expect_failures = [var.scaling]
}

run "refuses_step_scaling_by_nothing" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    scaling = {
      min          = 0
      max          = 5
      step_scaling = {}
    }
  }

  expect_failures = [var.scaling]
}

run "refuses_a_metric_that_is_never_low" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    scaling = {
      min          = 0
      max          = 5
      step_scaling = { custom_metric = { namespace = "Bottles", metric_name = "Waiting", value = 0 } }
    }
  }

  expect_failures = [var.scaling]
}

run "refuses_the_url_of_a_queue" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    scaling = {
      min         = 0
      max         = 5
      queue_depth = { queue_name = "https://sqs/jobs", messages_per_task = 5 }
    }
  }

  expect_failures = [var.scaling]
}

run "refuses_half_a_message" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    scaling = {
      min         = 0
      max         = 5
      queue_depth = { queue_name = "jobs", messages_per_task = 0.5 }
    }
  }

  expect_failures = [var.scaling]
}

run "refuses_an_alarm_of_two_days" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    scaling = {
      min          = 0
      max          = 5
      step_scaling = { cpu_percent = 70, in_periods = 2880 }
    }
  }

  expect_failures = [var.scaling]
}

run "refuses_more_than_all_memory" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    scaling = {
      min          = 0
      max          = 5
      step_scaling = { memory_percent = 101 }
    }
  }

  expect_failures = [var.scaling]
}

run "refuses_a_cooldown_below_0" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    scaling = {
      min                       = 0
      max                       = 5
      queue_depth               = { queue_name = "jobs", messages_per_task = 5 }
      scale_in_cooldown_seconds = -1
    }
  }

  expect_failures = [var.scaling]
}
