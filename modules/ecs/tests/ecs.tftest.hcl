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

  mock_resource "aws_efs_mount_target" {
    defaults = { file_system_id = "fs-0a1b2c3d4e5f60718" }
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

run "makes_what_the_documented_inputs_ask_for" {
  assert {
    condition     = output.cluster_name == "bottles"
    error_message = "The names are those of the project."
  }
}
