provider "aws" {
  region = "us-east-1"
}

module "network" {
  source = "../../modules/network"

  name               = "start-by-api"
  cidr_block         = "10.0.0.0/16"
  availability_zones = ["us-east-1a", "us-east-1b"]
}

module "cluster" {
  source = "../../modules/cluster"

  name = "start-by-api"
}

module "auth" {
  source = "../../modules/task"

  name        = "start-by-api-auth"
  cluster_arn = module.cluster.cluster_arn
  vpc_id      = module.network.vpc_id
  subnet_ids  = module.network.private_subnet_ids
  image       = "public.ecr.aws/docker/library/python:3.13-slim"
  command     = ["sh", "-c", "exec python3 -m http.server $PORT --directory /usr/share"]
  port        = 8080
}

module "launcher" {
  source = "../../modules/launcher"

  name   = "start-by-api"
  routes = { auth = module.auth.route }
  # API Gateway has a timeout of 29 seconds. A task that takes longer still starts, and the response says so.
  wait_timeout_seconds = 25
}

module "api" {
  source = "../../modules/rest-api"

  name = "start-by-api"
  routes = {
    "POST /start" = { function_arn = module.launcher.function_arn, function_name = module.launcher.function_name }
  }
}

output "invoke_url" {
  description = "URL of the API. Requests must be signed (IAM)."
  value       = module.api.invoke_url
}

output "rest_api_id" {
  description = "ID of the API."
  value       = module.api.rest_api_id
}
