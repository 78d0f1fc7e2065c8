# Refusals of a validation see the variables alone.
variables {
  name    = "bottles"
  network = { availability_zones = ["eu-west-1a", "eu-west-1b"] }
  image   = "ghcr.io/acme/worker:1"
}

run "refuses_no_platform" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    platforms = []
  }

  expect_failures = [var.platforms]
}

run "refuses_a_misspelt_platform" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    platforms = ["arm64__tahoe"]
  }

  expect_failures = [var.platforms]
}

run "refuses_the_tag_of_all_platforms" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    platforms = ["all"]
  }

  expect_failures = [var.platforms]
}

run "refuses_a_negative_threshold" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    size_threshold_gb = -1
  }

  expect_failures = [var.size_threshold_gb]
}

run "refuses_33_downloads_at_a_time" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    download_concurrency = 33
  }

  expect_failures = [var.download_concurrency]
}

run "refuses_progress_every_second" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    progress_report_interval_seconds = 1
  }

  expect_failures = [var.progress_report_interval_seconds]
}

run "refuses_to_keep_nothing" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    retention_days = 0
  }

  expect_failures = [var.retention_days]
}

run "refuses_a_catalogue_without_TLS" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    catalogue_url = "http://mirror.example.com/formula.json"
  }

  expect_failures = [var.catalogue_url]
}

run "refuses_API_files_without_TLS" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    api = { url = "http://mirror.example.com/api" }
  }

  expect_failures = [var.api]
}

run "refuses_a_private_key" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    api = { public_key = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n" }
  }

  expect_failures = [var.api]
}

run "refuses_an_API_file_outside_of_its_folder" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    api = { files = ["../formula.json"] }
  }

  expect_failures = [var.api]
}

run "refuses_two_hash_files" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    external_hash_file = { url = "https://mirror.example.com/bottles_hash.json", bucket = "old", key = "bottles_hash.json" }
  }

  expect_failures = [var.external_hash_file]
}

run "refuses_a_hash_file_without_its_key" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    external_hash_file = { bucket = "old" }
  }

  expect_failures = [var.external_hash_file]
}

run "refuses_a_hash_file_without_TLS" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    external_hash_file = { url = "http://mirror.example.com/bottles_hash.json" }
  }

  expect_failures = [var.external_hash_file]
}

run "refuses_the_ARN_of_a_bucket_of_a_hash_file" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    external_hash_file = { bucket = "arn:aws:s3:::old", key = "bottles_hash.json" }
  }

  expect_failures = [var.external_hash_file]
}

run "refuses_an_alias_of_the_key_of_a_hash_file" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    external_hash_file = { bucket = "old", key = "bottles_hash.json", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/old" }
  }

  expect_failures = [var.external_hash_file]
}

run "refuses_the_name_of_a_secret_as_its_ARN" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    existing_webhook_secret = { name = "slack", arn = "slack" }
  }

  expect_failures = [var.existing_webhook_secret]
}

run "refuses_a_VPC_in_place_of_its_endpoint" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    mirror_bucket = { reader_vpc_endpoint_ids = ["vpc-0a1b2c3d4e5f60718"] }
  }

  expect_failures = [var.mirror_bucket]
}

run "refuses_the_ARN_of_the_mirror_bucket" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    existing_mirror_bucket = "arn:aws:s3:::mirror"
  }

  expect_failures = [var.existing_mirror_bucket]
}

run "refuses_an_unknown_capacity" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    capacity = "EC2"
  }

  expect_failures = [var.capacity]
}

run "refuses_an_unknown_log_level" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    log_level = "TRACE"
  }

  expect_failures = [var.log_level]
}
