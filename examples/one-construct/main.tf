provider "aws" {
  region = "us-east-1"
}

module "jobs" {
  source = "../../modules/queue"

  name                       = "jobs"
  visibility_timeout_seconds = 120
}

output "queue_url" {
  description = "URL of the queue."
  value       = module.jobs.queue_url
}
