mock_provider "aws" {
  mock_resource "aws_ecr_repository" {
    defaults = {
      arn            = "arn:aws:ecr:eu-west-1:123456789012:repository/engines/worker"
      registry_id    = "123456789012"
      repository_url = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/engines/worker"
    }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

variables {
  name = "engines/worker"
}

run "ECR_2_immutable_tags" {
  assert {
    condition     = aws_ecr_repository.this.image_tag_mutability == "IMMUTABLE"
    error_message = "ECR.2: a tag must stay with its image."
  }
}

run "ECR_1_scans_what_is_pushed" {
  command = plan

  assert {
    condition     = aws_ecr_repository.this.image_scanning_configuration[0].scan_on_push
    error_message = "ECR.1: images must be scanned when they are pushed."
  }
}

run "ECR_3_has_a_lifecycle_policy" {
  command = plan

  variables {
    untagged_expiration_days = 3
    keep_images              = 5
  }

  assert {
    condition     = [for rule in jsondecode(aws_ecr_lifecycle_policy.this.policy).rules : "${rule.selection.tagStatus} ${rule.selection.countNumber}"] == ["untagged 3", "any 5"]
    error_message = "ECR.3: untagged images must expire, and the last images be kept."
  }
}

run "ECR_5_encrypted_by_the_given_key" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition     = aws_ecr_repository.this.encryption_configuration[0].encryption_type == "KMS"
    error_message = "ECR.5: the repository must be encrypted by the given key."
  }
}

run "other_accounts_have_permission_to_pull_only" {
  command = plan

  variables {
    pull_account_ids = ["111122223333"]
  }

  assert {
    condition = jsondecode(aws_ecr_repository_policy.this["pull"].policy).Statement == [{
      Sid       = "PullFromOtherAccounts"
      Effect    = "Allow"
      Principal = { AWS = ["arn:aws:iam::111122223333:root"] }
      Action    = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    }]
    error_message = "The given accounts must have permission to pull, and no other permission."
  }
}

run "leaves_the_registry_alone_by_default" {
  command = plan

  assert {
    condition     = length(aws_ecr_replication_configuration.this) == 0 && length(aws_ecr_repository_policy.this) == 0
    error_message = "Without the inputs there must be no replication and no repository policy."
  }
}

run "replicates_what_the_repository_has" {
  command = plan

  variables {
    replicate_to_regions = ["eu-central-1"]
  }

  assert {
    condition     = aws_ecr_replication_configuration.this["registry"].replication_configuration[0].rule[0].repository_filter[0].filter == "engines/worker"
    error_message = "Only the repository must be replicated."
  }
}

run "refuses_a_name_in_upper_case" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "Worker"
  }

  expect_failures = [var.name]
}

run "refuses_a_name_of_one_character" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "w"
  }

  expect_failures = [var.name]
}

run "refuses_an_expiration_of_zero_days" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    untagged_expiration_days = 0
  }

  expect_failures = [var.untagged_expiration_days]
}

run "refuses_a_part_of_an_image" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    keep_images = 1.5
  }

  expect_failures = [var.keep_images]
}

run "refuses_an_account_without_12_digits" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    pull_account_ids = ["1"]
  }

  expect_failures = [var.pull_account_ids]
}

run "refuses_what_is_no_region" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    replicate_to_regions = ["EU"]
  }

  expect_failures = [var.replicate_to_regions]
}

run "refuses_26_regions" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    replicate_to_regions = [for index in range(26) : "eu-west-${index}"]
  }

  expect_failures = [var.replicate_to_regions]
}

run "refuses_an_alias_of_a_key" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    kms_key_arn = "alias/images"
  }

  expect_failures = [var.kms_key_arn]
}

run "names_replace_those_of_the_block" {
  command = plan

  variables {
    names = { "aws_ecr_repository.this" = "custodian-worker" }
  }

  assert {
    condition     = aws_ecr_repository.this.name == "custodian-worker"
    error_message = "A resource must have the name that `names` gives its address."
  }
}

run "refuses_an_address_that_is_not_the_address_of_a_name" {
  command = plan

  variables {
    names = { "aws_ecr_repository.worker" = "acme" }
  }

  expect_failures = [aws_ecr_repository.this]
}
