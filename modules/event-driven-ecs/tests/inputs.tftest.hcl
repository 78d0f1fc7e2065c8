# Refusals of a validation see the variables alone.
variables {
  name     = "engines"
  network  = { availability_zones = ["eu-west-1a", "eu-west-1b"] }
  services = { auth = { image = "ghcr.io/acme/auth-api:1.4.2" } }
}

run "refuses_subnets_given_twice" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    create_network   = false
    existing_network = { vpc_id = "vpc-0a1b2c3d4e5f60718", subnet_ids = ["subnet-0a1b2c3d4e5f60718"], subnets = { a = "subnet-0a1b2c3d4e5f60718" } }
  }

  expect_failures = [var.existing_network]
}

run "refuses_an_existing_network_without_subnets" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    create_network   = false
    existing_network = { vpc_id = "vpc-0a1b2c3d4e5f60718" }
  }

  expect_failures = [var.existing_network]
}

run "refuses_an_upper_case_name" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "Engines"
  }

  expect_failures = [var.name]
}

run "refuses_a_name_that_ends_with_a_hyphen" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "engines-"
  }

  expect_failures = [var.name]
}

run "refuses_a_relative_mount_path_of_a_service" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    services = { auth = { image = "ghcr.io/acme/auth-api:1.4.2", mount_path = "data" } }
  }

  expect_failures = [var.services]
}

run "refuses_what_the_task_of_a_service_refuses" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    services = { auth = { image = "ghcr.io/acme/auth-api:1.4.2", user = "root" } }
  }

  expect_failures = [var.services]
}

run "refuses_what_the_schedule_of_a_schedule_refuses" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    schedules = { night = { expression = "rate(1 day)", time_zone = "Berlin time", start = ["auth"] } }
  }

  expect_failures = [var.schedules]
}

run "refuses_no_services" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    services = {}
  }

  expect_failures = [var.services]
}

run "refuses_a_service_with_an_underscore" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    services = { auth_api = { image = "ghcr.io/acme/auth-api:1.4.2" } }
  }

  expect_failures = [var.services]
}

run "refuses_a_schedule_that_does_nothing" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    schedules = { night = { expression = "rate(1 day)" } }
  }

  expect_failures = [var.schedules]
}

run "refuses_an_upper_case_schedule" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    schedules = { Night = { expression = "rate(1 day)", start = ["auth"] } }
  }

  expect_failures = [var.schedules]
}

run "refuses_a_schedule_of_21_letters" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    schedules = { abcdefghijklmnopqrstu = { expression = "rate(1 day)", start = ["auth"] } }
  }

  expect_failures = [var.schedules]
}
