# One of everything, about 60 USD a month: terraform apply -var-file=dev.tfvars

environment = "dev"
network     = { nat = "single" }
workers     = { min = 0, max = 5, messages_per_task = 5 }

database = {
  instance_class      = "db.t3.micro"
  deletion_protection = false
  final_snapshot      = false
}

data_bucket        = { force_destroy = true }
create_bastion     = true
log_retention_days = 7
