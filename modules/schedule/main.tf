data "aws_caller_identity" "current" {}

locals {
  # Scheduler replaces placeholders such as <aws.scheduler.scheduled-time> only where the brackets are not escaped, and
  # jsonencode escapes them.
  placeholder = "/\\\\u003c(aws\\.scheduler\\.[a-z-]+)\\\\u003e/"
  event       = var.input == null ? null : replace(jsonencode(jsondecode(var.input)), local.placeholder, "<$1>")

  # The overrides pass the input in the variable in which the launcher passes an event.
  overrides = var.input == null || var.route == null ? null : replace(
    jsonencode({
      containerOverrides = [{
        name        = var.route.container_name
        environment = [{ name = "EVENT_PAYLOAD", value = local.event }]
      }]
    }),
    local.placeholder,
    "<$1>",
  )

  routes = var.target == "task" && var.route != null ? [var.route] : []
  wanted = { function = ["function_arn"], task = ["route", "service"] }
  given = compact([
    var.function_arn != null ? "function_arn" : "",
    var.route != null ? "route" : "",
    var.service != null ? "service" : "",
  ])

  role_name = "${var.roles.name_prefix}${var.name}${var.roles.name_suffix}"

  # Every name that Terraform cannot change in place, by address.
  default_names = {
    "aws_scheduler_schedule.this" = var.name
    "aws_iam_role.this"           = local.role_name
    "aws_iam_role_policy.this"    = "schedule"
  }
  names = merge(local.default_names, var.names)

  # Nested modules refuse what is unknown in them.
  named_modules = ["module.dead_letter_queue."]
  unknown_names = [
    for address in keys(var.names) : address
    if !contains(keys(local.default_names), address) && !anytrue([for beginning in local.named_modules : startswith(address, beginning)])
  ]
}

resource "aws_scheduler_schedule" "this" {
  #checkov:skip=CKV_AWS_297:Scheduler encrypts every schedule; the input kms_key_arn sets a customer managed key
  name                         = local.names["aws_scheduler_schedule.this"]
  group_name                   = "default"
  state                        = var.enabled ? "ENABLED" : "DISABLED"
  schedule_expression          = var.schedule_expression
  schedule_expression_timezone = var.time_zone
  kms_key_arn                  = var.kms_key_arn

  flexible_time_window {
    mode                      = var.flexible_window_minutes == 0 ? "OFF" : "FLEXIBLE"
    maximum_window_in_minutes = var.flexible_window_minutes == 0 ? null : var.flexible_window_minutes
  }

  target {
    arn      = var.target == "task" ? var.route.cluster_arn : var.function_arn
    role_arn = aws_iam_role.this.arn
    input    = var.target == "task" ? local.overrides : local.event

    retry_policy {
      maximum_event_age_in_seconds = var.maximum_event_age_seconds
      maximum_retry_attempts       = var.maximum_retry_attempts
    }

    dead_letter_config {
      arn = module.dead_letter_queue.queue_arn
    }

    dynamic "ecs_parameters" {
      for_each = { for route in local.routes : "task" => route }

      content {
        task_definition_arn    = ecs_parameters.value.task_definition_arn_without_revision
        task_count             = 1
        launch_type            = contains(["FARGATE", "EC2"], ecs_parameters.value.capacity) ? ecs_parameters.value.capacity : null
        group                  = "route-${var.service}"
        propagate_tags         = "TASK_DEFINITION"
        enable_execute_command = ecs_parameters.value.enable_execute_command ? true : null

        dynamic "capacity_provider_strategy" {
          for_each = contains(["FARGATE", "EC2", "CLUSTER_DEFAULT"], ecs_parameters.value.capacity) ? {} : { provider = ecs_parameters.value.capacity }

          content {
            capacity_provider = capacity_provider_strategy.value
            weight            = 1
          }
        }

        dynamic "network_configuration" {
          for_each = ecs_parameters.value.network_mode == "awsvpc" ? { awsvpc = ecs_parameters.value } : {}

          content {
            subnets          = network_configuration.value.subnet_ids
            security_groups  = network_configuration.value.security_group_ids
            assign_public_ip = network_configuration.value.assign_public_ip
          }
        }
      }
    }
  }

  lifecycle {
    precondition {
      condition     = contains(local.time_zones, var.time_zone)
      error_message = "time_zone is \"${var.time_zone}\"; EventBridge Scheduler takes a name from the IANA time zone database, such as \"Europe/Berlin\" or \"UTC\". (schedule ${var.name})"
    }

    precondition {
      condition     = length(local.unknown_names) == 0
      error_message = "names has ${join(", ", [for address in local.unknown_names : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", concat(keys(local.default_names), [for beginning in local.named_modules : "${beginning}…"]))}. (schedule ${var.name})"
    }

    precondition {
      condition     = can(regex(local.rate_or_cron, var.schedule_expression)) || local.is_once
      error_message = "schedule_expression is \"${var.schedule_expression}\"; EventBridge Scheduler takes rate(N minutes|hours|days), cron(minutes hours day-of-month month day-of-week year) with ? in exactly one of the two day fields, or at(yyyy-mm-ddThh:mm:ss). (schedule ${var.name})"
    }

    precondition {
      condition     = join(",", local.given) == join(",", local.wanted[var.target])
      error_message = "target is \"${var.target}\" and the inputs given are ${length(local.given) == 0 ? "none" : join(", ", local.given)}; it takes ${join(" and ", local.wanted[var.target])} only. (schedule ${var.name})"
    }

    precondition {
      condition     = length(coalesce(local.overrides, "-")) <= 8192
      error_message = "input results in container overrides of ${length(coalesce(local.overrides, "-"))} characters; RunTask takes at most 8192. (schedule ${var.name})"
    }
  }

  # The first invocation can follow immediately.
  depends_on = [aws_iam_role_policy.this]
}

resource "aws_iam_role" "this" {
  name                 = local.names["aws_iam_role.this"]
  description          = "Role of the schedule ${var.name}, assumed by EventBridge Scheduler."
  path                 = var.roles.path
  permissions_boundary = var.roles.permissions_boundary_arn
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      # Scheduler gives the schedule group, not the schedule.
      Condition = {
        StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id }
        ArnLike      = { "aws:SourceArn" = "arn:*:scheduler:*:${data.aws_caller_identity.current.account_id}:schedule-group/default" }
      }
    }]
  })

  lifecycle {
    precondition {
      condition     = contains(keys(var.names), "aws_iam_role.this") || length(local.role_name) <= 64
      error_message = "roles makes the role name \"${local.role_name}\" of ${length(local.role_name)} characters, with name_prefix \"${var.roles.name_prefix}\" and name_suffix \"${var.roles.name_suffix}\"; an IAM role name has at most 64. (schedule ${var.name})"
    }
  }
}

resource "aws_iam_role_policy" "this" {
  name = local.names["aws_iam_role_policy.this"]
  role = aws_iam_role.this.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      var.target == "task" ? [] : [{
        Effect   = "Allow"
        Action   = "lambda:InvokeFunction"
        Resource = var.function_arn
      }],
      [for route in local.routes : {
        Effect    = "Allow"
        Action    = "ecs:RunTask"
        Resource  = "${route.task_definition_arn_without_revision}:*"
        Condition = { ArnEquals = { "ecs:cluster" = route.cluster_arn } }
      }],
      [for route in local.routes : {
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = [route.task_role_arn, route.execution_role_arn]
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      }],
      [for route in local.routes : {
        Effect    = "Allow"
        Action    = "ecs:TagResource"
        Resource  = "${replace(route.cluster_arn, ":cluster/", ":task/")}/*"
        Condition = { StringEquals = { "ecs:CreateAction" = "RunTask" } }
      }],
      [{
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = module.dead_letter_queue.queue_arn
      }],
      var.kms_key_arn == null ? [] : [{
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = var.kms_key_arn
      }],
    )
  })
}

# No alarm on InvocationsFailedToBeSentToDeadLetterCount: this metric exists per schedule group only, and the group
# `default` has schedules of others. Moving a schedule to another group replaces it.
module "dead_letter_queue" {
  source = "../dead-letter-queue"

  name          = "${var.name}-undelivered"
  kms_key_arn   = var.kms_key_arn
  alarm_actions = var.alarm_actions
  names         = { for address, name in var.names : trimprefix(address, "module.dead_letter_queue.") => name if startswith(address, "module.dead_letter_queue.") }
  tags          = var.tags
}
