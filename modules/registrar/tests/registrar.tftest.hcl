mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/engines-register-targets"
    }
  }

  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:eu-west-1:123456789012:engines-register-targets-recheck"
      id  = "https://sqs.eu-west-1.amazonaws.com/123456789012/engines-register-targets-recheck"
      url = "https://sqs.eu-west-1.amazonaws.com/123456789012/engines-register-targets-recheck"
    }
  }

  mock_resource "aws_lambda_function" {
    defaults = {
      arn = "arn:aws:lambda:eu-west-1:123456789012:function:engines-register-targets"
    }
  }

  mock_resource "aws_cloudwatch_event_rule" {
    defaults = {
      arn = "arn:aws:events:eu-west-1:123456789012:rule/engines-register-targets-sweep"
    }
  }
}

variables {
  name = "engines"
  routes = {
    auth = {
      cluster_arn                  = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
      family                       = "engines-auth"
      container_name               = "engines-auth"
      port                         = 8080
      target_group_arn             = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/auth/73e2d6bc24d8a067"
      target_type                  = "ip"
      deregistration_delay_seconds = 30
    }
  }
}

run "defaults" {
  command = plan

  assert {
    condition     = aws_lambda_event_source_mapping.this.batch_size == 1000 && aws_lambda_event_source_mapping.this.maximum_batching_window_in_seconds == 1 && aws_lambda_event_source_mapping.this.scaling_config[0].maximum_concurrency == 2
    error_message = "A burst of tasks must not use up the ECS read calls of the account."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "A failed message must not make the whole batch retry."
  }

  assert {
    condition     = sort(keys(output.event_rule_arns)) == tolist(["state-change", "sweep"])
    error_message = "Without stop events there are two rules."
  }

  assert {
    condition = jsondecode(local.routes) == {
      auth = {
        cluster      = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
        family       = "engines-auth"
        container    = "engines-auth"
        port         = 8080
        targetGroup  = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/auth/73e2d6bc24d8a067"
        targetType   = "ip"
        drainSeconds = 30
      }
    }
    error_message = "The function must get what it reads and no more."
  }

  assert {
    condition     = local.task_arns == ["arn:aws:ecs:eu-west-1:123456789012:task/engines/*"] && length(local.on_instance) == 0
    error_message = "IAM.1: the function must be allowed only the tasks of the clusters of its launch routes, and no container instances when no service runs on any."
  }
}

run "makes_a_rule_for_a_stop_event" {
  command = plan

  variables {
    stop_events = { stop = { source = ["custom.app"] } }
  }

  assert {
    condition     = contains(keys(output.event_rule_arns), "stop")
    error_message = "The stop event must have a rule."
  }
}

run "refuses_a_long_name" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "engines-of-the-whole-company-1"
  }

  expect_failures = [var.name]
}

run "refuses_no_routes" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = {}
  }

  expect_failures = [var.routes]
}

run "refuses_a_service_name_with_a_dot" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = {
      "a.b" = { cluster_arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines", family = "auth", container_name = "auth" }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_a_target_group_without_a_port" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = {
      auth = {
        cluster_arn      = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
        family           = "auth"
        container_name   = "auth"
        target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/auth/73e2d6bc24d8a067"
        target_type      = "ip"
      }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_a_target_type_without_a_target_group" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = {
      auth = { cluster_arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines", family = "auth", container_name = "auth", port = 80, target_type = "ip" }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_a_target_type_that_does_not_fit_the_network_mode" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = {
      auth = {
        cluster_arn      = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
        family           = "auth"
        container_name   = "auth"
        port             = 80
        network_mode     = "bridge"
        target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/auth/73e2d6bc24d8a067"
        target_type      = "ip"
      }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_an_unknown_target_type" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = {
      auth = {
        cluster_arn      = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
        family           = "auth"
        container_name   = "auth"
        port             = 80
        network_mode     = "bridge"
        target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/auth/73e2d6bc24d8a067"
        target_type      = "lambda"
      }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_an_unknown_network_mode" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = {
      auth = { cluster_arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines", family = "auth", container_name = "auth", network_mode = "none" }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_a_deregistration_delay_over_an_hour" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = {
      auth = { cluster_arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines", family = "auth", container_name = "auth", deregistration_delay_seconds = 3601 }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_one_target_group_for_two_services" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = {
      auth = {
        cluster_arn      = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
        family           = "auth"
        container_name   = "auth"
        port             = 80
        target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/auth/73e2d6bc24d8a067"
        target_type      = "ip"
      }
      pdf = {
        cluster_arn      = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
        family           = "pdf"
        container_name   = "pdf"
        port             = 80
        target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/auth/73e2d6bc24d8a067"
        target_type      = "ip"
      }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_a_sweep_interval_of_half_a_minute" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    sweep_interval_minutes = 0.5
  }

  expect_failures = [var.sweep_interval_minutes]
}

run "refuses_a_stop_event_name_with_a_dot" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    stop_events = { "a.b" = { source = ["custom.app"] } }
  }

  expect_failures = [var.stop_events]
}

run "refuses_a_stop_event_with_the_name_of_its_own_rule" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    stop_events = { sweep = { source = ["custom.app"] } }
  }

  expect_failures = [var.stop_events]
}

run "names_replace_those_of_the_block" {
  command = plan

  variables {
    names = {
      "module.function.aws_lambda_function.this" = "acme-registrar"
    }
  }

  assert {
    condition     = module.function.function_name == "acme-registrar"
    error_message = "A resource must have the name that `names` gives its address."
  }
}

run "refuses_an_address_that_is_not_the_address_of_a_name" {
  command = plan

  variables {
    names = { "module.handler.aws_lambda_function.this" = "acme" }
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}
