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
      arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/custodian"
    }
  }

  mock_resource "aws_ecs_task_definition" {
    defaults = {
      arn                  = "arn:aws:ecs:eu-west-1:123456789012:task-definition/custodian-custodian-worker:1"
      arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/custodian-custodian-worker"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/custodian"
    }
  }

  mock_resource "aws_iam_policy" {
    defaults = {
      arn = "arn:aws:iam::123456789012:policy/custodian-launch-0"
    }
  }

  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:eu-west-1:123456789012:custodian-dead-letter"
      url = "https://sqs.eu-west-1.amazonaws.com/123456789012/custodian-dead-letter"
    }
  }

  mock_resource "aws_lambda_function" {
    defaults = {
      arn = "arn:aws:lambda:eu-west-1:123456789012:function:custodian-run-policy"
    }
  }

  mock_resource "aws_cloudwatch_event_rule" {
    defaults = {
      arn = "arn:aws:events:eu-west-1:123456789012:rule/custodian-hub"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:123456789012:log-group:custodian"
    }
  }

  mock_resource "aws_s3_bucket" {
    defaults = {
      id  = "custodian-policy-20260101"
      arn = "arn:aws:s3:::custodian-policy-20260101"
    }
  }

  mock_resource "aws_ecr_repository" {
    defaults = {
      arn            = "arn:aws:ecr:eu-west-1:123456789012:repository/custodian"
      registry_id    = "123456789012"
      repository_url = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/custodian"
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
  name            = "custodian"
  network         = { availability_zones = ["eu-west-1a", "eu-west-1b"] }
  image           = "ghcr.io/acme/custodian-worker:1"
  sources         = { hub = { preset = "security_hub" } }
  policies_folder = "./tests/policies"
  mappings_file   = "./tests/policy-mappings.json"
}

run "puts_policies_and_mapping_file_into_the_bucket_and_IAM_1_reads_the_policies_and_nothing_else_by_default" {
  assert {
    condition     = keys(merge(local.policies, { (local.mapping_key) = "" })) == ["config/policy-mappings.json", "policies/report.yml", "policies/s3/encrypt.yaml"]
    error_message = "The bucket must have the policies under policies/ and the mapping file."
  }

  assert {
    condition     = output.function_name == "custodian-run-policy"
    error_message = "The function must be run-policy."
  }

  assert {
    condition     = keys(local.task_policies) == ["runner-read-policies"] && jsondecode(local.task_policies["runner-read-policies"]).Statement == [{ Effect = "Allow", Action = "s3:GetObjectVersion", Resource = "arn:aws:s3:::custodian-policy-20260101/policies/*" }]
    error_message = "IAM.1: a task must have permission to read the policies, and no other permission."
  }
}

run "IAM_1_changes_only_resources_of_the_named_type" {
  command = plan

  variables {
    permissions = ["ec2", "iam-user", "rds", "s3", "security-group"]
  }

  assert {
    condition = { for name, document in local.task_policies : name => jsondecode(document).Statement[1].Resource if name != "runner-read-policies" } == {
      "runner-ec2"            = "arn:aws:ec2:*:*:instance/*"
      "runner-iam-user"       = "arn:aws:iam::*:user/*"
      "runner-rds"            = "arn:aws:rds:*:*:db:*"
      "runner-s3"             = "arn:aws:s3:::*"
      "runner-security-group" = "arn:aws:ec2:*:*:security-group/*"
    }
    error_message = "IAM.1: named permissions must change only resources of their type."
  }

  assert {
    condition     = alltrue([for document in values(local.task_policies) : alltrue([for statement in jsondecode(document).Statement : alltrue([for action in flatten([statement.Action]) : !endswith(action, "*")])])])
    error_message = "IAM.1: no named permission may have a wildcard in its actions."
  }
}

run "works_in_what_exists_makes_what_is_asked_for_and_assumes_exactly_the_roles_of_members" {
  command = plan

  variables {
    create_network       = false
    existing_network     = { vpc_id = "vpc-0a1b2c3d4e5f60718", subnet_ids = ["subnet-0a1b2c3d4e5f60718"] }
    create_cluster       = false
    existing_cluster     = { name = "shared", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/shared" }
    create_output_bucket = true
    create_repository    = true
    notification_queue = {
      url = "https://sqs.eu-west-1.amazonaws.com/123456789012/results"
      arn = "arn:aws:sqs:eu-west-1:123456789012:results"
    }
    member_accounts = { account_ids = ["111122223333", "222233334444"], role_name = "security/remediation" }
  }

  assert {
    condition     = length(module.network) == 0 && length(module.cluster) == 0 && output.vpc_id == "vpc-0a1b2c3d4e5f60718"
    error_message = "Nothing must be created beside what exists."
  }

  assert {
    condition     = length(module.output) == 1 && length(module.repository) == 1
    error_message = "There must be an output bucket and a repository."
  }

  assert {
    condition     = jsondecode(local.task_policies["runner-assume-member-roles"]).Statement[0].Resource == ["arn:aws:iam::111122223333:role/security/remediation", "arn:aws:iam::222233334444:role/security/remediation"]
    error_message = "A task must have permission to assume the role in each member account, and no other role."
  }
}

run "refuses_a_folder_without_policies" {
  command = plan

  variables {
    policies_folder = "./tests/none"
    mappings_file   = "./tests/empty-mappings.json"
  }

  expect_failures = [output.policy_bucket_name]
}

run "refuses_a_mapping_file_of_another_version_and_a_capacity_provider_that_the_created_cluster_does_not_have" {
  command = plan

  variables {
    capacity      = "gpu"
    mappings_file = "./tests/other-mappings.json"
  }

  expect_failures = [output.cluster_name, output.policy_bucket_name]
}

run "refuses_a_mapping_file_with_an_id_twice_and_an_unknown_policy" {
  command = plan

  variables {
    mappings_file = "./tests/wrong-mappings.json"
  }

  expect_failures = [output.policy_bucket_name]
}

run "refuses_an_unknown_default_policy_what_is_neither_created_nor_given_and_an_address_that_is_not_that_of_a_name" {
  command = plan

  variables {
    default_policy = "policies/none.yml"
    create_network = false
    create_cluster = false
    names          = { "aws_sqs_queue.dead" = "acme" }
  }

  expect_failures = [output.cluster_name, output.function_name, output.policy_bucket_name, output.vpc_id]
}

run "makes_workers_that_take_runs_from_a_queue" {
  command = plan

  variables {
    mode    = "service"
    workers = { min = 2 }
  }

  assert {
    condition     = output.worker_service_name == "custodian-custodian-worker" && length(module.runs) == 1
    error_message = "There must be an ECS service and a queue."
  }

  assert {
    condition     = module.runs["this"].queue_name == "custodian-runs"
    error_message = "The queue must be that of the runs."
  }
}
