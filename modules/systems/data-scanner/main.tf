data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

# The preconditions of the outputs cluster_name, vpc_id and scan_bucket_names refuse what is neither created nor given.
locals {
  # The endpoint is ec2.<region>.<suffix>: assumed for provider 6, which deprecates `name` and `id`. Provider 5 has no `region`.
  region    = split(".", data.aws_region.current.endpoint)[1]
  partition = data.aws_partition.current.partition
  account   = data.aws_caller_identity.current.account_id

  worker_name = "${var.name}-scanner-worker-${var.environment}"

  cluster = var.create_cluster ? {
    name = module.cluster["this"].cluster_name
    arn  = module.cluster["this"].cluster_arn
    } : {
    name = try(var.existing_cluster.name, "")
    arn  = try(var.existing_cluster.arn, "")
  }

  # When both are asked for, the precondition of the output vpc_id says so, and not the module network about its inputs.
  makes_network = var.create_network && var.existing_network == null
  network = local.makes_network ? {
    vpc_id     = module.network["this"].vpc_id
    subnet_ids = module.network["this"].private_subnet_ids
    } : {
    vpc_id     = try(var.existing_network.vpc_id, "")
    subnet_ids = try(var.existing_network.subnet_ids, ["", " "])
  }

  named_modules = concat(
    [
      "module.database.",
      "module.failed_events.",
      "module.scan_jobs.",
      "module.task.",
      "module.worker.",
      "module.migrate_database.",
      "module.api.",
      "module.sweep.",
    ],
    [for key in keys(local.functions) : "module.functions[\"${key}\"]."],
    var.create_network ? ["module.network[\"this\"]."] : [],
    var.create_cluster ? ["module.cluster[\"this\"]."] : [],
    var.create_data_bucket ? ["module.data[\"this\"]."] : [],
    var.create_repository ? ["module.repository[\"this\"]."] : [],
    var.create_bastion ? ["module.bastion[\"this\"]."] : [],
    var.create_monitoring ? ["module.monitoring[\"this\"]."] : [],
  )

  # Every name of a resource here that Terraform cannot change in place, by address. Nested modules refuse what is unknown in them.
  default_names = merge(
    { "aws_kms_alias.hash" = "alias/${var.name}-hash-${var.environment}" },
    { for key, name in local.function_names : "aws_security_group.function[\"${key}\"]" => "function-${name}" },
    { for key, name in local.function_names : "aws_security_group.function[\"${key}\"].description" => "Function ${name}" },
    var.create_monitoring ? { "aws_cloudwatch_metric_alarm.objects_given_up[\"this\"]" = "${var.name}-objects-given-up-${var.environment}" } : {},
  )
  names = merge(local.default_names, var.names)
  unknown_names = [
    for address in keys(var.names) : address
    if !contains(keys(local.default_names), address) && !anytrue([for beginning in local.named_modules : startswith(address, beginning)])
  ]
}

module "network" {
  source   = "../../network"
  for_each = local.makes_network ? { this = var.network } : {}

  name                    = "${var.name}-${var.environment}"
  cidr_block              = each.value.cidr_block
  availability_zones      = each.value.availability_zones
  public_subnet_cidrs     = each.value.public_subnet_cidrs
  private_subnet_cidrs    = each.value.private_subnet_cidrs
  nat                     = each.value.nat
  interface_endpoints     = each.value.interface_endpoints
  flow_log_retention_days = var.log_retention_days
  kms_key_arn             = var.kms_key_arn
  roles                   = var.roles
  names                   = { for address, name in var.names : trimprefix(address, "module.network[\"${each.key}\"].") => name if startswith(address, "module.network[\"${each.key}\"].") }
  tags                    = var.tags
}

module "cluster" {
  source   = "../../cluster"
  for_each = var.create_cluster ? { this = var.name } : {}

  name               = "${each.value}-${var.environment}"
  log_retention_days = var.log_retention_days
  kms_key_arn        = var.kms_key_arn
  names              = { for address, name in var.names : trimprefix(address, "module.cluster[\"${each.key}\"].") => name if startswith(address, "module.cluster[\"${each.key}\"].") }
  tags               = var.tags
}

module "database" {
  source = "../../database"

  name                                = "${var.name}-${var.environment}"
  vpc_id                              = local.network.vpc_id
  subnet_ids                          = local.network.subnet_ids
  engine_version                      = var.database.engine_version
  auto_minor_version_upgrade          = var.database.auto_minor_version_upgrade
  allow_major_version_upgrade         = var.database.allow_major_version_upgrade
  instance_class                      = var.database.instance_class
  allocated_storage_gib               = var.database.allocated_storage_gib
  max_allocated_storage_gib           = var.database.max_allocated_storage_gib
  database_name                       = var.database.database_name
  master_username                     = var.database.master_username
  create_master_secret                = var.database.create_master_secret
  existing_master_secret              = var.database.existing_master_secret
  port                                = var.database.port
  multi_az                            = var.database.multi_az
  read_replicas                       = var.database.read_replicas
  backup_retention_days               = var.database.backup_retention_days
  backup_window                       = var.database.backup_window
  maintenance_window                  = var.database.maintenance_window
  final_snapshot                      = var.database.final_snapshot
  final_snapshot_identifier           = var.database.final_snapshot_identifier
  deletion_protection                 = var.database.deletion_protection
  apply_immediately                   = var.database.apply_immediately
  parameters                          = var.database.parameters
  performance_insights                = var.database.performance_insights
  performance_insights_retention_days = var.database.performance_insights_retention_days
  monitoring_interval_seconds         = var.database.monitoring_interval_seconds
  max_connections                     = var.database.max_connections
  min_free_storage_gib                = var.database.min_free_storage_gib
  log_retention_days                  = var.log_retention_days
  kms_key_arn                         = var.kms_key_arn
  alarm_actions                       = var.alarm_actions
  roles                               = var.roles
  names                               = { for address, name in var.names : trimprefix(address, "module.database.") => name if startswith(address, "module.database.") }
  tags                                = var.tags

  client_security_group_ids = merge(
    { worker = module.task.security_group_id },
    { for key, group in aws_security_group.function : key => group.id },
    { for bastion in values(module.bastion) : "bastion" => bastion.security_group_id },
  )
}

module "bastion" {
  source   = "../../bastion"
  for_each = var.create_bastion ? { this = var.bastion } : {}

  name          = "${var.name}-${var.environment}"
  vpc_id        = local.network.vpc_id
  subnet_id     = local.network.subnet_ids[0]
  instance_type = each.value.instance_type
  running       = each.value.running
  kms_key_arn   = var.kms_key_arn
  roles         = var.roles
  names         = { for address, name in var.names : trimprefix(address, "module.bastion[\"${each.key}\"].") => name if startswith(address, "module.bastion[\"${each.key}\"].") }
  tags          = var.tags

  targets = {
    database = {
      address           = module.database.address
      security_group_id = module.database.security_group_id
      port              = var.database.port
    }
  }
}

module "data" {
  source   = "../../bucket"
  for_each = var.create_data_bucket ? { this = var.data_bucket } : {}

  bucket_prefix   = "${var.name}-data-${var.environment}-"
  expiration_days = each.value.expiration_days
  transitions     = each.value.transitions
  replicate_to    = each.value.replicate_to
  force_destroy   = each.value.force_destroy
  kms_key_arn     = var.kms_key_arn
  roles           = var.roles
  names           = { for address, name in var.names : trimprefix(address, "module.data[\"${each.key}\"].") => name if startswith(address, "module.data[\"${each.key}\"].") }
  tags            = var.tags
}

module "repository" {
  source   = "../../repository"
  for_each = var.create_repository ? { this = var.repository } : {}

  name                 = local.worker_name
  keep_images          = each.value.keep_images
  pull_account_ids     = each.value.pull_account_ids
  replicate_to_regions = each.value.replicate_to_regions
  kms_key_arn          = var.kms_key_arn
  names                = { for address, name in var.names : trimprefix(address, "module.repository[\"${each.key}\"].") => name if startswith(address, "module.repository[\"${each.key}\"].") }
  tags                 = var.tags
}

# A worker extends the visibility timeout while it scans an object.
module "scan_jobs" {
  source = "../../queue"

  name                       = "${var.name}-scan-jobs-${var.environment}"
  visibility_timeout_seconds = 300
  max_receive_count          = 5
  kms_key_arn                = var.kms_key_arn
  alarm_actions              = var.alarm_actions
  names                      = { for address, name in var.names : trimprefix(address, "module.scan_jobs.") => name if startswith(address, "module.scan_jobs.") }
  tags                       = var.tags
}

module "task" {
  source = "../../task"

  name                 = local.worker_name
  cluster_arn          = local.cluster.arn
  vpc_id               = local.network.vpc_id
  subnet_ids           = local.network.subnet_ids
  image                = var.image
  cpu                  = var.cpu
  memory               = var.memory
  architecture         = var.architecture
  capacity             = var.capacity
  stop_timeout_seconds = 120
  log_retention_days   = var.log_retention_days
  kms_key_arn          = var.kms_key_arn
  roles                = var.roles
  names                = { for address, name in var.names : trimprefix(address, "module.task.") => name if startswith(address, "module.task.") }
  tags                 = var.tags

  environment = merge(local.database_environment, {
    JOB                = "scan-objects"
    WORKER_NAME        = local.worker_name
    SQS_QUEUE_URL      = module.scan_jobs.queue_url
    HASH_KEY_ID        = aws_kms_key.hash.arn
    MAX_FILE_SIZE      = tostring(var.max_file_size_mib * 1048576)
    VISIBILITY_TIMEOUT = "300"
    POLL_WAIT_TIME     = "20"
  })
  policies = local.worker_policies
  egress = {
    https = {
      port        = 443
      cidr_ipv4   = "0.0.0.0/0"
      description = "AWS APIs"
    }
    database = {
      port              = var.database.port
      security_group_id = module.database.security_group_id
      description       = "Database"
    }
  }
}

module "worker" {
  source = "../../ecs-service"

  name                = local.worker_name
  route               = module.task.route
  task_definition_arn = module.task.task_definition_arn
  names               = { for address, name in var.names : trimprefix(address, "module.worker.") => name if startswith(address, "module.worker.") }
  tags                = var.tags

  scaling = {
    min = var.workers.min
    max = var.workers.max
    queue_depth = {
      queue_name        = module.scan_jobs.queue_name
      messages_per_task = var.workers.messages_per_task
      empty_minutes     = var.workers.empty_minutes
    }
    scale_out_cooldown_seconds = var.workers.scale_out_cooldown_seconds
    scale_in_cooldown_seconds  = var.workers.scale_in_cooldown_seconds
  }

  # A worker refuses tables of another release.
  depends_on = [aws_lambda_invocation.migrate_database]
}

# The key of the hashes that findings have in place of the values that were found. It never leaves KMS.
resource "aws_kms_key" "hash" {
  description              = "Hashes of what ${var.name} finds (${var.environment})"
  customer_master_key_spec = "HMAC_256"
  key_usage                = "GENERATE_VERIFY_MAC"
  deletion_window_in_days  = 30
  tags                     = var.tags

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Account"
      Effect    = "Allow"
      Principal = { AWS = "arn:${local.partition}:iam::${local.account}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_kms_alias" "hash" {
  name          = local.names["aws_kms_alias.hash"]
  target_key_id = aws_kms_key.hash.key_id
}

module "api" {
  source = "../../rest-api"

  name                    = "${var.name}-${var.environment}"
  description             = "Scan jobs of ${var.name} and their findings."
  stage_name              = coalesce(var.api.stage_name, var.environment)
  throttling_rate_limit   = var.api.throttling_rate_limit
  throttling_burst_limit  = var.api.throttling_burst_limit
  create_domain           = var.api.create_domain
  domain_name             = var.api.domain_name
  certificate_arn         = var.api.certificate_arn
  create_account_log_role = var.api.create_account_log_role
  log_retention_days      = var.log_retention_days
  kms_key_arn             = var.kms_key_arn
  roles                   = var.roles
  names                   = { for address, name in var.names : trimprefix(address, "module.api.") => name if startswith(address, "module.api.") }
  tags                    = var.tags

  routes = {
    for route, key in local.routes : route => {
      function_arn  = module.functions[key].function_arn
      function_name = module.functions[key].function_name
      authorization = var.api.authorization
    }
  }
}

# A sweep that cannot be started within its time is not made up for: the next one does its work.
module "sweep" {
  source = "../../schedule"

  name                      = "${var.name}-sweep-${var.environment}"
  schedule_expression       = "rate(5 minutes)"
  function_arn              = module.functions["list-objects"].function_arn
  input                     = jsonencode({ sweep = true })
  maximum_event_age_seconds = 300
  kms_key_arn               = var.kms_key_arn
  alarm_actions             = var.alarm_actions
  roles                     = var.roles
  names                     = { for address, name in var.names : trimprefix(address, "module.sweep.") => name if startswith(address, "module.sweep.") }
  tags                      = var.tags
}
