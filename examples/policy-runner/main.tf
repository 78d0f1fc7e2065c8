provider "aws" {
  region = "us-east-1"
}

module "custodian" {
  source = "../../modules/systems/policy-runner"

  name    = "custodian"
  network = { availability_zones = ["us-east-1a", "us-east-1b"] }

  # Placeholder for the image that `docker build` makes of this project's worker with Cloud Custodian.
  image             = "ghcr.io/acme/custodian-worker:1.0.0"
  create_repository = true

  sources = {
    hub       = { preset = "security_hub", minimum_severity = "HIGH" }
    guardduty = { preset = "guardduty", minimum_severity = "HIGH" }
    buckets   = { preset = "cloudtrail", source = ["aws.s3"], event_names = ["CreateBucket"] }
  }
  policies_folder = "${path.module}/policies"
  mappings_file   = "${path.module}/policy-mappings.json"
  permissions     = ["ec2", "iam-user", "rds", "s3", "security-group"]

  create_output_bucket   = true
  output_expiration_days = 90
}

output "function_name" {
  description = "Name of the Lambda function `run-policy`."
  value       = module.custodian.function_name
}

output "policy_bucket_name" {
  description = "Name of the bucket with the policies and the mapping file."
  value       = module.custodian.policy_bucket_name
}

output "repository_url" {
  description = "URL of the repository that the image is pushed to."
  value       = module.custodian.repository_url
}
