mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "123456789012"
    }
  }

  mock_data "aws_partition" {
    defaults = {
      partition = "aws"
    }
  }

  mock_data "aws_region" {
    defaults = {
      endpoint = "ec2.eu-west-1.amazonaws.com"
    }
  }

  mock_resource "aws_ecs_cluster" {
    defaults = {
      arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
    }
  }

  mock_resource "aws_ecs_task_definition" {
    defaults = {
      arn                  = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth:1"
      arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/engines"
    }
  }

  mock_resource "aws_iam_policy" {
    defaults = {
      arn = "arn:aws:iam::123456789012:policy/engines-launch-0"
    }
  }

  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:eu-west-1:123456789012:engines-dead-letter"
      url = "https://sqs.eu-west-1.amazonaws.com/123456789012/engines-dead-letter"
    }
  }

  mock_resource "aws_lambda_function" {
    defaults = {
      arn = "arn:aws:lambda:eu-west-1:123456789012:function:engines-start-task"
    }
  }

  mock_resource "aws_cloudwatch_event_rule" {
    defaults = {
      arn = "arn:aws:events:eu-west-1:123456789012:rule/engines-start"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:123456789012:log-group:engines"
    }
  }

  mock_resource "aws_lb" {
    defaults = {
      arn        = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/engines/0123456789abcdef"
      arn_suffix = "app/engines/0123456789abcdef"
      dns_name   = "engines-1234567890.eu-west-1.elb.amazonaws.com"
      zone_id    = "Z32O12XQLNTSW2"
    }
  }

  mock_resource "aws_lb_listener" {
    defaults = {
      arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/engines/0123456789abcdef/0123456789abcdef"
    }
  }

  mock_resource "aws_s3_bucket" {
    defaults = {
      id  = "engines-payload-20260101"
      arn = "arn:aws:s3:::engines-payload-20260101"
    }
  }
}

# With mock_resource all subnets would have one id.
override_module {
  target = module.engines.module.network
  outputs = {
    vpc_id             = "vpc-0a1b2c3d4e5f60718"
    cidr_block         = "10.0.0.0/16"
    public_subnet_ids  = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    private_subnet_ids = ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"]
    public_subnets     = { eu-west-1a = "subnet-0123456789abcdef0", eu-west-1b = "subnet-0123456789abcdef1" }
    private_subnets    = { eu-west-1a = "subnet-0123456789abcdef2", eu-west-1b = "subnet-0123456789abcdef3" }
  }
}

# Each target group is one of its own, which mock_resource would make all alike. OpenTofu has no such addresses: it runs
# engine-starter.tofutest.hcl in place of this file.
override_resource {
  target = module.engines.module.load_balancer["this"].aws_lb_target_group.this["auth"]
  values = {
    arn        = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/auth/0123456789abcdef"
    arn_suffix = "targetgroup/auth/0123456789abcdef"
  }
}

override_resource {
  target = module.engines.module.load_balancer["this"].aws_lb_target_group.this["batch"]
  values = {
    arn        = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/batch/0123456789abcdef"
    arn_suffix = "targetgroup/batch/0123456789abcdef"
  }
}

override_resource {
  target = module.engines.module.load_balancer["this"].aws_lb_target_group.this["fa"]
  values = {
    arn        = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/fa/0123456789abcdef"
    arn_suffix = "targetgroup/fa/0123456789abcdef"
  }
}

override_resource {
  target = module.engines.module.load_balancer["this"].aws_lb_target_group.this["pdf"]
  values = {
    arn        = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/pdf/0123456789abcdef"
    arn_suffix = "targetgroup/pdf/0123456789abcdef"
  }
}

override_resource {
  target = module.engines.module.load_balancer["this"].aws_lb_target_group.this["users"]
  values = {
    arn        = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/users/0123456789abcdef"
    arn_suffix = "targetgroup/users/0123456789abcdef"
  }
}

variables {
  name    = "engines"
  network = { availability_zones = ["eu-west-1a", "eu-west-1b"] }
  services = {
    auth  = { image = "ghcr.io/acme/auth:1" }
    pdf   = { image = "ghcr.io/acme/pdf:1" }
    fa    = { image = "ghcr.io/acme/fa:1" }
    users = { image = "ghcr.io/acme/users:1" }
    batch = { image = "ghcr.io/acme/batch:1" }
  }
  load_balancer = { certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-90ab-cdef-1234-567890abcdef" }
}

run "five_engines_at_their_default_ports_and_paths" {
  assert {
    condition     = { for engine, route in output.routes : engine => route.port } == { auth = 8080, batch = 8080, fa = 2531, pdf = 9080, users = 8080 }
    error_message = "Each target group must have the default port of its engine."
  }

  assert {
    condition     = alltrue([for engine, route in output.routes : route.target_type == "ip" && endswith(route.target_group_arn, "targetgroup/${engine}/0123456789abcdef")])
    error_message = "Each engine must have its own target group."
  }

  assert {
    condition     = output.load_balancer_dns_name == "engines-1234567890.eu-west-1.elb.amazonaws.com" && output.function_name == "engines-start-task" && output.registrar_function_name == "engines-register-targets"
    error_message = "There must be one load balancer, one launcher and one registrar."
  }

  assert {
    condition     = { for engine, settings in local.services : engine => settings.path } == { auth = "/api/auth/*", batch = "/api/batch/*", fa = "/api/fa/*", pdf = "/api/pdf/*", users = "/api/users/*" }
    error_message = "The path of each engine must be /api/<name>/*."
  }
}

run "passes_the_settings_of_services_and_schedules_on" {
  command = plan

  variables {
    services = {
      users = { image = "ghcr.io/acme/users:1", port = 8081, on_failure = { action = "retry" }, interruption_retries = 1 }
      batch = {
        image                    = "ghcr.io/acme/batch:1"
        enable_execute_command   = true
        readonly_root_filesystem = false
        capacity                 = "FARGATE_SPOT"
      }
    }
    schedules = { evening = { expression = "cron(0 19 * * ? *)", stop = ["batch", "users"] } }
  }

  assert {
    condition     = { for engine, route in output.routes : engine => route.port } == { batch = 8080, users = 8081 }
    error_message = "A given port must replace the default, and only the given engines must be created."
  }

  assert {
    condition     = output.routes.users.on_failure == { action = "retry", max_attempts = 3, backoff_seconds = 60 } && output.routes.users.interruption_retries == 1
    error_message = "The launch route must have the settings of the engine."
  }

  assert {
    condition     = output.routes.batch.enable_execute_command && output.routes.batch.capacity == "FARGATE_SPOT"
    error_message = "The launch route must have the settings of the engine."
  }

  assert {
    condition     = keys(module.engines.event_rule_arns) == ["start"]
    error_message = "The schedule must stop engines, and events must still start them."
  }
}

run "refuses_a_name_outside_the_engines" {
  command = plan

  variables {
    names = { "module.task[\"auth\"].aws_iam_role.task" = "acme" }
  }

  expect_failures = [output.routes]
}
