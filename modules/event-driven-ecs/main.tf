# Where neither is made nor given, the preconditions of the outputs cluster_name and vpc_id say so.
locals {
  cluster = var.create_cluster ? {
    name = module.cluster["this"].cluster_name
    arn  = module.cluster["this"].cluster_arn
    } : {
    name = try(var.existing_cluster.name, "")
    arn  = try(var.existing_cluster.arn, "")
  }

  network = var.create_network ? {
    vpc_id           = module.network["this"].vpc_id
    subnet_ids       = module.network["this"].private_subnet_ids
    assign_public_ip = false
    } : {
    vpc_id           = try(var.existing_network.vpc_id, "")
    subnet_ids       = try(var.existing_network.subnet_ids, [""])
    assign_public_ip = try(var.existing_network.assign_public_ip, false)
  }
}

module "network" {
  source   = "../network"
  for_each = var.create_network ? { this = var.network } : {}

  name                    = var.name
  cidr_block              = each.value.cidr_block
  availability_zones      = each.value.availability_zones
  public_subnet_cidrs     = each.value.public_subnet_cidrs
  private_subnet_cidrs    = each.value.private_subnet_cidrs
  nat                     = each.value.nat
  interface_endpoints     = each.value.interface_endpoints
  flow_log_retention_days = var.log_retention_days
  kms_key_arn             = var.kms_key_arn
  tags                    = var.tags
}

module "cluster" {
  source   = "../cluster"
  for_each = var.create_cluster ? { this = var.name } : {}

  name               = each.value
  log_retention_days = var.log_retention_days
  kms_key_arn        = var.kms_key_arn
  tags               = var.tags
}

module "task" {
  source   = "../task"
  for_each = var.services

  name                     = "${var.name}-${each.key}"
  cluster_arn              = local.cluster.arn
  vpc_id                   = local.network.vpc_id
  subnet_ids               = local.network.subnet_ids
  assign_public_ip         = local.network.assign_public_ip
  image                    = each.value.image
  cpu                      = each.value.cpu
  memory                   = each.value.memory
  port                     = each.value.port
  command                  = each.value.command
  entry_point              = each.value.entry_point
  environment              = each.value.environment
  secrets                  = each.value.secrets
  policies                 = each.value.policies
  user                     = each.value.user
  readonly_root_filesystem = each.value.readonly_root_filesystem
  architecture             = each.value.architecture
  ephemeral_storage_gib    = each.value.ephemeral_storage_gib
  repository_arn           = each.value.repository_arn
  allow_overrides          = each.value.allow_overrides
  log_retention_days       = var.log_retention_days
  kms_key_arn              = var.kms_key_arn
  tags                     = var.tags
}

module "launcher" {
  source = "../launcher"

  name               = var.name
  routes             = { for service, task in module.task : service => task.route }
  events             = var.events
  architecture       = var.function_architecture
  log_retention_days = var.log_retention_days
  kms_key_arn        = var.kms_key_arn
  alarm_actions      = var.alarm_actions
  tags               = var.tags
}
