provider "aws" {
  region = "us-east-1"
}

module "engines" {
  source = "../../modules/systems/engine-starter"

  name    = "engines"
  network = { availability_zones = ["us-east-1a", "us-east-1b"] }

  services = { for engine in ["auth", "pdf", "fa", "users", "batch"] : engine => {
    # Placeholder for the image of an engine: a web server on the port in PORT.
    image   = "public.ecr.aws/docker/library/python:3.13-slim"
    command = ["sh", "-c", "exec python3 -m http.server $PORT --directory /usr/share"]
  } }

  # Internal and plain HTTP, so that the example needs no certificate.
  load_balancer = { internal = true, protocol = "HTTP", ingress = { network = "10.0.0.0/16" } }
}

output "load_balancer_dns_name" {
  description = "DNS name of the load balancer: it leads /api/<engine>/ to the running tasks of an engine."
  value       = module.engines.load_balancer_dns_name
}

output "function_name" {
  description = "Name of the Lambda function `start-task`."
  value       = module.engines.function_name
}
