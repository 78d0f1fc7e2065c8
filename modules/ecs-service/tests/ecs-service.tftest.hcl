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

run "scales_by_the_depth_of_a_queue" {
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
}
