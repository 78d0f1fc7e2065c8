locals {
  # Only what registration needs, under the names that the function `register-targets` reads. What is absent has its default.
  routes = jsonencode({
    for service, route in var.routes : service => {
      for name, value in {
        cluster      = route.cluster_arn
        family       = route.family
        container    = route.container_name
        port         = route.port
        networkMode  = route.network_mode == "awsvpc" ? null : route.network_mode
        targetGroup  = route.target_group_arn
        targetType   = route.target_type
        drainSeconds = route.deregistration_delay_seconds
      } : name => value if value != null
    }
  })

  # `target_type` says whether a launch route has a target group: the plan knows it, but it may not know the ARN yet.
  targeted    = { for service, route in var.routes : service => route if route.target_type != null }
  on_instance = [for route in values(local.targeted) : route.cluster_arn if route.target_type == "instance"]

  cluster_arns = distinct([for route in values(var.routes) : route.cluster_arn])
  task_arns    = [for arn in local.cluster_arns : "${replace(arn, ":cluster/", ":task/")}/*"]

  timeout_seconds = 60

  # Key of the tag on a task that is to be stopped: `stoppingTag` of the function, to which a test compares it.
  stopping_tag = "event-driven-ecs:stopping"
}

locals {
  # The names of this block are in its nested modules, which refuse what is unknown in them.
  named_modules = concat(
    ["module.function.", "module.dead_letter_queue.", "module.recheck_queue.", "module.state_change_rule.", "module.sweep_rule."],
    [for event in keys(var.stop_events) : "module.stop_rule[\"${event}\"]."],
  )
  unknown_names = [
    for address in keys(var.names) : address
    if !anytrue([for beginning in local.named_modules : startswith(address, beginning)])
  ]
}

module "function" {
  source = "../handler"

  name                  = "${var.name}-register-targets"
  filename              = "${path.module}/register-targets.zip"
  architecture          = var.architecture
  runtime               = var.runtime
  timeout               = local.timeout_seconds
  dead_letter_queue_arn = module.dead_letter_queue.queue_arn
  log_retention_days    = var.log_retention_days
  kms_key_arn           = var.kms_key_arn
  alarm_actions         = var.alarm_actions
  roles                 = var.roles
  names                 = { for address, name in var.names : trimprefix(address, "module.function.") => name if startswith(address, "module.function.") }
  tags                  = var.tags

  environment = {
    ROUTES                = base64gzip(local.routes)
    DEAD_LETTER_QUEUE_URL = module.dead_letter_queue.queue_url
    RECHECK_QUEUE_URL     = module.recheck_queue.queue_url
    LOG_LEVEL             = "INFO"
  }

  policies = merge(
    {
      tasks = jsonencode({
        Version = "2012-10-17"
        Statement = concat(
          [
            # ListTasks takes no resource; the condition limits it to the clusters.
            {
              Effect    = "Allow"
              Action    = "ecs:ListTasks"
              Resource  = "*"
              Condition = { ArnEquals = { "ecs:cluster" = local.cluster_arns } }
            },
            {
              Effect   = "Allow"
              Action   = ["ecs:DescribeTasks", "ecs:StopTask"]
              Resource = local.task_arns
            },
            {
              Effect    = "Allow"
              Action    = "ecs:TagResource"
              Resource  = local.task_arns
              Condition = { "ForAllValues:StringEquals" = { "aws:TagKeys" = local.stopping_tag } }
            },
          ],
          length(local.on_instance) == 0 ? [] : [{
            Effect   = "Allow"
            Action   = "ecs:DescribeContainerInstances"
            Resource = [for arn in distinct(local.on_instance) : "${replace(arn, ":cluster/", ":container-instance/")}/*"]
          }],
        )
      })

      recheck = jsonencode({
        Version = "2012-10-17"
        Statement = [{
          Effect   = "Allow"
          Action   = ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
          Resource = module.recheck_queue.queue_arn
        }]
      })
    },
    length(local.targeted) == 0 ? {} : {
      targets = jsonencode({
        Version = "2012-10-17"
        Statement = [
          {
            Effect   = "Allow"
            Action   = ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"]
            Resource = distinct([for route in values(local.targeted) : route.target_group_arn])
          },
          # DescribeTargetHealth has no resource-level permissions.
          {
            Effect   = "Allow"
            Action   = "elasticloadbalancing:DescribeTargetHealth"
            Resource = "*"
          },
        ]
      })
    },
  )
}

module "dead_letter_queue" {
  source = "../dead-letter-queue"

  name          = "${var.name}-register-targets-dead-letter"
  kms_key_arn   = var.kms_key_arn
  alarm_actions = var.alarm_actions
  names         = { for address, name in var.names : trimprefix(address, "module.dead_letter_queue.") => name if startswith(address, "module.dead_letter_queue.") }
  tags          = var.tags
}

module "state_change_rule" {
  source = "../event-rule"

  name          = "${var.name}-register-targets-state-change"
  description   = "Tasks of launch routes that are running or stopping."
  target        = "queue"
  queue_arn     = module.recheck_queue.queue_arn
  event_source  = ["aws.ecs"]
  detail_type   = ["ECS Task State Change"]
  kms_key_arn   = var.kms_key_arn
  alarm_actions = var.alarm_actions
  names         = { for address, name in var.names : trimprefix(address, "module.state_change_rule.") => name if startswith(address, "module.state_change_rule.") }
  tags          = var.tags

  detail = jsonencode({
    clusterArn = local.cluster_arns
    # Running tasks that an earlier version launched have the second prefix.
    group = [{ prefix = "route-" }, { prefix = "route:" }]
    # The statuses at which a target changes, and STOPPED in case the events before it were lost.
    lastStatus = ["RUNNING", "DEACTIVATING", "DEPROVISIONING", "STOPPED"]
  })
}

# Corrects what a missed event left out of sync.
module "sweep_rule" {
  source = "../event-rule"

  name                = "${var.name}-register-targets-sweep"
  description         = "Compares every target group with the running tasks."
  function_arn        = module.function.function_arn
  function_name       = module.function.function_name
  schedule_expression = "rate(${var.sweep_interval_minutes} ${var.sweep_interval_minutes == 1 ? "minute" : "minutes"})"
  kms_key_arn         = var.kms_key_arn
  alarm_actions       = var.alarm_actions
  names               = { for address, name in var.names : trimprefix(address, "module.sweep_rule.") => name if startswith(address, "module.sweep_rule.") }
  tags                = var.tags
}

module "stop_rule" {
  source   = "../event-rule"
  for_each = var.stop_events

  name           = "${var.name}-register-targets-${each.key}"
  description    = "Stops the tasks of the services that the event names."
  function_arn   = module.function.function_arn
  function_name  = module.function.function_name
  event_source   = each.value.source
  detail_type    = ["Stop ECS Tasks"]
  detail         = each.value.detail
  event_bus_name = each.value.event_bus_name
  kms_key_arn    = var.kms_key_arn
  alarm_actions  = var.alarm_actions
  names          = { for address, name in var.names : trimprefix(address, "module.stop_rule[\"${each.key}\"].") => name if startswith(address, "module.stop_rule[\"${each.key}\"].") }
  tags           = var.tags
}

# Holds task state changes until the next batch and, while connections drain, the reminders to stop tasks.
module "recheck_queue" {
  source = "../queue"

  name = "${var.name}-register-targets-recheck"
  # Lambda refuses less than the function's timeout. AWS recommends six times the timeout because of throttled invocations;
  # with a maximum concurrency there are none, and messages of an invocation that crashed must soon be visible again.
  visibility_timeout_seconds = 2 * local.timeout_seconds
  # Other callers may use up the account's ECS quotas for minutes.
  max_receive_count = 10
  kms_key_arn       = var.kms_key_arn
  alarm_actions     = var.alarm_actions
  names             = { for address, name in var.names : trimprefix(address, "module.recheck_queue.") => name if startswith(address, "module.recheck_queue.") }
  tags              = var.tags

  senders = { state-change = { service = "events.amazonaws.com", source_arn = module.state_change_rule.rule_arn } }
}

resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn        = module.recheck_queue.queue_arn
  function_name           = module.function.function_arn
  function_response_types = ["ReportBatchItemFailures"]
  tags                    = var.tags

  # One reconciliation handles all changes of a service in a batch, so a burst of tasks needs few of the 20 ECS read calls
  # a second that an account has. A single change waits for one second.
  batch_size                         = 1000
  maximum_batching_window_in_seconds = 1

  # The minimum that Lambda accepts.
  scaling_config {
    maximum_concurrency = 2
  }

  # Lambda checks that the role is allowed to poll the queue.
  depends_on = [module.function]

  lifecycle {
    precondition {
      condition     = length(local.unknown_names) == 0
      error_message = "names has ${join(", ", [for address in local.unknown_names : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", [for beginning in local.named_modules : "${beginning}…"])}."
    }
  }
}
