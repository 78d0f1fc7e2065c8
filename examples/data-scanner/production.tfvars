# Nothing that one zone can take down: terraform apply -var-file=production.tfvars

environment = "production"
network     = { nat = "per_az" }

# 1,000 scans a day. For 10,000: workers.max 100, instance_class db.m5.xlarge, allocated_storage_gib 400,
# max_connections 1200, and a second and third replica for reports.
workers  = { min = 0, max = 20, messages_per_task = 20 }
capacity = "FARGATE_SPOT"

database = {
  instance_class            = "db.m5.large"
  multi_az                  = true
  allocated_storage_gib     = 100
  max_allocated_storage_gib = 1000
  performance_insights      = true
  max_connections           = 600

  # For read replicas RDS takes no password of its own: make this secret first, with {"username":"dbowner","password":"…"}.
  create_master_secret   = false
  existing_master_secret = { arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:scanner-database-AbCdEf" }
  read_replicas          = { reports = { instance_class = "db.t3.medium" } }
}

# 0 days: at once. S3 charges nothing for retrieval.
data_bucket = { transitions = { INTELLIGENT_TIERING = 0 } }

# Each invocation has a connection to the database.
reserved_concurrency = { scan = 20, list_objects = 10, jobs = 50, results = 50 }

create_bastion     = false
log_retention_days = 365
alarm_actions      = ["arn:aws:sns:us-east-1:123456789012:oncall"]
