mock_provider "aws" {
  mock_resource "aws_efs_file_system" {
    defaults = {
      id  = "fs-0123456789abcdef0"
      arn = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0123456789abcdef0"
    }
  }

  mock_resource "aws_efs_access_point" {
    defaults = {
      id  = "fsap-0123456789abcdef0"
      arn = "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0123456789abcdef0"
    }
  }

  mock_resource "aws_security_group" {
    defaults = {
      id = "sg-0123456789abcdef0"
    }
  }
}

variables {
  name          = "engines"
  vpc_id        = "vpc-0123456789abcdef0"
  subnet_ids    = { "eu-west-1a" = "subnet-0123456789abcdef0", "eu-west-1b" = "subnet-0123456789abcdef1" }
  access_points = { work = {} }
  clients = {
    pdf = {
      task_role_arn     = "arn:aws:iam::123456789012:role/pdf-task"
      security_group_id = "sg-0123456789abcdef1"
      access_points     = ["work"]
    }
  }
}

run "EFS_1_encrypted_at_rest" {
  assert {
    condition     = aws_efs_file_system.this.encrypted
    error_message = "EFS.1: the file system must be encrypted at rest."
  }
}

run "EFS_8_customer_key_when_given" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition     = aws_efs_file_system.this.encrypted && aws_efs_file_system.this.kms_key_id == var.kms_key_arn
    error_message = "EFS.8: the given key must encrypt the file system."
  }
}

run "defaults" {
  command = plan

  assert {
    condition     = aws_efs_backup_policy.this.backup_policy[0].status == "ENABLED"
    error_message = "EFS.2: the file system must be backed up."
  }

  assert {
    condition     = aws_efs_access_point.this["work"].root_directory[0].path == "/work"
    error_message = "EFS.3: the root directory of an access point must not be that of the file system."
  }

  assert {
    condition     = aws_efs_access_point.this["work"].posix_user[0].uid == 1000 && aws_efs_access_point.this["work"].posix_user[0].gid == 1000
    error_message = "EFS.4: an access point must enforce a POSIX user."
  }

  assert {
    condition = [for s in jsondecode(aws_efs_file_system_policy.this.policy).Statement : s.Principal if s.Effect == "Allow"] == [
      { AWS = "arn:aws:iam::123456789012:role/pdf-task" }
    ]
    error_message = "The policy must allow the named roles only."
  }

  assert {
    condition = [for s in jsondecode(aws_efs_file_system_policy.this.policy).Statement : s.Condition if s.Effect == "Allow"] == [{
      Bool         = { "elasticfilesystem:AccessedViaMountTarget" = "true" }
      StringEquals = { "elasticfilesystem:AccessPointArn" = ["arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0123456789abcdef0"] }
    }]
    error_message = "A role must have permission through its access points only."
  }

  assert {
    condition     = jsondecode(aws_efs_file_system_policy.this.policy).Statement[2].Action == ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    error_message = "No client must have root access."
  }

  assert {
    condition = [for s in jsondecode(aws_efs_file_system_policy.this.policy).Statement : [s.Principal, s.Condition] if s.Effect == "Deny"] == [
      ["*", { Bool = { "aws:SecureTransport" = "false" } }],
      ["*", { StringNotEquals = { "elasticfilesystem:AccessPointArn" = ["arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0123456789abcdef0"] } }],
    ]
    error_message = "ECS.18: a mount without TLS or without an access point must be denied."
  }

  assert {
    condition = output.mounts["work"] == {
      file_system_id    = "fs-0123456789abcdef0"
      file_system_arn   = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0123456789abcdef0"
      access_point_id   = "fsap-0123456789abcdef0"
      access_point_arn  = "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0123456789abcdef0"
      security_group_id = "sg-0123456789abcdef0"
    }
    error_message = "A mount must have everything that the module task needs."
  }

  assert {
    condition     = [for p in aws_efs_file_system.this.lifecycle_policy : coalesce(p.transition_to_ia, p.transition_to_primary_storage_class)] == ["AFTER_30_DAYS", "AFTER_1_ACCESS"]
    error_message = "Files without access must move to Infrequent Access, and back on the next access."
  }
}

run "read_only_client_cannot_write" {
  command = plan

  variables {
    clients = {
      pdf = {
        task_role_arn     = "arn:aws:iam::123456789012:role/pdf-task"
        security_group_id = "sg-0123456789abcdef1"
        access_points     = ["work"]
        read_only         = true
      }
    }
  }

  assert {
    condition     = jsondecode(aws_efs_file_system_policy.this.policy).Statement[2].Action == ["elasticfilesystem:ClientMount"]
    error_message = "A read-only client must have permission to mount only."
  }
}

run "reachable_by_clients_only" {
  command = plan

  variables {
    client_security_group_ids = { fa = "sg-0123456789abcdef9" }
  }

  assert {
    condition = [for rule in concat(values(aws_vpc_security_group_ingress_rule.this), values(aws_vpc_security_group_ingress_rule.client)) : [rule.from_port, rule.to_port, rule.referenced_security_group_id]] == [
      [2049, 2049, "sg-0123456789abcdef1"],
      [2049, 2049, "sg-0123456789abcdef9"],
    ]
    error_message = "The security group must allow NFS from the clients' security groups only."
  }

  assert {
    condition     = keys(aws_efs_mount_target.this) == ["eu-west-1a", "eu-west-1b"]
    error_message = "Each zone must have a mount target."
  }
}

run "moves_no_files_after_0_days" {
  command = plan

  variables {
    infrequent_access_after_days = 0
  }

  assert {
    condition     = length(aws_efs_file_system.this.lifecycle_policy) == 0
    error_message = "With 0 days no file must be moved."
  }
}

run "refuses_a_name_with_spaces" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "a b"
  }

  expect_failures = [var.name]
}

run "refuses_no_subnets" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    subnet_ids = {}
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_no_access_points" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    access_points = {}
    clients       = {}
  }

  expect_failures = [var.access_points]
}

run "refuses_an_access_point_name_with_spaces" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    access_points = { "a b" = {} }
    clients       = {}
  }

  expect_failures = [var.access_points]
}

run "refuses_the_root_user" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    access_points = { work = { uid = 0 } }
  }

  expect_failures = [var.access_points]
}

run "EFS_3_refuses_the_root_directory" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    access_points = { work = { path = "/" } }
  }

  expect_failures = [var.access_points]
}

run "refuses_a_path_of_five_levels" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    access_points = { work = { path = "/a/b/c/d/e" } }
  }

  expect_failures = [var.access_points]
}

run "refuses_permissions_that_are_not_octal" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    access_points = { work = { permissions = "0798" } }
  }

  expect_failures = [var.access_points]
}

run "refuses_a_client_without_access_point" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    clients = {
      pdf = { task_role_arn = "arn:aws:iam::123456789012:role/pdf-task", security_group_id = "sg-1", access_points = [] }
    }
  }

  expect_failures = [var.clients]
}

run "refuses_an_unknown_access_point" {
  command = plan

  variables {
    access_points = { work = {}, archive = {} }
    clients = {
      pdf = { task_role_arn = "arn:aws:iam::123456789012:role/pdf-task", security_group_id = "sg-1", access_points = ["wrok"] }
    }
  }

  expect_failures = [aws_efs_file_system.this]
}

run "refuses_a_task_twice" {
  command = plan

  variables {
    clients = {
      a = { task_role_arn = "arn:aws:iam::123456789012:role/pdf-task", security_group_id = "sg-1", access_points = ["work"] }
      b = { task_role_arn = "arn:aws:iam::123456789012:role/pdf-task", security_group_id = "sg-1", access_points = ["work"] }
    }
  }

  expect_failures = [aws_efs_file_system_policy.this]
}

run "refuses_infrequent_access_after_two_days" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    infrequent_access_after_days = 2
  }

  expect_failures = [var.infrequent_access_after_days]
}

run "refuses_an_unknown_throughput_mode" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    throughput_mode = "fast"
  }

  expect_failures = [var.throughput_mode]
}

run "refuses_provisioned_without_throughput" {
  command = plan

  variables {
    throughput_mode = "provisioned"
  }

  expect_failures = [aws_efs_file_system.this]
}

run "refuses_throughput_without_provisioned" {
  command = plan

  variables {
    provisioned_throughput_mibps = 100
  }

  expect_failures = [aws_efs_file_system.this]
}

run "refuses_zero_throughput" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    throughput_mode              = "provisioned"
    provisioned_throughput_mibps = 0
  }

  expect_failures = [var.provisioned_throughput_mibps]
}

run "refuses_an_unknown_performance_mode" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    performance_mode = "minIO"
  }

  expect_failures = [var.performance_mode]
}

run "refuses_max_io_with_elastic_throughput" {
  command = plan

  variables {
    performance_mode = "maxIO"
  }

  expect_failures = [aws_efs_file_system.this]
}

run "names_replace_those_of_the_block" {
  command = plan

  variables {
    names = {
      "aws_security_group.this"             = "acme-files"
      "aws_security_group.this.description" = "Files of acme"
    }
  }

  assert {
    condition     = aws_security_group.this.name == "acme-files" && aws_security_group.this.description == "Files of acme"
    error_message = "A resource must have the name that `names` gives its address."
  }
}

run "refuses_an_address_that_is_not_the_address_of_a_name" {
  command = plan

  variables {
    names = { "aws_security_group.that" = "acme" }
  }

  expect_failures = [aws_security_group.this]
}
