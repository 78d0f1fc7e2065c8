locals {
  # The name of the function, and of its bundle.
  function = var.policy_selection == null ? "start-task" : "run-policy"

  # Only what a launch needs, under the names that the function reads. What is absent has its default.
  launches = {
    for service, route in var.routes : service => {
      for name, value in {
        cluster        = route.cluster_arn
        family         = route.family
        container      = route.container_name
        subnets        = route.network_mode == "awsvpc" ? route.subnet_ids : []
        securityGroups = route.network_mode == "awsvpc" ? route.security_group_ids : []
        assignPublicIp = route.assign_public_ip ? true : null
        port           = route.port
        allowOverrides = length(route.allow_overrides) > 0 ? route.allow_overrides : null
        networkMode    = route.network_mode == "awsvpc" ? null : route.network_mode
        capacity       = route.capacity == "FARGATE" ? null : route.capacity
        targetGroup    = route.target_group_arn
        targetType     = route.target_type
        onFailure = route.on_failure.action == "alarm" ? null : {
          action         = route.on_failure.action
          maxAttempts    = route.on_failure.max_attempts
          backoffSeconds = route.on_failure.backoff_seconds
        }
        interruptionRetries  = route.interruption_retries == 3 ? null : route.interruption_retries
        enableExecuteCommand = route.enable_execute_command ? true : null
        essential            = coalesce(route.essential_containers, [route.container_name]) == tolist([route.container_name]) ? null : route.essential_containers
        ebsVolume = route.ebs_volume == null ? null : {
          for name, value in {
            name           = route.ebs_volume.name
            roleArn        = route.ebs_volume.infrastructure_role_arn
            sizeInGiB      = route.ebs_volume.size_gib
            volumeType     = route.ebs_volume.volume_type
            iops           = route.ebs_volume.iops
            throughput     = route.ebs_volume.throughput_mibps
            encrypted      = route.ebs_volume.encrypted
            kmsKeyId       = route.ebs_volume.kms_key_arn
            snapshotId     = route.ebs_volume.snapshot_id
            filesystemType = route.ebs_volume.file_system_type
          } : name => value if value != null
        }
      } : name => value if value != null
    }
  }
  routes = jsonencode(local.launches)

  waits = var.wait_timeout_seconds != null
  # A minute on top of the wait. A batch of events gets a minute as well: each of its launches may be throttled.
  timeout_seconds = local.waits ? var.wait_timeout_seconds + 60 : local.waits_in_queue ? 60 : 30

  # What waits in the queue: events from EventBridge with `buffer`, and retries after a delay, which the function sends, and reports of workers.
  sends_to_queue = var.buffer || anytrue([for route in values(var.routes) : route.on_failure.action == "retry"])
  waits_in_queue = local.sends_to_queue || local.queues_runs

  cluster_arns = distinct([for route in values(var.routes) : route.cluster_arn])
  task_arns    = [for arn in local.cluster_arns : "${replace(arn, ":cluster/", ":task/")}/*"]

  # Event pattern of the ends of launched tasks.
  stopped_tasks = {
    clusterArn = local.cluster_arns
    # Running tasks that an earlier version launched have the second prefix.
    group      = [{ prefix = "route-" }, { prefix = "route:" }]
    lastStatus = ["STOPPED"]
  }

  # `target_type` says whether a launch route has a target group: the plan knows it, but it may not know the ARN yet.
  # A launch that does not wait leaves registration to the registrar.
  targeted    = { for service, route in var.routes : service => route if local.waits && route.target_type != null }
  on_instance = distinct([for route in values(local.targeted) : route.cluster_arn if route.target_type == "instance"])

  # An IAM policy holds 6,144 characters: the permissions for six services with the longest names fit into one.
  service_groups = { for index, services in chunklist(sort(keys(var.routes)), 6) : tostring(index) => services if !local.queues_runs }
}

locals {
  # Every name that Terraform cannot change in place, by address.
  default_names = merge(
    { "aws_iam_role_policy.invoke_itself" = "invoke-itself" },
    { for index in keys(local.service_groups) : "aws_iam_policy.launch[\"${index}\"]" => "${var.name}-launch-${index}${var.roles.name_suffix}" },
    { for index, services in local.service_groups : "aws_iam_policy.launch[\"${index}\"].description" => "Run the tasks of ${join(", ", services)}." },
    { for service, route in var.routes : "aws_iam_role_policy.read_payload[\"${service}\"]" => "${var.name}-read-payload" if !route.existing_task_role },
    { for service in keys(local.workers) : "aws_iam_role_policy.take_runs[\"${service}\"]" => "${var.name}-take-runs" },
    { for service in keys(var.routes) : "aws_cloudwatch_metric_alarm.task_failures[\"${service}\"]" => "${var.name}-${service}-task-failures" },
    local.run_history_names,
  )
  names = merge(local.default_names, var.names)

  # Nested modules refuse what is unknown in them.
  named_modules = concat(
    ["module.function.", "module.dead_letter_queue.", "module.payloads.", "module.task_failed."],
    local.waits_in_queue ? ["module.buffer[\"this\"]."] : [],
    [for event in keys(var.events) : "module.event_rule[\"${event}\"]."],
  )
  unknown_names = [
    for address in keys(var.names) : address
    if !contains(keys(local.default_names), address) && !anytrue([for beginning in local.named_modules : startswith(address, beginning)])
  ]
}

# The function's environment, and its permissions beyond those for its log, traces and dead-letter queue.
locals {
  environment = merge(
    var.policy_selection == null ? { ROUTES = base64gzip(local.routes) } : {},
    local.selection_environment,
    {
      DEAD_LETTER_QUEUE_URL = module.dead_letter_queue.queue_url
      PAYLOAD_BUCKET        = module.payloads.bucket_name
      LOG_LEVEL             = "INFO"

      DEDUPLICATION_WINDOW_HOURS = tostring(var.deduplication_window_hours)
    },
    { for name, buffer in module.buffer : "BUFFER_QUEUE_URL" => buffer.queue_url if var.buffer },
    { for name, buffer in module.buffer : "RETRY_QUEUE_URL" => buffer.queue_url },
    local.waits ? { TASK_WAIT_TIMEOUT = tostring(var.wait_timeout_seconds), WAIT_FOR = var.wait_for } : {},
  )

  policies = merge(
    {
      payload = jsonencode({
        Version = "2012-10-17"
        Statement = [
          {
            Effect   = "Allow"
            Action   = ["s3:PutObject", "s3:GetObject"]
            Resource = [for folder in concat(["payloads", "launches", "idempotency-keys"], var.policy_selection == null ? [] : ["cooldowns"]) : "${module.payloads.bucket_arn}/${folder}/*"]
          },
          # Without ListBucket S3 answers 403 instead of 404 for a key that does not exist.
          {
            Effect   = "Allow"
            Action   = "s3:ListBucket"
            Resource = module.payloads.bucket_arn
          },
        ]
      })

      tasks = jsonencode({
        Version = "2012-10-17"
        Statement = [{
          Effect   = "Allow"
          Action   = "ecs:DescribeTasks"
          Resource = local.task_arns
        }]
      })
    },
    local.selection_policies,
    { for name, buffer in module.buffer : "buffer" => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect   = "Allow"
        Action   = concat(local.sends_to_queue ? ["sqs:SendMessage"] : [], ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"])
        Resource = buffer.queue_arn
      }]
    }) },
    length(local.targeted) == 0 ? {} : {
      targets = jsonencode({
        Version = "2012-10-17"
        Statement = concat(
          [
            {
              Effect   = "Allow"
              Action   = "elasticloadbalancing:RegisterTargets"
              Resource = distinct([for route in values(local.targeted) : route.target_group_arn])
            },
            # DescribeTargetHealth has no resource-level permissions.
            {
              Effect   = "Allow"
              Action   = "elasticloadbalancing:DescribeTargetHealth"
              Resource = "*"
            },
            # A task that can never be registered must not keep running.
            {
              Effect   = "Allow"
              Action   = "ecs:StopTask"
              Resource = distinct([for route in values(local.targeted) : "${replace(route.cluster_arn, ":cluster/", ":task/")}/*"])
            },
          ],
          length(local.on_instance) == 0 ? [] : [{
            Effect   = "Allow"
            Action   = "ecs:DescribeContainerInstances"
            Resource = [for arn in local.on_instance : "${replace(arn, ":cluster/", ":container-instance/")}/*"]
          }],
        )
      })
    },
  )
}

module "function" {
  source = "../handler"

  name                  = "${var.name}-${local.function}"
  filename              = "${path.module}/${local.function}.zip"
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

  environment = local.environment
  policies    = local.policies
}

# The function stores a large event of an asynchronous invocation, then invokes itself with a reference to it.
resource "aws_iam_role_policy" "invoke_itself" {
  name = local.names["aws_iam_role_policy.invoke_itself"]
  role = module.function.role_name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "lambda:InvokeFunction"
      Resource = module.function.function_arn
    }]
  })

  lifecycle {
    precondition {
      condition     = length(local.unknown_names) == 0
      error_message = "names has ${join(", ", [for address in local.unknown_names : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", concat(keys(local.default_names), [for beginning in local.named_modules : "${beginning}…"]))}."
    }
  }
}

module "dead_letter_queue" {
  source = "../dead-letter-queue"

  name          = "${var.name}-dead-letter"
  kms_key_arn   = var.kms_key_arn
  alarm_actions = var.alarm_actions
  names         = { for address, name in var.names : trimprefix(address, "module.dead_letter_queue.") => name if startswith(address, "module.dead_letter_queue.") }
  tags          = var.tags
}

module "event_rule" {
  source   = "../event-rule"
  for_each = var.events

  name                = "${var.name}-${each.key}"
  function_arn        = module.function.function_arn
  function_name       = module.function.function_name
  event_source        = each.value.source
  detail_type         = each.value.detail_type
  detail              = each.value.detail
  schedule_expression = each.value.schedule_expression
  preset              = each.value.preset
  minimum_severity    = each.value.minimum_severity
  event_names         = each.value.event_names
  # The function `run-policy` has one service, and gets the event as it is.
  service        = var.policy_selection == null ? each.value.service : null
  event_bus_name = each.value.event_bus_name
  enabled        = each.value.enabled
  kms_key_arn    = var.kms_key_arn
  alarm_actions  = var.alarm_actions
  names          = { for address, name in var.names : trimprefix(address, "module.event_rule[\"${each.key}\"].") => name if startswith(address, "module.event_rule[\"${each.key}\"].") }
  tags           = var.tags
}

# All stop codes: AWS adds new ones, so the function decides which are failures and which are interruptions.
module "task_failed" {
  source = "../event-rule"

  name          = "${var.name}-task-failed"
  description   = "Tasks of launch routes that have stopped or never started."
  function_arn  = module.function.function_arn
  function_name = module.function.function_name
  event_source  = ["aws.ecs"]
  detail_type   = ["ECS Task State Change"]
  kms_key_arn   = var.kms_key_arn
  alarm_actions = var.alarm_actions
  names         = { for address, name in var.names : trimprefix(address, "module.task_failed.") => name if startswith(address, "module.task_failed.") }
  tags          = var.tags

  detail = jsonencode(local.stopped_tasks)
}

# Interrupted tasks have no alarm: they are launched again, or their event goes to the DLQ, which has an alarm.
resource "aws_cloudwatch_metric_alarm" "task_failures" {
  for_each = var.routes

  alarm_name          = local.names["aws_cloudwatch_metric_alarm.task_failures[\"${each.key}\"]"]
  alarm_description   = "A task of the service ${each.key} failed: an essential container exited with a code other than 0, ran out of memory or failed its health check."
  namespace           = "EventDrivenEcs"
  metric_name         = "TasksFailed"
  dimensions          = { Function = module.function.function_name, Service = each.key }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags
}

module "buffer" {
  source   = "../queue"
  for_each = local.waits_in_queue ? { this = var.name } : {}

  name = "${each.value}-buffer"
  # AWS recommends six times the timeout of the function that polls the queue.
  visibility_timeout_seconds = 6 * local.timeout_seconds
  message_retention_seconds  = 1209600
  # The function sends an event to the DLQ itself, with the reason, before that. The limit is for invocations that crash.
  max_receive_count        = 10
  create_dead_letter_queue = false
  kms_key_arn              = var.kms_key_arn
  alarm_actions            = var.alarm_actions
  names                    = { for address, name in var.names : trimprefix(address, "module.buffer[\"${each.key}\"].") => name if startswith(address, "module.buffer[\"${each.key}\"].") }
  tags                     = var.tags

  existing_dead_letter_queue = {
    arn = module.dead_letter_queue.queue_arn
    url = module.dead_letter_queue.queue_url
  }
}

resource "aws_lambda_event_source_mapping" "buffer" {
  for_each = module.buffer

  event_source_arn        = each.value.queue_arn
  function_name           = module.function.function_arn
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]
  tags                    = var.tags

  # ECS starts about 20 tasks a second and a launch takes half a second: 20 concurrent invocations keep up with that.
  scaling_config {
    maximum_concurrency = 20
  }

  # Lambda checks that the role is allowed to poll the queue.
  depends_on = [module.function]
}

resource "aws_iam_policy" "launch" {
  for_each = local.service_groups

  name        = local.names["aws_iam_policy.launch[\"${each.key}\"]"]
  description = local.names["aws_iam_policy.launch[\"${each.key}\"].description"]
  tags        = var.tags

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [for service in each.value : {
        Effect    = "Allow"
        Action    = "ecs:RunTask"
        Resource  = "${var.routes[service].task_definition_arn_without_revision}:*"
        Condition = { ArnEquals = { "ecs:cluster" = var.routes[service].cluster_arn } }
      }],
      [
        {
          Effect = "Allow"
          Action = "iam:PassRole"
          Resource = distinct(flatten([
            for service in each.value : [var.routes[service].task_role_arn, var.routes[service].execution_role_arn]
          ]))
          Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
        },
      ],
      [for services in [[for service in each.value : service if var.routes[service].ebs_volume != null]] : {
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = distinct([for service in services : var.routes[service].ebs_volume.infrastructure_role_arn])
        Condition = { StringEquals = { "iam:PassedToService" = "ecs.amazonaws.com" } }
      } if length(services) > 0],
      [
        {
          Effect = "Allow"
          Action = "ecs:TagResource"
          Resource = distinct([
            for service in each.value : "${replace(var.routes[service].cluster_arn, ":cluster/", ":task/")}/*"
          ])
          Condition = { StringEquals = { "ecs:CreateAction" = "RunTask" } }
        },
      ],
    )
  })
}

resource "aws_iam_role_policy_attachment" "launch" {
  for_each = local.service_groups

  role       = module.function.role_name
  policy_arn = aws_iam_policy.launch[each.key].arn
}

locals {
  read_payload_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = "${module.payloads.bucket_arn}/payloads/*"
      }],
      var.kms_key_arn == null ? [] : [{
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = var.kms_key_arn
      }],
    )
  })
}

# Nothing is attached to a task role that its task did not create: the output `read_payload_policy_json` says what it needs.
resource "aws_iam_role_policy" "read_payload" {
  for_each = { for service, route in var.routes : service => route if !route.existing_task_role }

  name   = local.names["aws_iam_role_policy.read_payload[\"${each.key}\"]"]
  role   = each.value.task_role_name
  policy = local.read_payload_policy
}

module "payloads" {
  source = "../bucket"

  bucket_prefix   = "${var.name}-payload-"
  expiration_days = var.payload_retention_days
  # Payloads are copies of events: they may be deleted together with the launcher.
  force_destroy = true
  kms_key_arn   = var.kms_key_arn
  names         = { for address, name in var.names : trimprefix(address, "module.payloads.") => name if startswith(address, "module.payloads.") }
  tags          = var.tags
}
