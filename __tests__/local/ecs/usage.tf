# The call as teams have it, but for the source.
module "ecs" {
  source = "MODULE"

  project_name   = "homebrew-bottles-sync"
  environment    = "prod"
  aws_region     = "us-west-2"
  aws_account_id = "123456789012"

  vpc_id             = module.network.vpc_id
  private_subnet_ids = module.network.private_subnet_ids
  security_group_ids = [module.network.ecs_security_group_id]

  task_execution_role_arn = module.iam.ecs_task_execution_role_arn
  task_role_arn           = module.iam.ecs_task_role_arn

  container_image = "homebrew-bottles-sync:latest"
  container_port  = 8080

  task_cpu    = 2048
  task_memory = 8192

  enable_efs_storage         = true
  efs_throughput_mode        = "provisioned"
  efs_provisioned_throughput = 100

  enable_auto_scaling       = true
  min_capacity              = 0
  max_capacity              = 10
  target_cpu_utilization    = 70
  target_memory_utilization = 80

  environment_variables = {
    S3_BUCKET_NAME            = module.s3.bucket_name
    SLACK_WEBHOOK_SECRET_NAME = module.notifications.slack_webhook_secret_name
    AWS_REGION                = var.aws_region
    LOG_LEVEL                 = "INFO"
    DOWNLOAD_CONCURRENCY      = "5"
    TEMP_STORAGE_PATH         = "/tmp/bottles"
  }

  log_retention_days = 30
  log_level          = "INFO"

  tags = {
    Environment = "prod"
    Project     = "homebrew-bottles-sync"
  }
}
