# Refusals of a validation see the variables alone.
variables {
  name    = "aws-data-scanner"
  network = { availability_zones = ["eu-west-1a", "eu-west-1b"] }
  image   = "scanner:1"
}

run "refuses_a_name_with_two_hyphens_in_a_row" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "aws--scanner"
  }

  expect_failures = [var.name]
}

run "refuses_a_name_of_21_characters" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "abcdefghijklmnopqrstu"
  }

  expect_failures = [var.name]
}

run "refuses_an_environment_with_a_hyphen" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    environment = "dev-1"
  }

  expect_failures = [var.environment]
}

run "refuses_an_ARN_in_place_of_the_name_of_a_bucket" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    scan_bucket_names = ["arn:aws:s3:::data"]
  }

  expect_failures = [var.scan_bucket_names]
}

run "refuses_an_alias_of_a_key_of_a_bucket" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    scan_bucket_kms_key_arns = ["alias/data"]
  }

  expect_failures = [var.scan_bucket_kms_key_arns]
}

run "refuses_a_size_of_half_a_MiB" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    max_file_size_mib = 0.5
  }

  expect_failures = [var.max_file_size_mib]
}

run "refuses_a_window_of_two_days" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    deduplication_window_minutes = 2880
  }

  expect_failures = [var.deduplication_window_minutes]
}

run "refuses_another_capacity" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    capacity = "EC2"
  }

  expect_failures = [var.capacity]
}

run "refuses_another_authorization" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    api = { authorization = "COGNITO" }
  }

  expect_failures = [var.api]
}

run "refuses_a_reserved_concurrency_below_minus_1" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    reserved_concurrency = { jobs = -2 }
  }

  expect_failures = [var.reserved_concurrency]
}

run "refuses_another_log_level" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    log_level = "debug"
  }

  expect_failures = [var.log_level]
}

run "refuses_an_alias_of_a_key" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    kms_key_arn = "alias/scanner"
  }

  expect_failures = [var.kms_key_arn]
}

run "refuses_six_alarm_actions" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    alarm_actions = [for n in range(6) : "arn:aws:sns:eu-west-1:123456789012:oncall-${n}"]
  }

  expect_failures = [var.alarm_actions]
}

run "refuses_a_tag_of_AWS" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    tags = { "aws:team" = "security" }
  }

  expect_failures = [var.tags]
}
