locals {
  # Only what a launch needs, under the names that the start-task function reads; absent means the default.
  routes = jsonencode({
    for service, route in var.routes : service => {
      for name, value in {
        cluster        = route.cluster_arn
        family         = route.family
        container      = route.container_name
        subnets        = route.subnet_ids
        securityGroups = route.security_group_ids
        assignPublicIp = route.assign_public_ip ? true : null
        port           = route.port
        allowOverrides = length(route.allow_overrides) > 0 ? route.allow_overrides : null
        networkMode    = route.network_mode == "awsvpc" ? null : route.network_mode
        capacity       = route.capacity == "FARGATE" ? null : route.capacity
        targetGroup    = route.target_group_arn
        targetType     = route.target_type
      } : name => value if value != null
    }
  })

  # An IAM policy holds 6,144 characters: the rights of six services with the longest names fit into one.
  service_groups = { for index, services in chunklist(sort(keys(var.routes)), 6) : tostring(index) => services }
}

module "function" {
  source = "../handler"

  name                  = "${var.name}-start-task"
  filename              = "${path.module}/start-task.zip"
  architecture          = var.architecture
  dead_letter_queue_arn = module.dead_letter_queue.queue_arn
  log_retention_days    = var.log_retention_days
  kms_key_arn           = var.kms_key_arn
  alarm_actions         = var.alarm_actions
  tags                  = var.tags

  environment = {
    ROUTES                = base64gzip(local.routes)
    DEAD_LETTER_QUEUE_URL = module.dead_letter_queue.queue_url
    PAYLOAD_BUCKET        = module.payloads.bucket_name
    LOG_LEVEL             = "INFO"
  }

  policies = {
    payload = jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect   = "Allow"
        Action   = "s3:PutObject"
        Resource = "${module.payloads.bucket_arn}/payloads/*"
      }]
    })
  }
}

module "dead_letter_queue" {
  source = "../dead-letter-queue"

  name          = "${var.name}-dead-letter"
  kms_key_arn   = var.kms_key_arn
  alarm_actions = var.alarm_actions
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
  service             = each.value.service
  event_bus_name      = each.value.event_bus_name
  kms_key_arn         = var.kms_key_arn
  alarm_actions       = var.alarm_actions
  tags                = var.tags
}

resource "aws_iam_policy" "launch" {
  for_each = local.service_groups

  name        = "${var.name}-launch-${each.key}"
  description = "Run the tasks of ${join(", ", each.value)}."
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

resource "aws_iam_role_policy" "read_payload" {
  for_each = var.routes

  name = "${var.name}-read-payload"
  role = each.value.task_role_name

  policy = jsonencode({
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

module "payloads" {
  source = "../bucket"

  bucket_prefix   = "${var.name}-payload-"
  expiration_days = var.payload_retention_days
  # Payloads are copies of events; a launcher that goes takes them along.
  force_destroy = true
  kms_key_arn   = var.kms_key_arn
  tags          = var.tags
}
