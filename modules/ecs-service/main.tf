locals {
  cluster_name = reverse(split("/", var.route.cluster_arn))[0]

  service_name = lookup(var.names, "aws_ecs_service.this", var.name)

  # A fixed count is a range of one number.
  min_count = var.scaling == null ? coalesce(var.desired_count, 1) : var.scaling.min
  max_count = var.scaling == null ? coalesce(var.desired_count, 1) : var.scaling.max

  # Nothing is attached to a task role that its task did not create: the output `task_protection_policy_json` says what it needs.
  task_protection = { for name in [var.route.task_role_name] : "this" => name if var.scaling != null && !var.route.existing_task_role }

  # Every name that Terraform cannot change in place, by address.
  default_names = merge(
    { "aws_ecs_service.this" = var.name },
    { for key in keys(local.task_protection) : "aws_iam_role_policy.task_protection[\"${key}\"]" => "${var.name}-task-protection" },
    { for key in keys(local.target_tracking) : "aws_appautoscaling_policy.target_tracking[\"${key}\"]" => "${var.name}-${key}" },
    { for key in keys(local.step_policies) : "aws_appautoscaling_policy.steps[\"${key}\"]" => "${var.name}-${key}" },
    { for key in keys(local.step_policies) : "aws_cloudwatch_metric_alarm.steps[\"${key}\"]" => "${var.name}-${key}" },
  )
  names = merge(local.default_names, var.names)
}

resource "aws_ecs_service" "this" {
  name                               = local.service_name
  cluster                            = var.route.cluster_arn
  task_definition                    = var.task_definition_arn
  desired_count                      = local.min_count
  launch_type                        = contains(["FARGATE", "EC2"], var.route.capacity) ? var.route.capacity : null
  deployment_minimum_healthy_percent = var.min_healthy_percent
  deployment_maximum_percent         = var.max_percent
  availability_zone_rebalancing      = "DISABLED"
  health_check_grace_period_seconds  = var.health_check_grace_period_seconds
  enable_execute_command             = var.route.enable_execute_command
  enable_ecs_managed_tags            = true
  propagate_tags                     = var.propagate_tags
  tags                               = var.tags

  deployment_circuit_breaker {
    enable   = var.circuit_breaker
    rollback = var.circuit_breaker
  }

  dynamic "capacity_provider_strategy" {
    for_each = contains(["FARGATE", "EC2"], var.route.capacity) ? {} : { provider = var.route.capacity }

    content {
      capacity_provider = capacity_provider_strategy.value
      weight            = 1
    }
  }

  dynamic "network_configuration" {
    for_each = var.route.network_mode == "awsvpc" ? { awsvpc = var.route } : {}

    content {
      subnets          = network_configuration.value.subnet_ids
      security_groups  = network_configuration.value.security_group_ids
      assign_public_ip = network_configuration.value.assign_public_ip
    }
  }

  dynamic "load_balancer" {
    for_each = var.route.target_type == null ? {} : { this = var.route }

    content {
      target_group_arn = load_balancer.value.target_group_arn
      container_name   = load_balancer.value.container_name
      container_port   = load_balancer.value.port
    }
  }

  lifecycle {
    # Application Auto Scaling sets the count, with and without `scaling`. A second resource for a fixed count would have
    # another address, and a service that gets or loses its scaling would be replaced.
    ignore_changes = [desired_count]

    precondition {
      condition     = length(setsubtract(keys(var.names), keys(local.default_names))) == 0
      error_message = "names has ${join(", ", [for address in setsubtract(keys(var.names), keys(local.default_names)) : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", keys(local.default_names))}."
    }

    precondition {
      condition     = var.desired_count == null || var.scaling == null
      error_message = "desired_count is ${coalesce(var.desired_count, 0)} and scaling is given; with scaling the count is between scaling.min and scaling.max, so leave desired_count out."
    }

    precondition {
      condition     = var.min_healthy_percent < var.max_percent
      error_message = "min_healthy_percent is ${var.min_healthy_percent} and max_percent is ${var.max_percent}; a deployment could neither stop an old task nor start a new one, so max_percent must be more than min_healthy_percent."
    }

    precondition {
      condition     = var.health_check_grace_period_seconds == null || var.route.target_type != null
      error_message = "health_check_grace_period_seconds is ${coalesce(var.health_check_grace_period_seconds, 0)} and route has no target group; ECS refuses it. A container's own health check has start_period_seconds in the module task."
    }
  }

  # A task can protect itself as soon as it runs.
  depends_on = [aws_iam_role_policy.task_protection]
}

resource "aws_appautoscaling_target" "this" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${local.cluster_name}/${aws_ecs_service.this.name}"
  min_capacity       = local.min_count
  max_capacity       = local.max_count
  tags               = var.tags
}

resource "aws_iam_role_policy" "task_protection" {
  for_each = local.task_protection

  name   = local.names["aws_iam_role_policy.task_protection[\"${each.key}\"]"]
  role   = each.value
  policy = local.task_protection_policy
}

locals {
  task_protection_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"]
      Resource = "${replace(var.route.cluster_arn, ":cluster/", ":task/")}/*"
    }]
  })
}
