locals {
  # Default port of each engine.
  ports = { auth = 8080, pdf = 9080, fa = 2531, users = 8080, batch = 8080 }

  services = { for service, settings in var.services : service => merge(settings, {
    port = coalesce(settings.port, local.ports[service])
    path = "/api/${service}/*"
  }) }
}

module "engines" {
  source = "../../event-driven-ecs"

  name = var.name

  create_network   = var.create_network
  network          = var.network
  existing_network = var.existing_network

  create_cluster     = var.create_cluster
  existing_cluster   = var.existing_cluster
  capacity_providers = var.capacity_providers

  load_balancer = var.load_balancer

  services = local.services

  events      = { start = { source = [var.event_source], detail_type = ["Start ECS Task"] } }
  stop_events = { stop = { source = [var.event_source] } }
  schedules   = var.schedules

  create_run_history        = var.create_run_history
  create_run_history_policy = var.create_run_history_policy

  function_architecture = var.function_architecture
  function_runtime      = var.function_runtime
  log_retention_days    = var.log_retention_days
  kms_key_arn           = var.kms_key_arn
  alarm_actions         = var.alarm_actions
  roles                 = var.roles
  names                 = { for address, name in var.names : trimprefix(address, "module.engines.") => name if startswith(address, "module.engines.") }
  tags                  = var.tags
}
