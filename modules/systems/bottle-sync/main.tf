data "aws_partition" "current" {}

data "aws_region" "current" {}

# The preconditions of the outputs cluster_name, vpc_id and mirror_bucket_name refuse what is neither created nor given.
locals {
  # Of task groups, metrics and alarms.
  service = "sync-bottles"

  partition = data.aws_partition.current.partition

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
    vpc_id           = module.network["this"].vpc_id
    subnets          = tomap(module.network["this"].private_subnets)
    assign_public_ip = false
    } : {
    vpc_id           = try(var.existing_network.vpc_id, "")
    subnets          = try(var.existing_network.subnets, { none = "" })
    assign_public_ip = try(var.existing_network.assign_public_ip, false)
  }

  mirror_bucket = var.create_mirror_bucket ? {
    name = module.mirror["this"].bucket_name
    arn  = module.mirror["this"].bucket_arn
    } : {
    name = var.existing_mirror_bucket == null ? "" : var.existing_mirror_bucket
    arn  = "arn:${local.partition}:s3:::${var.existing_mirror_bucket == null ? "" : var.existing_mirror_bucket}"
  }
  # The endpoint is ec2.<region>.<suffix>: assumed for provider 6, which deprecates `name` and `id`. Provider 5 has no `region`.
  mirror_url = "https://${local.mirror_bucket.name}.s3.${trimprefix(data.aws_region.current.endpoint, "ec2.")}"

  created_secrets = var.create_webhook_secret ? { this = "${var.name}-slack-webhook" } : {}
  webhook_secrets = var.create_webhook_secret ? [for secret in values(aws_secretsmanager_secret.webhook) : {
    name        = secret.name
    arn         = secret.arn
    kms_key_arn = var.kms_key_arn
  }] : var.existing_webhook_secret == null ? [] : [var.existing_webhook_secret]

  # Not by `values(module.file_system)`: the file system as a whole depends on the task.
  mounts = var.create_file_system ? { bottles = merge(module.file_system["this"].mounts["bottles"], { container_path = local.mount_path }) } : {}

  named_modules = concat(
    ["module.task.", "module.launcher.", "module.failed_events.", "module.plan_sync.", "module.sync_bottles.", "module.schedule."],
    var.create_network ? ["module.network[\"this\"]."] : [],
    var.create_cluster ? ["module.cluster[\"this\"]."] : [],
    var.create_mirror_bucket ? ["module.mirror[\"this\"]."] : [],
    var.create_file_system ? ["module.file_system[\"this\"]."] : [],
    var.create_repository ? ["module.repository[\"this\"]."] : [],
    var.create_monitoring ? ["module.monitoring[\"this\"]."] : [],
  )

  # Every name of a resource here that Terraform cannot change in place, by address. Nested modules refuse what is unknown in them.
  default_names = { for key, name in local.created_secrets : "aws_secretsmanager_secret.webhook[\"${key}\"]" => name }
  names         = merge(local.default_names, var.names)
  unknown_names = [
    for address in keys(var.names) : address
    if !contains(keys(local.default_names), address) && !anytrue([for beginning in local.named_modules : startswith(address, beginning)])
  ]
}

module "network" {
  source   = "../../network"
  for_each = local.makes_network ? { this = var.network } : {}

  name                    = var.name
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

  name               = each.value
  log_retention_days = var.log_retention_days
  kms_key_arn        = var.kms_key_arn
  names              = { for address, name in var.names : trimprefix(address, "module.cluster[\"${each.key}\"].") => name if startswith(address, "module.cluster[\"${each.key}\"].") }
  tags               = var.tags
}

# Nothing expires: only a run knows what clients may still ask for. The bytes are public ones, so S3's own key encrypts them,
# which lets clients without credentials read.
module "mirror" {
  source   = "../../bucket"
  for_each = var.create_mirror_bucket ? { this = var.mirror_bucket } : {}

  bucket_prefix = "${var.name}-"
  # Large bottles wait there until their digest is known.
  short_lived_prefixes = ["sync/"]
  force_destroy        = each.value.force_destroy
  names                = { for address, name in var.names : trimprefix(address, "module.mirror[\"${each.key}\"].") => name if startswith(address, "module.mirror[\"${each.key}\"].") }
  tags                 = var.tags

  readers = { for ids in [each.value.reader_vpc_endpoint_ids] : "clients" => {
    vpc_endpoint_ids = ids
    objects          = ["v2/*", "api/*"]
  } if length(ids) > 0 }
}

# Its value, the URL of the webhook, is a credential that Terraform must not see.
resource "aws_secretsmanager_secret" "webhook" {
  #checkov:skip=CKV2_AWS_57:Slack makes a webhook's URL once; who replaces it puts the new one here
  #checkov:skip=CKV_AWS_149:encrypted by the key that AWS manages; the input kms_key_arn sets a customer managed key
  for_each = local.created_secrets

  name        = local.names["aws_secretsmanager_secret.webhook[\"${each.key}\"]"]
  description = "URL of the Slack webhook of ${var.name}."
  kms_key_id  = var.kms_key_arn
  tags        = var.tags
}

module "repository" {
  source   = "../../repository"
  for_each = var.create_repository ? { this = var.repository } : {}

  name                 = var.name
  keep_images          = each.value.keep_images
  pull_account_ids     = each.value.pull_account_ids
  replicate_to_regions = each.value.replicate_to_regions
  kms_key_arn          = var.kms_key_arn
  names                = { for address, name in var.names : trimprefix(address, "module.repository[\"${each.key}\"].") => name if startswith(address, "module.repository[\"${each.key}\"].") }
  tags                 = var.tags
}

module "file_system" {
  source   = "../../file-system"
  for_each = var.create_file_system ? { this = var.file_system } : {}

  name                         = var.name
  vpc_id                       = local.network.vpc_id
  subnet_ids                   = local.network.subnets
  access_points                = { bottles = {} }
  backup                       = each.value.backup
  throughput_mode              = each.value.throughput_mode
  provisioned_throughput_mibps = each.value.provisioned_throughput_mibps
  kms_key_arn                  = var.kms_key_arn
  names                        = { for address, name in var.names : trimprefix(address, "module.file_system[\"${each.key}\"].") => name if startswith(address, "module.file_system[\"${each.key}\"].") }
  tags                         = var.tags

  # Not `clients`: the file system's policy would depend on the task, and the task depends on the file system.
  client_security_group_ids = { task = module.task.security_group_id }
}

module "task" {
  source = "../../task"

  name                 = var.name
  cluster_arn          = local.cluster.arn
  vpc_id               = local.network.vpc_id
  subnet_ids           = values(local.network.subnets)
  assign_public_ip     = local.network.assign_public_ip
  image                = var.image
  cpu                  = var.cpu
  memory               = var.memory
  architecture         = var.architecture
  capacity             = var.capacity
  stop_timeout_seconds = 120
  on_failure           = var.on_failure
  interruption_retries = var.interruption_retries
  log_retention_days   = var.log_retention_days
  kms_key_arn          = var.kms_key_arn
  roles                = var.roles
  mounts               = local.mounts
  names                = { for address, name in var.names : trimprefix(address, "module.task.") => name if startswith(address, "module.task.") }
  tags                 = var.tags

  environment = merge(
    local.sync_environment,
    { JOB = "sync-bottles" },
    var.create_file_system ? { EFS_MOUNT_PATH = local.mount_path } : {},
  )
  policies = merge(local.read_webhook, { "sync-bottles" = local.sync_bottles_policy })
}

module "launcher" {
  source = "../../launcher"

  name                      = var.name
  routes                    = { (local.service) = module.task.route }
  architecture              = var.function_architecture
  runtime                   = var.function_runtime
  create_run_history        = var.create_run_history
  create_run_history_policy = var.create_run_history_policy
  log_retention_days        = var.log_retention_days
  kms_key_arn               = var.kms_key_arn
  alarm_actions             = var.alarm_actions
  roles                     = var.roles
  names                     = { for address, name in var.names : trimprefix(address, "module.launcher.") => name if startswith(address, "module.launcher.") }
  tags                      = var.tags
}

module "schedule" {
  source = "../../schedule"

  name                = "${var.name}-plan"
  schedule_expression = var.schedule_expression
  time_zone           = var.time_zone
  enabled             = var.enabled
  function_arn        = module.plan_sync.function_arn
  # EventBridge Scheduler fills in the value in angle brackets. A retry gets the same value, so it is the same run.
  input         = jsonencode({ time = "<aws.scheduler.scheduled-time>" })
  kms_key_arn   = var.kms_key_arn
  alarm_actions = var.alarm_actions
  roles         = var.roles
  names         = { for address, name in var.names : trimprefix(address, "module.schedule.") => name if startswith(address, "module.schedule.") }
  tags          = var.tags
}
