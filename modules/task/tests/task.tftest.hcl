mock_provider "aws" {
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

  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "123456789012"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/auth"
    }
  }

  mock_resource "aws_security_group" {
    defaults = {
      id = "sg-0a1b2c3d4e5f60718"
    }
  }

  mock_resource "aws_ecs_task_definition" {
    defaults = {
      arn                  = "arn:aws:ecs:eu-west-1:123456789012:task-definition/auth:1"
      arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/auth"
    }
  }
}

variables {
  name        = "auth"
  cluster_arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
  vpc_id      = "vpc-0a1b2c3d4e5f60718"
  subnet_ids  = ["subnet-0a1b2c3d4e5f60718"]
  image       = "ghcr.io/acme/auth:1"
}

run "ECS_2_ECS_16_no_public_address" {
  assert {
    condition     = output.route.assign_public_ip == false
    error_message = "ECS.2: a task must have no public IP address by default."
  }
}

run "defaults" {
  command = plan

  assert {
    condition     = aws_ecs_task_definition.this.pid_mode != "host"
    error_message = "ECS.3: the task must not see the processes of the host."
  }

  assert {
    condition     = !try(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].privileged, false)
    error_message = "ECS.4, CKV_AWS_334: the container must not be privileged."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].readonlyRootFilesystem
    error_message = "ECS.5, CKV_AWS_336: the root file system must be read-only."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].mountPoints == [{ containerPath = "/tmp", readOnly = false, sourceVolume = one(aws_ecs_task_definition.this.volume).name }]
    error_message = "A writable volume must be mounted beside it."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].logConfiguration.options["awslogs-group"] == aws_cloudwatch_log_group.this["this"].name
    error_message = "ECS.9: the container must write to the log group of this block."
  }

  assert {
    condition     = aws_ecs_task_definition.this.network_mode == "awsvpc"
    error_message = "ECS.17: the task must not share the network of the host."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].user == "1000:1000"
    error_message = "ECS.20: the container must not run as root."
  }

  assert {
    condition     = aws_iam_role.task["this"].name == "auth-task" && aws_iam_role.execution["this"].name == "auth-execution"
    error_message = "CKV_AWS_249: task role and execution role must be different."
  }

  assert {
    condition = alltrue([for role in [aws_iam_role.task["this"], aws_iam_role.execution["this"]] : jsondecode(role.assume_role_policy).Statement == [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = "123456789012" }
        ArnLike      = { "aws:SourceArn" = "arn:aws:ecs:eu-west-1:123456789012:*" }
      }
    }]])
    error_message = "Only ECS tasks of this account and region must be able to assume the roles."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this["this"].retention_in_days == 365
    error_message = "CKV_AWS_66, CKV_AWS_338: the log must be kept for a year."
  }

  assert {
    condition     = { for key, rule in aws_vpc_security_group_egress_rule.this : key => [rule.ip_protocol, rule.from_port, rule.to_port] } == { https = ["tcp", 443, 443] }
    error_message = "CKV_AWS_382: only HTTPS must be allowed out."
  }

  assert {
    condition     = length(aws_security_group.this.description) > 0 && length(aws_vpc_security_group_egress_rule.this["https"].description) > 0
    error_message = "CKV_AWS_23: security group and rules must have a description."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.execution["this"].policy).Statement == [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/auth:*"
    }]
    error_message = "CKV_AWS_290, CKV_AWS_355: without ECR and secrets the execution role must be allowed only to write its log."
  }

  assert {
    condition     = alltrue([for name in jsondecode(file("./tests/environment-names.json")).secret : can(regex(local.secret_name, name))])
    error_message = "Each of these names must look like that of a secret."
  }

  assert {
    condition     = alltrue([for name in jsondecode(file("./tests/environment-names.json")).plain : !can(regex(local.secret_name, name))])
    error_message = "None of these names must look like that of a secret."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].linuxParameters == { initProcessEnabled = true } && length(setintersection(keys(jsondecode(aws_ecs_task_definition.this.container_definitions)[0]), ["healthCheck", "stopTimeout", "ulimits", "repositoryCredentials"])) == 0
    error_message = "What is not given must not be in the definition."
  }

  assert {
    condition     = length(aws_iam_role_policy.execute_command) == 0 && output.route.enable_execute_command == false
    error_message = "ECS Exec must be off by default."
  }

  assert {
    condition     = output.route.on_failure == { action = "alarm", max_attempts = 3, backoff_seconds = 60 } && output.route.interruption_retries == 3 && output.route.essential_containers == tolist(["auth"])
    error_message = "The launch route must have the defaults."
  }

  assert {
    condition     = output.execution_policy_json == aws_iam_role_policy.execution["this"].policy && output.task_policy_json == null && !output.route.existing_task_role
    error_message = "The output must be the policy of the execution role, and null for a task role that needs no permission."
  }
}

run "ECS_8_CKV_AWS_45_no_secrets_in_the_environment" {
  command = plan

  variables {
    environment = { DB_PASSWORD = "x", GITHUB_TOKEN = "x", SECRET_NAME = "auth", LOG_LEVEL = "INFO" }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "ECS_8_allows_references_to_a_secret_in_the_environment" {
  command = plan

  variables {
    environment = { SECRET_NAME = "a", TOKEN_URL = "b", API_KEY_ID = "c", PASSWORD_PATH = "d", SECRET_ARN = "e" }
    secrets     = { DB_PASSWORD = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:auth-AbCdEf:password::" }
  }

  assert {
    condition     = length(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment) == 5
    error_message = "A name, ARN, URL, id or path of a secret must be allowed."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].secrets == [{ name = "DB_PASSWORD", valueFrom = var.secrets.DB_PASSWORD }]
    error_message = "ECS.8: a secret must come by reference."
  }
}

run "CKV_AWS_158_customer_key_when_given" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition     = aws_cloudwatch_log_group.this["this"].kms_key_id == var.kms_key_arn
    error_message = "CKV_AWS_158: the given key must encrypt the log."
  }
}

run "EC2_18_EC2_19_no_ingress" {
  command = plan

  variables {
    port = 8080
  }

  assert {
    condition     = aws_security_group.this.ingress == null || length(aws_security_group.this.ingress) == 0
    error_message = "EC2.18: the security group must have no ingress rules."
  }
}

run "execution_role_pulls_and_reads_what_is_listed" {
  command = plan

  variables {
    image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/engines/auth:1"
    secrets = {
      LICENCE  = "arn:aws:ssm:eu-west-1:123456789012:parameter/engines/licence"
      PASSWORD = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:engines/auth-AbCdEf:password::"
    }
  }

  assert {
    condition = slice(jsondecode(aws_iam_role_policy.execution["this"].policy).Statement, 1, 4) == [
      {
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = "arn:aws:ecr:eu-west-1:123456789012:repository/engines/auth"
      },
      {
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      },
      {
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue", "ssm:GetParameters"]
        Resource = ["arn:aws:ssm:eu-west-1:123456789012:parameter/engines/licence", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:engines/auth-AbCdEf"]
      },
    ]
    error_message = "The execution role must be allowed to pull from the image's repository and to read the listed secrets."
  }
}

run "execution_role_pulls_from_a_given_repository" {
  command = plan

  variables {
    repository_arn = "arn:aws:ecr:eu-west-1:111111111111:repository/mirror"
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.execution["this"].policy).Statement[1].Resource == var.repository_arn
    error_message = "repository_arn must take precedence over the image."
  }
}

run "port_in_the_environment" {
  command = plan

  variables {
    port = 8080
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment == [{ name = "PORT", value = "8080" }]
    error_message = "The container must get its port in PORT."
  }

  assert {
    condition     = output.route.port == 8080 && output.port == 8080
    error_message = "The launch route must have the port."
  }
}

run "port_that_the_environment_sets" {
  command = plan

  variables {
    port        = 8080
    environment = { PORT = "9" }
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment == [{ name = "PORT", value = "9" }]
    error_message = "A given PORT must be kept."
  }
}

run "policies_of_the_task_role_by_name" {
  command = plan

  variables {
    policies = { "read+a" = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }

  assert {
    condition     = aws_iam_role_policy.task["read+a"].role == "auth-task"
    error_message = "A given policy must become one of the task role."
  }
}

run "largest_size_of_fargate" {
  command = plan

  variables {
    cpu                   = 32768
    memory                = 249856
    ephemeral_storage_gib = 200
    architecture          = "ARM64"
  }

  assert {
    condition     = aws_ecs_task_definition.this.memory == "249856" && one(aws_ecs_task_definition.this.ephemeral_storage).size_in_gib == 200
    error_message = "The largest task must be possible."
  }
}

run "refuses_a_memory_that_does_not_fit_the_cpu" {
  command = plan

  variables {
    cpu    = 8192
    memory = 17408
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_name_in_both_environment_and_secrets" {
  command = plan

  variables {
    environment = { A = "1" }
    secrets     = { A = "arn:aws:ssm:eu-west-1:123456789012:parameter/a" }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_long_name" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "this-name-is-one-character-longer-than-a-name-here-may-"
  }

  expect_failures = [var.name]
}

run "refuses_an_image_with_spaces" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    image = "auth 1"
  }

  expect_failures = [var.image]
}

run "refuses_a_cpu_that_fargate_does_not_support" {
  command = plan

  variables {
    cpu = 300
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_cpu_below_the_minimum" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    cpu = 64
  }

  expect_failures = [var.cpu]
}

run "refuses_a_memory_below_the_minimum" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    capacity = "EC2"
    memory   = 4
  }

  expect_failures = [var.memory]
}

run "fargate_spot_has_a_fargate_task_definition" {
  command = plan

  variables {
    capacity = "FARGATE_SPOT"
  }

  assert {
    condition     = aws_ecs_task_definition.this.requires_compatibilities == toset(["FARGATE"]) && output.route.capacity == "FARGATE_SPOT"
    error_message = "The task definition must be for Fargate, and the launch route must have the capacity."
  }
}

run "a_capacity_provider_is_like_ec2" {
  command = plan

  variables {
    capacity     = "gpu"
    network_mode = "bridge"
    cpu          = 300
    memory       = 300
  }

  assert {
    condition     = aws_ecs_task_definition.this.requires_compatibilities == toset(["EC2"]) && output.route.capacity == "gpu"
    error_message = "The task definition must be for container instances, and the launch route must have the name of the capacity provider."
  }
}

run "the_default_of_the_cluster_may_be_either" {
  command = plan

  variables {
    capacity = "CLUSTER_DEFAULT"
  }

  assert {
    condition     = aws_ecs_task_definition.this.requires_compatibilities == toset(["EC2", "FARGATE"])
    error_message = "The task definition must be for container instances and for Fargate."
  }
}

run "refuses_what_the_default_of_the_cluster_may_not_take" {
  command = plan

  variables {
    capacity         = "CLUSTER_DEFAULT"
    cpu              = 300
    assign_public_ip = true
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "bridge_mode_gets_a_free_host_port" {
  command = plan

  variables {
    network_mode = "bridge"
    capacity     = "EC2"
    cpu          = 300
    memory       = 300
    port         = 8080
  }

  assert {
    condition     = aws_ecs_task_definition.this.network_mode == "bridge" && aws_ecs_task_definition.this.requires_compatibilities == toset(["EC2"])
    error_message = "Bridge mode must require EC2."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].portMappings == [{ containerPort = 8080, hostPort = 0, protocol = "tcp" }]
    error_message = "The host port must be free: with a fixed one only one copy runs on each instance."
  }

  assert {
    condition     = output.route.network_mode == "bridge" && output.route.capacity == "EC2" && output.route.target_type == null
    error_message = "The launch route must have network mode and capacity, and no target group yet."
  }
}

run "host_mode_uses_the_container_port" {
  command = plan

  variables {
    network_mode = "host"
    capacity     = "EC2"
    port         = 8080
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].portMappings == [{ containerPort = 8080, hostPort = 8080, protocol = "tcp" }]
    error_message = "In host mode the host port must be the container port."
  }
}

run "ECS_18_CKV_AWS_97_mounts_over_tls_through_an_access_point" {
  command = plan

  variables {
    mounts = {
      data = {
        file_system_id    = "fs-0a1b2c3d4e5f60718"
        file_system_arn   = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0a1b2c3d4e5f60718"
        access_point_id   = "fsap-0a1b2c3d4e5f60718"
        access_point_arn  = "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0a1b2c3d4e5f60718"
        security_group_id = "sg-0a1b2c3d4e5f60719"
        container_path    = "/mnt/data"
      }
      models = {
        file_system_id    = "fs-0a1b2c3d4e5f60718"
        file_system_arn   = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0a1b2c3d4e5f60718"
        access_point_id   = "fsap-0a1b2c3d4e5f60719"
        access_point_arn  = "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0a1b2c3d4e5f60719"
        security_group_id = "sg-0a1b2c3d4e5f60719"
        container_path    = "/mnt/models"
        read_only         = true
      }
    }
  }

  assert {
    condition = alltrue([for volume in aws_ecs_task_definition.this.volume : volume.name == "scratch" || alltrue([for efs in volume.efs_volume_configuration :
      efs.transit_encryption == "ENABLED" && one(efs.authorization_config).iam == "ENABLED" && one(efs.authorization_config).access_point_id == var.mounts[volume.name].access_point_id
    ])]) && length(aws_ecs_task_definition.this.volume) == 3
    error_message = "ECS.18: files must be mounted over TLS, through the access point, with the permissions of the task role."
  }

  assert {
    condition = slice(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].mountPoints, 1, 3) == [
      { containerPath = "/mnt/data", readOnly = false, sourceVolume = "data" },
      { containerPath = "/mnt/models", readOnly = true, sourceVolume = "models" },
    ]
    error_message = "The container must have each volume at its path."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.mount["data"].policy).Statement == [{
      Effect    = "Allow"
      Action    = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
      Resource  = var.mounts.data.file_system_arn
      Condition = { StringEquals = { "elasticfilesystem:AccessPointArn" = var.mounts.data.access_point_arn } }
    }]
    error_message = "The task must be allowed to use only its access point."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.mount["models"].policy).Statement[0].Action == ["elasticfilesystem:ClientMount"]
    error_message = "The task must not be allowed to write to a read-only mount."
  }

  assert {
    condition     = alltrue([for rule in values(aws_vpc_security_group_egress_rule.mount) : rule.from_port == 2049 && rule.to_port == 2049 && rule.referenced_security_group_id == "sg-0a1b2c3d4e5f60719"]) && length(aws_vpc_security_group_egress_rule.mount) == 2
    error_message = "The task must be allowed to reach the file system, over NFS only."
  }
}

run "refuses_bridge_mode_on_fargate" {
  command = plan

  variables {
    network_mode = "bridge"
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_an_unknown_network_mode" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    network_mode = "none"
    capacity     = "EC2"
  }

  expect_failures = [var.network_mode]
}

run "refuses_an_unknown_capacity" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    capacity = "Fargate-Spot"
  }

  expect_failures = [var.capacity]
}

run "refuses_a_public_ip_address_on_container_instances" {
  command = plan

  variables {
    capacity         = "gpu"
    assign_public_ip = true
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_ephemeral_storage_on_ec2" {
  command = plan

  variables {
    capacity              = "EC2"
    ephemeral_storage_gib = 50
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_mount_called_scratch" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    mounts = { scratch = { file_system_id = "fs-1", file_system_arn = "arn", access_point_id = "fsap-1", access_point_arn = "arn", security_group_id = "sg-1", container_path = "/mnt" } }
  }

  expect_failures = [var.mounts]
}

run "refuses_a_relative_mount_path" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    mounts = { data = { file_system_id = "fs-1", file_system_arn = "arn", access_point_id = "fsap-1", access_point_arn = "arn", security_group_id = "sg-1", container_path = "mnt" } }
  }

  expect_failures = [var.mounts]
}

run "refuses_two_volumes_at_one_path" {
  command = plan

  variables {
    mounts = { data = { file_system_id = "fs-1", file_system_arn = "arn", access_point_id = "fsap-1", access_point_arn = "arn", security_group_id = "sg-1", container_path = "/tmp" } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_port_zero" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    port = 0
  }

  expect_failures = [var.port]
}

run "refuses_a_secret_that_is_not_an_arn" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    secrets = { A = "auth" }
  }

  expect_failures = [var.secrets]
}

run "refuses_a_policy_with_a_bad_name" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    policies = { "a b" = "{}" }
  }

  expect_failures = [var.policies]
}

run "refuses_a_policy_that_is_not_json" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    policies = { read = "s3:GetObject" }
  }

  expect_failures = [var.policies]
}

run "refuses_root" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    user = "root"
  }

  expect_failures = [var.user]
}

run "refuses_root_by_number" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    user = "0:0"
  }

  expect_failures = [var.user]
}

run "ECS_20_runs_as_the_default_user_when_user_is_null" {
  command = plan

  variables {
    user = null
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].user == "1000:1000"
    error_message = "ECS.20: null must not mean root."
  }
}

run "refuses_an_empty_user" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    user = ""
  }

  expect_failures = [var.user]
}

run "has_no_scratch_volume_when_it_is_to_have_none" {
  command = plan

  variables {
    create_scratch_volume    = false
    readonly_root_filesystem = false
  }

  assert {
    condition     = length(aws_ecs_task_definition.this.volume) == 0 && !can(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].mountPoints)
    error_message = "The image keeps its own directory at scratch_path."
  }
}

run "refuses_a_relative_scratch_path" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    scratch_path = "tmp"
  }

  expect_failures = [var.scratch_path]
}

run "refuses_less_storage_than_included" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ephemeral_storage_gib = 20
  }

  expect_failures = [var.ephemeral_storage_gib]
}

run "refuses_an_unknown_architecture" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    architecture = "arm64"
  }

  expect_failures = [var.architecture]
}

run "refuses_an_egress_port_beyond_65535" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    egress = { a = { port = 70000, cidr_ipv4 = "10.0.0.0/8" } }
  }

  expect_failures = [var.egress]
}

run "refuses_an_invalid_egress_range" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    egress = { a = { port = 1, cidr_ipv4 = "10.0.0.1/8" } }
  }

  expect_failures = [var.egress]
}

run "refuses_an_unknown_egress_protocol" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    egress = { a = { port = 1, cidr_ipv4 = "10.0.0.0/8", protocol = "esp" } }
  }

  expect_failures = [var.egress]
}

run "refuses_egress_without_a_port" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    egress = { a = { cidr_ipv4 = "10.0.0.0/8" } }
  }

  expect_failures = [var.egress]
}

run "refuses_egress_to_a_port_and_a_range" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    egress = { a = { port = 1, to_port = 2, cidr_ipv4 = "10.0.0.0/8" } }
  }

  expect_failures = [var.egress]
}

run "refuses_egress_to_a_reversed_range" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    egress = { a = { from_port = 2, to_port = 1, cidr_ipv4 = "10.0.0.0/8" } }
  }

  expect_failures = [var.egress]
}

run "refuses_egress_to_a_range_beyond_65535" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    egress = { a = { from_port = 2, to_port = 65536, cidr_ipv4 = "10.0.0.0/8" } }
  }

  expect_failures = [var.egress]
}

run "refuses_egress_without_a_destination" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    egress = { a = { port = 1 } }
  }

  expect_failures = [var.egress]
}

run "refuses_egress_to_two_destinations" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    egress = { a = { port = 1, cidr_ipv4 = "10.0.0.0/8", security_group_id = "sg-1" } }
  }

  expect_failures = [var.egress]
}

run "refuses_an_ipv6_range_with_bits_after_the_prefix" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    egress = { a = { port = 1, cidr_ipv6 = "2001:db8::1/32" } }
  }

  expect_failures = [var.egress]
}

run "refuses_an_ipv4_range_as_ipv6" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    egress = { a = { port = 1, cidr_ipv6 = "10.0.0.0/8" } }
  }

  expect_failures = [var.egress]
}

run "refuses_an_ipv6_range_in_capitals" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    egress = { a = { port = 1, cidr_ipv6 = "2001:DB8::/32" } }
  }

  expect_failures = [var.egress]
}

run "refuses_the_name_of_a_security_group" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    egress = { a = { port = 1, security_group_id = "database" } }
  }

  expect_failures = [var.egress]
}

run "refuses_the_name_of_a_prefix_list" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    egress = { a = { port = 1, prefix_list_id = "s3" } }
  }

  expect_failures = [var.egress]
}

run "refuses_five_security_groups_beside_its_own" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    security_group_ids = ["sg-1", "sg-2", "sg-3", "sg-4", "sg-5"]
  }

  expect_failures = [var.security_group_ids]
}

run "refuses_the_name_of_a_security_group_of_the_task" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    security_group_ids = ["database"]
  }

  expect_failures = [var.security_group_ids]
}

run "refuses_security_groups_in_bridge_mode" {
  command = plan

  variables {
    security_group_ids = ["sg-1"]
    network_mode       = "bridge"
    capacity           = "EC2"
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "egress_by_range_protocol_and_destination" {
  command = plan

  variables {
    egress = {
      cache  = { from_port = 0, to_port = 65535, security_group_id = "123456789012/sg-1" }
      s3     = { port = 443, prefix_list_id = "pl-6da54004" }
      ping   = { protocol = "icmp", cidr_ipv4 = "10.0.0.0/8" }
      inside = { protocol = "-1", cidr_ipv6 = "2001:db8::/32" }
    }
    security_group_ids = ["sg-1", "sg-2", "sg-3", "sg-4"]
  }

  assert {
    condition = jsonencode({ for key, rule in aws_vpc_security_group_egress_rule.this : key => [rule.ip_protocol, rule.from_port, rule.to_port] }) == jsonencode({
      cache  = ["tcp", 0, 65535]
      s3     = ["tcp", 443, 443]
      ping   = ["icmp", -1, -1]
      inside = ["-1", null, null]
    })
    error_message = "Each rule must have its protocol and ports; all protocols have none."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.this["cache"].referenced_security_group_id == "123456789012/sg-1" && aws_vpc_security_group_egress_rule.this["s3"].prefix_list_id == "pl-6da54004" && aws_vpc_security_group_egress_rule.this["inside"].cidr_ipv6 == "2001:db8::/32" && aws_vpc_security_group_egress_rule.this["cache"].cidr_ipv4 == null
    error_message = "Each rule must have its own destination."
  }
}

run "security_groups_beside_its_own" {
  variables {
    security_group_ids = ["sg-1", "sg-2"]
  }

  assert {
    condition     = output.route.security_group_ids == ["sg-0a1b2c3d4e5f60718", "sg-1", "sg-2"]
    error_message = "A launch must get the task's own security group and the given ones."
  }
}

run "null_egress_is_the_default" {
  command = plan

  variables {
    egress             = null
    security_group_ids = null
  }

  assert {
    condition     = keys(aws_vpc_security_group_egress_rule.this) == ["https"]
    error_message = "Null must be the default."
  }
}

run "refuses_an_egress_protocol_without_ports" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    egress = { a = { port = 1, cidr_ipv4 = "10.0.0.0/8", protocol = "icmp" } }
  }

  expect_failures = [var.egress]
}

run "refuses_an_egress_description_that_ec2_refuses" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    egress = { a = { port = 1, cidr_ipv4 = "10.0.0.0/8", description = "<a>" } }
  }

  expect_failures = [var.egress]
}

run "refuses_a_retention_that_cloudwatch_logs_does_not_support" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    log_retention_days = 10
  }

  expect_failures = [var.log_retention_days]
}

run "refuses_credentials_that_are_not_a_secret" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    repository_credentials_arn = "ghcr"
  }

  expect_failures = [var.repository_credentials_arn]
}

run "execution_role_reads_the_credentials_of_a_private_registry" {
  command = plan

  variables {
    repository_credentials_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:ghcr-AbCdEf"
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].repositoryCredentials == { credentialsParameter = var.repository_credentials_arn }
    error_message = "The image must be pulled with the credentials."
  }

  assert {
    condition = slice(jsondecode(aws_iam_role_policy.execution["this"].policy).Statement, 1, 2) == [{
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = var.repository_credentials_arn
    }]
    error_message = "The execution role must be allowed to read that secret and nothing else."
  }
}

run "refuses_the_alias_of_a_key" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    secrets_kms_key_arns = ["arn:aws:kms:eu-west-1:123456789012:alias/secrets"]
  }

  expect_failures = [var.secrets_kms_key_arns]
}

run "execution_role_decrypts_secrets_only_through_their_services" {
  command = plan

  variables {
    secrets_kms_key_arns = ["arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"]
  }

  assert {
    condition = slice(jsondecode(aws_iam_role_policy.execution["this"].policy).Statement, 1, 2) == [{
      Effect    = "Allow"
      Action    = "kms:Decrypt"
      Resource  = ["arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"]
      Condition = { StringEquals = { "kms:ViaService" = ["secretsmanager.eu-west-1.amazonaws.com", "ssm.eu-west-1.amazonaws.com"] } }
    }]
    error_message = "The execution role must be allowed to decrypt only what Secrets Manager and SSM read for it."
  }
}

run "environment_with_names_that_are_none_of_a_secret" {
  command = plan

  variables {
    environment             = { MAX_TOKENS = "4096", MYSQL_ALLOW_EMPTY_PASSWORD = "yes" }
    plain_environment_names = ["MYSQL_ALLOW_EMPTY_PASSWORD"]
  }

  assert {
    condition     = length(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment) == 2
    error_message = "Names that are listed must be allowed."
  }
}

run "refuses_a_secret_beside_a_name_that_is_none" {
  command = plan

  variables {
    environment             = { ALLOW_EMPTY_PASSWORD = "yes", PASSWORD = "x" }
    plain_environment_names = ["ALLOW_EMPTY_PASSWORD"]
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_health_check_without_a_program" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    container_health_check = { command = ["CMD"] }
  }

  expect_failures = [var.container_health_check]
}

run "refuses_a_health_check_of_two_shell_texts" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    container_health_check = { command = ["CMD-SHELL", "a", "b"] }
  }

  expect_failures = [var.container_health_check]
}

run "refuses_a_health_check_without_its_kind" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    container_health_check = { command = ["curl", "a"] }
  }

  expect_failures = [var.container_health_check]
}

run "refuses_an_empty_health_check" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    container_health_check = { command = [] }
  }

  expect_failures = [var.container_health_check]
}

run "refuses_a_health_check_every_four_seconds" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    container_health_check = { command = ["CMD", "a"], interval_seconds = 4 }
  }

  expect_failures = [var.container_health_check]
}

run "refuses_a_health_check_that_takes_a_minute_and_a_second" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    container_health_check = { command = ["CMD", "a"], timeout_seconds = 61 }
  }

  expect_failures = [var.container_health_check]
}

run "refuses_a_fraction_of_a_retry_of_the_health_check" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    container_health_check = { command = ["CMD", "a"], retries = 1.5 }
  }

  expect_failures = [var.container_health_check]
}

run "refuses_a_start_period_beyond_five_minutes" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    container_health_check = { command = ["CMD", "a"], start_period_seconds = 301 }
  }

  expect_failures = [var.container_health_check]
}

run "refuses_a_stop_timeout_of_a_second" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    stop_timeout_seconds = 1
  }

  expect_failures = [var.stop_timeout_seconds]
}

run "refuses_a_stop_timeout_beyond_two_minutes_on_fargate" {
  command = plan

  variables {
    stop_timeout_seconds = 121
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_an_unknown_ulimit" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ulimits = { files = { soft = 1, hard = 1 } }
  }

  expect_failures = [var.ulimits]
}

run "refuses_a_soft_limit_above_the_hard_one" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ulimits = { nofile = { soft = 2, hard = 1 } }
  }

  expect_failures = [var.ulimits]
}

run "refuses_no_soft_limit_below_a_hard_one" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ulimits = { nofile = { soft = -1, hard = 1 } }
  }

  expect_failures = [var.ulimits]
}

run "refuses_an_unknown_capability_to_drop" {
  command = plan

  variables {
    linux_capabilities_drop = ["CAP_NET_RAW"]
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_capability_that_fargate_does_not_add" {
  command = plan

  variables {
    linux_capabilities_add = ["SYS_PTRACE", "NET_ADMIN"]
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_an_unknown_capability_to_add" {
  command = plan

  variables {
    linux_capabilities_add = ["CAP_NET_ADMIN"]
    capacity               = "EC2"
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_user_beside_that_of_the_image" {
  command = plan

  variables {
    run_as_image_user = true
    user              = "app"
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "user_of_the_image_only_when_asked" {
  command = plan

  variables {
    run_as_image_user = true
  }

  assert {
    condition     = !contains(keys(jsondecode(aws_ecs_task_definition.this.container_definitions)[0]), "user")
    error_message = "The container must run as the user of its image."
  }
}

run "null_user_is_the_default" {
  command = plan

  variables {
    user = null
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].user == "1000:1000"
    error_message = "Null must be the default."
  }
}

run "health_check_stop_timeout_and_limits_of_the_container" {
  command = plan

  variables {
    container_health_check  = { command = ["CMD-SHELL", "curl -f localhost"] }
    stop_timeout_seconds    = 120
    ulimits                 = { nofile = { soft = 1024, hard = 65535 } }
    init_process            = false
    linux_capabilities_drop = ["ALL"]
    linux_capabilities_add  = ["SYS_PTRACE"]
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].healthCheck == { command = ["CMD-SHELL", "curl -f localhost"], interval = 30, timeout = 5, retries = 3 }
    error_message = "The container must have the health check, without empty members."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].stopTimeout == 120 && jsondecode(aws_ecs_task_definition.this.container_definitions)[0].ulimits == [{ name = "nofile", softLimit = 1024, hardLimit = 65535 }]
    error_message = "The container must have the stop timeout and the limits."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].linuxParameters == { initProcessEnabled = false, capabilities = { add = ["SYS_PTRACE"], drop = ["ALL"] } }
    error_message = "The container must have the capabilities and no init process."
  }
}

run "refuses_ecs_exec_with_a_read_only_root_file_system" {
  command = plan

  variables {
    enable_execute_command = true
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "ecs_exec_has_permissions_for_channels_log_and_key" {
  command = plan

  variables {
    enable_execute_command         = true
    readonly_root_filesystem       = false
    execute_command_log_group_name = "/ecs/engines/exec"
    execute_command_kms_key_arn    = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.execute_command["this"].policy).Statement == [
      { Effect = "Allow", Action = ["ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"], Resource = "*" },
      { Effect = "Allow", Action = "logs:DescribeLogGroups", Resource = "*" },
      { Effect = "Allow", Action = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], Resource = "arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/engines/exec:*" },
      { Effect = "Allow", Action = "kms:Decrypt", Resource = var.execute_command_kms_key_arn },
    ]
    error_message = "The task role must be allowed to open channels, to record sessions in one log group and to decrypt with one key."
  }

  assert {
    condition     = output.route.enable_execute_command
    error_message = "The launch route must have ECS Exec."
  }
}

run "refuses_a_sidecar_names_as_the_main_container" {
  command = plan

  variables {
    sidecars = { auth = { image = "a" } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_sidecar_with_a_space_in_its_image" {
  command = plan

  variables {
    sidecars = { a = { image = "a b" } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_sidecar_with_a_secret_in_its_environment" {
  command = plan

  variables {
    sidecars = { a = { image = "a", environment = { API_TOKEN = "x" } } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_sidecar_with_a_secret_that_is_no_arn" {
  command = plan

  variables {
    sidecars = { a = { image = "a", secrets = { A = "x" } } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_sidecar_with_a_name_twice" {
  command = plan

  variables {
    sidecars = { a = { image = "a", environment = { A = "x" }, secrets = { A = "arn:aws:ssm:eu-west-1:123456789012:parameter/a" } } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_sidecar_as_root" {
  command = plan

  variables {
    sidecars = { a = { image = "a", user = "0" } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_sidecar_with_a_user_beside_that_of_its_image" {
  command = plan

  variables {
    sidecars = { a = { image = "a", user = "app", run_as_image_user = true } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_sidecar_at_port_zero" {
  command = plan

  variables {
    sidecars = { a = { image = "a", port = 0 } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_sidecar_at_the_port_of_the_main_container" {
  command = plan

  variables {
    port     = 80
    sidecars = { a = { image = "a", port = 80 } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_sidecar_with_less_memory_than_docker_needs" {
  command = plan

  variables {
    sidecars = { a = { image = "a", memory = 5 } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_sidecar_with_more_memory_than_the_task" {
  command = plan

  variables {
    sidecars = { a = { image = "a", memory = 500 }, b = { image = "b", memory = 13 } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_sidecar_with_more_cpu_than_the_task" {
  command = plan

  variables {
    sidecars = { a = { image = "a", cpu = 257 } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_sidecar_with_a_health_check_without_its_kind" {
  command = plan

  variables {
    sidecars = { a = { image = "a", health_check = { command = ["curl", "a"] } } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_sidecar_with_eleven_retries_of_its_health_check" {
  command = plan

  variables {
    sidecars = { a = { image = "a", health_check = { command = ["CMD", "a"], retries = 11 } } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_sidecar_that_waits_for_itself" {
  command = plan

  variables {
    sidecars = { a = { image = "a", depends_on = { a = "START" } } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_sidecar_that_the_task_does_not_have_to_wait_for" {
  command = plan

  variables {
    container_depends_on = { a = "START" }
    sidecars             = { b = { image = "b" } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_sidecar_in_an_unknown_condition" {
  command = plan

  variables {
    container_depends_on = { a = "STARTED" }
    sidecars             = { a = { image = "a" } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_sidecar_that_is_healthy_without_a_health_check" {
  command = plan

  variables {
    container_depends_on = { a = "HEALTHY" }
    sidecars             = { a = { image = "a" } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_sidecar_that_completes_and_is_essential" {
  command = plan

  variables {
    container_depends_on = { a = "COMPLETE" }
    sidecars             = { a = { image = "a", essential = true } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_sidecar_with_an_unknown_log_router" {
  command = plan

  variables {
    sidecars = { a = { image = "a", firelens = { type = "vector" } } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_sidecar_beside_a_log_router_that_is_one_too" {
  command = plan

  variables {
    sidecars = { a = { image = "a", firelens = { type = "fluentd" } }, b = { image = "b", firelens = { type = "fluentd" } } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_firelens_without_a_log_router" {
  command = plan

  variables {
    log_driver = "awsfirelens"
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_an_option_that_awslogs_does_not_take" {
  command = plan

  variables {
    log_options = { Name = "http" }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_an_option_that_the_task_sets" {
  command = plan

  variables {
    log_options = { awslogs-group = "a" }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_an_unknown_mode_of_the_log" {
  command = plan

  variables {
    log_options = { mode = "fast" }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_log_secret_that_is_no_arn" {
  command = plan

  variables {
    log_secrets = { Header = "a" }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_an_unknown_log_driver" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    log_driver = "syslog"
  }

  expect_failures = [var.log_driver]
}

run "sidecars_beside_the_main_container" {
  command = plan

  variables {
    sidecars = {
      proxy = {
        image        = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/proxy:1"
        secrets      = { PROXY_TOKEN = "arn:aws:ssm:eu-west-1:123456789012:parameter/proxy" }
        health_check = { command = ["CMD", "/healthy"] }
        port         = 9090
        memory       = 64
      }
      router = {
        image             = "fluent-bit:3"
        essential         = true
        run_as_image_user = true
        depends_on        = { proxy = "START" }
        firelens          = { type = "fluentbit" }
      }
    }
    container_depends_on = { proxy = "HEALTHY" }
    log_driver           = "awsfirelens"
    log_options          = { Name = "http" }
    log_secrets          = { Header = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:logs-AbCdEf" }
  }

  assert {
    condition     = [for container in jsondecode(aws_ecs_task_definition.this.container_definitions) : container.name] == ["auth", "proxy", "router"] && output.route.essential_containers == tolist(["auth", "router"])
    error_message = "The exit codes of the main container and of the essential sidecar must decide."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].logConfiguration == { logDriver = "awsfirelens", options = { Name = "http" }, secretOptions = [{ name = "Header", valueFrom = var.log_secrets.Header }] } && jsondecode(aws_ecs_task_definition.this.container_definitions)[0].dependsOn == [{ containerName = "proxy", condition = "HEALTHY" }]
    error_message = "The main container must send its log to the log router and wait for the proxy."
  }

  assert {
    condition = jsondecode(aws_ecs_task_definition.this.container_definitions)[1] == {
      name                   = "proxy"
      image                  = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/proxy:1"
      essential              = false
      secrets                = [{ name = "PROXY_TOKEN", valueFrom = "arn:aws:ssm:eu-west-1:123456789012:parameter/proxy" }]
      user                   = "1000:1000"
      readonlyRootFilesystem = true
      portMappings           = [{ containerPort = 9090, hostPort = 9090, protocol = "tcp" }]
      memory                 = 64
      healthCheck            = { command = ["CMD", "/healthy"], interval = 30, timeout = 5, retries = 3 }
      logConfiguration       = { logDriver = "awslogs", options = { awslogs-group = "/ecs/auth", awslogs-region = "eu-west-1", awslogs-stream-prefix = "task" } }
    }
    error_message = "A sidecar must have safe defaults and no empty members."
  }

  assert {
    condition     = !contains(keys(jsondecode(aws_ecs_task_definition.this.container_definitions)[2]), "user") && jsondecode(aws_ecs_task_definition.this.container_definitions)[2].firelensConfiguration == { type = "fluentbit" } && jsondecode(aws_ecs_task_definition.this.container_definitions)[2].dependsOn == [{ containerName = "proxy", condition = "START" }]
    error_message = "The log router must be one, with the user of its image."
  }

  assert {
    condition = slice(jsondecode(aws_iam_role_policy.execution["this"].policy).Statement, 1, 4) == [
      { Effect = "Allow", Action = ["secretsmanager:GetSecretValue", "ssm:GetParameters"], Resource = ["arn:aws:ssm:eu-west-1:123456789012:parameter/proxy", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:logs-AbCdEf"] },
      { Effect = "Allow", Action = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], Resource = ["arn:aws:ecr:eu-west-1:123456789012:repository/proxy"] },
      { Effect = "Allow", Action = "ecr:GetAuthorizationToken", Resource = "*" },
    ]
    error_message = "The execution role must be allowed to pull and read what the sidecars need, and nothing else."
  }
}

run "log_options_beside_those_of_the_task" {
  command = plan

  variables {
    log_options = { mode = "non-blocking", max-buffer-size = "25m" }
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].logConfiguration.options == { awslogs-group = "/ecs/auth", awslogs-region = "eu-west-1", awslogs-stream-prefix = "task", mode = "non-blocking", max-buffer-size = "25m" }
    error_message = "The log must have the given options."
  }
}

run "on_failure_and_interruption_retries_when_given" {
  command = plan

  variables {
    on_failure           = { action = "retry", max_attempts = 10, backoff_seconds = 900 }
    interruption_retries = 10
  }

  assert {
    condition     = output.route.on_failure == { action = "retry", max_attempts = 10, backoff_seconds = 900 } && output.route.interruption_retries == 10
    error_message = "The launch route must have the given settings."
  }
}

run "null_is_the_default" {
  command = plan

  variables {
    on_failure           = { action = null, max_attempts = null, backoff_seconds = 0 }
    interruption_retries = null
  }

  assert {
    condition     = output.route.on_failure == { action = "alarm", max_attempts = 3, backoff_seconds = 0 } && output.route.interruption_retries == 3
    error_message = "Null must be the default."
  }
}

run "null_is_the_default_for_the_whole_input" {
  command = plan

  variables {
    on_failure = null
  }

  assert {
    condition     = output.route.on_failure.action == "alarm"
    error_message = "Null must be the default."
  }
}

run "refuses_an_unknown_action" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    on_failure = { action = "page" }
  }

  expect_failures = [var.on_failure]
}

run "refuses_zero_attempts" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    on_failure = { action = "retry", max_attempts = 0 }
  }

  expect_failures = [var.on_failure]
}

run "refuses_eleven_attempts" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    on_failure = { action = "retry", max_attempts = 11 }
  }

  expect_failures = [var.on_failure]
}

run "refuses_a_fraction_of_an_attempt" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    on_failure = { action = "retry", max_attempts = 1.5 }
  }

  expect_failures = [var.on_failure]
}

run "refuses_a_backoff_longer_than_the_longest_delay_of_sqs" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    on_failure = { action = "retry", backoff_seconds = 901 }
  }

  expect_failures = [var.on_failure]
}

run "refuses_a_backoff_of_half_a_second" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    on_failure = { action = "retry", backoff_seconds = 0.5 }
  }

  expect_failures = [var.on_failure]
}

run "refuses_eleven_retries_of_an_interrupted_task" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    interruption_retries = 11
  }

  expect_failures = [var.interruption_retries]
}

run "refuses_a_negative_number_of_retries_of_an_interrupted_task" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    interruption_retries = -1
  }

  expect_failures = [var.interruption_retries]
}

run "refuses_a_fraction_of_a_retry_of_an_interrupted_task" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    interruption_retries = 0.5
  }

  expect_failures = [var.interruption_retries]
}

run "roles_have_the_boundary_path_and_prefix_of_the_organisation" {
  command = plan

  variables {
    roles = {
      permissions_boundary_arn = "arn:aws:iam::123456789012:policy/organisation/boundary"
      path                     = "/engines/eu/"
      name_prefix              = "acme-"
    }
  }

  assert {
    condition     = aws_iam_role.execution["this"].permissions_boundary == var.roles.permissions_boundary_arn && aws_iam_role.execution["this"].path == "/engines/eu/" && startswith(aws_iam_role.execution["this"].name, "acme-") && aws_iam_role.task["this"].permissions_boundary == var.roles.permissions_boundary_arn && aws_iam_role.task["this"].path == "/engines/eu/" && startswith(aws_iam_role.task["this"].name, "acme-")
    error_message = "Every role must have the boundary, the path and the prefix of `roles`."
  }
}

run "refuses_a_boundary_that_is_no_policy" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    roles = { permissions_boundary_arn = "arn:aws:iam::123456789012:role/boundary" }
  }

  expect_failures = [var.roles]
}

run "refuses_a_role_path_without_a_slash_at_its_end" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    roles = { path = "/engines" }
  }

  expect_failures = [var.roles]
}

run "refuses_a_character_that_no_role_name_has" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    roles = { name_prefix = "acme/" }
  }

  expect_failures = [var.roles]
}

run "refuses_a_prefix_that_makes_a_role_name_too_long" {
  command = plan

  variables {
    roles = { name_prefix = "a-prefix-of-64-characters-leaves-no-character-for-the-name-itself" }
  }

  expect_failures = [aws_iam_role.execution, aws_iam_role.task]
}

run "grants_are_inline_policies_with_exact_actions_and_resources" {
  command = plan

  variables {
    grants = {
      incoming = { access = "read-objects", arn = "arn:aws:s3:::incoming", objects = "scans/*", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
      jobs     = { access = "send-messages", arn = "arn:aws:sqs:eu-west-1:123456789012:jobs" }
    }
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.grant["incoming"].policy).Statement == [
      { Effect = "Allow", Action = ["s3:GetObject"], Resource = ["arn:aws:s3:::incoming/scans/*"] },
      { Effect = "Allow", Action = ["s3:ListBucket"], Resource = ["arn:aws:s3:::incoming"], Condition = { StringLike = { "s3:prefix" = "scans/*" } } },
      { Effect = "Allow", Action = ["kms:Decrypt"], Resource = ["arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"] },
    ]
    error_message = "IAM.1: the grant must allow to read and list these objects, to use their key, and nothing else."
  }

  assert {
    condition     = aws_iam_role_policy.grant["jobs"].name == "grant-jobs" && length(jsondecode(aws_iam_role_policy.grant["jobs"].policy).Statement) == 1
    error_message = "A grant without a key must be one statement in the policy grant-<key>."
  }
}

run "refuses_a_key_of_a_grant_that_no_policy_name_has" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    grants = { "a b" = { access = "read-objects", arn = "arn:aws:s3:::incoming" } }
  }

  expect_failures = [var.grants]
}

run "refuses_an_unknown_access" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    grants = { a = { access = "read", arn = "arn:aws:s3:::incoming" } }
  }

  expect_failures = [var.grants]
}

run "refuses_objects_of_a_queue" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    grants = { a = { access = "send-messages", arn = "arn:aws:sqs:eu-west-1:123456789012:jobs", objects = "a/*" } }
  }

  expect_failures = [var.grants]
}

run "refuses_empty_objects" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    grants = { a = { access = "read-objects", arn = "arn:aws:s3:::incoming", objects = "" } }
  }

  expect_failures = [var.grants]
}

run "refuses_an_arn_of_another_kind" {
  command = plan

  variables {
    grants = { a = { access = "read-objects", arn = "arn:aws:s3:::incoming/scans" } }
  }

  expect_failures = [aws_iam_role_policy.grant]
}

run "refuses_a_grant_with_the_policy_name_of_another" {
  command = plan

  variables {
    policies = { grant-a = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
    grants   = { a = { access = "read-objects", arn = "arn:aws:s3:::incoming" } }
  }

  expect_failures = [aws_iam_role_policy.grant]
}

run "names_replace_those_of_the_block" {
  command = plan

  variables {
    names = {
      "aws_iam_role.execution"              = "acme-exec"
      "aws_security_group.this"             = "acme-ecs-sg"
      "aws_security_group.this.description" = "Security group for ECS worker"
      "aws_ecs_task_definition.this"        = "acme-worker"
    }
  }

  assert {
    condition     = aws_iam_role.execution["this"].name == "acme-exec" && aws_security_group.this.name == "acme-ecs-sg" && aws_security_group.this.description == "Security group for ECS worker" && aws_ecs_task_definition.this.family == "acme-worker" && endswith(output.task_definition_arn_without_revision, ":task-definition/acme-worker")
    error_message = "A resource must have the name that `names` gives its address."
  }
}

run "refuses_an_address_that_is_not_the_address_of_a_name" {
  command = plan

  variables {
    names = { "aws_iam_role.unknown" = "acme" }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "names_take_the_addresses_of_earlier_releases" {
  command = plan

  variables {
    names = { "aws_iam_role.execution" = "acme-exec", "aws_cloudwatch_log_group.this" = "/acme" }
  }

  assert {
    condition     = aws_iam_role.execution["this"].name == "acme-exec" && aws_cloudwatch_log_group.this["this"].name == "/acme"
    error_message = "A name with the address that the resource had before must replace that of the block."
  }
}

run "IAM_1_existing_roles_get_no_policy_and_the_outputs_say_what_they_need" {
  command = plan

  variables {
    existing_execution_role = { arn = "arn:aws:iam::123456789012:role/team/acme-exec" }
    existing_task_role      = { arn = "arn:aws:iam::123456789012:role/team/acme-task" }
    existing_log_group      = { name = "/acme/tasks" }
    image                   = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/auth:1"
    policies                = { read = "{\"Version\":\"2012-10-17\",\"Statement\":{\"Sid\":\"A\",\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::bottles/*\"}}" }
    grants                  = { jobs = { access = "send-messages", arn = "arn:aws:sqs:eu-west-1:123456789012:jobs" } }
  }

  assert {
    condition     = length(aws_iam_role.execution) + length(aws_iam_role.task) + length(aws_iam_role_policy.execution) + length(aws_iam_role_policy.task) + length(aws_iam_role_policy.grant) + length(aws_cloudwatch_log_group.this) == 0
    error_message = "Nothing must be created beside an existing role or log group, and nothing attached to it."
  }

  assert {
    condition     = aws_ecs_task_definition.this.execution_role_arn == var.existing_execution_role.arn && aws_ecs_task_definition.this.task_role_arn == var.existing_task_role.arn && jsondecode(aws_ecs_task_definition.this.container_definitions)[0].logConfiguration.options["awslogs-group"] == "/acme/tasks"
    error_message = "The task definition must have the existing roles and the existing log group."
  }

  assert {
    condition     = jsondecode(output.execution_policy_json).Statement[0].Resource == "arn:aws:logs:eu-west-1:123456789012:log-group:/acme/tasks:*" && jsondecode(output.execution_policy_json).Statement[1].Resource == "arn:aws:ecr:eu-west-1:123456789012:repository/auth"
    error_message = "The execution role needs to write to the existing log group and to pull the image."
  }

  assert {
    condition = jsondecode(output.task_policy_json).Statement == [
      { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::bottles/*" },
      { Effect = "Allow", Action = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"], Resource = ["arn:aws:sqs:eu-west-1:123456789012:jobs"] },
    ]
    error_message = "The task role needs what policies and grants ask for, without Sids."
  }

  assert {
    condition     = output.task_role_name == "acme-task" && output.execution_role_name == "acme-exec" && output.log_group_name == "/acme/tasks" && output.route.task_role_arn == var.existing_task_role.arn && output.route.execution_role_arn == var.existing_execution_role.arn && output.route.existing_task_role
    error_message = "Outputs and launch route must have the existing roles."
  }
}

run "refuses_an_execution_role_that_is_no_role" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    existing_execution_role = { arn = "arn:aws:iam::123456789012:policy/exec" }
  }

  expect_failures = [var.existing_execution_role]
}

run "refuses_a_task_role_that_is_no_role" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    existing_task_role = { arn = "acme-task" }
  }

  expect_failures = [var.existing_task_role]
}

run "refuses_a_log_group_name_that_no_log_group_has" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    existing_log_group = { name = "arn:aws:logs:eu-west-1:123456789012:log-group:/acme" }
  }

  expect_failures = [var.existing_log_group]
}

run "refuses_settings_of_roles_when_both_exist" {
  command = plan

  variables {
    existing_execution_role = { arn = "arn:aws:iam::123456789012:role/acme-exec" }
    existing_task_role      = { arn = "arn:aws:iam::123456789012:role/acme-task" }
    roles                   = { name_prefix = "acme-" }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_key_of_an_existing_log_group" {
  command = plan

  variables {
    existing_log_group = { name = "/acme" }
    kms_key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_the_retention_of_an_existing_log_group" {
  command = plan

  variables {
    existing_log_group = { name = "/acme" }
    log_retention_days = 30
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_grant_of_another_kind_for_an_existing_role" {
  command = plan

  variables {
    existing_task_role = { arn = "arn:aws:iam::123456789012:role/acme-task" }
    grants             = { a = { access = "read-objects", arn = "arn:aws:s3:::incoming/scans" } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_name_of_a_role_that_exists_already" {
  command = plan

  variables {
    existing_task_role = { arn = "arn:aws:iam::123456789012:role/acme-task" }
    names              = { "aws_iam_role.task" = "acme" }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "IAM_1_pull_through_cache_allows_the_import_into_the_named_repositories_only" {
  command = plan

  variables {
    image              = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/nginx:1"
    pull_through_cache = true
    sidecars           = { proxy = { image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/quay/proxy:1" }, other = { image = "busybox" } }
  }

  assert {
    condition = [for statement in jsondecode(output.execution_policy_json).Statement : statement if contains(flatten([statement.Action]), "ecr:CreateRepository")] == [{
      Effect   = "Allow"
      Action   = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
      Resource = ["arn:aws:ecr:eu-west-1:123456789012:repository/docker-hub/library/nginx", "arn:aws:ecr:eu-west-1:123456789012:repository/quay/proxy"]
    }]
    error_message = "IAM.1: the execution role must be allowed to import images into these repositories only."
  }
}

run "refuses_pull_through_cache_without_an_image_in_ecr" {
  command = plan

  variables {
    pull_through_cache = true
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_an_image_with_capitals_in_the_repository" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    image = "ghcr.io/Acme/auth:1"
  }

  expect_failures = [var.image]
}

run "refuses_an_image_with_a_short_digest" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    image = "auth@sha256:00"
  }

  expect_failures = [var.image]
}

run "counts_no_digest_as_part_of_the_255_characters_of_an_image" {
  command = plan

  variables {
    image = "${join("/", [for index in range(128) : "a"])}@sha256:${join("", [for index in range(64) : "0"])}"
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].image == var.image
    error_message = "The image is changed."
  }
}

run "refuses_an_image_of_more_than_255_characters" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    image = join("/", [for index in range(129) : "a"])
  }

  expect_failures = [var.image]
}

run "refuses_a_sidecar_with_an_image_with_a_space" {
  command = plan

  variables {
    sidecars = { proxy = { image = "pro xy" } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_subnet_twice" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    subnet_ids = ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60718"]
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_no_subnets_with_awsvpc" {
  command = plan

  variables {
    subnet_ids = []
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_a_cluster_of_another_region" {
  command = plan

  variables {
    cluster_arn = "arn:aws:ecs:us-east-1:123456789012:cluster/engines"
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_policies_of_more_than_10240_characters" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    policies = { a = jsonencode({ Statement = [for index in range(800) : "statement-${index}"] }) }
  }

  expect_failures = [var.policies]
}

run "refuses_container_definitions_of_more_than_64_KiB" {
  command = plan

  variables {
    environment = { for index in range(700) : "NAME_${index}" => join("", [for digit in range(100) : "a"]) }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "IAM_reads_a_parameter_by_its_name" {
  command = plan

  variables {
    secrets = { LICENCE = "/engines/licence", OTHER = "/other" }
  }

  assert {
    condition = length([
      for statement in jsondecode(aws_iam_role_policy.execution["this"].policy).Statement : statement
      if try(endswith(statement.Resource[0], ":parameter/engines/licence") && endswith(statement.Resource[1], ":parameter/other"), false)
    ]) == 1
    error_message = aws_iam_role_policy.execution["this"].policy
  }
}

run "IAM_1_the_infrastructure_role_of_an_ebs_volume_has_the_policy_of_aws_alone" {
  command = plan

  variables {
    ebs_volume = { container_path = "/data", size_gib = 500, throughput_mibps = 500 }
    roles      = { name_prefix = "acme-", path = "/app/" }
  }

  assert {
    condition     = aws_iam_role.infrastructure["this"].name == "acme-auth-volumes" && aws_iam_role.infrastructure["this"].path == "/app/" && jsondecode(aws_iam_role.infrastructure["this"].assume_role_policy).Statement[0].Principal == { Service = "ecs.amazonaws.com" }
    error_message = "IAM.1: ECS alone must be allowed to assume the role, which follows roles."
  }

  assert {
    condition     = aws_iam_role_policy_attachment.infrastructure["this"].policy_arn == "arn:aws:iam::aws:policy/service-role/AmazonECSInfrastructureRolePolicyForVolumes"
    error_message = "IAM.1: the role must have AWS's policy for volumes."
  }

  assert {
    condition     = one([for volume in aws_ecs_task_definition.this.volume : volume.configure_at_launch if volume.name == "ebs"]) && jsondecode(aws_ecs_task_definition.this.container_definitions)[0].mountPoints[1] == { containerPath = "/data", readOnly = false, sourceVolume = "ebs" }
    error_message = "The volume must be configured at launch and mounted."
  }

  assert {
    condition     = output.route.ebs_volume.name == "ebs" && output.route.ebs_volume.size_gib == 500 && output.route.ebs_volume.volume_type == "gp3" && output.route.ebs_volume.encrypted
    error_message = "The launch route must have the settings of the volume."
  }
}

run "an_existing_infrastructure_role_gets_nothing_attached" {
  command = plan

  variables {
    ebs_volume                   = { container_path = "/data", snapshot_id = "snap-0a1b2c3d4e5f60718" }
    existing_infrastructure_role = { arn = "arn:aws:iam::123456789012:role/acme-volumes" }
  }

  assert {
    condition     = length(aws_iam_role.infrastructure) + length(aws_iam_role_policy_attachment.infrastructure) == 0 && output.infrastructure_role_arn == "arn:aws:iam::123456789012:role/acme-volumes" && output.route.ebs_volume.infrastructure_role_arn == "arn:aws:iam::123456789012:role/acme-volumes"
    error_message = "The launch route must have the existing role, and nothing be attached to it."
  }
}

run "roles_are_for_the_infrastructure_role_when_the_others_exist" {
  command = plan

  variables {
    ebs_volume              = { container_path = "/data", size_gib = 500 }
    existing_execution_role = { arn = "arn:aws:iam::123456789012:role/acme" }
    existing_task_role      = { arn = "arn:aws:iam::123456789012:role/acme" }
    roles                   = { path = "/app/" }
  }

  assert {
    condition     = aws_iam_role.infrastructure["this"].path == "/app/"
    error_message = "The created role must follow roles."
  }
}

run "refuses_a_relative_path_of_an_ebs_volume" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ebs_volume = { size_gib = 500, container_path = "data" }
  }

  expect_failures = [var.ebs_volume]
}

run "refuses_an_ebs_volume_at_the_path_of_another_volume" {
  command = plan

  variables {
    ebs_volume = { size_gib = 500, container_path = "/tmp" }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_an_unknown_type_of_an_ebs_volume" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ebs_volume = { container_path = "/data", size_gib = 500, volume_type = "gp1" }
  }

  expect_failures = [var.ebs_volume]
}

run "refuses_an_ebs_volume_with_neither_size_nor_snapshot" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ebs_volume = { container_path = "/data" }
  }

  expect_failures = [var.ebs_volume]
}

run "refuses_an_empty_ebs_volume" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ebs_volume = { container_path = "/data", size_gib = 0 }
  }

  expect_failures = [var.ebs_volume]
}

run "refuses_an_ebs_volume_of_half_a_gib" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ebs_volume = { container_path = "/data", size_gib = 1.5 }
  }

  expect_failures = [var.ebs_volume]
}

run "refuses_more_gib_than_gp3_has" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ebs_volume = { container_path = "/data", size_gib = 16385 }
  }

  expect_failures = [var.ebs_volume]
}

run "refuses_fewer_gib_than_io2_has" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ebs_volume = { container_path = "/data", size_gib = 3, volume_type = "io2", iops = 100 }
  }

  expect_failures = [var.ebs_volume]
}

run "refuses_fewer_gib_than_st1_has" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ebs_volume = { container_path = "/data", size_gib = 124, volume_type = "st1" }
  }

  expect_failures = [var.ebs_volume]
}

run "refuses_more_gib_than_a_magnetic_volume_has" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    capacity   = "EC2"
    ebs_volume = { container_path = "/data", size_gib = 1025, volume_type = "standard" }
  }

  expect_failures = [var.ebs_volume]
}

run "refuses_a_magnetic_volume_on_fargate" {
  command = plan

  variables {
    ebs_volume = { container_path = "/data", size_gib = 500, volume_type = "standard" }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_io1_without_iops" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ebs_volume = { container_path = "/data", size_gib = 500, volume_type = "io1" }
  }

  expect_failures = [var.ebs_volume]
}

run "refuses_fewer_iops_than_gp3_has" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ebs_volume = { container_path = "/data", size_gib = 500, iops = 2999 }
  }

  expect_failures = [var.ebs_volume]
}

run "refuses_more_iops_than_io1_has" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ebs_volume = { container_path = "/data", size_gib = 500, volume_type = "io1", iops = 64001 }
  }

  expect_failures = [var.ebs_volume]
}

run "refuses_iops_of_gp2" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ebs_volume = { container_path = "/data", size_gib = 500, volume_type = "gp2", iops = 3000 }
  }

  expect_failures = [var.ebs_volume]
}

run "refuses_more_throughput_than_gp3_has" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ebs_volume = { container_path = "/data", size_gib = 500, throughput_mibps = 1001 }
  }

  expect_failures = [var.ebs_volume]
}

run "refuses_throughput_of_gp2" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ebs_volume = { container_path = "/data", size_gib = 500, volume_type = "gp2", throughput_mibps = 125 }
  }

  expect_failures = [var.ebs_volume]
}

run "refuses_a_key_of_an_ebs_volume_that_is_no_arn" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ebs_volume = { container_path = "/data", size_gib = 500, kms_key_arn = "alias/ebs" }
  }

  expect_failures = [var.ebs_volume]
}

run "refuses_a_key_of_an_ebs_volume_that_is_not_encrypted" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ebs_volume = { container_path = "/data", size_gib = 500, encrypted = false, kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
  }

  expect_failures = [var.ebs_volume]
}

run "refuses_a_snapshot_that_is_none" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ebs_volume = { container_path = "/data", size_gib = 500, snapshot_id = "ami-1" }
  }

  expect_failures = [var.ebs_volume]
}

run "refuses_a_file_system_of_windows" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ebs_volume = { container_path = "/data", size_gib = 500, file_system_type = "ntfs" }
  }

  expect_failures = [var.ebs_volume]
}

run "refuses_a_mount_with_the_name_of_the_ebs_volume" {
  command = plan

  variables {
    ebs_volume = { container_path = "/data", size_gib = 500 }
    mounts     = { ebs = { file_system_id = "fs-1", file_system_arn = "arn", access_point_id = "fsap-1", access_point_arn = "arn", security_group_id = "sg-1", container_path = "/mnt" } }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_an_infrastructure_role_without_an_ebs_volume" {
  command = plan

  variables {
    existing_infrastructure_role = { arn = "arn:aws:iam::123456789012:role/acme-volumes" }
  }

  expect_failures = [aws_ecs_task_definition.this]
}

run "refuses_an_infrastructure_role_that_is_no_role" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ebs_volume                   = { container_path = "/data", size_gib = 500 }
    existing_infrastructure_role = { arn = "acme" }
  }

  expect_failures = [var.existing_infrastructure_role]
}
