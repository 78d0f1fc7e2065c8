# The preconditions of the outputs cluster_name, vpc_id and file_system_id refuse what is neither created nor given.
locals {
  cluster = var.create_cluster ? {
    name                = module.cluster["this"].cluster_name
    arn                 = module.cluster["this"].cluster_arn
    exec_log_group_name = module.cluster["this"].exec_log_group_name
    } : {
    name                = try(var.existing_cluster.name, "")
    arn                 = try(var.existing_cluster.arn, "")
    exec_log_group_name = null
  }

  # Only of a created cluster Terraform knows which capacity providers it has.
  known_capacity   = concat(["FARGATE", "FARGATE_SPOT", "EC2", "CLUSTER_DEFAULT"], var.capacity_providers)
  missing_capacity = { for service, settings in var.services : service => settings.capacity if var.create_cluster && !contains(local.known_capacity, settings.capacity) }

  # When both are asked for, the precondition of the output vpc_id says so, and not the module network about its inputs.
  makes_network = var.create_network && var.existing_network == null

  network = local.makes_network ? {
    vpc_id            = module.network["this"].vpc_id
    subnet_ids        = module.network["this"].private_subnet_ids
    subnets           = tomap(module.network["this"].private_subnets)
    public_subnet_ids = module.network["this"].public_subnet_ids
    assign_public_ip  = false
    } : {
    # Not `try`: it is unknown if any value of the network is.
    vpc_id            = var.existing_network == null ? "" : var.existing_network.vpc_id
    subnet_ids        = local.subnets_by_key ? values(local.existing_subnets) : var.existing_network == null ? tolist([""]) : var.existing_network.subnet_ids
    subnets           = local.existing_subnets
    public_subnet_ids = var.existing_network == null ? tolist([]) : var.existing_network.public_subnet_ids
    assign_public_ip  = var.existing_network == null ? false : var.existing_network.assign_public_ip
  }
  subnets_by_key = var.existing_network == null ? false : var.existing_network.subnets != null
  existing_subnets = (
    var.existing_network == null ? tomap({}) :
    var.existing_network.subnets != null ? var.existing_network.subnets :
    tomap({ for index, subnet_id in var.existing_network.subnet_ids : tostring(index) => subnet_id })
  )

  with_path = { for service, settings in var.services : service => settings if settings.path != null }
  mounting  = { for service, settings in var.services : service => settings if settings.mount_path != null }

  shared_directory = "shared"
  shared_mount = length(local.mounting) == 0 ? null : (
    var.create_file_system ? module.file_system["this"].mounts[local.shared_directory] : coalesce(
      var.existing_file_system,
      { file_system_id = "", file_system_arn = "", access_point_id = "", access_point_arn = "", security_group_id = "" },
    )
  )

  unknown = flatten([for schedule, settings in var.schedules : [for input, services in { start = settings.start, stop = settings.stop } : [
    for service in services : "schedules.${schedule}.${input} names \"${service}\"" if !contains(keys(var.services), service)
  ]]])

  # The names of `scheduled_invocations`, including duplicates, which the precondition of the output
  # registrar_function_name refuses.
  scheduled_invocation_names = flatten([for schedule, settings in var.schedules : concat(
    [for service in settings.start : "${schedule}-${service}"],
    length(settings.stop) > 0 ? ["${schedule}-stop"] : [],
  )])
  repeated = distinct([for name in local.scheduled_invocation_names : name if length([for other in local.scheduled_invocation_names : other if other == name]) > 1])

  has_registrar = anytrue([
    length(local.with_path) > 0,
    length(var.stop_events) > 0,
    anytrue([for schedule in values(var.schedules) : length(schedule.stop) > 0]),
  ])

  no_targets = { target_group_arn = null, target_type = null, deregistration_delay_seconds = null }
  routes = { for service, task in module.task : service => merge(
    task.route,
    contains(keys(local.with_path), service) ? module.load_balancer["this"].targets[service] : local.no_targets,
  ) }

  # EventBridge Scheduler fills in the values in angle brackets. A retry gets the same values, so it is a duplicate event.
  scheduled_event = {
    id     = "<aws.scheduler.schedule-arn>/<aws.scheduler.scheduled-time>"
    source = "schedule"
    time   = "<aws.scheduler.scheduled-time>"
  }
  scheduled_invocations = merge(
    { for schedule, settings in var.schedules : "${schedule}-stop" => {
      expression   = settings.expression
      time_zone    = settings.time_zone
      function_arn = module.registrar["this"].function_arn
      input        = jsonencode(merge(local.scheduled_event, { "detail-type" = "Stop ECS Tasks", detail = { services = settings.stop } }))
    } if length(settings.stop) > 0 },
    [for schedule, settings in var.schedules : { for service in distinct(settings.start) : "${schedule}-${service}" => {
      expression   = settings.expression
      time_zone    = settings.time_zone
      function_arn = module.launcher.function_arn
      input        = jsonencode(merge(local.scheduled_event, { "detail-type" = "Start ECS Task", detail = { service = service } }))
    } }]...
  )

  # The names of the layout are in its blocks, which refuse what is unknown in them.
  named_modules = concat(
    ["module.launcher."],
    var.create_network ? ["module.network[\"this\"]."] : [],
    var.create_cluster ? ["module.cluster[\"this\"]."] : [],
    [for service in keys(var.services) : "module.task[\"${service}\"]."],
    length(local.with_path) > 0 ? ["module.load_balancer[\"this\"]."] : [],
    var.create_file_system && length(local.mounting) > 0 ? ["module.file_system[\"this\"]."] : [],
    local.has_registrar ? ["module.registrar[\"this\"]."] : [],
    [for schedule in keys(local.scheduled_invocations) : "module.schedule[\"${schedule}\"]."],
    var.create_monitoring ? ["module.monitoring[\"this\"]."] : [],
  )
  unknown_names = [
    for address in keys(var.names) : address
    if !anytrue([for beginning in local.named_modules : startswith(address, beginning)])
  ]
}

module "network" {
  source   = "../network"
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
  source   = "../cluster"
  for_each = var.create_cluster ? { this = var.name } : {}

  name               = each.value
  capacity_providers = var.capacity_providers
  log_retention_days = var.log_retention_days
  kms_key_arn        = var.kms_key_arn
  names              = { for address, name in var.names : trimprefix(address, "module.cluster[\"${each.key}\"].") => name if startswith(address, "module.cluster[\"${each.key}\"].") }
  tags               = var.tags
}

module "task" {
  source   = "../task"
  for_each = var.services

  name                           = "${var.name}-${each.key}"
  cluster_arn                    = local.cluster.arn
  vpc_id                         = local.network.vpc_id
  subnet_ids                     = local.network.subnet_ids
  assign_public_ip               = local.network.assign_public_ip
  image                          = each.value.image
  track_latest_revision          = each.value.track_latest_revision
  cpu                            = each.value.cpu
  memory                         = each.value.memory
  port                           = each.value.port
  command                        = each.value.command
  entry_point                    = each.value.entry_point
  environment                    = each.value.environment
  plain_environment_names        = each.value.plain_environment_names
  secrets                        = each.value.secrets
  secrets_kms_key_arns           = each.value.secrets_kms_key_arns
  policies                       = each.value.policies
  grants                         = each.value.grants
  container_health_check         = each.value.container_health_check
  stop_timeout_seconds           = each.value.stop_timeout_seconds
  ulimits                        = each.value.ulimits
  init_process                   = each.value.init_process
  linux_capabilities_drop        = each.value.linux_capabilities_drop
  linux_capabilities_add         = each.value.linux_capabilities_add
  run_as_image_user              = each.value.run_as_image_user
  user                           = each.value.user
  readonly_root_filesystem       = each.value.readonly_root_filesystem
  enable_execute_command         = each.value.enable_execute_command
  execute_command_log_group_name = local.cluster.exec_log_group_name
  execute_command_kms_key_arn    = var.create_cluster ? var.kms_key_arn : null
  scratch_path                   = each.value.scratch_path
  architecture                   = each.value.architecture
  ebs_volume                     = each.value.ebs_volume
  ephemeral_storage_gib          = each.value.ephemeral_storage_gib
  repository_arn                 = each.value.repository_arn
  repository_credentials_arn     = each.value.repository_credentials_arn
  pull_through_cache             = each.value.pull_through_cache
  egress                         = each.value.egress
  security_group_ids             = each.value.security_group_ids
  allow_overrides                = each.value.allow_overrides
  network_mode                   = each.value.network_mode
  capacity                       = each.value.capacity
  sidecars                       = each.value.sidecars
  container_depends_on           = each.value.container_depends_on
  log_driver                     = each.value.log_driver
  log_options                    = each.value.log_options
  log_secrets                    = each.value.log_secrets
  on_failure                     = each.value.on_failure
  interruption_retries           = each.value.interruption_retries
  mounts                         = { for name, path in { (local.shared_directory) = each.value.mount_path } : name => merge(local.shared_mount, { container_path = path }) if path != null }
  existing_execution_role        = each.value.existing_execution_role
  existing_task_role             = each.value.existing_task_role
  existing_infrastructure_role   = each.value.existing_infrastructure_role
  existing_log_group             = each.value.existing_log_group
  # These are for what is created: a task refuses them beside what exists.
  log_retention_days = each.value.existing_log_group == null ? var.log_retention_days : null
  kms_key_arn        = each.value.existing_log_group == null ? var.kms_key_arn : null
  roles              = each.value.existing_execution_role == null || each.value.existing_task_role == null || each.value.ebs_volume != null && each.value.existing_infrastructure_role == null ? var.roles : null
  names              = { for address, name in var.names : trimprefix(address, "module.task[\"${each.key}\"].") => name if startswith(address, "module.task[\"${each.key}\"].") }
  tags               = var.tags
}

module "load_balancer" {
  source   = "../load-balancer"
  for_each = length(local.with_path) > 0 ? { this = var.load_balancer } : {}

  name                       = var.name
  vpc_id                     = local.network.vpc_id
  subnet_ids                 = each.value.subnet_ids != null ? each.value.subnet_ids : each.value.internal ? local.network.subnet_ids : local.network.public_subnet_ids
  internal                   = each.value.internal
  protocol                   = each.value.protocol
  certificate_arn            = each.value.certificate_arn
  ssl_policy                 = each.value.ssl_policy
  ingress                    = each.value.ingress
  deletion_protection        = each.value.deletion_protection
  idle_timeout_seconds       = each.value.idle_timeout_seconds
  create_access_log_bucket   = each.value.create_access_log_bucket
  access_log_retention_days  = each.value.access_log_retention_days
  existing_access_log_bucket = each.value.existing_access_log_bucket
  create_load_balancer       = each.value.create_load_balancer
  existing_load_balancer     = each.value.existing_load_balancer
  create_listener            = each.value.create_listener
  existing_listener          = each.value.existing_listener
  names                      = { for address, name in var.names : trimprefix(address, "module.load_balancer[\"${each.key}\"].") => name if startswith(address, "module.load_balancer[\"${each.key}\"].") }
  tags                       = var.tags

  routes = { for service, settings in local.with_path : service => {
    path                         = settings.path
    port                         = module.task[service].port
    security_group_id            = module.task[service].security_group_id
    network_mode                 = settings.network_mode
    target_type                  = settings.network_mode == "awsvpc" ? "ip" : "instance"
    health_check                 = settings.health_check
    stickiness_seconds           = settings.stickiness_seconds
    deregistration_delay_seconds = settings.deregistration_delay_seconds
    priority                     = settings.priority
  } }
}

module "file_system" {
  source   = "../file-system"
  for_each = var.create_file_system && length(local.mounting) > 0 ? { this = var.file_system } : {}

  name                         = var.name
  vpc_id                       = local.network.vpc_id
  subnet_ids                   = local.network.subnets
  access_points                = { (local.shared_directory) = { uid = each.value.uid, gid = each.value.gid } }
  backup                       = each.value.backup
  infrequent_access_after_days = each.value.infrequent_access_after_days
  throughput_mode              = each.value.throughput_mode
  provisioned_throughput_mibps = each.value.provisioned_throughput_mibps
  kms_key_arn                  = var.kms_key_arn
  names                        = { for address, name in var.names : trimprefix(address, "module.file_system[\"${each.key}\"].") => name if startswith(address, "module.file_system[\"${each.key}\"].") }
  tags                         = var.tags

  # Not `clients`: the file system's policy would depend on the tasks, and the tasks depend on the file system.
  client_security_group_ids = { for service in keys(local.mounting) : service => module.task[service].security_group_id }
}

module "launcher" {
  source = "../launcher"

  name                       = var.name
  routes                     = local.routes
  events                     = var.events
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
}

module "registrar" {
  source   = "../registrar"
  for_each = local.has_registrar ? { this = var.name } : {}

  name               = each.value
  routes             = local.routes
  stop_events        = var.stop_events
  architecture       = var.function_architecture
  runtime            = var.function_runtime
  log_retention_days = var.log_retention_days
  kms_key_arn        = var.kms_key_arn
  alarm_actions      = var.alarm_actions
  roles              = var.roles
  names              = { for address, name in var.names : trimprefix(address, "module.registrar[\"${each.key}\"].") => name if startswith(address, "module.registrar[\"${each.key}\"].") }
  tags               = var.tags
}

module "schedule" {
  source   = "../schedule"
  for_each = local.scheduled_invocations

  name                = "${var.name}-${each.key}"
  schedule_expression = each.value.expression
  time_zone           = each.value.time_zone
  function_arn        = each.value.function_arn
  input               = each.value.input
  kms_key_arn         = var.kms_key_arn
  alarm_actions       = var.alarm_actions
  roles               = var.roles
  names               = { for address, name in var.names : trimprefix(address, "module.schedule[\"${each.key}\"].") => name if startswith(address, "module.schedule[\"${each.key}\"].") }
  tags                = var.tags
}

module "monitoring" {
  source   = "../monitoring"
  for_each = var.create_monitoring ? { this = var.name } : {}

  name           = each.value
  dashboard_name = "${each.value}${var.roles.name_suffix}"
  services       = keys(var.services)
  functions = merge(
    { "start-task" = { function_name = module.launcher.function_name, timeout_seconds = module.launcher.timeout_seconds } },
    { for registrar in values(module.registrar) : "register-targets" => { function_name = registrar.function_name, timeout_seconds = registrar.timeout_seconds } },
  )
  dead_letter_queue_names  = concat([module.launcher.dead_letter_queue_name], [for registrar in values(module.registrar) : registrar.dead_letter_queue_name])
  target_groups            = merge([for load_balancer in values(module.load_balancer) : load_balancer.target_group_arn_suffixes]...)
  load_balancer_arn_suffix = one([for load_balancer in values(module.load_balancer) : load_balancer.arn_suffix])
  alarm_actions            = var.alarm_actions
  names                    = { for address, name in var.names : trimprefix(address, "module.monitoring[\"${each.key}\"].") => name if startswith(address, "module.monitoring[\"${each.key}\"].") }
  tags                     = var.tags
}
