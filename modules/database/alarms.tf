locals {
  latency = {
    read  = { metric = "ReadLatency", max = var.max_read_latency_ms }
    write = { metric = "WriteLatency", max = var.max_write_latency_ms }
  }
}

resource "aws_cloudwatch_metric_alarm" "cpu" {
  alarm_name          = local.names["aws_cloudwatch_metric_alarm.cpu"]
  alarm_description   = "The CPU of the database ${var.name} is busy: its statements take longer."
  namespace           = "AWS/RDS"
  metric_name         = "CPUUtilization"
  dimensions          = { DBInstanceIdentifier = aws_db_instance.this.identifier }
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 3
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.max_cpu_percent
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "connections" {
  alarm_name          = local.names["aws_cloudwatch_metric_alarm.connections"]
  alarm_description   = "The database ${var.name} has many connections: it refuses more than its class allows."
  namespace           = "AWS/RDS"
  metric_name         = "DatabaseConnections"
  dimensions          = { DBInstanceIdentifier = aws_db_instance.this.identifier }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.max_connections
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "free_storage" {
  alarm_name          = local.names["aws_cloudwatch_metric_alarm.free_storage"]
  alarm_description   = "The storage of the database ${var.name} is nearly full: it stops when no storage is free."
  namespace           = "AWS/RDS"
  metric_name         = "FreeStorageSpace"
  dimensions          = { DBInstanceIdentifier = aws_db_instance.this.identifier }
  statistic           = "Minimum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "LessThanThreshold"
  threshold           = var.min_free_storage_gib * 1073741824
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "latency" {
  for_each = local.latency

  alarm_name          = local.names["aws_cloudwatch_metric_alarm.latency[\"${each.key}\"]"]
  alarm_description   = "A ${each.key} of the storage of the database ${var.name} takes long: it does more than its storage allows."
  namespace           = "AWS/RDS"
  metric_name         = each.value.metric
  dimensions          = { DBInstanceIdentifier = aws_db_instance.this.identifier }
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 3
  comparison_operator = "GreaterThanOrEqualToThreshold"
  # The metric is in seconds.
  threshold          = each.value.max / 1000
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarm_actions
  tags               = var.tags
}

resource "aws_cloudwatch_metric_alarm" "replica_lag" {
  for_each = var.read_replicas

  alarm_name          = local.names["aws_cloudwatch_metric_alarm.replica_lag[\"${each.key}\"]"]
  alarm_description   = "The read replica ${each.key} of the database ${var.name} is behind: what it reads is old."
  namespace           = "AWS/RDS"
  metric_name         = "ReplicaLag"
  dimensions          = { DBInstanceIdentifier = aws_db_instance.replica[each.key].identifier }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.max_replica_lag_seconds
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags
}
