module "monitoring" {
  source   = "../../monitoring"
  for_each = var.create_monitoring ? { this = var.name } : {}

  name           = "${each.value}-${var.environment}"
  dashboard_name = "${each.value}-${var.environment}${var.roles.name_suffix}"
  functions = {
    for key, settings in local.functions : key => {
      function_name   = module.functions[key].function_name
      timeout_seconds = settings.timeout
      # A listing that takes longer than the timeout goes on in another invocation, so its duration is no problem.
      duration_alarm = key != "list-objects"
    }
  }
  ecs_services            = { worker = { cluster_name = local.cluster.name, service_name = module.worker.service_name } }
  queue_names             = [module.scan_jobs.queue_name]
  database_ids            = [module.database.instance_id]
  dead_letter_queue_names = [module.failed_events.queue_name, local.scan_jobs_dead_letter_queue_name]
  alarm_actions           = var.alarm_actions
  names                   = { for address, name in var.names : trimprefix(address, "module.monitoring[\"${each.key}\"].") => name if startswith(address, "module.monitoring[\"${each.key}\"].") }
  tags                    = var.tags
}

locals {
  scan_jobs_dead_letter_queue_name = element(split(":", module.scan_jobs.dead_letter_queue_arn), 5)
}

resource "aws_cloudwatch_metric_alarm" "objects_given_up" {
  for_each = var.create_monitoring ? { this = var.name } : {}

  alarm_name          = local.names["aws_cloudwatch_metric_alarm.objects_given_up[\"${each.key}\"]"]
  alarm_description   = "Three workers of ${each.value} died in the scan of an object, which failed: the log of the workers has the last lines before."
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags

  metric_query {
    id          = "all"
    expression  = "FILL(sweep, 0) + FILL(workers, 0)"
    label       = "Objects given up"
    return_data = true
  }

  # By the sweep, and by a worker that gets the message of such an object first.
  dynamic "metric_query" {
    for_each = { sweep = module.functions["list-objects"].function_name, workers = local.worker_name }

    content {
      id = metric_query.key

      metric {
        namespace   = "EventDrivenEcs"
        metric_name = "ObjectsGivenUp"
        dimensions  = { Function = metric_query.value, Service = "data-scanner" }
        stat        = "Sum"
        period      = 60
      }
    }
  }
}
