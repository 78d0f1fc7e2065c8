mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { endpoint = "ec2.eu-west-1.amazonaws.com" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
  }

  mock_resource "aws_ecs_cluster" {
    defaults = { arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/bottles" }
  }

  mock_resource "aws_ecs_task_definition" {
    defaults = { arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/bottles:7", revision = 7 }
  }

  mock_resource "aws_ecs_service" {
    defaults = { id = "arn:aws:ecs:eu-west-1:123456789012:service/bottles/bottles" }
  }

  mock_resource "aws_efs_file_system" {
    defaults = { id = "fs-0a1b2c3d4e5f60718", arn = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0a1b2c3d4e5f60718" }
  }

  mock_resource "aws_efs_access_point" {
    defaults = { id = "fsap-0a1b2c3d4e5f60718", arn = "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0a1b2c3d4e5f60718" }
  }

  mock_resource "aws_appautoscaling_target" {
    defaults = { arn = "arn:aws:application-autoscaling:eu-west-1:123456789012:scalable-target/0ec5a1b2c3d4" }
  }

  mock_resource "aws_appautoscaling_policy" {
    defaults = { arn = "arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:0a1b2c3d:resource/ecs/service/bottles/bottles:policyName/bottles" }
  }
}

variables {
  project_name            = "bottles"
  aws_region              = "eu-west-1"
  aws_account_id          = "123456789012"
  vpc_id                  = "vpc-0a1b2c3d4e5f60718"
  private_subnet_ids      = ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"]
  security_group_ids      = ["sg-0a1b2c3d4e5f60718"]
  task_execution_role_arn = "arn:aws:iam::123456789012:role/service/bottles-execution"
  task_role_arn           = "arn:aws:iam::123456789012:role/bottles-task"
  container_image         = "homebrew-bottles-sync:latest"
}

run "has_every_documented_output" {
  assert {
    condition = {
      cluster_name             = output.cluster_name
      cluster_id               = output.cluster_id
      service_name             = output.service_name
      service_id               = output.service_id
      task_definition_family   = output.task_definition_family
      task_definition_revision = output.task_definition_revision
      efs_file_system_id       = output.efs_file_system_id
      efs_access_point_id      = output.efs_access_point_id
      log_group_name           = output.log_group_name
      log_group_arn            = output.log_group_arn
      auto_scaling_target_arn  = output.auto_scaling_target_arn
      } == {
      cluster_name             = "bottles"
      cluster_id               = "arn:aws:ecs:eu-west-1:123456789012:cluster/bottles"
      service_name             = "bottles"
      service_id               = "arn:aws:ecs:eu-west-1:123456789012:service/bottles/bottles"
      task_definition_family   = "bottles"
      task_definition_revision = 7
      efs_file_system_id       = "fs-0a1b2c3d4e5f60718"
      efs_access_point_id      = "fsap-0a1b2c3d4e5f60718"
      log_group_name           = "/aws/ecs/bottles"
      log_group_arn            = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/ecs/bottles"
      auto_scaling_target_arn  = "arn:aws:application-autoscaling:eu-west-1:123456789012:scalable-target/0ec5a1b2c3d4"
    }
    error_message = "The names are those of the project."
  }

  assert {
    condition = (
      output.cluster_arn == output.cluster_id && output.service_arn == output.service_id &&
      output.task_definition_arn == "arn:aws:ecs:eu-west-1:123456789012:task-definition/bottles:7" &&
      output.efs_file_system_arn == "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0a1b2c3d4e5f60718" &&
      output.efs_access_point_arn == "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0a1b2c3d4e5f60718" &&
      output.security_group_id != null
    )
    error_message = "An ID of Terraform and an ARN are the same where ECS has only an ARN."
  }

  assert {
    condition = jsondecode(output.required_task_policy).Statement == [
      {
        Effect    = "Allow"
        Action    = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
        Resource  = output.efs_file_system_arn
        Condition = { StringEquals = { "elasticfilesystem:AccessPointArn" = output.efs_access_point_arn } }
      },
      {
        Effect   = "Allow"
        Action   = ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"]
        Resource = "arn:aws:ecs:eu-west-1:123456789012:task/bottles/*"
      },
    ]
    error_message = "IAM.1: the task role needs the file system and the protection of its tasks, and no other permission."
  }

  assert {
    condition = jsondecode(output.required_execution_policy).Statement == [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/ecs/bottles:*"
    }]
    error_message = "IAM.1: the execution role of an image of Docker Hub writes the log, and has no other permission."
  }

  assert {
    condition     = output.route.assign_public_ip == false && output.route.security_group_ids == concat([output.security_group_id], ["sg-0a1b2c3d4e5f60718"])
    error_message = "ECS.2: a task has no public IP address, its own security group and the given ones."
  }
}

run "has_no_output_of_what_is_off" {
  command = plan

  variables {
    enable_efs_storage  = false
    enable_auto_scaling = false
    desired_count       = 3
  }

  assert {
    condition = (
      output.efs_file_system_id == null && output.efs_file_system_arn == null && output.efs_access_point_id == null && output.efs_access_point_arn == null &&
      output.efs_security_group_id == null && output.auto_scaling_target_arn == null && output.alarm_names == [] && output.required_task_policy == null
    )
    error_message = "Without a file system and without scaling their outputs are null."
  }
}

run "has_the_given_names_and_asks_for_what_ecs_exec_needs" {
  command = plan

  variables {
    cluster_name           = "homebrew-sync"
    enable_efs_storage     = false
    enable_execute_command = true
    custom_metric          = { namespace = "Bottles", metric_name = "Waiting", value = 0.5 }
    names                  = { "module.task.aws_cloudwatch_log_group.this[\"this\"]" = "/theirs", "module.service.aws_ecs_service.this" = "sync" }
  }

  assert {
    condition     = output.cluster_name == "homebrew-sync" && output.log_group_name == "/theirs" && output.service_name == "sync"
    error_message = "A name that is given replaces that of the project."
  }

  assert {
    condition     = output.alarm_names == ["bottles-custom-out", "bottles-utilization-in", "bottles-utilization-out"]
    error_message = "The metric of the application has an alarm that starts the first task."
  }

  assert {
    condition     = contains(flatten(jsondecode(output.required_task_policy).Statement[*].Action), "ssmmessages:CreateControlChannel")
    error_message = "The policy of the task role allows ECS Exec."
  }
}

run "refuses_inputs_that_contradict_each_other" {
  command = plan

  variables {
    task_cpu                  = 256
    task_memory               = 8192
    min_capacity              = 5
    max_capacity              = 3
    desired_count             = 4
    efs_performance_mode      = "maxIO"
    efs_throughput_mode       = "elastic"
    aws_region                = "us-west-2"
    names                     = { "aws_ecs_cluster.this" = "x" }
    container_health_check    = { command = ["CMD", "/healthy"] }
    health_check_grace_period = 301
  }

  expect_failures = [output.cluster_name, output.service_name, output.task_definition_arn, output.efs_file_system_id]
}

run "refuses_credentials_of_another_account" {
  command = plan

  variables {
    aws_account_id = "210987654321"
  }

  expect_failures = [output.cluster_name]
}

run "refuses_the_name_of_a_secret_in_the_environment" {
  command = plan

  variables {
    environment_variables = { GITHUB_TOKEN = "abc" }
  }

  expect_failures = [output.task_definition_arn]
}

run "refuses_a_name_twice" {
  command = plan

  variables {
    environment_variables = { KEY = "abc" }
    secrets               = { KEY = "/bottles/key" }
  }

  expect_failures = [output.task_definition_arn]
}
