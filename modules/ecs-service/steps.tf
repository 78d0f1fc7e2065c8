# A policy of steps and the alarm that applies it: `-out` starts tasks, `-in` stops them.
locals {
  step_policies = merge(local.queue_depth, local.step_scaling)
}

resource "aws_appautoscaling_policy" "steps" {
  for_each = local.step_policies

  name               = local.names["aws_appautoscaling_policy.steps[\"${each.key}\"]"]
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

  step_scaling_policy_configuration {
    adjustment_type         = each.value.adjustment
    cooldown                = each.value.cooldown
    metric_aggregation_type = each.value.statistic

    dynamic "step_adjustment" {
      for_each = { for step in each.value.steps : step.count => step }

      content {
        scaling_adjustment          = step_adjustment.value.count
        metric_interval_lower_bound = step_adjustment.value.from
        metric_interval_upper_bound = step_adjustment.value.to
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "steps" {
  for_each = local.step_policies

  alarm_name          = local.names["aws_cloudwatch_metric_alarm.steps[\"${each.key}\"]"]
  alarm_description   = each.value.description
  evaluation_periods  = each.value.periods
  comparison_operator = each.value.operator
  threshold           = each.value.threshold
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_appautoscaling_policy.steps[each.key].arn]
  tags                = var.tags

  metric_query {
    id          = "watched"
    expression  = each.value.expression
    label       = each.value.label
    return_data = true
  }

  dynamic "metric_query" {
    for_each = each.value.metrics

    content {
      id = metric_query.key

      metric {
        namespace   = metric_query.value.namespace
        metric_name = metric_query.value.name
        dimensions  = metric_query.value.dimensions
        stat        = metric_query.value.statistic
        period      = 60
      }
    }
  }
}
