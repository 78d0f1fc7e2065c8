mock_provider "aws" {
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
      endpoint = "ec2.eu-west-1.amazonaws.com"
    }
  }

  mock_resource "aws_ecs_cluster" {
    defaults = {
      arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/bottles"
    }
  }

  mock_resource "aws_ecs_task_definition" {
    defaults = {
      arn                  = "arn:aws:ecs:eu-west-1:123456789012:task-definition/bottles:1"
      arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/bottles"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/bottles"
    }
  }

  mock_resource "aws_iam_policy" {
    defaults = {
      arn = "arn:aws:iam::123456789012:policy/bottles-launch-0"
    }
  }

  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:eu-west-1:123456789012:bottles-dead-letter"
      url = "https://sqs.eu-west-1.amazonaws.com/123456789012/bottles-dead-letter"
    }
  }

  mock_resource "aws_lambda_function" {
    defaults = {
      arn = "arn:aws:lambda:eu-west-1:123456789012:function:bottles-start-task"
    }
  }

  mock_resource "aws_cloudwatch_event_rule" {
    defaults = {
      arn = "arn:aws:events:eu-west-1:123456789012:rule/bottles"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:123456789012:log-group:bottles"
    }
  }

  mock_resource "aws_s3_bucket" {
    defaults = {
      id  = "bottles-20260101"
      arn = "arn:aws:s3:::bottles-20260101"
    }
  }

  mock_resource "aws_ecr_repository" {
    defaults = {
      arn            = "arn:aws:ecr:eu-west-1:123456789012:repository/bottles"
      registry_id    = "123456789012"
      repository_url = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/bottles"
    }
  }

  mock_resource "aws_secretsmanager_secret" {
    defaults = {
      arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:bottles-slack-webhook-AbCdEf"
    }
  }

  mock_resource "aws_efs_file_system" {
    defaults = {
      arn = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0a1b2c3d"
    }
  }

  mock_resource "aws_efs_access_point" {
    defaults = {
      arn = "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0a1b2c3d"
    }
  }
}

# With mock_resource all subnets would have one id.
override_module {
  target = module.network
  outputs = {
    vpc_id             = "vpc-0a1b2c3d4e5f60718"
    cidr_block         = "10.0.0.0/16"
    public_subnet_ids  = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    private_subnet_ids = ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"]
    public_subnets     = { eu-west-1a = "subnet-0123456789abcdef0", eu-west-1b = "subnet-0123456789abcdef1" }
    private_subnets    = { eu-west-1a = "subnet-0123456789abcdef2", eu-west-1b = "subnet-0123456789abcdef3" }
  }
}

variables {
  name    = "bottles"
  network = { availability_zones = ["eu-west-1a", "eu-west-1b"] }
  image   = "ghcr.io/acme/worker:1"
}

run "runs_on_Sunday_without_a_file_system_or_API_files" {
  assert {
    condition     = var.schedule_expression == "cron(0 3 ? * SUN *)" && var.time_zone == "UTC" && length(module.file_system) == 0
    error_message = "A run must begin on Sunday at 03:00 UTC, and needs no file system."
  }

  assert {
    condition     = keys(output.client_environment) == ["HOMEBREW_ARTIFACT_DOMAIN", "HOMEBREW_ARTIFACT_DOMAIN_NO_FALLBACK"] && !contains(keys(local.sync_environment), "API_PUBLIC_KEY")
    error_message = "Without the key that verifies them no API files are published."
  }

  assert {
    condition     = output.client_environment.HOMEBREW_ARTIFACT_DOMAIN == "https://bottles-20260101.s3.eu-west-1.amazonaws.com"
    error_message = "Clients must ask the bucket of the mirror."
  }

  assert {
    condition     = output.webhook_secret_name == "bottles-slack-webhook"
    error_message = "There must be a secret for the URL of the webhook."
  }
}

run "IAM_1_each_part_changes_only_what_is_its_own" {
  assert {
    condition = jsondecode(local.plan_sync_policy).Statement[1] == {
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject"]
      Resource = ["arn:aws:s3:::bottles-20260101/sync/*", "arn:aws:s3:::bottles-20260101/bottles_hash.json"]
    }
    error_message = "IAM.1: plan-sync must have no permission to put bottles."
  }

  assert {
    condition     = jsondecode(local.sync_bottles_policy).Statement[1].Resource == ["arn:aws:s3:::bottles-20260101/v2/*", "arn:aws:s3:::bottles-20260101/api/*", "arn:aws:s3:::bottles-20260101/sync/*", "arn:aws:s3:::bottles-20260101/bottles_hash.json"]
    error_message = "IAM.1: sync-bottles must have permission to put what the mirror consists of, and nothing else."
  }

  assert {
    condition     = jsondecode(local.read_webhook["read-webhook"]).Statement == [{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:bottles-slack-webhook-AbCdEf" }]
    error_message = "IAM.1: the secret of the webhook, and no other one, must be readable."
  }

  assert {
    condition     = alltrue([for document in [local.plan_sync_policy, local.sync_bottles_policy, local.launch_policy] : alltrue([for statement in jsondecode(document).Statement : alltrue([for action in flatten([statement.Action]) : !endswith(action, "*")])])])
    error_message = "IAM.1: no permission may have a wildcard in its actions."
  }
}

run "works_in_what_exists_and_makes_what_is_asked_for" {
  variables {
    create_network          = false
    existing_network        = { vpc_id = "vpc-0a1b2c3d4e5f60718", subnets = { a = "subnet-0a1b2c3d4e5f60718" } }
    create_cluster          = false
    existing_cluster        = { name = "shared", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/shared" }
    create_mirror_bucket    = false
    existing_mirror_bucket  = "acme-mirror"
    create_webhook_secret   = false
    existing_webhook_secret = { name = "slack", arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack-AbCdEf", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
    create_file_system      = true
    create_repository       = true
    platforms               = ["x86_64_linux"]
    api                     = { public_key = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n" }
    external_hash_file      = { bucket = "acme-old", key = "bottles_hash.json" }
  }

  assert {
    condition     = length(module.network) == 0 && length(module.cluster) == 0 && length(module.mirror) == 0 && output.mirror_bucket_name == "acme-mirror"
    error_message = "Nothing must be created beside what exists."
  }

  assert {
    condition     = length(module.file_system) == 1 && length(module.repository) == 1
    error_message = "There must be a file system and a repository."
  }

  assert {
    condition     = jsondecode(local.read_webhook["read-webhook"]).Statement[1] == { Effect = "Allow", Action = "kms:Decrypt", Resource = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
    error_message = "The key of the existing secret must be usable."
  }

  assert {
    condition     = jsondecode(local.plan_sync_policy).Statement[3].Resource == "arn:aws:s3:::acme-old/bottles_hash.json"
    error_message = "The hash file from elsewhere must be readable."
  }

  assert {
    condition     = output.client_environment.HOMEBREW_API_DOMAIN == "https://acme-mirror.s3.eu-west-1.amazonaws.com/api" && local.api_files[0] == "internal/packages.x86_64_linux.jws.json"
    error_message = "With the key that verifies them clients must read the API files of the mirror."
  }
}

run "sends_no_notices_without_a_secret" {
  command = plan

  variables {
    create_webhook_secret = false
  }

  assert {
    condition     = length(local.read_webhook) == 0 && !contains(keys(local.environment), "SLACK_WEBHOOK_SECRET_NAME") && output.webhook_secret_name == null
    error_message = "Without a secret there must be nothing about it."
  }
}

run "refuses_what_is_neither_created_nor_given_and_an_address_that_is_not_that_of_a_name" {
  command = plan

  variables {
    create_network       = false
    create_cluster       = false
    create_mirror_bucket = false
    names                = { "aws_sqs_queue.dead" = "acme" }
  }

  expect_failures = [output.cluster_name, output.mirror_bucket_name, output.plan_function_name, output.vpc_id]
}

run "refuses_a_secret_both_created_and_given_and_a_capacity_provider_that_the_created_cluster_does_not_have" {
  command = plan

  variables {
    capacity                = "gpu"
    existing_webhook_secret = { name = "slack", arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack-AbCdEf" }
  }

  expect_failures = [output.cluster_name, output.task_role_arn]
}
