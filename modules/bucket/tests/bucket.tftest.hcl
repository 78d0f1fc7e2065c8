mock_provider "aws" {
  mock_resource "aws_s3_bucket" {
    defaults = {
      id  = "data-20260101"
      arn = "arn:aws:s3:::data-20260101"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/data-replication"
    }
  }
}

variables {
  bucket_prefix = "data-"
}

run "S3_1_S3_8_public_access_blocked" {
  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "S3.1, S3.8: public access to the bucket must be blocked."
  }
}

run "defaults" {
  command = plan

  assert {
    condition     = jsondecode(aws_s3_bucket_policy.this.policy).Statement[0].Effect == "Deny" && jsondecode(aws_s3_bucket_policy.this.policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false"
    error_message = "S3.5: requests without TLS must be denied."
  }

  assert {
    condition     = jsondecode(aws_s3_bucket_policy.this.policy).Statement[0].Resource == ["arn:aws:s3:::data-20260101", "arn:aws:s3:::data-20260101/*"]
    error_message = "S3.5: the deny statement must cover the bucket and its objects."
  }

  assert {
    condition     = aws_s3_bucket_ownership_controls.this.rule[0].object_ownership == "BucketOwnerEnforced"
    error_message = "S3.12: access must be given by policies, not by ACLs."
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[0].abort_incomplete_multipart_upload[0].days_after_initiation == 1
    error_message = "CKV_AWS_300: incomplete multipart uploads must be aborted."
  }

  assert {
    condition     = length(aws_s3_bucket_lifecycle_configuration.this.rule[0].expiration) == 0
    error_message = "Without expiration_days no object may expire."
  }

  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default[0].sse_algorithm == "AES256"
    error_message = "CKV_AWS_19: objects must be encrypted."
  }

  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "CKV_AWS_21: objects must be versioned."
  }
}

run "allows_only_the_named_writers" {
  command = plan

  variables {
    writers = { logs = { service = "logdelivery.elasticloadbalancing.amazonaws.com", source_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/engines/*" } }
  }

  assert {
    condition = slice(jsondecode(aws_s3_bucket_policy.this.policy).Statement, 1, 2) == [{
      Effect    = "Allow"
      Principal = { Service = "logdelivery.elasticloadbalancing.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "arn:aws:s3:::data-20260101/*"
      Condition = { ArnLike = { "aws:SourceArn" = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/engines/*" } }
    }]
    error_message = "A writer must have permission to put objects on behalf of its resource, and no other permission."
  }
}

run "allows_readers_through_their_endpoints_alone" {
  command = plan

  variables {
    readers = { builds = { vpc_endpoint_ids = ["vpce-0a1b2c3d4e5f60718"], objects = ["v2/*", "api/*"] } }
  }

  assert {
    condition = slice(jsondecode(aws_s3_bucket_policy.this.policy).Statement, 1, 2) == [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = ["arn:aws:s3:::data-20260101/v2/*", "arn:aws:s3:::data-20260101/api/*"]
      Condition = { StringEquals = { "aws:SourceVpce" = ["vpce-0a1b2c3d4e5f60718"] } }
    }]
    error_message = "A reader must have permission to get these objects through its endpoints, and no other permission."
  }
}

run "refuses_readers_of_what_a_KMS_key_encrypts" {
  command = plan

  variables {
    readers     = { builds = { vpc_endpoint_ids = ["vpce-0a1b2c3d4e5f60718"], objects = ["v2/*"] } }
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  expect_failures = [aws_s3_bucket_policy.this]
}

run "refuses_a_reader_without_endpoints" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    readers = { builds = { vpc_endpoint_ids = [], objects = ["v2/*"] } }
  }

  expect_failures = [var.readers]
}

run "refuses_a_reader_without_objects" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    readers = { builds = { vpc_endpoint_ids = ["vpce-0a1b2c3d4e5f60718"], objects = [] } }
  }

  expect_failures = [var.readers]
}

run "forgets_temporary_objects_after_a_day" {
  command = plan

  variables {
    short_lived_prefixes = ["tmp/"]
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[1].filter[0].prefix == "tmp/" && aws_s3_bucket_lifecycle_configuration.this.rule[1].noncurrent_version_expiration[0].noncurrent_days == 1
    error_message = "Deleted temporary objects must be gone after a day."
  }
}

run "refuses_a_prefix_twice" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    short_lived_prefixes = ["tmp/", "tmp/"]
  }

  expect_failures = [var.short_lived_prefixes]
}

run "S3_13_lifecycle" {
  command = plan

  variables {
    expiration_days = 30
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[0].expiration[0].days == 30
    error_message = "S3.13: objects must expire after the given days."
  }
}

run "objects_move_to_the_given_storage_classes" {
  command = plan

  variables {
    transitions = { STANDARD_IA = 30, GLACIER = 90 }
  }

  assert {
    condition     = { for transition in aws_s3_bucket_lifecycle_configuration.this.rule[0].transition : transition.storage_class => transition.days } == { STANDARD_IA = 30, GLACIER = 90 }
    error_message = "Objects must move to each storage class at the given age."
  }
}

run "refuses_objects_that_expire_before_they_move" {
  command = plan

  variables {
    expiration_days = 90
    transitions     = { GLACIER = 90 }
  }

  expect_failures = [aws_s3_bucket_lifecycle_configuration.this]
}

run "encrypts_with_the_given_key" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default[0].kms_master_key_id == var.kms_key_arn
    error_message = "The given key must encrypt the objects."
  }
}

run "puts_objects_and_notices_changes_in_them" {
  command = plan

  variables {
    objects = { "policies/s3.yml" = "policies: []\n" }
  }

  assert {
    condition     = aws_s3_object.this["policies/s3.yml"].content == "policies: []\n" && aws_s3_object.this["policies/s3.yml"].etag == md5("policies: []\n")
    error_message = "Each object must be put as it is, with the MD5 of its content as ETag."
  }
}

run "refuses_an_empty_key" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    objects = { "" = "policies: []" }
  }

  expect_failures = [var.objects]
}

run "refuses_a_policy_of_more_than_20_KB" {
  command = plan

  variables {
    writers = { for index in range(80) : "writer-${index}" => { service = "delivery.logs.amazonaws.com", source_arn = "arn:aws:logs:eu-west-1:123456789012:log-group:engines-${index}" } }
  }

  expect_failures = [aws_s3_bucket_policy.this]
}

run "refuses_an_upper_case_prefix" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    bucket_prefix = "Data-"
  }

  expect_failures = [var.bucket_prefix]
}

run "refuses_an_unknown_storage_class" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    transitions = { COLD = 30 }
  }

  expect_failures = [var.transitions]
}

run "refuses_infrequent_access_before_30_days" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    transitions = { ONEZONE_IA = 29 }
  }

  expect_failures = [var.transitions]
}

run "refuses_a_storage_class_without_days" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    transitions = { GLACIER = null }
  }

  expect_failures = [var.transitions]
}

run "refuses_zero_expiration_days" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    expiration_days = 0
  }

  expect_failures = [var.expiration_days]
}

run "names_replace_those_of_the_block" {
  command = plan

  variables {
    names = {
      "aws_s3_bucket.this" = "acme-data-123456789012"
    }
  }

  assert {
    condition     = aws_s3_bucket.this.bucket == "acme-data-123456789012"
    error_message = "A resource must have the name that `names` gives its address."
  }
}

run "refuses_an_address_that_is_not_the_address_of_a_name" {
  command = plan

  variables {
    names = { "aws_s3_bucket.that" = "acme" }
  }

  expect_failures = [aws_s3_bucket.this]
}

run "replicates_nothing_by_default" {
  command = plan

  assert {
    condition     = length(aws_s3_bucket_replication_configuration.this) == 0 && length(aws_iam_role.replication) == 0
    error_message = "Without replicate_to there must be no replication and no role."
  }
}

run "S3_7_replicates_to_one_bucket_only" {
  variables {
    replicate_to = { bucket_arn = "arn:aws:s3:::copies", storage_class = "STANDARD_IA" }
  }

  assert {
    condition     = aws_s3_bucket_replication_configuration.this["this"].rule[0].destination[0].bucket == "arn:aws:s3:::copies" && aws_s3_bucket_replication_configuration.this["this"].rule[0].delete_marker_replication[0].status == "Disabled" && aws_s3_bucket_replication_configuration.this["this"].rule[0].destination[0].storage_class == "STANDARD_IA"
    error_message = "S3.7: objects must be replicated to the given bucket, and deletions not."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.replication["this"].policy).Statement == [
      { Effect = "Allow", Action = ["s3:GetReplicationConfiguration", "s3:ListBucket"], Resource = "arn:aws:s3:::data-20260101" },
      { Effect = "Allow", Action = ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"], Resource = "arn:aws:s3:::data-20260101/*" },
      { Effect = "Allow", Action = ["s3:ReplicateObject", "s3:ReplicateTags"], Resource = "arn:aws:s3:::copies/*" },
    ]
    error_message = "IAM.1: the role must have permission to read this bucket and to replicate to the other one only."
  }

  assert {
    condition     = aws_iam_role.replication["this"].name == "data-replication"
    error_message = "The role must be named after the prefix."
  }
}

run "replicates_what_a_key_encrypts_and_deletions" {
  variables {
    kms_key_arn  = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    replicate_to = { bucket_arn = "arn:aws:s3:::copies", kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab", delete_markers = true }
  }

  assert {
    condition     = aws_s3_bucket_replication_configuration.this["this"].rule[0].source_selection_criteria[0].sse_kms_encrypted_objects[0].status == "Enabled" && aws_s3_bucket_replication_configuration.this["this"].rule[0].destination[0].encryption_configuration[0].replica_kms_key_id == var.replicate_to.kms_key_arn
    error_message = "Objects that a key encrypts must be replicated, under the key of the other bucket."
  }

  assert {
    condition = [for s in slice(jsondecode(aws_iam_role_policy.replication["this"].policy).Statement, 2, 5) : "${join(" ", flatten([s.Action]))} ${s.Resource}"] == [
      "s3:ReplicateObject s3:ReplicateTags s3:ReplicateDelete arn:aws:s3:::copies/*",
      "kms:Decrypt ${var.kms_key_arn}",
      "kms:Encrypt ${var.replicate_to.kms_key_arn}",
    ]
    error_message = "IAM.1: the role must have permission to decrypt here and to encrypt there."
  }
}

run "refuses_the_name_of_another_bucket" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    replicate_to = { bucket_arn = "copies" }
  }

  expect_failures = [var.replicate_to]
}

run "refuses_an_unknown_storage_class_of_copies" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    replicate_to = { bucket_arn = "arn:aws:s3:::copies", storage_class = "COLD" }
  }

  expect_failures = [var.replicate_to]
}

run "refuses_an_alias_of_the_key_of_copies" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    replicate_to = { bucket_arn = "arn:aws:s3:::copies", kms_key_arn = "alias/copies" }
  }

  expect_failures = [var.replicate_to]
}

run "refuses_a_key_for_copies_only" {
  command = plan

  variables {
    replicate_to = { bucket_arn = "arn:aws:s3:::copies", kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
  }

  expect_failures = [aws_s3_bucket_replication_configuration.this]
}

run "refuses_tags_that_the_role_cannot_have" {
  command = plan

  variables {
    replicate_to = { bucket_arn = "arn:aws:s3:::copies" }
    tags         = { a = "b<c" }
  }

  expect_failures = [aws_iam_role.replication]
}

run "refuses_a_role_name_of_65_characters" {
  command = plan

  variables {
    replicate_to = { bucket_arn = "arn:aws:s3:::copies" }
    roles        = { name_prefix = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }
  }

  expect_failures = [aws_iam_role.replication]
}
