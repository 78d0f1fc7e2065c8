locals {
  function_names = {
    for key in ["scan", "list-objects", "jobs", "results", "migrate-database"] : key => "${var.name}-${key}-${var.environment}"
  }

  # Known before the function exists: the function `scan` invokes it, and it invokes itself.
  list_objects_name = lookup(var.names, "module.functions[\"list-objects\"].aws_lambda_function.this", local.function_names["list-objects"])
  list_objects_arn  = "arn:${local.partition}:lambda:${local.region}:${local.account}:function:${local.list_objects_name}"

  database_environment = {
    DB_HOST       = module.database.address
    DB_PORT       = tostring(var.database.port)
    DB_NAME       = module.database.database_name
    DB_SECRET_ARN = module.database.secret_arn
    LOG_LEVEL     = var.log_level
  }
  # Node.js does not trust the authorities of RDS by itself. The runtime of Lambda has their certificates.
  function_environment = merge(local.database_environment, { NODE_EXTRA_CA_CERTS = "/var/runtime/ca-cert.pem" })

  functions = {
    jobs = {
      timeout                        = 29
      reserved_concurrent_executions = var.reserved_concurrency.jobs
      environment                    = local.function_environment
      policies                       = local.read_secret
    }
    list-objects = {
      timeout                        = 900
      reserved_concurrent_executions = var.reserved_concurrency.list_objects
      environment = merge(local.function_environment, {
        SQS_QUEUE_URL = module.scan_jobs.queue_url
        ECS_CLUSTER   = local.cluster.arn
        ECS_SERVICE   = module.worker.service_name
      })
      policies = merge(local.read_secret, {
        "list-objects" = local.list_objects_policy
        "wake-workers" = module.worker.wake_policy_json
      })
    }
    results = {
      timeout                        = 29
      reserved_concurrent_executions = var.reserved_concurrency.results
      environment                    = local.function_environment
      policies                       = local.read_secret
    }
    scan = {
      timeout                        = 29
      reserved_concurrent_executions = var.reserved_concurrency.scan
      environment = merge(local.function_environment, {
        ALLOWED_BUCKETS              = join(",", local.scan_bucket_names)
        LIST_OBJECTS_FUNCTION        = local.list_objects_name
        DEDUPLICATION_WINDOW_MINUTES = tostring(var.deduplication_window_minutes)
      })
      policies = merge(local.read_secret, { "invoke-list-objects" = local.invoke_list_objects_policy })
    }
  }

  routes = {
    "POST /scan"         = "scan"
    "GET /jobs/{job_id}" = "jobs"
    "GET /results"       = "results"
    "GET /openapi.json"  = "jobs"
  }
}

# Nothing connects to a function, so its security group has no ingress rule.
resource "aws_security_group" "function" {
  #checkov:skip=CKV2_AWS_5:the module handler attaches it to the function, which checkov does not follow
  for_each = local.function_names

  name        = local.names["aws_security_group.function[\"${each.key}\"]"]
  description = local.names["aws_security_group.function[\"${each.key}\"].description"]
  vpc_id      = local.network.vpc_id
  tags        = merge({ Name = "function-${each.value}" }, var.tags)
}

resource "aws_vpc_security_group_egress_rule" "https" {
  for_each = local.function_names

  security_group_id = aws_security_group.function[each.key].id
  description       = "AWS APIs"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
  tags              = var.tags
}

resource "aws_vpc_security_group_egress_rule" "database" {
  for_each = local.function_names

  security_group_id            = aws_security_group.function[each.key].id
  description                  = "Database"
  ip_protocol                  = "tcp"
  from_port                    = var.database.port
  to_port                      = var.database.port
  referenced_security_group_id = module.database.security_group_id
  tags                         = var.tags
}

# Of each function: the asynchronous events that failed after all retries.
module "failed_events" {
  source = "../../dead-letter-queue"

  name          = "${var.name}-failed-events-${var.environment}"
  kms_key_arn   = var.kms_key_arn
  alarm_actions = var.alarm_actions
  names         = { for address, name in var.names : trimprefix(address, "module.failed_events.") => name if startswith(address, "module.failed_events.") }
  tags          = var.tags
}

module "migrate_database" {
  source = "../../handler"

  name                  = local.function_names["migrate-database"]
  filename              = "${path.module}/migrate-database.zip"
  architecture          = var.function_architecture
  runtime               = var.function_runtime
  timeout               = 60
  environment           = local.function_environment
  policies              = local.read_secret
  dead_letter_queue_arn = module.failed_events.queue_arn
  log_retention_days    = var.log_retention_days
  kms_key_arn           = var.kms_key_arn
  alarm_actions         = var.alarm_actions
  roles                 = var.roles
  names                 = { for address, name in var.names : trimprefix(address, "module.migrate_database.") => name if startswith(address, "module.migrate_database.") }
  tags                  = var.tags

  vpc = {
    subnet_ids         = local.network.subnet_ids
    security_group_ids = [aws_security_group.function["migrate-database"].id]
  }
}

# Brings the tables to the version of the release, at each change of the function. Its deletion changes no table.
resource "aws_lambda_invocation" "migrate_database" {
  function_name   = module.migrate_database.function_name
  input           = jsonencode({})
  lifecycle_scope = "CRUD"
  triggers        = { bundle = filebase64sha256("${path.module}/migrate-database.zip") }

  # The function needs its permissions and a way to the database and to Secrets Manager.
  depends_on = [
    aws_vpc_security_group_egress_rule.database,
    aws_vpc_security_group_egress_rule.https,
    module.database,
    module.migrate_database,
    module.network,
  ]
}

module "functions" {
  source   = "../../handler"
  for_each = local.functions

  name                           = local.function_names[each.key]
  filename                       = "${path.module}/${each.key}.zip"
  architecture                   = var.function_architecture
  runtime                        = var.function_runtime
  timeout                        = each.value.timeout
  reserved_concurrent_executions = each.value.reserved_concurrent_executions
  environment                    = each.value.environment
  policies                       = each.value.policies
  dead_letter_queue_arn          = module.failed_events.queue_arn
  log_retention_days             = var.log_retention_days
  kms_key_arn                    = var.kms_key_arn
  alarm_actions                  = var.alarm_actions
  roles                          = var.roles
  names                          = { for address, name in var.names : trimprefix(address, "module.functions[\"${each.key}\"].") => name if startswith(address, "module.functions[\"${each.key}\"].") }
  tags                           = var.tags

  vpc = {
    subnet_ids         = local.network.subnet_ids
    security_group_ids = [aws_security_group.function[each.key].id]
  }

  # A function refuses tables of another release.
  depends_on = [aws_lambda_invocation.migrate_database]
}
