# Refusals of a validation see the variables alone.
variables {
  project_name            = "bottles"
  aws_region              = "eu-west-1"
  aws_account_id          = "123456789012"
  vpc_id                  = "vpc-0a1b2c3d4e5f60718"
  private_subnet_ids      = ["subnet-0a1b2c3d4e5f60718"]
  security_group_ids      = []
  task_execution_role_arn = "arn:aws:iam::123456789012:role/bottles-execution"
  task_role_arn           = "arn:aws:iam::123456789012:role/bottles-task"
  container_image         = "bottles:1"
}

run "refuses_values_of_documented_inputs" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    project_name               = "bottles sync"
    environment                = "prod!"
    aws_region                 = "Ireland"
    aws_account_id             = "1234"
    private_subnet_ids         = []
    security_group_ids         = ["default"]
    task_execution_role_arn    = "bottles-execution"
    task_role_arn              = "bottles-task"
    container_image            = "Bottles"
    container_port             = 0
    task_cpu                   = 300
    efs_performance_mode       = "maxio"
    efs_throughput_mode        = "fast"
    efs_provisioned_throughput = 3415
    min_capacity               = -1
    max_capacity               = 0
    target_cpu_utilization     = 0
    target_memory_utilization  = 101
    secrets                    = { KEY = "the-value" }
    log_retention_days         = 31
    health_check_grace_period  = -1
    tags                       = { "aws:team" = "platform" }
  }

  expect_failures = [
    var.project_name, var.environment, var.aws_region, var.aws_account_id, var.private_subnet_ids, var.security_group_ids,
    var.task_execution_role_arn, var.task_role_arn, var.container_image, var.container_port, var.task_cpu,
    var.efs_performance_mode, var.efs_throughput_mode, var.efs_provisioned_throughput, var.min_capacity, var.max_capacity,
    var.target_cpu_utilization, var.target_memory_utilization, var.secrets, var.log_retention_days,
    var.health_check_grace_period, var.tags,
  ]
}

run "refuses_values_of_further_inputs" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    private_subnet_ids    = ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60718"]
    security_group_ids    = ["sg-1", "sg-2", "sg-3", "sg-4", "sg-5"]
    cluster_name          = "homebrew.sync"
    desired_count         = 0.5
    scale_out_cooldown    = -1
    scale_in_cooldown     = 1.5
    custom_metric         = { namespace = ":a", metric_name = "b", value = 1 }
    target_group          = { arn = "bottles" }
    capacity              = "EC2"
    architecture          = "arm64"
    ephemeral_storage_gib = 20
    stop_timeout_seconds  = 1
    user                  = "root"
    scratch_path          = "tmp"
    egress                = { all = { protocol = "-1" } }
    efs_mount_path        = "/"
    efs_access_point      = { uid = 0 }
    efs_subnet_ids        = {}
    efs_kms_key_arn       = "alias/bottles"
    kms_key_arn           = "alias/bottles"
  }

  expect_failures = [
    var.private_subnet_ids, var.security_group_ids, var.cluster_name, var.desired_count, var.scale_out_cooldown,
    var.scale_in_cooldown, var.custom_metric, var.target_group, var.capacity, var.architecture, var.ephemeral_storage_gib,
    var.stop_timeout_seconds, var.user, var.scratch_path, var.egress, var.efs_mount_path, var.efs_access_point,
    var.efs_subnet_ids, var.efs_kms_key_arn, var.kms_key_arn,
  ]
}

run "refuses_a_metric_and_a_directory_that_aws_refuses" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    custom_metric    = { namespace = "Bottles", metric_name = "Waiting", statistic = "p99", value = 0 }
    efs_access_point = { path = "/.hidden", permissions = "rwx" }
  }

  expect_failures = [var.custom_metric, var.efs_access_point]
}
