locals {
  mount_path = "/mnt/bottles"

  # Of both functions and of the task.
  environment = merge(
    {
      S3_BUCKET_NAME = local.mirror_bucket.name
      LOG_LEVEL      = var.log_level
    },
    { for secret in local.webhook_secrets : "SLACK_WEBHOOK_SECRET_NAME" => secret.name },
  )

  # Clients of Homebrew 6 read the first ones, older clients the others.
  api_files = concat(
    [for platform in var.platforms : "internal/packages.${platform}.jws.json"],
    ["formula.jws.json", "cask.jws.json", "formula_tap_migrations.jws.json", "cask_tap_migrations.jws.json"],
  )

  # Of whoever downloads.
  sync_environment = merge(
    local.environment,
    {
      DOWNLOAD_CONCURRENCY     = tostring(var.download_concurrency)
      PROGRESS_REPORT_INTERVAL = tostring(var.progress_report_interval_seconds)
      RETENTION_DAYS           = tostring(var.retention_days)
      API_URL                  = var.api.url
      API_FILES                = join(",", var.api.files == null ? local.api_files : var.api.files)
    },
    var.api.public_key == null ? {} : { API_PUBLIC_KEY = var.api.public_key },
  )

  external_hash_file = [for file in [var.external_hash_file] : file if file != null]
}

# Of each function: the asynchronous events that failed after all retries.
module "failed_events" {
  source = "../../dead-letter-queue"

  name          = "${var.name}-failed-events"
  kms_key_arn   = var.kms_key_arn
  alarm_actions = var.alarm_actions
  names         = { for address, name in var.names : trimprefix(address, "module.failed_events.") => name if startswith(address, "module.failed_events.") }
  tags          = var.tags
}

module "plan_sync" {
  source = "../../handler"

  name         = "${var.name}-plan-sync"
  filename     = "${path.module}/plan-sync.zip"
  architecture = var.function_architecture
  runtime      = var.function_runtime
  # The catalogue has tens of MB as text, and several times that when it is parsed.
  memory_size           = 1024
  timeout               = 900
  policies              = merge(local.read_webhook, { "plan-sync" = local.plan_sync_policy })
  dead_letter_queue_arn = module.failed_events.queue_arn
  log_retention_days    = var.log_retention_days
  kms_key_arn           = var.kms_key_arn
  alarm_actions         = var.alarm_actions
  roles                 = var.roles
  names                 = { for address, name in var.names : trimprefix(address, "module.plan_sync.") => name if startswith(address, "module.plan_sync.") }
  tags                  = var.tags

  environment = merge(
    local.environment,
    {
      CATALOGUE_URL       = var.catalogue_url
      TARGET_PLATFORMS    = join(",", var.platforms)
      SIZE_THRESHOLD_GB   = tostring(var.size_threshold_gb)
      SYNC_FUNCTION_ARN   = module.sync_bottles.function_arn
      LAUNCH_FUNCTION_ARN = module.launcher.function_arn
      # As a task would do it: the plan counts with the same number of downloads at a time.
      DOWNLOAD_CONCURRENCY = tostring(var.download_concurrency)
    },
    merge([for file in local.external_hash_file : file.url == null ? {
      EXTERNAL_HASH_FILE_S3_BUCKET = file.bucket
      EXTERNAL_HASH_FILE_S3_KEY    = file.key
    } : { EXTERNAL_HASH_FILE_URL = file.url }]...),
  )
}

module "sync_bottles" {
  source = "../../handler"

  name         = "${var.name}-sync-bottles"
  filename     = "${path.module}/sync-bottles.zip"
  architecture = var.function_architecture
  runtime      = var.function_runtime
  # One vCPU: less memory also has a slower network.
  memory_size           = 1769
  timeout               = 900
  environment           = merge(local.sync_environment, { LAUNCH_FUNCTION_ARN = module.launcher.function_arn })
  policies              = merge(local.read_webhook, { "sync-bottles" = local.sync_bottles_policy, "launch" = local.launch_policy })
  dead_letter_queue_arn = module.failed_events.queue_arn
  log_retention_days    = var.log_retention_days
  kms_key_arn           = var.kms_key_arn
  alarm_actions         = var.alarm_actions
  roles                 = var.roles
  names                 = { for address, name in var.names : trimprefix(address, "module.sync_bottles.") => name if startswith(address, "module.sync_bottles.") }
  tags                  = var.tags
}

module "monitoring" {
  source   = "../../monitoring"
  for_each = var.create_monitoring ? { this = var.name } : {}

  name           = each.value
  dashboard_name = "${each.value}${var.roles.name_suffix}"
  services       = [local.service]
  functions = {
    "start-task" = { function_name = module.launcher.function_name, timeout_seconds = module.launcher.timeout_seconds }
    # They use the time that they have, and say so when it was not enough.
    "plan-sync"    = { function_name = module.plan_sync.function_name, timeout_seconds = 900, duration_alarm = false }
    "sync-bottles" = { function_name = module.sync_bottles.function_name, timeout_seconds = 900, duration_alarm = false }
  }
  dead_letter_queue_names = [module.launcher.dead_letter_queue_name, module.failed_events.queue_name]
  alarm_actions           = var.alarm_actions
  names                   = { for address, name in var.names : trimprefix(address, "module.monitoring[\"${each.key}\"].") => name if startswith(address, "module.monitoring[\"${each.key}\"].") }
  tags                    = var.tags
}
