mock_provider "aws" {
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "123456789012"
    }
  }

  mock_data "aws_partition" {
    defaults = {
      partition = "aws"
    }
  }

  mock_data "aws_region" {
    defaults = {
      id = "eu-west-1"
    }
  }

  mock_resource "aws_ecs_cluster" {
    defaults = {
      arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
    }
  }

  mock_resource "aws_ecs_task_definition" {
    defaults = {
      arn                  = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth:1"
      arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/engines"
    }
  }

  mock_resource "aws_iam_policy" {
    defaults = {
      arn = "arn:aws:iam::123456789012:policy/engines-launch-0"
    }
  }

  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:eu-west-1:123456789012:engines-dead-letter"
      url = "https://sqs.eu-west-1.amazonaws.com/123456789012/engines-dead-letter"
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

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:123456789012:log-group:engines"
    }
  }
}

variables {
  name     = "engines"
  network  = { availability_zones = ["eu-west-1a", "eu-west-1b"] }
  services = { auth = { image = "ghcr.io/acme/auth-api:1.4.2" } }
}

run "a_network_and_a_cluster_are_made" {
  command = plan

  assert {
    condition     = length(module.network) == 1 && length(module.cluster) == 1
    error_message = "Without a given network and cluster both are made."
  }

  assert {
    condition     = output.cluster_arn == "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
    error_message = "The output must name the cluster that was made."
  }
}

run "a_network_and_a_cluster_are_given" {
  command = plan

  variables {
    create_network   = false
    existing_network = { vpc_id = "vpc-0a1b2c3d4e5f60718", subnet_ids = ["subnet-0a1b2c3d4e5f60718"], assign_public_ip = true }
    create_cluster   = false
    existing_cluster = { name = "shared", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/shared" }
  }

  assert {
    condition     = length(module.network) == 0 && length(module.cluster) == 0
    error_message = "What is given is not made."
  }

  assert {
    condition     = output.routes.auth.cluster_arn == "arn:aws:ecs:eu-west-1:123456789012:cluster/shared" && output.routes.auth.subnet_ids == tolist(["subnet-0a1b2c3d4e5f60718"]) && output.routes.auth.assign_public_ip
    error_message = "Tasks must start in the given network on the given cluster."
  }
}

run "ECS_2_tasks_get_no_public_address" {
  command = plan

  assert {
    condition     = !output.routes.auth.assign_public_ip
    error_message = "ECS.2: a task in the network made here needs no public address."
  }
}

run "refuses_a_network_both_made_and_given" {
  command = plan

  variables {
    existing_network = { vpc_id = "vpc-0a1b2c3d4e5f60718", subnet_ids = ["subnet-0a1b2c3d4e5f60718"] }
  }

  expect_failures = [output.vpc_id]
}

run "refuses_a_cluster_both_made_and_given" {
  command = plan

  variables {
    existing_cluster = { name = "shared", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/shared" }
  }

  expect_failures = [output.cluster_name]
}

run "refuses_no_cluster_at_all" {
  command = plan

  variables {
    create_cluster = false
  }

  expect_failures = [output.cluster_name]
}

run "refuses_no_network_at_all" {
  command = plan

  variables {
    create_network = false
  }

  expect_failures = [output.vpc_id]
}

run "refuses_an_upper_case_name" {
  command = plan

  variables {
    name = "Engines"
  }

  expect_failures = [var.name]
}

run "refuses_a_service_with_an_underscore" {
  command = plan

  variables {
    services = { auth_api = { image = "ghcr.io/acme/auth-api:1.4.2" } }
  }

  expect_failures = [var.services]
}
