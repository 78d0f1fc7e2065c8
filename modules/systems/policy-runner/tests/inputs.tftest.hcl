# Refusals of a validation see the variables alone.
variables {
  name            = "custodian"
  network         = { availability_zones = ["eu-west-1a", "eu-west-1b"] }
  image           = "ghcr.io/acme/custodian-worker:1"
  sources         = { hub = { preset = "security_hub" } }
  policies_folder = "./tests/policies"
  mappings_file   = "./tests/policy-mappings.json"
}

run "refuses_no_source" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    sources = {}
  }

  expect_failures = [var.sources]
}

run "refuses_a_source_of_a_reserved_name" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    sources = { task-failed = { preset = "macie" } }
  }

  expect_failures = [var.sources]
}

run "refuses_an_unknown_preset" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    sources = { hub = { preset = "hub" } }
  }

  expect_failures = [var.sources]
}

run "refuses_unknown_permissions" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    permissions = ["lambda"]
  }

  expect_failures = [var.permissions]
}

run "refuses_a_policy_that_allows_everything" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    policies = { all = "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"*:*\"],\"Resource\":\"*\"}}" }
  }

  expect_failures = [var.policies]
}

run "refuses_a_policy_that_allows_all_but_some" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    policies = { most = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"NotAction\":\"iam:*\",\"Resource\":\"*\"}]}" }
  }

  expect_failures = [var.policies]
}

run "refuses_a_policy_with_a_name_of_the_system" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    policies = { runner-s3 = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }

  expect_failures = [var.policies]
}

run "refuses_no_member_account" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    member_accounts = { account_ids = [], role_name = "remediation" }
  }

  expect_failures = [var.member_accounts]
}

run "refuses_the_arn_of_a_role" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    member_accounts = { account_ids = ["111122223333"], role_name = "arn:aws:iam::111122223333:role/remediation" }
  }

  expect_failures = [var.member_accounts]
}

run "refuses_an_external_id_with_spaces" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    member_accounts = { account_ids = ["111122223333"], role_name = "remediation", external_id = "a b" }
  }

  expect_failures = [var.member_accounts]
}

run "refuses_container_instances" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    capacity = "EC2"
  }

  expect_failures = [var.capacity]
}

run "refuses_an_unknown_mode" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    mode = "queue"
  }

  expect_failures = [var.mode]
}

run "refuses_fewer_workers_at_most_than_at_least" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    workers = { min = 5 }
  }

  expect_failures = [var.workers]
}

run "refuses_half_a_run_for_each_worker" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    workers = { runs_per_worker = 0.5 }
  }

  expect_failures = [var.workers]
}
