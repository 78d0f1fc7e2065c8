mock_provider "aws" {
}

variables {
  name = "engines"
}

run "defaults" {
  command = plan

  assert {
    condition     = [for s in aws_ecs_cluster.this.setting : s.value if s.name == "containerInsights"] == ["enabled"]
    error_message = "ECS.12: the cluster must have Container Insights."
  }

  assert {
    condition     = aws_ecs_cluster.this.configuration[0].execute_command_configuration[0].logging == "OVERRIDE"
    error_message = "CKV_AWS_223: ECS Exec sessions must be logged to a given log group."
  }

  assert {
    condition     = aws_ecs_cluster.this.configuration[0].execute_command_configuration[0].log_configuration[0].cloud_watch_log_group_name == aws_cloudwatch_log_group.exec.name
    error_message = "ECS Exec sessions must be logged to the cluster's own log group."
  }

  assert {
    condition     = aws_cloudwatch_log_group.exec.name == "/ecs/engines/exec"
    error_message = "The name of the log group must contain the cluster's name."
  }

  assert {
    condition     = aws_cloudwatch_log_group.exec.retention_in_days == 365
    error_message = "CKV_AWS_338: the retention of the log of ECS Exec sessions must be a year."
  }

  assert {
    condition     = aws_ecs_cluster_capacity_providers.this.capacity_providers == toset(["FARGATE", "FARGATE_SPOT"])
    error_message = "The cluster must have the capacity providers FARGATE and FARGATE_SPOT."
  }

  assert {
    condition     = [for s in aws_ecs_cluster_capacity_providers.this.default_capacity_provider_strategy : s.capacity_provider] == ["FARGATE"]
    error_message = "FARGATE must be the default capacity provider."
  }
}

run "ECS_12_enhanced_container_insights" {
  command = plan

  variables {
    container_insights = "enhanced"
    capacity_providers = ["gpu"]
  }

  assert {
    condition     = aws_ecs_cluster_capacity_providers.this.capacity_providers == toset(["FARGATE", "FARGATE_SPOT", "gpu"])
    error_message = "The cluster must have the given capacity providers beside those of Fargate."
  }

  assert {
    condition     = [for s in aws_ecs_cluster.this.setting : s.value if s.name == "containerInsights"] == ["enhanced"]
    error_message = "ECS.12: enhanced Container Insights must be passed on."
  }
}

run "CKV_AWS_224_customer_key_when_given" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition     = aws_ecs_cluster.this.configuration[0].execute_command_configuration[0].kms_key_id == var.kms_key_arn
    error_message = "The given key must encrypt ECS Exec sessions."
  }

  assert {
    condition     = aws_ecs_cluster.this.configuration[0].execute_command_configuration[0].log_configuration[0].cloud_watch_encryption_enabled
    error_message = "ECS must require an encrypted log group when a key is given."
  }

  assert {
    condition     = aws_cloudwatch_log_group.exec.kms_key_id == var.kms_key_arn
    error_message = "The given key must encrypt the log of ECS Exec sessions."
  }
}

run "refuses_a_name_that_ecs_refuses" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "my cluster"
  }

  expect_failures = [var.name]
}

run "refuses_unknown_container_insights" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    container_insights = "on"
  }

  expect_failures = [var.container_insights]
}

run "refuses_a_reserved_name_of_a_capacity_provider" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    capacity_providers = ["gpu", "Fargate-2"]
  }

  expect_failures = [var.capacity_providers]
}

run "refuses_more_capacity_providers_than_a_cluster_has" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    capacity_providers = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s"]
  }

  expect_failures = [var.capacity_providers]
}

run "refuses_retention_that_cloudwatch_logs_refuses" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    log_retention_days = 364
  }

  expect_failures = [var.log_retention_days]
}

run "names_replace_those_of_the_block" {
  command = plan

  variables {
    names = {
      "aws_ecs_cluster.this"          = "acme"
      "aws_cloudwatch_log_group.exec" = "/acme/exec"
    }
  }

  assert {
    condition     = aws_ecs_cluster.this.name == "acme" && aws_cloudwatch_log_group.exec.name == "/acme/exec"
    error_message = "A resource must have the name that `names` gives its address."
  }
}

run "refuses_an_address_that_is_not_the_address_of_a_name" {
  command = plan

  variables {
    names = { "aws_ecs_cluster.that" = "acme" }
  }

  expect_failures = [aws_ecs_cluster.this]
}
