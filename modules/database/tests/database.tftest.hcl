mock_provider "aws" {
  mock_resource "aws_db_instance" {
    defaults = {
      address            = "scanner.abcdefghijkl.eu-west-1.rds.amazonaws.com"
      arn                = "arn:aws:rds:eu-west-1:123456789012:db:scanner"
      endpoint           = "scanner.abcdefghijkl.eu-west-1.rds.amazonaws.com:5432"
      resource_id        = "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
      master_user_secret = [{ kms_key_id = "", secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-1-AbCdEf", secret_status = "active" }]
    }
  }

  mock_resource "aws_db_proxy" {
    defaults = {
      endpoint = "scanner.proxy-abcdefghijkl.eu-west-1.rds.amazonaws.com"
    }
  }

  mock_resource "aws_db_proxy_default_target_group" {
    defaults = {
      name = "default"
    }
  }

  mock_resource "aws_db_parameter_group" {
    defaults = {
      name = "scanner-20260101000000000000000001"
    }
  }

  mock_resource "aws_security_group" {
    defaults = {
      id = "sg-0123456789abcdef0"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/scanner"
    }
  }

  mock_data "aws_secretsmanager_secret_version" {
    defaults = { secret_string = "{\"username\":\"dbowner\",\"password\":\"not-a-secret\"}" }
  }

  mock_data "aws_region" {
    defaults = { endpoint = "ec2.eu-west-1.amazonaws.com" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

variables {
  name                      = "scanner"
  vpc_id                    = "vpc-0123456789abcdef0"
  subnet_ids                = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  client_security_group_ids = { worker = "sg-0123456789abcdef1", api = "sg-0123456789abcdef2" }
}

run "RDS_private_encrypted_protected_and_backed_up" {
  assert {
    condition     = aws_db_instance.this.publicly_accessible == false
    error_message = "RDS.2: the database must not be publicly accessible."
  }

  assert {
    condition     = aws_db_instance.this.storage_encrypted
    error_message = "RDS.3: the storage must be encrypted."
  }

  assert {
    condition     = aws_db_instance.this.deletion_protection && !aws_db_instance.this.skip_final_snapshot && !aws_db_instance.this.delete_automated_backups
    error_message = "RDS.8: the database must be protected from deletion, and leave a snapshot and its backups."
  }

  assert {
    condition     = aws_db_instance.this.final_snapshot_identifier == "scanner-final"
    error_message = "The final snapshot must be named after the database."
  }

  assert {
    condition     = toset(aws_db_instance.this.enabled_cloudwatch_logs_exports) == toset(["postgresql", "upgrade"])
    error_message = "RDS.9, RDS.36: the logs must be sent to CloudWatch Logs."
  }

  assert {
    condition     = [for group in values(aws_cloudwatch_log_group.this) : "${group.name} ${group.retention_in_days}"] == ["/aws/rds/instance/scanner/postgresql 365", "/aws/rds/instance/scanner/upgrade 365"]
    error_message = "CKV_AWS_66, CKV_AWS_338: the logs must be kept for a year."
  }

  assert {
    condition     = aws_db_instance.this.iam_database_authentication_enabled
    error_message = "RDS.10: roles must be able to connect with IAM."
  }

  assert {
    condition     = aws_db_instance.this.backup_retention_period == 7 && aws_db_instance.this.backup_window == "03:00-04:00" && aws_db_instance.this.maintenance_window == "sun:04:30-sun:05:30"
    error_message = "RDS.11: there must be backups of seven days."
  }

  assert {
    condition     = aws_db_instance.this.auto_minor_version_upgrade
    error_message = "RDS.13: minor versions must be upgraded."
  }

  assert {
    condition     = aws_db_instance.this.copy_tags_to_snapshot
    error_message = "RDS.17: snapshots must have the tags of the database."
  }

  assert {
    condition     = aws_db_instance.this.manage_master_user_password && aws_db_instance.this.password == null && aws_db_instance.this.username == "dbowner"
    error_message = "RDS.25: the master user must not have a usual name, and RDS must make its password."
  }

  assert {
    condition     = [for parameter in aws_db_parameter_group.this.parameter : "${parameter.name} ${parameter.value}"] == ["rds.force_ssl 1"]
    error_message = "CKV2_AWS_69: the database must refuse connections without TLS."
  }

  assert {
    condition     = aws_db_parameter_group.this.family == "postgres17" && aws_db_instance.this.engine_version == "17" && aws_db_parameter_group.this.name_prefix == "scanner-"
    error_message = "The parameter group must be of the family of the version, with a name of its own for each."
  }

  assert {
    condition     = aws_db_instance.this.storage_type == "gp3" && aws_db_instance.this.allocated_storage == 20 && aws_db_instance.this.max_allocated_storage == 0
    error_message = "The storage must be gp3 of 20 GiB, which RDS does not extend."
  }

  assert {
    condition     = [output.address, output.port, output.database_name] == ["scanner.abcdefghijkl.eu-west-1.rds.amazonaws.com", 5432, "postgres"]
    error_message = "The address must be the host without the port."
  }

  assert {
    condition = jsondecode(output.read_secret_policy_json).Statement == [{
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = output.secret_arn
    }]
    error_message = "IAM.1: the policy must allow to read the secret of this database only."
  }
}

run "EC2_18_reachable_by_clients_only" {
  assert {
    condition     = [for key, rule in aws_vpc_security_group_ingress_rule.client : "${key} ${rule.from_port} ${rule.to_port} ${rule.referenced_security_group_id}" if rule.cidr_ipv4 == null] == ["api 5432 5432 sg-0123456789abcdef2", "worker 5432 5432 sg-0123456789abcdef1"]
    error_message = "EC2.18: the security group must allow PostgreSQL from the clients' security groups only."
  }

  assert {
    condition     = length(aws_db_proxy.this) == 0 && length(aws_vpc_security_group_ingress_rule.proxy_client) == 0 && output.proxy_address == null
    error_message = "There must be no proxy by default."
  }
}

run "a_key_encrypts_everything" {
  variables {
    kms_key_arn          = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    performance_insights = true
  }

  assert {
    condition     = toset([aws_db_instance.this.kms_key_id, aws_db_instance.this.master_user_secret_kms_key_id, aws_db_instance.this.performance_insights_kms_key_id, aws_cloudwatch_log_group.this["postgresql"].kms_key_id]) == toset([var.kms_key_arn])
    error_message = "CKV_AWS_354, CKV_AWS_158: storage, secret, Performance Insights and logs must be encrypted by the given key."
  }

  assert {
    condition     = [for s in jsondecode(output.read_secret_policy_json).Statement : "${s.Action} ${s.Resource}"] == ["secretsmanager:GetSecretValue ${output.secret_arn}", "kms:Decrypt ${var.kms_key_arn}"]
    error_message = "The policy must allow to decrypt the secret by the given key."
  }
}

run "RDS_5_a_standby" {
  command = plan

  variables {
    multi_az                  = true
    max_allocated_storage_gib = 22
    final_snapshot            = false
    deletion_protection       = false
  }

  assert {
    condition     = aws_db_instance.this.multi_az && aws_db_instance.this.max_allocated_storage == 22
    error_message = "RDS.5: the database must have a standby."
  }

  assert {
    condition     = aws_db_instance.this.skip_final_snapshot && aws_db_instance.this.delete_automated_backups && !aws_db_instance.this.deletion_protection
    error_message = "A database to develop with must be deletable."
  }
}

run "read_replicas_with_a_secret_of_ones_own" {
  variables {
    create_master_secret        = false
    existing_master_secret      = { arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:database-AbCdEf" }
    read_replicas               = { reader = { instance_class = "db.t4g.micro" } }
    monitoring_interval_seconds = 60
  }

  assert {
    condition     = aws_db_instance.this.manage_master_user_password == null && nonsensitive(aws_db_instance.this.password) == "not-a-secret" && output.secret_arn == var.existing_master_secret.arn
    error_message = "The password must be that of the given secret."
  }

  assert {
    condition     = [for replica in values(aws_db_instance.replica) : [replica.identifier, replica.replicate_source_db, replica.instance_class, replica.publicly_accessible, replica.storage_encrypted]] == [["scanner-reader", "scanner", "db.t4g.micro", false, true]]
    error_message = "RDS.2, RDS.3: a read replica must be private and encrypted."
  }

  assert {
    condition     = keys(aws_cloudwatch_log_group.replica) == ["reader/postgresql", "reader/upgrade"] && keys(output.replica_addresses) == ["reader"]
    error_message = "A read replica must have logs and an address of its own."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.replica_lag["reader"].dimensions == tomap({ DBInstanceIdentifier = "scanner-reader" })
    error_message = "A read replica that is behind must have an alarm."
  }

  assert {
    condition = jsondecode(aws_iam_role.monitoring["this"].assume_role_policy).Statement[0].Condition == {
      StringEquals = { "aws:SourceAccount" = "123456789012" }
      ArnEquals    = { "aws:SourceArn" = ["arn:aws:rds:eu-west-1:123456789012:db:scanner", "arn:aws:rds:eu-west-1:123456789012:db:scanner-reader"] }
    }
    error_message = "RDS.6: Enhanced Monitoring must take its role for these instances only."
  }
}

run "a_proxy_reads_this_secret_only_and_requires_TLS" {
  variables {
    create_proxy = true
    port         = 6432
  }

  assert {
    condition     = aws_db_proxy.this["this"].require_tls && output.proxy_address == "scanner.proxy-abcdefghijkl.eu-west-1.rds.amazonaws.com"
    error_message = "The proxy must refuse connections without TLS."
  }

  assert {
    condition     = aws_iam_role_policy.proxy["this"].policy == output.read_secret_policy_json
    error_message = "IAM.1: the proxy must have permission to read the secret of this database only."
  }

  assert {
    condition     = [for rule in concat(values(aws_vpc_security_group_ingress_rule.proxy_client), values(aws_vpc_security_group_egress_rule.proxy), values(aws_vpc_security_group_ingress_rule.proxy)) : rule.from_port] == [5432, 5432, 6432, 6432]
    error_message = "Clients must reach the proxy at 5432, and the proxy the database at its port."
  }
}

run "alarms_in_the_units_of_the_metrics" {
  command = plan

  variables {
    min_free_storage_gib = 4
    max_read_latency_ms  = 20
    alarm_actions        = ["arn:aws:sns:eu-west-1:123456789012:oncall"]
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.free_storage.threshold == 4294967296 && aws_cloudwatch_metric_alarm.latency["read"].threshold == 0.02
    error_message = "Free storage must be in bytes, a latency in seconds."
  }

  assert {
    condition     = [for alarm in concat([aws_cloudwatch_metric_alarm.cpu, aws_cloudwatch_metric_alarm.connections, aws_cloudwatch_metric_alarm.free_storage], values(aws_cloudwatch_metric_alarm.latency)) : "${alarm.metric_name} ${one(alarm.alarm_actions)}"] == [for metric in ["CPUUtilization", "DatabaseConnections", "FreeStorageSpace", "ReadLatency", "WriteLatency"] : "${metric} arn:aws:sns:eu-west-1:123456789012:oncall"]
    error_message = "Every alarm must notify."
  }
}

run "takes_parameters_beside_TLS" {
  command = plan

  variables {
    engine_version = "16"
    parameters     = { log_statement = { value = "ddl" } }
  }

  assert {
    condition     = toset([for parameter in aws_db_parameter_group.this.parameter : "${parameter.name} ${parameter.value} ${parameter.apply_method}"]) == toset(["rds.force_ssl 1 pending-reboot", "log_statement ddl pending-reboot"]) && aws_db_parameter_group.this.family == "postgres16"
    error_message = "The parameter group must have the given parameters and require TLS."
  }
}

run "windows_around_midnight" {
  command = plan

  variables {
    backup_window      = "23:45-00:15"
    maintenance_window = "sun:23:15-sun:23:45"
  }

  assert {
    condition     = aws_db_instance.this.maintenance_window == "sun:23:15-sun:23:45"
    error_message = "Windows that touch must be accepted."
  }
}

run "refuses_a_name_in_upper_case" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "Scanner"
  }

  expect_failures = [var.name]
}

run "refuses_two_hyphens_in_a_row" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "a--b"
  }

  expect_failures = [var.name]
}

run "refuses_a_name_of_43_characters" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.name]
}

run "refuses_one_subnet" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    subnet_ids = ["subnet-1"]
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_a_minor_version" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    engine_version = "17.2"
  }

  expect_failures = [var.engine_version]
}

run "refuses_a_class_of_EC2" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    instance_class = "t3.micro"
  }

  expect_failures = [var.instance_class]
}

run "refuses_19_gib" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    allocated_storage_gib = 19
  }

  expect_failures = [var.allocated_storage_gib]
}

run "refuses_a_maximum_of_21_gib" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    max_allocated_storage_gib = 21
  }

  expect_failures = [var.max_allocated_storage_gib]
}

run "refuses_a_hyphen_in_the_name_of_a_database" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    database_name = "a-b"
  }

  expect_failures = [var.database_name]
}

run "refuses_a_reserved_name_of_a_database" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    database_name = "RDSadmin"
  }

  expect_failures = [var.database_name]
}

run "refuses_admin" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    master_username = "admin"
  }

  expect_failures = [var.master_username]
}

run "refuses_a_master_user_of_the_system" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    master_username = "pg_owner"
  }

  expect_failures = [var.master_username]
}

run "refuses_17_characters_for_the_master_user" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    master_username = "a1234567890123456"
  }

  expect_failures = [var.master_username]
}

run "refuses_the_name_of_a_secret" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    existing_master_secret = { arn = "database" }
  }

  expect_failures = [var.existing_master_secret]
}

run "refuses_port_1149" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    port = 1149
  }

  expect_failures = [var.port]
}

run "refuses_16_read_replicas" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    read_replicas = { for index in range(16) : "r${index}" => {} }
  }

  expect_failures = [var.read_replicas]
}

run "refuses_an_upper_case_key" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    read_replicas = { Reader = {} }
  }

  expect_failures = [var.read_replicas]
}

run "refuses_a_class_of_EC2_for_a_replica" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    read_replicas = { reader = { instance_class = "t3.micro" } }
  }

  expect_failures = [var.read_replicas]
}

run "refuses_36_days" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    backup_retention_days = 36
  }

  expect_failures = [var.backup_retention_days]
}

run "refuses_a_backup_window_of_29_minutes" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    backup_window = "03:00-03:29"
  }

  expect_failures = [var.backup_window]
}

run "refuses_hour_24" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    backup_window = "24:00-01:00"
  }

  expect_failures = [var.backup_window]
}

run "refuses_a_maintenance_window_without_days" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    maintenance_window = "04:30-05:30"
  }

  expect_failures = [var.maintenance_window]
}

run "refuses_a_maintenance_window_of_29_minutes" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    maintenance_window = "sun:23:45-mon:00:14"
  }

  expect_failures = [var.maintenance_window]
}

run "refuses_a_snapshot_that_ends_with_a_hyphen" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    final_snapshot_identifier = "last-"
  }

  expect_failures = [var.final_snapshot_identifier]
}

run "refuses_to_turn_off_TLS" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    parameters = { "rds.force_ssl" = { value = "0" } }
  }

  expect_failures = [var.parameters]
}

run "refuses_an_unknown_apply_method" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    parameters = { log_statement = { value = "ddl", apply_method = "now" } }
  }

  expect_failures = [var.parameters]
}

run "refuses_94_days" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    performance_insights_retention_days = 94
  }

  expect_failures = [var.performance_insights_retention_days]
}

run "refuses_2_seconds" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    monitoring_interval_seconds = 2
  }

  expect_failures = [var.monitoring_interval_seconds]
}

run "refuses_a_retention_of_two_days" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    log_retention_days = 2
  }

  expect_failures = [var.log_retention_days]
}

run "refuses_101_percent" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    max_cpu_percent = 101
  }

  expect_failures = [var.max_cpu_percent]
}

run "refuses_0_connections" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    max_connections = 0
  }

  expect_failures = [var.max_connections]
}

run "refuses_no_free_storage" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    min_free_storage_gib = 0
  }

  expect_failures = [var.min_free_storage_gib]
}

run "refuses_a_read_in_no_time" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    max_read_latency_ms = 0
  }

  expect_failures = [var.max_read_latency_ms]
}

run "refuses_a_write_in_no_time" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    max_write_latency_ms = 0
  }

  expect_failures = [var.max_write_latency_ms]
}

run "refuses_no_lag" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    max_replica_lag_seconds = 0
  }

  expect_failures = [var.max_replica_lag_seconds]
}

run "refuses_an_alias_of_a_key" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    kms_key_arn = "alias/database"
  }

  expect_failures = [var.kms_key_arn]
}

run "refuses_read_replicas_with_a_password_of_RDS" {
  command = plan

  variables {
    read_replicas = { reader = {} }
  }

  expect_failures = [aws_db_instance.this]
}

run "refuses_read_replicas_without_backups" {
  command = plan

  variables {
    read_replicas          = { reader = {} }
    create_master_secret   = false
    existing_master_secret = { arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:database-AbCdEf" }
    backup_retention_days  = 0
  }

  expect_failures = [aws_db_instance.this]
}

run "refuses_no_secret_at_all" {
  command = plan

  variables {
    create_master_secret = false
  }

  expect_failures = [aws_db_instance.this]
}

run "refuses_a_maximum_of_less_than_10_percent_more" {
  command = plan

  variables {
    allocated_storage_gib     = 100
    max_allocated_storage_gib = 109
  }

  expect_failures = [aws_db_instance.this]
}

run "refuses_maintenance_in_the_backup_window" {
  command = plan

  variables {
    maintenance_window = "sun:03:30-sun:04:00"
  }

  expect_failures = [aws_db_instance.this]
}

run "refuses_a_backup_in_the_maintenance_window" {
  command = plan

  variables {
    backup_window      = "23:50-00:20"
    maintenance_window = "mon:00:10-mon:01:00"
  }

  expect_failures = [aws_db_instance.this]
}

run "refuses_maintenance_of_a_whole_day" {
  command = plan

  variables {
    maintenance_window = "mon:05:00-tue:05:00"
  }

  expect_failures = [aws_db_instance.this]
}

run "refuses_an_address_that_is_not_the_address_of_a_name" {
  command = plan

  variables {
    names = { "aws_db_instance.that" = "acme" }
  }

  expect_failures = [aws_db_instance.this]
}

run "names_replace_those_of_the_block" {
  command = plan

  variables {
    names = {
      "aws_db_instance.this"        = "acme-db"
      "aws_db_parameter_group.this" = "acme-parameters"
    }
  }

  assert {
    condition     = aws_db_instance.this.identifier == "acme-db" && aws_db_parameter_group.this.name == "acme-parameters" && aws_cloudwatch_log_group.this["upgrade"].name == "/aws/rds/instance/acme-db/upgrade"
    error_message = "A resource must have the name that `names` gives its address, and the logs that of the instance."
  }
}
