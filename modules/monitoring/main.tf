# Errors, throttles and lost events have their alarms in ../handler, task failures in ../launcher, a DLQ in its own module.
locals {
  launcher    = contains(keys(var.functions), "start-task") ? "start-task" : "run-policy"
  launching   = { for key, watched in var.functions : "launcher" => watched.function_name if key == local.launcher }
  registering = { for key, watched in var.functions : key => watched.function_name if key == "register-targets" }

  timed    = { for key, watched in var.functions : key => watched if watched.duration_alarm }
  scanning = { for key, watched in var.functions : key => watched.function_name if contains(["scan", "list-objects"], key) }

  # An event that names no known service counts for the service "unknown".
  launched   = toset([for service in concat(tolist(var.services), ["unknown"]) : service if length(local.launching) > 0])
  registered = { for service, group in var.target_groups : service => group if length(local.registering) > 0 }

  # Every name that Terraform cannot change in place, by address.
  default_names = merge(
    { "aws_cloudwatch_dashboard.this" = coalesce(var.dashboard_name, var.name) },
    { for key in keys(local.timed) : "aws_cloudwatch_metric_alarm.duration[\"${key}\"]" => "${var.name}-${key}-duration" },
    { for key in local.launched : "aws_cloudwatch_metric_alarm.launch_failures[\"${key}\"]" => "${var.name}-${key}-launch-failures" },
    { for key in keys(local.registered) : "aws_cloudwatch_metric_alarm.registration_failures[\"${key}\"]" => "${var.name}-${key}-registration-failures" },
    { for key in keys(local.registered) : "aws_cloudwatch_metric_alarm.missing_targets[\"${key}\"]" => "${var.name}-${key}-missing-targets" },
    { for key in keys(local.registered) : "aws_cloudwatch_metric_alarm.stale_targets[\"${key}\"]" => "${var.name}-${key}-stale-targets" },
    { for key in keys(var.target_groups) : "aws_cloudwatch_metric_alarm.unhealthy_hosts[\"${key}\"]" => "${var.name}-${key}-unhealthy-hosts" },
  )
  names = merge(local.default_names, var.names)
}

resource "aws_cloudwatch_metric_alarm" "duration" {
  for_each = local.timed

  alarm_name          = local.names["aws_cloudwatch_metric_alarm.duration[\"${each.key}\"]"]
  alarm_description   = "The function ${each.key} comes close to its timeout of ${each.value.timeout_seconds} seconds, at which Lambda stops it."
  namespace           = "AWS/Lambda"
  metric_name         = "Duration"
  dimensions          = { FunctionName = each.value.function_name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.timeout_seconds * 800
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "launch_failures" {
  for_each = local.launched

  alarm_name          = local.names["aws_cloudwatch_metric_alarm.launch_failures[\"${each.value}\"]"]
  alarm_description   = "A launch of the service ${each.value} failed; it is retried, or its event is in the dead-letter queue with the reason."
  namespace           = "EventDrivenEcs"
  metric_name         = "Failures"
  dimensions          = { Function = local.launching["launcher"], Service = each.value }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "registration_failures" {
  for_each = local.registered

  alarm_name          = local.names["aws_cloudwatch_metric_alarm.registration_failures[\"${each.key}\"]"]
  alarm_description   = "The target group of the service ${each.key} refused a task."
  namespace           = "EventDrivenEcs"
  metric_name         = "RegistrationFailures"
  dimensions          = { Function = local.registering["register-targets"], Service = each.key }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags
}

# A sweep corrects what it finds, and may find a task that has just started: only repeated findings are a problem.
resource "aws_cloudwatch_metric_alarm" "missing_targets" {
  for_each = local.registered

  alarm_name          = local.names["aws_cloudwatch_metric_alarm.missing_targets[\"${each.key}\"]"]
  alarm_description   = "Sweeps keep finding tasks of the service ${each.key} that are not registered: the function does not get their state changes."
  namespace           = "EventDrivenEcs"
  metric_name         = "MissingTargets"
  dimensions          = { Function = local.registering["register-targets"], Service = each.key }
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "stale_targets" {
  for_each = local.registered

  alarm_name          = local.names["aws_cloudwatch_metric_alarm.stale_targets[\"${each.key}\"]"]
  alarm_description   = "Sweeps keep finding targets of the service ${each.key} that have no task: the function does not get the state changes of their tasks."
  namespace           = "EventDrivenEcs"
  metric_name         = "StaleTargets"
  dimensions          = { Function = local.registering["register-targets"], Service = each.key }
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "unhealthy_hosts" {
  for_each = var.target_groups

  alarm_name          = local.names["aws_cloudwatch_metric_alarm.unhealthy_hosts[\"${each.key}\"]"]
  alarm_description   = "A target of the service ${each.key} has failed its health checks for five minutes."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "UnHealthyHostCount"
  dimensions          = { TargetGroup = each.value, LoadBalancer = var.load_balancer_arn_suffix }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags

  lifecycle {
    precondition {
      condition     = var.load_balancer_arn_suffix != null
      error_message = "target_groups has ${join(", ", [for service in keys(var.target_groups) : "\"${service}\""])} and load_balancer_arn_suffix is missing; the metrics of a target group have both as dimensions, so give it."
    }
  }
}
