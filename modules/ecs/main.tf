data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

# What the blocks would refuse under names of their own is refused by preconditions of the outputs under those of this module;
# the blocks get a value that they take.
locals {
  # The endpoint is ec2.<region>.<suffix>: assumed for provider 6, which deprecates `name` and `id`. Provider 5 has no `region`.
  region = split(".", data.aws_region.current.endpoint)[1]

  supported_memory = local.fargate_memory[tostring(var.task_cpu)]

  file_systems = var.enable_efs_storage ? { this = var.project_name } : {}
  is_elastic   = var.efs_throughput_mode == "elastic"

  # What the container gets by itself, unless a variable or a secret of the same name is given.
  own_environment = merge(
    { AWS_REGION = var.aws_region, LOG_LEVEL = var.log_level },
    { for name in keys(local.file_systems) : "EFS_MOUNT_PATH" => var.efs_mount_path },
  )
  environment = merge(
    { for name, value in local.own_environment : name => value if !contains(keys(var.secrets), name) },
    { for name, value in var.environment_variables : name => value if !contains(local.in_both, name) },
  )
  in_both = setintersection(keys(var.environment_variables), keys(var.secrets))

  # Names that end with the word for a secret. The module task has the same pattern.
  secret_name  = "(?i)(password|secret|token|api_?key|private_key|secret_?(access_?)?key(_base)?)(_?(pem|base64|value|[0-9]+))?$"
  secret_names = [for name in keys(var.environment_variables) : name if can(regex(local.secret_name, name)) && !contains(var.plain_environment_names, name)]

  has_health_check = var.container_health_check != null

  tags = merge({ Environment = var.environment }, var.tags)

  log_group_address = "module.task.aws_cloudwatch_log_group.this[\"this\"]"
  names             = merge(contains(keys(var.names), "module.task.aws_cloudwatch_log_group.this") ? {} : { (local.log_group_address) = "/aws/ecs/${var.project_name}" }, var.names)

  named_modules = concat(
    ["module.cluster.", "module.task.", "module.service."],
    [for key in keys(local.file_systems) : "module.file_system[\"${key}\"]."],
  )
  unknown_names = [
    for address in keys(var.names) : address
    if !anytrue([for beginning in local.named_modules : startswith(address, beginning)])
  ]
}

module "cluster" {
  source = "../cluster"

  name               = coalesce(var.cluster_name, var.project_name)
  log_retention_days = var.log_retention_days
  kms_key_arn        = var.kms_key_arn
  names              = { for address, name in local.names : trimprefix(address, "module.cluster.") => name if startswith(address, "module.cluster.") }
  tags               = local.tags
}

module "task" {
  source = "../task"

  name                           = var.project_name
  cluster_arn                    = module.cluster.cluster_arn
  vpc_id                         = var.vpc_id
  subnet_ids                     = var.private_subnet_ids
  image                          = var.container_image
  cpu                            = var.task_cpu
  memory                         = contains(local.supported_memory, var.task_memory) ? var.task_memory : local.supported_memory[0]
  port                           = var.container_port
  command                        = var.command
  entry_point                    = var.entry_point
  environment                    = local.environment
  plain_environment_names        = keys(local.environment)
  secrets                        = var.secrets
  secrets_kms_key_arns           = var.secrets_kms_key_arns
  stop_timeout_seconds           = var.stop_timeout_seconds
  init_process                   = var.init_process
  run_as_image_user              = var.user == null
  user                           = var.user
  readonly_root_filesystem       = var.readonly_root_filesystem
  create_scratch_volume          = var.readonly_root_filesystem
  scratch_path                   = var.scratch_path
  enable_execute_command         = var.enable_execute_command
  execute_command_log_group_name = module.cluster.exec_log_group_name
  execute_command_kms_key_arn    = var.kms_key_arn
  ephemeral_storage_gib          = var.ephemeral_storage_gib
  architecture                   = var.architecture
  egress                         = var.egress
  security_group_ids             = var.security_group_ids
  capacity                       = var.capacity
  log_retention_days             = var.log_retention_days
  kms_key_arn                    = var.kms_key_arn
  existing_execution_role        = { arn = var.task_execution_role_arn }
  existing_task_role             = { arn = var.task_role_arn }
  names                          = { for address, name in local.names : trimprefix(address, "module.task.") => name if startswith(address, "module.task.") }
  tags                           = local.tags

  # ECS knows a grace period for a container, too, under another name and up to five minutes.
  container_health_check = local.has_health_check ? {
    command              = var.container_health_check.command
    interval_seconds     = var.container_health_check.interval_seconds
    timeout_seconds      = var.container_health_check.timeout_seconds
    retries              = var.container_health_check.retries
    start_period_seconds = min(var.health_check_grace_period, 300)
  } : null

  mounts = { for file_system in values(module.file_system) : "efs" => merge(file_system.mounts["tasks"], { container_path = var.efs_mount_path }) }
}

# The policy of the file system allows the task role, so that a role of others needs no statement of its own.
module "file_system" {
  source   = "../file-system"
  for_each = local.file_systems

  name                         = each.value
  vpc_id                       = var.vpc_id
  subnet_ids                   = var.efs_subnet_ids != null ? var.efs_subnet_ids : { for index, id in var.private_subnet_ids : tostring(index) => id }
  access_points                = { tasks = var.efs_access_point }
  backup                       = var.enable_efs_backup
  throughput_mode              = var.efs_throughput_mode
  provisioned_throughput_mibps = var.efs_throughput_mode == "provisioned" ? var.efs_provisioned_throughput : null
  performance_mode             = local.is_elastic ? "generalPurpose" : var.efs_performance_mode
  kms_key_arn                  = var.efs_kms_key_arn
  names                        = { for address, name in local.names : trimprefix(address, "module.file_system[\"${each.key}\"].") => name if startswith(address, "module.file_system[\"${each.key}\"].") }
  tags                         = local.tags

  clients = {
    tasks = {
      task_role_arn     = var.task_role_arn
      security_group_id = module.task.security_group_id
      access_points     = ["tasks"]
    }
  }
}

module "service" {
  source = "../ecs-service"

  name                              = var.project_name
  route                             = merge(module.task.route, { for group in var.target_group[*] : "target_group_arn" => group.arn }, { for group in var.target_group[*] : "target_type" => "ip" })
  task_definition_arn               = module.task.task_definition_arn
  desired_count                     = var.enable_auto_scaling ? null : coalesce(var.desired_count, var.min_capacity)
  health_check_grace_period_seconds = var.target_group == null ? null : var.health_check_grace_period
  names                             = { for address, name in local.names : trimprefix(address, "module.service.") => name if startswith(address, "module.service.") }
  tags                              = local.tags

  scaling = var.enable_auto_scaling ? {
    min                        = min(var.min_capacity, var.max_capacity)
    max                        = var.max_capacity
    scale_out_cooldown_seconds = var.scale_out_cooldown
    scale_in_cooldown_seconds  = var.scale_in_cooldown
    step_scaling = {
      cpu_percent    = var.target_cpu_utilization
      memory_percent = var.target_memory_utilization
      out_periods    = 2
      in_periods     = 5
      custom_metric  = var.custom_metric
    }
  } : null
}

locals {
  # The statements of every policy of the task role. A policy takes each Sid once, so they have none.
  task_statements = flatten([
    for document in concat([module.task.task_policy_json], [for policy in [module.service.task_protection_policy_json] : policy if var.enable_auto_scaling]) : [
      for statement in flatten([try(jsondecode(document).Statement, [])]) : { for element, value in statement : element => value if element != "Sid" }
    ]
  ])
}
