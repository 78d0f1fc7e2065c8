provider "aws" {
  region = "us-east-1"
}

module "engines" {
  source = "../../modules/event-driven-ecs"

  name    = "start-by-schedule"
  network = { availability_zones = ["us-east-1a", "us-east-1b"] }

  services = {
    report = {
      image   = "public.ecr.aws/docker/library/busybox:1.37"
      command = ["sh", "-c", "trap exit TERM; while :; do sleep 1; done"]
    }
  }

  schedules = {
    morning = { expression = "cron(0 7 ? * MON-FRI *)", time_zone = "America/New_York", start = ["report"] }
    evening = { expression = "cron(0 19 ? * MON-FRI *)", time_zone = "America/New_York", stop = ["report"] }
  }
}

output "cluster_name" {
  description = "Name of the ECS cluster."
  value       = module.engines.cluster_name
}
