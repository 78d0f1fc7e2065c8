# The preconditions of the outputs cluster_name and vpc_id refuse what is neither created nor given.
locals {
  # Of task groups, metrics and alarms.
  service = "custodian-worker"

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
    subnet_ids       = module.network["this"].private_subnet_ids
    assign_public_ip = false
    } : {
    vpc_id           = try(var.existing_network.vpc_id, "")
    subnet_ids       = try(var.existing_network.subnet_ids, [""])
    assign_public_ip = try(var.existing_network.assign_public_ip, false)
  }

  # The workers, when runs wait in a queue.
  services = { for mode in [var.mode] : "this" => var.workers if mode == "service" }

  named_modules = concat(
    ["module.policies.", "module.task.", "module.launcher."],
    length(local.services) > 0 ? ["module.runs[\"this\"].", "module.worker[\"this\"]."] : [],
    var.create_network ? ["module.network[\"this\"]."] : [],
    var.create_cluster ? ["module.cluster[\"this\"]."] : [],
    var.create_output_bucket ? ["module.output[\"this\"]."] : [],
    var.create_repository ? ["module.repository[\"this\"]."] : [],
    var.create_monitoring ? ["module.monitoring[\"this\"]."] : [],
  )
  unknown_names = [
    for address in keys(var.names) : address
    if !anytrue([for beginning in local.named_modules : startswith(address, beginning)])
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

module "policies" {
  source = "../../bucket"

  bucket_prefix = "${var.name}-policy-"
  objects       = merge(local.policies, { (local.mapping_key) = local.mapping_text })
  # The objects are copies of files beside the configuration.
  force_destroy = true
  kms_key_arn   = var.kms_key_arn
  names         = { for address, name in var.names : trimprefix(address, "module.policies.") => name if startswith(address, "module.policies.") }
  tags          = var.tags
}

module "output" {
  source   = "../../bucket"
  for_each = var.create_output_bucket ? { this = var.name } : {}

  bucket_prefix   = "${each.value}-output-"
  expiration_days = var.output_expiration_days
  kms_key_arn     = var.kms_key_arn
  names           = { for address, name in var.names : trimprefix(address, "module.output[\"${each.key}\"].") => name if startswith(address, "module.output[\"${each.key}\"].") }
  tags            = var.tags
}

module "repository" {
  source   = "../../repository"
  for_each = var.create_repository ? { this = var.repository } : {}

  name                 = "${var.name}-${local.service}"
  keep_images          = each.value.keep_images
  pull_account_ids     = each.value.pull_account_ids
  replicate_to_regions = each.value.replicate_to_regions
  kms_key_arn          = var.kms_key_arn
  names                = { for address, name in var.names : trimprefix(address, "module.repository[\"${each.key}\"].") => name if startswith(address, "module.repository[\"${each.key}\"].") }
  tags                 = var.tags
}

module "task" {
  source = "../../task"

  name                 = "${var.name}-${local.service}"
  cluster_arn          = local.cluster.arn
  vpc_id               = local.network.vpc_id
  subnet_ids           = local.network.subnet_ids
  assign_public_ip     = local.network.assign_public_ip
  image                = var.image
  cpu                  = var.cpu
  memory               = var.memory
  architecture         = var.architecture
  capacity             = var.capacity
  on_failure           = var.on_failure
  interruption_retries = var.interruption_retries
  log_retention_days   = var.log_retention_days
  kms_key_arn          = var.kms_key_arn
  roles                = var.roles
  names                = { for address, name in var.names : trimprefix(address, "module.task.") => name if startswith(address, "module.task.") }
  tags                 = var.tags

  environment = merge(
    { JOB = var.mode == "service" ? "run-queued-policies" : "run-policy", LOG_LEVEL = "INFO" },
    { for queue in values(module.runs) : "RUN_QUEUE_URL" => queue.queue_url },
    { for bucket in values(module.output) : "OUTPUT_BUCKET" => bucket.bucket_name },
    { for queue in local.notification_queues : "NOTIFICATION_QUEUE_URL" => queue.url },
    { for members in local.members : "MEMBER_ROLE_NAME" => members.role_name },
    { for members in local.members : "MEMBER_EXTERNAL_ID" => members.external_id if members.external_id != null },
  )
  policies = local.task_policies
  grants = merge(
    { for bucket in values(module.output) : "output" => { access = "put-objects", arn = bucket.bucket_arn, kms_key_arn = var.kms_key_arn } },
    { for queue in local.notification_queues : "notifications" => { access = "send-messages", arn = queue.arn, kms_key_arn = queue.kms_key_arn } },
  )
}

module "launcher" {
  source = "../../launcher"

  name                       = var.name
  routes                     = { (local.service) = module.task.route }
  buffer                     = var.buffer
  deduplication_window_hours = var.deduplication_window_hours
  architecture               = var.function_architecture
  create_run_history         = var.create_run_history
  create_run_history_policy  = var.create_run_history_policy
  runtime                    = var.function_runtime
  log_retention_days         = var.log_retention_days
  kms_key_arn                = var.kms_key_arn
  alarm_actions              = var.alarm_actions
  roles                      = var.roles
  names                      = { for address, name in var.names : trimprefix(address, "module.launcher.") => name if startswith(address, "module.launcher.") }
  tags                       = var.tags

  events = { for name, source in var.sources : name => merge(source, { service = local.service, enabled = var.enabled }) }

  policy_selection = {
    bucket_name        = module.policies.bucket_name
    bucket_arn         = module.policies.bucket_arn
    mapping_key        = local.mapping_key
    policies_prefix    = local.policies_prefix
    default_policy_key = var.default_policy
    use_default_policy = var.use_default_policy
    enable_enrichment  = var.enable_enrichment
    member_account_ids = flatten([for members in local.members : members.account_ids])
    worker_role_arns   = local.member_role_arns
    run_queue          = one([for queue in values(module.runs) : { url = queue.queue_url, arn = queue.queue_arn }])
  }
}

# A worker extends the visibility timeout while it makes a run. Its own dead-letter queue is for messages that no worker
# understands: the function decides about runs that fail.
module "runs" {
  source   = "../../queue"
  for_each = local.services

  name                       = "${var.name}-runs"
  visibility_timeout_seconds = 120
  message_retention_seconds  = 1209600
  max_receive_count          = 5
  kms_key_arn                = var.kms_key_arn
  alarm_actions              = var.alarm_actions
  names                      = { for address, name in var.names : trimprefix(address, "module.runs[\"${each.key}\"].") => name if startswith(address, "module.runs[\"${each.key}\"].") }
  tags                       = var.tags
}

module "worker" {
  source   = "../../ecs-service"
  for_each = local.services

  name                = "${var.name}-${local.service}"
  route               = module.task.route
  task_definition_arn = module.task.task_definition_arn
  names               = { for address, name in var.names : trimprefix(address, "module.worker[\"${each.key}\"].") => name if startswith(address, "module.worker[\"${each.key}\"].") }
  tags                = var.tags

  scaling = {
    min = each.value.min
    max = each.value.max
    queue_depth = {
      queue_name        = module.runs[each.key].queue_name
      messages_per_task = each.value.runs_per_worker
    }
  }
}

module "monitoring" {
  source   = "../../monitoring"
  for_each = var.create_monitoring ? { this = var.name } : {}

  name                    = each.value
  dashboard_name          = "${each.value}${var.roles.name_suffix}"
  services                = [local.service]
  functions               = { "run-policy" = { function_name = module.launcher.function_name, timeout_seconds = module.launcher.timeout_seconds } }
  dead_letter_queue_names = [module.launcher.dead_letter_queue_name]
  alarm_actions           = var.alarm_actions
  names                   = { for address, name in var.names : trimprefix(address, "module.monitoring[\"${each.key}\"].") => name if startswith(address, "module.monitoring[\"${each.key}\"].") }
  tags                    = var.tags
}
