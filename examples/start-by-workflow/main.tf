provider "aws" {
  region = "us-east-1"
}

module "network" {
  source = "../../modules/network"

  name               = "start-by-workflow"
  cidr_block         = "10.0.0.0/16"
  availability_zones = ["us-east-1a", "us-east-1b"]
}

module "cluster" {
  source = "../../modules/cluster"

  name = "start-by-workflow"
}

module "pdf" {
  source = "../../modules/task"

  name        = "start-by-workflow-pdf"
  cluster_arn = module.cluster.cluster_arn
  vpc_id      = module.network.vpc_id
  subnet_ids  = module.network.private_subnet_ids
  image       = "public.ecr.aws/docker/library/python:3.13-slim"
  command     = ["sh", "-c", "exec python3 -m http.server $PORT --directory /usr/share"]
  port        = 9080
}

module "load_balancer" {
  source = "../../modules/load-balancer"

  name       = "start-by-workflow"
  vpc_id     = module.network.vpc_id
  subnet_ids = module.network.private_subnet_ids
  # Internal and plain HTTP, so that the example needs no certificate.
  internal = true
  protocol = "HTTP"
  ingress  = { network = "10.0.0.0/16" }

  routes = {
    pdf = { path = "/api/pdf/*", port = module.pdf.port, security_group_id = module.pdf.security_group_id }
  }
}

locals {
  routes = { pdf = merge(module.pdf.route, module.load_balancer.targets["pdf"]) }
}

module "launcher" {
  source = "../../modules/launcher"

  name                 = "start-by-workflow"
  routes               = local.routes
  wait_timeout_seconds = 300
}

module "registrar" {
  source = "../../modules/registrar"

  name   = "start-by-workflow"
  routes = local.routes
}

module "workflow" {
  source = "../../modules/workflow"

  name         = "start-by-workflow"
  function_arn = module.launcher.function_arn
  events       = { order = { source = ["custom.shop"], detail_type = ["Order Placed"], service = "pdf" } }
}

output "state_machine_arn" {
  description = "ARN of the state machine."
  value       = module.workflow.state_machine_arn
}
