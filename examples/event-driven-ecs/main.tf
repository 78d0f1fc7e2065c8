provider "aws" {
  region = var.region
}

module "event_driven_ecs" {
  source = "../../modules/event-driven-ecs"

  name = var.name

  create_network   = var.create_network
  network          = merge({ availability_zones = ["${var.region}a", "${var.region}b"] }, var.network)
  existing_network = var.existing_network

  create_cluster   = var.create_cluster
  existing_cluster = var.existing_cluster

  services    = var.services
  events      = var.events
  schedules   = var.schedules
  stop_events = var.stop_events
  buffer      = var.buffer

  deduplication_window_hours = var.deduplication_window_hours

  load_balancer = var.load_balancer

  create_file_system   = var.create_file_system
  file_system          = var.file_system
  existing_file_system = var.existing_file_system

  create_monitoring         = var.create_monitoring
  create_run_history        = var.create_run_history
  create_run_history_policy = var.create_run_history_policy

  function_architecture = var.function_architecture
  function_runtime      = var.function_runtime
  log_retention_days    = var.log_retention_days
  kms_key_arn           = var.kms_key_arn
  alarm_actions         = var.alarm_actions
  roles                 = var.roles
  names                 = var.names
  tags                  = var.tags
}
