# Refusals of a validation see the variables alone.
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

run "refuses_an_unknown_engine" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    services = { auth = { image = "ghcr.io/acme/auth:1" }, mail = { image = "ghcr.io/acme/mail:1" } }
  }

  expect_failures = [var.services]
}

run "refuses_no_engine" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    services = {}
  }

  expect_failures = [var.services]
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
