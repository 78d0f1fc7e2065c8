provider "aws" {
  region = "us-east-1"
}

module "bottle_sync" {
  source = "../../modules/systems/bottle-sync"

  name    = "homebrew-bottles-sync"
  network = { availability_zones = ["us-east-1a", "us-east-1b"] }

  # Placeholder for the image that `docker build` makes of this project's worker.
  image             = "ghcr.io/acme/worker:1.0.0"
  create_repository = true

  platforms = ["arm64_tahoe", "arm64_sequoia", "x86_64_linux"]

  # Placeholder for the endpoint of the VPC whose clients install from the mirror.
  mirror_bucket = { reader_vpc_endpoint_ids = ["vpce-0a1b2c3d4e5f60718"] }
}

output "client_environment" {
  description = "Environment variables with which `brew` installs from the mirror."
  value       = module.bottle_sync.client_environment
}

output "plan_function_name" {
  description = "Name of the Lambda function with which a run begins."
  value       = module.bottle_sync.plan_function_name
}

output "webhook_secret_name" {
  description = "Name of the secret that takes the URL of the Slack webhook."
  value       = module.bottle_sync.webhook_secret_name
}

output "repository_url" {
  description = "URL of the repository that the image is pushed to."
  value       = module.bottle_sync.repository_url
}
