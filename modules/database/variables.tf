variable "name" {
  description = "Name of the DB instance and beginning of the names of everything else here: 1 to 42 lower-case letters, digits and hyphens. It begins with a letter, and does not end with a hyphen or have two in a row. RDS allows 63 (RDS API reference: CreateDBInstance), and a read replica is named `<name>-<key>`."
  type        = string

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9])*$", var.name)) && length(var.name) <= 42
    error_message = "name is \"${var.name}\"; a database's name here has 1 to 42 lower-case letters, digits and hyphens, begins with a letter, and does not end with a hyphen or have two in a row (RDS allows 63, and a read replica is named <name>-<key>)."
  }
}

variable "vpc_id" {
  description = "ID of the VPC of the security groups and of the subnets."
  type        = string
}

variable "subnet_ids" {
  description = "IDs of private subnets in which RDS places the database, in at least two zones, also for a single instance (RDS User Guide: DB subnet groups)."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids has ${length(var.subnet_ids)} subnets; RDS takes at least 2, in two zones."
  }
}

variable "client_security_group_ids" {
  description = "IDs of the security groups that can reach the database, and its proxy if there is one, by a key of your choice. No other address can."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "engine_version" {
  description = "Major version of PostgreSQL, 11 or later, such as `17`. RDS takes its default minor version, and `auto_minor_version_upgrade` moves it on."
  type        = string
  default     = "17"
  nullable    = false

  validation {
    condition     = can(regex("^(1[1-9]|[2-9][0-9])$", var.engine_version))
    error_message = "engine_version is \"${var.engine_version}\"; it takes a major version of PostgreSQL from 11, such as \"17\", without a minor version."
  }
}

variable "auto_minor_version_upgrade" {
  description = "Whether RDS upgrades the minor version in the maintenance window."
  type        = bool
  default     = true
  nullable    = false
}

variable "allow_major_version_upgrade" {
  description = "Whether another major version in `engine_version` is allowed to upgrade the database. RDS makes a snapshot before it, and the database is not available meanwhile."
  type        = bool
  default     = false
  nullable    = false
}

variable "instance_class" {
  description = "Class of the DB instance, such as `db.t4g.micro` or `db.m7g.large` (RDS User Guide: DB instance classes)."
  type        = string
  default     = "db.t3.micro"
  nullable    = false

  validation {
    condition     = can(regex("^db\\.[a-z][a-z0-9-]*\\.[a-z0-9]+$", var.instance_class))
    error_message = "instance_class is \"${var.instance_class}\"; it takes a class of RDS, such as \"db.t4g.micro\"."
  }
}

variable "allocated_storage_gib" {
  description = "Storage in GiB, 20 to 65536, of the type gp3 (RDS User Guide: storage). From 400 GiB on, RDS stripes it over four volumes, with 12,000 IOPS instead of 3,000."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.allocated_storage_gib >= 20 && var.allocated_storage_gib <= 65536 && floor(var.allocated_storage_gib) == var.allocated_storage_gib
    error_message = "allocated_storage_gib is ${var.allocated_storage_gib}; RDS takes whole numbers from 20 to 65536."
  }
}

variable "max_allocated_storage_gib" {
  description = "Storage in GiB up to which RDS extends it when less than 10 percent are free: at least 10 percent more than `allocated_storage_gib`, and at most 65536 (RDS User Guide: storage autoscaling). Null: RDS does not extend it."
  type        = number
  default     = null

  validation {
    condition     = var.max_allocated_storage_gib == null ? true : var.max_allocated_storage_gib >= 22 && var.max_allocated_storage_gib <= 65536 && floor(var.max_allocated_storage_gib) == var.max_allocated_storage_gib
    error_message = "max_allocated_storage_gib is ${jsonencode(var.max_allocated_storage_gib)}; RDS takes whole numbers from 22 to 65536."
  }
}

variable "database_name" {
  description = "Name of the database that RDS creates: 1 to 63 letters, digits and underscores, of which the first is a letter (RDS API reference: CreateDBInstance). A change replaces the DB instance. Null: only the database `postgres`, which always exists."
  type        = string
  default     = null

  validation {
    condition     = var.database_name == null ? true : can(regex("^[A-Za-z][A-Za-z0-9_]{0,62}$", var.database_name)) && !contains(["db", "rdsadmin", "template0", "template1"], lower(var.database_name))
    error_message = "database_name is ${jsonencode(var.database_name)}; it has 1 to 63 letters, digits and underscores, of which the first is a letter, and is none of \"db\", \"rdsadmin\", \"template0\", \"template1\", which RDS reserves."
  }
}

variable "master_username" {
  description = "Name of the master user: 1 to 16 letters, digits and underscores, of which the first is a letter (RDS API reference: CreateDBInstance). PostgreSQL reserves names that begin with `pg_`, RDS reserves `admin` and `rdsadmin`. A change replaces the DB instance."
  type        = string
  default     = "dbowner"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_]{0,15}$", var.master_username)) && !can(regex("^(pg_.*|admin|rdsadmin|rds_superuser)$", lower(var.master_username)))
    error_message = "master_username is \"${var.master_username}\"; it has 1 to 16 letters, digits and underscores, of which the first is a letter, does not begin with \"pg_\", and is none of \"admin\", \"rdsadmin\", \"rds_superuser\", which are reserved."
  }
}

variable "create_master_secret" {
  description = "Whether RDS makes the password of the master user, keeps it in a secret of Secrets Manager and rotates it every seven days. If false, `existing_master_secret` must be given. RDS creates no read replica of a PostgreSQL database whose password it manages (RDS User Guide: password management with Secrets Manager, limitations)."
  type        = bool
  default     = true
  nullable    = false
}

variable "existing_master_secret" {
  description = "Secret of Secrets Manager with the password of the master user, when `create_master_secret` is false: its ARN, and the ARN of its KMS key if that is a customer managed one. Its value is JSON with `username`, which is `master_username`, and `password`. Terraform reads the password, so it is in the state."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.existing_master_secret == null ? true : can(regex("^arn:[^:]+:secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+$", var.existing_master_secret.arn)) && length(var.existing_master_secret.arn) <= 2048
    error_message = "existing_master_secret.arn is ${jsonencode(try(var.existing_master_secret.arn, null))}; it takes the ARN of a secret, of at most 2048 characters, such as \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:database-AbCdEf\"."
  }

  validation {
    condition     = try(var.existing_master_secret.kms_key_arn, null) == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.existing_master_secret.kms_key_arn))
    error_message = "existing_master_secret.kms_key_arn is ${jsonencode(try(var.existing_master_secret.kms_key_arn, null))}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name."
  }
}

variable "port" {
  description = "Port of the database, 1150 to 65535 (RDS API reference: CreateDBInstance). A proxy has the port 5432 whatever this is."
  type        = number
  default     = 5432
  nullable    = false

  validation {
    condition     = var.port >= 1150 && var.port <= 65535 && floor(var.port) == var.port
    error_message = "port is ${var.port}; RDS takes whole numbers from 1150 to 65535."
  }
}

variable "iam_authentication" {
  description = "Whether roles can connect with a token of IAM in place of a password. A database user needs `GRANT rds_iam`, its role `rds-db:connect`."
  type        = bool
  default     = true
  nullable    = false
}

variable "multi_az" {
  description = "Whether RDS keeps a standby in another zone, to which it fails over. It doubles the cost of the instance and its storage."
  type        = bool
  default     = false
  nullable    = false
}

variable "read_replicas" {
  description = "Read replicas by a key of your choice: at most 15 (RDS API reference: CreateDBInstanceReadReplica), with keys of 1 to 20 lower-case letters, digits and hyphens. `instance_class` is that of the database by default, `multi_az` gives the replica a standby. They need backups, and `create_master_secret` must be false."
  type = map(object({
    instance_class = optional(string)
    multi_az       = optional(bool, false)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(var.read_replicas) <= 15
    error_message = "read_replicas has ${length(var.read_replicas)} read replicas; a database has at most 15."
  }

  validation {
    condition     = alltrue([for key in keys(var.read_replicas) : can(regex("^[a-z0-9](-?[a-z0-9])*$", key)) && length(key) <= 20])
    error_message = "read_replicas names ${join(", ", [for key in keys(var.read_replicas) : "\"${key}\"" if !(can(regex("^[a-z0-9](-?[a-z0-9])*$", key)) && length(key) <= 20)])}; a key has 1 to 20 lower-case letters, digits and hyphens, and does not begin or end with a hyphen or have two in a row."
  }

  validation {
    condition     = alltrue([for replica in values(var.read_replicas) : replica.instance_class == null ? true : can(regex("^db\\.[a-z][a-z0-9-]*\\.[a-z0-9]+$", replica.instance_class))])
    error_message = "read_replicas has ${join(", ", [for key, replica in var.read_replicas : "${key}: instance_class ${jsonencode(replica.instance_class)}" if replica.instance_class != null])}; it takes a class of RDS, such as \"db.t4g.micro\"."
  }
}

variable "backup_retention_days" {
  description = "Days for which RDS keeps automated backups, 0 to 35 (RDS API reference: CreateDBInstance). The database can be restored to each second of them but for the last five minutes. 0: no backups, no point-in-time recovery and no read replicas."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.backup_retention_days >= 0 && var.backup_retention_days <= 35 && floor(var.backup_retention_days) == var.backup_retention_days
    error_message = "backup_retention_days is ${var.backup_retention_days}; RDS takes whole numbers from 0 to 35."
  }
}

variable "backup_window" {
  description = "Daily time of the automated backup in UTC, `hh:mm-hh:mm`, of at least 30 minutes and apart from the maintenance window (RDS API reference: CreateDBInstance)."
  type        = string
  default     = "03:00-04:00"
  nullable    = false

  validation {
    condition     = can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$", var.backup_window)) && try((1440 + tonumber(substr(var.backup_window, 6, 2)) * 60 + tonumber(substr(var.backup_window, 9, 2)) - tonumber(substr(var.backup_window, 0, 2)) * 60 - tonumber(substr(var.backup_window, 3, 2))) % 1440 >= 30, false)
    error_message = "backup_window is \"${var.backup_window}\"; it takes at least 30 minutes a day in UTC, such as \"03:00-04:00\"."
  }
}

variable "maintenance_window" {
  description = "Weekly time of maintenance in UTC, `ddd:hh:mm-ddd:hh:mm`, of at least 30 minutes and apart from the backup window (RDS API reference: CreateDBInstance)."
  type        = string
  default     = "sun:04:30-sun:05:30"
  nullable    = false

  validation {
    condition     = can(regex("^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$", var.maintenance_window)) && try((10080 + (index(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], substr(var.maintenance_window, 10, 3)) - index(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], substr(var.maintenance_window, 0, 3))) * 1440 + tonumber(substr(var.maintenance_window, 14, 2)) * 60 + tonumber(substr(var.maintenance_window, 17, 2)) - tonumber(substr(var.maintenance_window, 4, 2)) * 60 - tonumber(substr(var.maintenance_window, 7, 2))) % 10080 >= 30, false)
    error_message = "maintenance_window is \"${var.maintenance_window}\"; it takes at least 30 minutes a week in UTC, such as \"sun:04:30-sun:05:30\"."
  }
}

variable "final_snapshot" {
  description = "Whether destroying the database makes a snapshot first, and keeps the automated backups until they expire. If false, all of its data is lost."
  type        = bool
  default     = true
  nullable    = false
}

variable "final_snapshot_identifier" {
  description = "Name of that snapshot: 1 to 255 letters, digits and hyphens, of which the first is a letter; no hyphen at the end and no two in a row (RDS API reference: DeleteDBInstance). Another one is needed while a snapshot of an earlier database has the name. Null: `<name>-final`."
  type        = string
  default     = null

  validation {
    condition     = var.final_snapshot_identifier == null ? true : can(regex("^[A-Za-z](-?[A-Za-z0-9])*$", var.final_snapshot_identifier)) && length(var.final_snapshot_identifier) <= 255
    error_message = "final_snapshot_identifier is ${jsonencode(var.final_snapshot_identifier)}; a snapshot's name has 1 to 255 letters, digits and hyphens, begins with a letter, and does not end with a hyphen or have two in a row."
  }
}

variable "deletion_protection" {
  description = "Whether RDS refuses to delete the database and its read replicas. Set it to false and apply before you destroy them."
  type        = bool
  default     = true
  nullable    = false
}

variable "apply_immediately" {
  description = "Whether changes are applied at once, also those that restart the database. If false, RDS applies them in the maintenance window."
  type        = bool
  default     = false
  nullable    = false
}

variable "parameters" {
  description = "Parameters of PostgreSQL beside `rds.force_ssl`, which is always 1, by name. `apply_method` is `immediate` or `pending-reboot`; RDS takes only the latter for static parameters. A log of statements has the data that is in them."
  type = map(object({
    value        = string
    apply_method = optional(string, "pending-reboot")
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.parameters) : can(regex("^[a-z0-9_.]+$", name)) && name != "rds.force_ssl"])
    error_message = "parameters names ${join(", ", [for name in keys(var.parameters) : "\"${name}\"" if !(can(regex("^[a-z0-9_.]+$", name)) && name != "rds.force_ssl")])}; a parameter's name has lower-case letters, digits, underscores and dots, and \"rds.force_ssl\" is always 1 here."
  }

  validation {
    condition     = alltrue([for parameter in values(var.parameters) : contains(["immediate", "pending-reboot"], parameter.apply_method)])
    error_message = "parameters has ${join(", ", [for name, parameter in var.parameters : "${name}: apply_method \"${parameter.apply_method}\""])}; allowed are \"immediate\", \"pending-reboot\"."
  }
}

variable "performance_insights" {
  description = "Whether RDS keeps what the database waits for and by which statements, as Performance Insights."
  type        = bool
  default     = false
  nullable    = false
}

variable "performance_insights_retention_days" {
  description = "Days for which Performance Insights keeps its data, when it is on: 7, which costs nothing, a multiple of 31 up to 713, or 731 (RDS API reference: CreateDBInstance)."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = contains(concat([7, 731], range(31, 714, 31)), var.performance_insights_retention_days)
    error_message = "performance_insights_retention_days is ${var.performance_insights_retention_days}; RDS takes 7, 731 and the multiples of 31 up to 713."
  }
}

variable "monitoring_interval_seconds" {
  description = "Seconds between the metrics of the operating system, as Enhanced Monitoring: 1, 5, 10, 15, 30 or 60 (RDS API reference: CreateDBInstance). They are in the log group `RDSOSMetrics` of the account. 0: none."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = contains([0, 1, 5, 10, 15, 30, 60], var.monitoring_interval_seconds)
    error_message = "monitoring_interval_seconds is ${var.monitoring_interval_seconds}; RDS takes 0, 1, 5, 10, 15, 30, 60."
  }
}

variable "log_retention_days" {
  description = "Retention of the logs, in days, or 0 without limit: a value that CloudWatch Logs takes (API reference: PutRetentionPolicy)."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}; CloudWatch Logs takes 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, where 0 means that events never expire."
  }
}

variable "create_proxy" {
  description = "Whether to create an RDS Proxy, which shares connections to the database among many clients. It reads the secret of the master user, and takes connections with TLS only."
  type        = bool
  default     = false
  nullable    = false
}

variable "max_cpu_percent" {
  description = "Average utilization of the CPU over 15 minutes, in percent, from which the alarm is in ALARM: more than 0 and at most 100."
  type        = number
  default     = 80
  nullable    = false

  validation {
    condition     = var.max_cpu_percent > 0 && var.max_cpu_percent <= 100
    error_message = "max_cpu_percent is ${var.max_cpu_percent}; a utilization is more than 0 and at most 100 percent."
  }
}

variable "max_connections" {
  description = "Connections from which the alarm is in ALARM, more than 0. Set it to about 80 percent of what the class allows, which is its memory in bytes divided by 9531392: about 110 for a class with 1 GiB (RDS User Guide: quotas and constraints)."
  type        = number
  default     = 80
  nullable    = false

  validation {
    condition     = var.max_connections > 0
    error_message = "max_connections is ${var.max_connections}; it must be more than 0."
  }
}

variable "min_free_storage_gib" {
  description = "Free storage in GiB below which the alarm is in ALARM, more than 0. RDS extends the storage when less than 10 percent are free."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.min_free_storage_gib > 0
    error_message = "min_free_storage_gib is ${var.min_free_storage_gib}; it must be more than 0."
  }
}

variable "max_read_latency_ms" {
  description = "Average time of a read from the storage over 15 minutes, in milliseconds, from which the alarm is in ALARM. It must be more than 0."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.max_read_latency_ms > 0
    error_message = "max_read_latency_ms is ${var.max_read_latency_ms}; it must be more than 0."
  }
}

variable "max_write_latency_ms" {
  description = "Average time of a write to the storage over 15 minutes, in milliseconds, from which the alarm is in ALARM. It must be more than 0."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.max_write_latency_ms > 0
    error_message = "max_write_latency_ms is ${var.max_write_latency_ms}; it must be more than 0."
  }
}

variable "max_replica_lag_seconds" {
  description = "How far a read replica is behind the database for 5 minutes, in seconds, from which its alarm is in ALARM. It must be more than 0."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.max_replica_lag_seconds > 0
    error_message = "max_replica_lag_seconds is ${var.max_replica_lag_seconds}; it must be more than 0."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the storage, the backups, the secret that RDS makes, the logs and Performance Insights. The key policy must allow CloudWatch Logs to use the key. A change replaces the DB instance. Null: the keys that AWS manages."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is ${jsonencode(var.kms_key_arn)}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name."
  }
}

variable "alarm_actions" {
  description = "ARNs that the alarms notify, for instance the ARN of an SNS topic."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.alarm_actions) <= 5
    error_message = "alarm_actions has ${length(var.alarm_actions)} ARNs; CloudWatch takes at most 5 for an alarm. Notify one SNS topic, which notifies the others."
  }

  validation {
    condition     = alltrue([for arn in var.alarm_actions : can(regex("^arn:[^:]+:[a-z0-9-]+:[a-z0-9-]*:.+$", arn)) && length(arn) <= 1024])
    error_message = "alarm_actions has ${join(", ", [for arn in var.alarm_actions : jsonencode(arn) if !(can(regex("^arn:[^:]+:[a-z0-9-]+:[a-z0-9-]*:.+$", arn)) && try(length(arn) <= 1024, false))])}; it takes ARNs of at most 1024 characters, such as that of an SNS topic, \"arn:aws:sns:eu-west-1:123456789012:oncall\"."
  }
}

variable "roles" {
  description = "What your organisation requires of every IAM role of this module. `permissions_boundary_arn`: ARN of the policy that is the permissions boundary. `path`: path of the role, which is part of its ARN: `/`, or up to 512 printable ASCII characters without spaces that begin and end with `/`. `name_prefix` and `name_suffix`: begin and end the role's name, which has at most 64 characters with both (IAM API Reference, CreateRole). Give a suffix such as `-eu-west-1` for a second region of one account, because IAM has no regions. A new path, prefix or suffix replaces the roles."
  type = object({
    permissions_boundary_arn = optional(string)
    path                     = optional(string, "/")
    name_prefix              = optional(string, "")
    name_suffix              = optional(string, "")
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.roles.permissions_boundary_arn == null ? true : can(regex("^arn:[^:]+:iam::([0-9]{12}|aws):policy/.+$", var.roles.permissions_boundary_arn)) && length(var.roles.permissions_boundary_arn) <= 2048
    error_message = "roles.permissions_boundary_arn is ${jsonencode(var.roles.permissions_boundary_arn)}; it takes the ARN of an IAM policy of at most 2048 characters, such as \"arn:aws:iam::123456789012:policy/boundary\"."
  }

  validation {
    condition     = can(regex("^/([!-~]+/)?$", var.roles.path)) && length(var.roles.path) <= 512
    error_message = "roles.path is \"${var.roles.path}\"; it takes \"/\", or up to 512 printable ASCII characters without spaces that begin and end with \"/\", such as \"/app/\"."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]*$", var.roles.name_prefix))
    error_message = "roles.name_prefix is \"${var.roles.name_prefix}\"; a role name has letters, digits and _ + = , . @ -."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]*$", var.roles.name_suffix))
    error_message = "roles.name_suffix is \"${var.roles.name_suffix}\"; a role name has letters, digits and _ + = , . @ -."
  }
}

variable "names" {
  description = "Names of existing resources that this block adopts, by address in this module, such as `aws_db_instance.this`: each replaces the name that the block would give, so that Terraform does not replace the resource. A description that AWS cannot change has the address of its resource and `.description`."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource of this module."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 50
    error_message = "tags has ${length(var.tags)} tags; a resource has at most 50."
  }

  validation {
    condition     = alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && try(length(value) <= 256, true) && lower(substr(key, 0, 4)) != "aws:" && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", key)) && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", value == null ? "" : value))])
    error_message = "tags has ${join(", ", [for key, value in var.tags : "${jsonencode(key)} = ${jsonencode(value)}" if !(length(key) >= 1 && length(key) <= 128 && try(length(value) <= 256, true) && lower(substr(key, 0, 4)) != "aws:" && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", key)) && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", value == null ? "" : value)))])}; AWS takes keys of 1 to 128 characters that do not begin with \"aws:\", and values of at most 256 characters, which are letters, digits, spaces and _ . : / = + - @."
  }
}
