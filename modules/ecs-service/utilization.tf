locals {
  target_tracking = merge([for tracking in var.scaling[*].target_tracking : {
    for key, percent in { cpu = tracking.cpu_percent, memory = tracking.memory_percent } : key => percent if percent != null
  } if tracking != null]...)

  step_scaling = merge([for scaling in var.scaling[*].step_scaling : {
    utilization-out = merge(local.load, {
      description = "Tasks of the ECS service ${var.name} use too much. Scaling starts one more, nobody needs to act."
      operator    = "GreaterThanThreshold"
      periods     = scaling.out_periods
      cooldown    = var.scaling.scale_out_cooldown_seconds
      steps       = [{ count = 1, from = 0, to = null }]
    })
    utilization-in = merge(local.load, {
      description = "Tasks of the ECS service ${var.name} use little. Scaling stops one, nobody needs to act."
      operator    = "LessThanThreshold"
      periods     = scaling.in_periods
      cooldown    = var.scaling.scale_in_cooldown_seconds
      steps       = [{ count = -1, from = null, to = 0 }]
    })
  } if scaling != null]...)

  percents = merge([for scaling in var.scaling[*].step_scaling : {
    for key, percent in { cpu = scaling.cpu_percent, memory = scaling.memory_percent } : key => percent if percent != null
  } if scaling != null]...)

  # The highest utilization relative to its value: above 1 when one of them is too high, below 1 when all are low. With
  # alarms for each metric, the one that is low would undo what the other does.
  load = {
    adjustment = "ChangeInCapacity"
    statistic  = "Average"
    threshold  = 1
    # Without tasks there is no utilization.
    missing    = "notBreaching"
    expression = "MAX([${join(", ", [for key, percent in local.percents : "${key} / ${percent}"])}])"
    label      = "Utilization relative to its target"
    namespace  = "AWS/ECS"
    metrics    = { for key in keys(local.percents) : key => { cpu = "CPUUtilization", memory = "MemoryUtilization" }[key] }
    dimensions = { ClusterName = local.cluster_name, ServiceName = local.service_name }
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
