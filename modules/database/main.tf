data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

locals {
  # The endpoint is ec2.<region>.<suffix>: assumed for provider 6, which deprecates `name` and `id`. Provider 5 has no `region`.
  region    = split(".", data.aws_region.current.endpoint)[1]
  partition = data.aws_partition.current.partition
  account   = data.aws_caller_identity.current.account_id

  identifier = local.names["aws_db_instance.this"]
  proxy      = var.create_proxy ? { this = var.name } : {}
  monitoring = var.monitoring_interval_seconds > 0 ? { this = var.name } : {}
  # PostgreSQL sends these logs to CloudWatch Logs.
  logs         = ["postgresql", "upgrade"]
  replica_logs = merge([for key in keys(var.read_replicas) : { for log in local.logs : "${key}/${log}" => { replica = key, log = log } }]...)

  proxy_role_name      = "${var.roles.name_prefix}${var.name}-proxy${var.roles.name_suffix}"
  monitoring_role_name = "${var.roles.name_prefix}${var.name}-monitoring${var.roles.name_suffix}"

  # Minutes of the day, or of the week. The backup is daily, so only the time of day decides whether the windows overlap.
  days               = { mon = 0, tue = 1, wed = 2, thu = 3, fri = 4, sat = 5, sun = 6 }
  backup_window      = [for time in split("-", var.backup_window) : tonumber(split(":", time)[0]) * 60 + tonumber(split(":", time)[1])]
  maintenance_window = [for time in split("-", var.maintenance_window) : local.days[split(":", time)[0]] * 1440 + tonumber(split(":", time)[1]) * 60 + tonumber(split(":", time)[2])]

  # RDS keeps its own secret under the key of the database.
  secret_arn     = var.create_master_secret ? try(aws_db_instance.this.master_user_secret[0].secret_arn, "") : try(var.existing_master_secret.arn, "")
  secret_key_arn = var.create_master_secret ? var.kms_key_arn : try(var.existing_master_secret.kms_key_arn, null)

  read_secret_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = local.secret_arn }],
      [for arn in [local.secret_key_arn] : { Effect = "Allow", Action = "kms:Decrypt", Resource = arn } if arn != null],
    )
  })

  # Every name that Terraform cannot change in place, by address.
  # The default of the parameter group has no name: Terraform adds a random suffix to the name of the database.
  default_names = merge(
    {
      "aws_db_instance.this"                           = var.name
      "aws_db_subnet_group.this"                       = var.name
      "aws_db_parameter_group.this"                    = null
      "aws_db_parameter_group.this.description"        = "Database ${var.name}"
      "aws_security_group.this"                        = "database-${var.name}"
      "aws_security_group.this.description"            = "Database ${var.name}"
      "aws_cloudwatch_metric_alarm.cpu"                = "${var.name}-cpu"
      "aws_cloudwatch_metric_alarm.connections"        = "${var.name}-connections"
      "aws_cloudwatch_metric_alarm.free_storage"       = "${var.name}-free-storage"
      "aws_cloudwatch_metric_alarm.latency[\"read\"]"  = "${var.name}-read-latency"
      "aws_cloudwatch_metric_alarm.latency[\"write\"]" = "${var.name}-write-latency"
    },
    { for log in local.logs : "aws_cloudwatch_log_group.this[\"${log}\"]" => "/aws/rds/instance/${lookup(var.names, "aws_db_instance.this", var.name)}/${log}" },
    { for key in keys(var.read_replicas) : "aws_db_instance.replica[\"${key}\"]" => "${var.name}-${key}" },
    { for key in keys(var.read_replicas) : "aws_cloudwatch_metric_alarm.replica_lag[\"${key}\"]" => "${var.name}-${key}-lag" },
    { for key, of in local.replica_logs : "aws_cloudwatch_log_group.replica[\"${key}\"]" => "/aws/rds/instance/${lookup(var.names, "aws_db_instance.replica[\"${of.replica}\"]", "${var.name}-${of.replica}")}/${of.log}" },
    { for key in keys(local.monitoring) : "aws_iam_role.monitoring[\"${key}\"]" => local.monitoring_role_name },
    { for key in keys(local.proxy) : "aws_db_proxy.this[\"${key}\"]" => var.name },
    { for key in keys(local.proxy) : "aws_cloudwatch_log_group.proxy[\"${key}\"]" => "/aws/rds/proxy/${lookup(var.names, "aws_db_proxy.this[\"${key}\"]", var.name)}" },
    { for key in keys(local.proxy) : "aws_iam_role.proxy[\"${key}\"]" => local.proxy_role_name },
    { for key in keys(local.proxy) : "aws_iam_role_policy.proxy[\"${key}\"]" => "read-secret" },
    { for key in keys(local.proxy) : "aws_security_group.proxy[\"${key}\"]" => "database-${var.name}-proxy" },
    { for key in keys(local.proxy) : "aws_security_group.proxy[\"${key}\"].description" => "Proxy of database ${var.name}" },
  )
  names = merge(local.default_names, var.names)
}

data "aws_secretsmanager_secret_version" "master" {
  # Without a secret, the precondition of the database reports it.
  for_each = var.create_master_secret || var.existing_master_secret == null ? {} : { this = var.existing_master_secret }

  secret_id = each.value.arn
}

resource "aws_db_instance" "this" {
  #checkov:skip=CKV_AWS_118:Enhanced Monitoring is paid by its logs; the input monitoring_interval_seconds turns it on
  #checkov:skip=CKV_AWS_157:a standby doubles the cost; the input multi_az adds it
  #checkov:skip=CKV_AWS_353:the input performance_insights turns it on
  identifier     = local.identifier
  engine         = "postgres"
  engine_version = var.engine_version
  instance_class = var.instance_class

  auto_minor_version_upgrade  = var.auto_minor_version_upgrade
  allow_major_version_upgrade = var.allow_major_version_upgrade
  apply_immediately           = var.apply_immediately

  db_name                       = var.database_name
  username                      = var.master_username
  password                      = length(data.aws_secretsmanager_secret_version.master) == 0 ? null : jsondecode(data.aws_secretsmanager_secret_version.master["this"].secret_string).password
  manage_master_user_password   = var.create_master_secret ? true : null
  master_user_secret_kms_key_id = var.create_master_secret ? var.kms_key_arn : null

  iam_database_authentication_enabled = var.iam_authentication

  storage_type          = "gp3"
  allocated_storage     = var.allocated_storage_gib
  max_allocated_storage = coalesce(var.max_allocated_storage_gib, 0)
  storage_encrypted     = true
  kms_key_id            = var.kms_key_arn

  port                   = var.port
  publicly_accessible    = false
  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.this.id]
  parameter_group_name   = aws_db_parameter_group.this.name
  multi_az               = var.multi_az

  backup_retention_period   = var.backup_retention_days
  backup_window             = var.backup_window
  maintenance_window        = var.maintenance_window
  copy_tags_to_snapshot     = true
  delete_automated_backups  = !var.final_snapshot
  skip_final_snapshot       = !var.final_snapshot
  final_snapshot_identifier = var.final_snapshot_identifier != null ? var.final_snapshot_identifier : "${var.name}-final"
  deletion_protection       = var.deletion_protection

  enabled_cloudwatch_logs_exports       = local.logs
  performance_insights_enabled          = var.performance_insights
  performance_insights_retention_period = var.performance_insights ? var.performance_insights_retention_days : null
  performance_insights_kms_key_id       = var.performance_insights ? var.kms_key_arn : null
  monitoring_interval                   = var.monitoring_interval_seconds
  monitoring_role_arn                   = one(values(aws_iam_role.monitoring)[*].arn)
  tags                                  = var.tags

  lifecycle {
    precondition {
      condition     = length(setsubtract(keys(var.names), keys(local.default_names))) == 0
      error_message = "names has ${join(", ", [for address in setsubtract(keys(var.names), keys(local.default_names)) : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", keys(local.default_names))}."
    }

    precondition {
      condition     = var.create_master_secret == (var.existing_master_secret == null)
      error_message = "create_master_secret is ${var.create_master_secret} and existing_master_secret is ${var.existing_master_secret == null ? "absent" : "given"}; give existing_master_secret exactly when create_master_secret is false."
    }

    precondition {
      condition     = length(var.read_replicas) == 0 || !var.create_master_secret
      error_message = "read_replicas has ${join(", ", keys(var.read_replicas))} and create_master_secret is true; RDS creates no read replica of a PostgreSQL database whose password it manages, so set create_master_secret to false and give existing_master_secret."
    }

    precondition {
      condition     = length(var.read_replicas) == 0 || var.backup_retention_days > 0
      error_message = "read_replicas has ${join(", ", keys(var.read_replicas))} and backup_retention_days is ${var.backup_retention_days}; RDS makes a read replica from a backup, so give 1 day or more."
    }

    # In tenths: 1.1 has no exact value.
    precondition {
      condition     = var.max_allocated_storage_gib == null ? true : var.max_allocated_storage_gib * 10 >= var.allocated_storage_gib * 11
      error_message = "max_allocated_storage_gib is ${coalesce(var.max_allocated_storage_gib, 0)} and allocated_storage_gib is ${var.allocated_storage_gib}; RDS takes a maximum that is at least 10 percent more."
    }

    # A window that begins while the other one lasts.
    precondition {
      condition = (
        (local.backup_window[0] - local.maintenance_window[0] % 1440 + 1440) % 1440 >= (local.maintenance_window[1] - local.maintenance_window[0] + 10080) % 10080 &&
        (local.maintenance_window[0] % 1440 - local.backup_window[0] + 1440) % 1440 >= (local.backup_window[1] - local.backup_window[0] + 1440) % 1440
      )
      error_message = "maintenance_window is \"${var.maintenance_window}\" and backup_window is \"${var.backup_window}\"; RDS takes windows that do not overlap."
    }
  }

  # RDS would make the log groups itself, without retention.
  depends_on = [aws_cloudwatch_log_group.this]
}

resource "aws_db_instance" "replica" {
  #checkov:skip=CKV_AWS_118:Enhanced Monitoring is paid by its logs; the input monitoring_interval_seconds turns it on
  #checkov:skip=CKV_AWS_157:the attribute multi_az of the read replica adds a standby
  #checkov:skip=CKV_AWS_353:the input performance_insights turns it on
  for_each = var.read_replicas

  identifier          = local.names["aws_db_instance.replica[\"${each.key}\"]"]
  replicate_source_db = aws_db_instance.this.identifier
  instance_class      = each.value.instance_class != null ? each.value.instance_class : var.instance_class

  auto_minor_version_upgrade          = var.auto_minor_version_upgrade
  allow_major_version_upgrade         = var.allow_major_version_upgrade
  apply_immediately                   = var.apply_immediately
  iam_database_authentication_enabled = var.iam_authentication

  storage_type          = "gp3"
  max_allocated_storage = coalesce(var.max_allocated_storage_gib, 0)
  storage_encrypted     = true

  port                   = var.port
  publicly_accessible    = false
  vpc_security_group_ids = [aws_security_group.this.id]
  parameter_group_name   = aws_db_parameter_group.this.name
  multi_az               = each.value.multi_az

  maintenance_window    = var.maintenance_window
  copy_tags_to_snapshot = true
  skip_final_snapshot   = true
  deletion_protection   = var.deletion_protection

  enabled_cloudwatch_logs_exports       = local.logs
  performance_insights_enabled          = var.performance_insights
  performance_insights_retention_period = var.performance_insights ? var.performance_insights_retention_days : null
  performance_insights_kms_key_id       = var.performance_insights ? var.kms_key_arn : null
  monitoring_interval                   = var.monitoring_interval_seconds
  monitoring_role_arn                   = one(values(aws_iam_role.monitoring)[*].arn)
  tags                                  = var.tags

  depends_on = [aws_cloudwatch_log_group.replica]
}

resource "aws_db_subnet_group" "this" {
  name        = local.names["aws_db_subnet_group.this"]
  description = "Database ${var.name}"
  subnet_ids  = var.subnet_ids
  tags        = var.tags
}

# Another major version needs another family, which replaces the group while the database uses it.
resource "aws_db_parameter_group" "this" {
  name        = local.names["aws_db_parameter_group.this"]
  name_prefix = contains(keys(var.names), "aws_db_parameter_group.this") ? null : "${var.name}-"
  description = local.names["aws_db_parameter_group.this.description"]
  family      = "postgres${var.engine_version}"
  tags        = var.tags

  # RDS applies it at the first start. With "immediate" each plan would show a change, since RDS reports "pending-reboot".
  parameter {
    name         = "rds.force_ssl"
    value        = "1"
    apply_method = "pending-reboot"
  }

  dynamic "parameter" {
    for_each = var.parameters

    content {
      name         = parameter.key
      value        = parameter.value.value
      apply_method = parameter.value.apply_method
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_security_group" "this" {
  name        = local.names["aws_security_group.this"]
  description = local.names["aws_security_group.this.description"]
  vpc_id      = var.vpc_id
  tags        = merge({ Name = "database-${var.name}" }, var.tags)
}

resource "aws_vpc_security_group_ingress_rule" "client" {
  for_each = var.client_security_group_ids

  security_group_id            = aws_security_group.this.id
  description                  = "PostgreSQL from ${each.key}"
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
  referenced_security_group_id = each.value
  tags                         = var.tags
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:CloudWatch Logs encrypts every log; the input kms_key_arn sets a customer managed key
  for_each = toset(local.logs)

  name              = local.names["aws_cloudwatch_log_group.this[\"${each.key}\"]"]
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_cloudwatch_log_group" "replica" {
  #checkov:skip=CKV_AWS_158:CloudWatch Logs encrypts every log; the input kms_key_arn sets a customer managed key
  for_each = local.replica_logs

  name              = local.names["aws_cloudwatch_log_group.replica[\"${each.key}\"]"]
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_iam_role" "monitoring" {
  for_each = local.monitoring

  name                 = local.names["aws_iam_role.monitoring[\"${each.key}\"]"]
  description          = "Enhanced Monitoring of the database ${each.value}."
  path                 = var.roles.path
  permissions_boundary = var.roles.permissions_boundary_arn
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "monitoring.rds.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account }
        ArnEquals    = { "aws:SourceArn" = [for name in concat([local.identifier], [for key in keys(var.read_replicas) : local.names["aws_db_instance.replica[\"${key}\"]"]]) : "arn:${local.partition}:rds:${local.region}:${local.account}:db:${name}"] }
      }
    }]
  })

  lifecycle {
    precondition {
      condition     = contains(keys(var.names), "aws_iam_role.monitoring[\"${each.key}\"]") || length(local.monitoring_role_name) <= 64
      error_message = "roles makes the role name \"${local.monitoring_role_name}\" of ${length(local.monitoring_role_name)} characters, with name_prefix \"${var.roles.name_prefix}\" and name_suffix \"${var.roles.name_suffix}\"; an IAM role name has at most 64."
    }
  }
}

resource "aws_iam_role_policy_attachment" "monitoring" {
  for_each = local.monitoring

  role       = aws_iam_role.monitoring[each.key].name
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}
