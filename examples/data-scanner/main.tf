# Settings of each environment are in dev.tfvars and production.tfvars.
provider "aws" {
  region = "us-east-1"
}

variable "environment" {
  description = "End of the name of every resource."
  type        = string
  default     = "dev"
}

variable "image" {
  description = "Image of the worker. The default is a placeholder for the one that you push to the created repository."
  type        = string
  default     = "ghcr.io/acme/scanner-worker:1.0.0"
}

variable "network" {
  description = "Settings of the network beside its address ranges."
  type        = any
  default     = {}
}

variable "workers" {
  description = "Range of the number of workers, and what moves it."
  type        = any
  default     = {}
}

variable "capacity" {
  description = "What a worker runs on."
  type        = string
  default     = "FARGATE"
}

variable "database" {
  description = "Settings of the database."
  type        = any
  default     = {}
}

variable "data_bucket" {
  description = "Settings of the bucket for data."
  type        = any
  default     = {}
}

variable "reserved_concurrency" {
  description = "Reserved concurrency of the functions."
  type        = any
  default     = {}
}

variable "create_bastion" {
  description = "Whether there is an instance that forwards a port to the database."
  type        = bool
  default     = true
}

variable "log_retention_days" {
  description = "How long logs are kept, in days."
  type        = number
  default     = 7
}

variable "alarm_actions" {
  description = "ARNs that each alarm notifies."
  type        = list(string)
  default     = []
}

module "scanner" {
  source = "../../modules/systems/data-scanner"

  name        = "aws-data-scanner"
  environment = var.environment
  image       = var.image

  network = merge({
    cidr_block           = "10.0.0.0/16"
    availability_zones   = ["us-east-1a", "us-east-1b"]
    public_subnet_cidrs  = { us-east-1a = "10.0.1.0/24", us-east-1b = "10.0.2.0/24" }
    private_subnet_cidrs = { us-east-1a = "10.0.10.0/24", us-east-1b = "10.0.11.0/24" }
  }, var.network)

  create_repository    = true
  create_bastion       = var.create_bastion
  workers              = var.workers
  capacity             = var.capacity
  database             = var.database
  data_bucket          = var.data_bucket
  reserved_concurrency = var.reserved_concurrency
  log_retention_days   = var.log_retention_days
  alarm_actions        = var.alarm_actions
}

output "api_url" {
  description = "Base URL of the API."
  value       = module.scanner.api_url
}

output "data_bucket_name" {
  description = "Name of the bucket for data."
  value       = module.scanner.data_bucket_name
}

output "repository_url" {
  description = "URL of the repository that the image is pushed to."
  value       = module.scanner.repository_url
}

output "bastion_commands" {
  description = "Command that forwards a local port to the database."
  value       = module.scanner.bastion_commands
}
