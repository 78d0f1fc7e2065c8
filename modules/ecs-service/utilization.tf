locals {
  target_tracking = merge([for tracking in var.scaling[*].target_tracking : {
    for key, percent in { cpu = tracking.cpu_percent, memory = tracking.memory_percent } : key => percent if percent != null
  } if tracking != null]...)

  step_scaling = merge([for scaling in var.scaling[*].step_scaling : merge(
    { for key in ["utilization-out"] : key => merge(local.load, {
      description = "Tasks of the ECS service ${var.name} use too much. Scaling starts one more, nobody needs to act."
      operator    = "GreaterThanThreshold"
      periods     = scaling.out_periods
      cooldown    = var.scaling.scale_out_cooldown_seconds
      steps       = [{ count = 1, from = 0, to = null }]
      expression  = "MAX([${join(", ", local.shares)}])"
      metrics     = local.utilization_metrics
      }) if length(local.percents) > 0
    },
    # Apart from the utilization, of which there is none without tasks: so this one starts the first task.
    { for custom in scaling.custom_metric[*] : "custom-out" => merge(local.load, {
      description = "The metric ${custom.metric_name} is above its value. Scaling starts one more task of the ECS service ${var.name}, nobody needs to act."
      operator    = "GreaterThanThreshold"
      periods     = scaling.out_periods
      cooldown    = var.scaling.scale_out_cooldown_seconds
      steps       = [{ count = 1, from = 0, to = null }]
      expression  = "custom / ${custom.value}"
      metrics     = local.custom_metrics
      label       = "Metric relative to its value"
      })
    },
    {
      utilization-in = merge(local.load, {
        description = "Tasks of the ECS service ${var.name} use little. Scaling stops one, nobody needs to act."
        operator    = "LessThanThreshold"
        periods     = scaling.in_periods
        cooldown    = var.scaling.scale_in_cooldown_seconds
        steps       = [{ count = -1, from = null, to = 0 }]
        # A metric of the application may have no value while there is nothing to do. FILL also replaces its newest value when
        # that is late: one low minute more, and all of them must be low.
        expression = "MAX([${join(", ", concat(local.shares, [for value in scaling.custom_metric[*].value : "FILL(custom, 0) / ${value}"]))}])"
        metrics    = merge(local.utilization_metrics, local.custom_metrics)
      })
    },
  ) if scaling != null]...)

  percents = merge([for scaling in var.scaling[*].step_scaling : {
    for key, percent in { cpu = scaling.cpu_percent, memory = scaling.memory_percent } : key => percent if percent != null
  } if scaling != null]...)

  shares = [for key, percent in local.percents : "${key} / ${percent}"]

  utilization_metrics = { for key in keys(local.percents) : key => {
    namespace  = "AWS/ECS"
    name       = { cpu = "CPUUtilization", memory = "MemoryUtilization" }[key]
    dimensions = { ClusterName = local.cluster_name, ServiceName = local.service_name }
    statistic  = "Average"
  } }

  custom_metrics = merge([for scaling in var.scaling[*].step_scaling : {
    for custom in scaling.custom_metric[*] : "custom" => {
      namespace  = custom.namespace
      name       = custom.metric_name
      dimensions = custom.dimensions
      statistic  = custom.statistic
    }
  } if scaling != null]...)

  # The highest utilization relative to its value: above 1 when one of them is too high, below 1 when all are low. With
  # alarms for each metric, the one that is low would undo what the other does.
  load = {
    adjustment = "ChangeInCapacity"
    statistic  = "Average"
    threshold  = 1
    # Without tasks there is no utilization.
    missing = "notBreaching"
    label   = "Utilization relative to its target"
  }
}

# Application Auto Scaling makes the alarms, and scales in only when all of these policies agree.
resource "aws_appautoscaling_policy" "target_tracking" {
  for_each = local.target_tracking

  name               = local.names["aws_appautoscaling_policy.target_tracking[\"${each.key}\"]"]
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = each.value
    scale_out_cooldown = var.scaling.scale_out_cooldown_seconds
    scale_in_cooldown  = var.scaling.scale_in_cooldown_seconds

    predefined_metric_specification {
      predefined_metric_type = { cpu = "ECSServiceAverageCPUUtilization", memory = "ECSServiceAverageMemoryUtilization" }[each.key]
    }
  }
}
