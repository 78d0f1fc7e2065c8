locals {
  file_system_arn   = aws_efs_file_system.this.arn
  access_point_arns = { for name, access_point in aws_efs_access_point.this : name => access_point.arn }

  unknown_access_points = distinct(flatten([
    for name, client in var.clients : [for point in client.access_points : "${name}: ${point}" if !contains(keys(var.access_points), point)]
  ]))

  # Every name that Terraform cannot change in place, by address.
  default_names = {
    "aws_security_group.this"             = "efs-${var.name}"
    "aws_security_group.this.description" = "File system ${var.name}"
  }
  names = merge(local.default_names, var.names)
}

resource "aws_efs_file_system" "this" {
  #checkov:skip=CKV_AWS_184:encrypted by the key that EFS manages; the input kms_key_arn sets a customer managed key
  encrypted                       = true
  kms_key_id                      = var.kms_key_arn
  performance_mode                = var.performance_mode
  throughput_mode                 = var.throughput_mode
  provisioned_throughput_in_mibps = var.provisioned_throughput_mibps
  tags                            = merge({ Name = var.name }, var.tags)

  dynamic "lifecycle_policy" {
    for_each = coalesce(var.infrequent_access_after_days, 0) == 0 ? [] : [
      { to_ia = "AFTER_${var.infrequent_access_after_days}_DAY${var.infrequent_access_after_days == 1 ? "" : "S"}", back = null },
      { to_ia = null, back = "AFTER_1_ACCESS" },
    ]

    content {
      transition_to_ia                    = lifecycle_policy.value.to_ia
      transition_to_primary_storage_class = lifecycle_policy.value.back
    }
  }

  lifecycle {
    precondition {
      condition     = (var.throughput_mode == "provisioned") == (var.provisioned_throughput_mibps != null)
      error_message = "provisioned_throughput_mibps is ${jsonencode(var.provisioned_throughput_mibps)} with throughput_mode \"${var.throughput_mode}\"; give it exactly when throughput_mode is \"provisioned\"."
    }

    precondition {
      condition     = var.performance_mode == "generalPurpose" || var.throughput_mode != "elastic"
      error_message = "performance_mode is \"${var.performance_mode}\" with throughput_mode \"elastic\"; elastic throughput takes \"generalPurpose\" only."
    }

    precondition {
      condition     = length(local.unknown_access_points) == 0
      error_message = "clients has unknown access points (${join(", ", local.unknown_access_points)}); the known ones are ${join(", ", keys(var.access_points))}."
    }
  }
}

resource "aws_efs_backup_policy" "this" {
  file_system_id = aws_efs_file_system.this.id

  backup_policy {
    status = var.backup ? "ENABLED" : "DISABLED"
  }
}

resource "aws_efs_access_point" "this" {
  for_each = var.access_points

  file_system_id = aws_efs_file_system.this.id
  tags           = merge({ Name = "${var.name}-${each.key}" }, var.tags)

  posix_user {
    uid = each.value.uid
    gid = each.value.gid
  }

  root_directory {
    path = coalesce(each.value.path, "/${each.key}")

    creation_info {
      owner_uid   = each.value.uid
      owner_gid   = each.value.gid
      permissions = each.value.permissions
    }
  }
}

# Without a policy EFS allows every client that reaches a mount target, and a policy with Deny statements only allows
# everyone else. With Allow statements a client needs IAM authorization by a role that the policy names. EFS supports few
# condition keys, and none for the principal, so each role is the principal of a statement.
resource "aws_efs_file_system_policy" "this" {
  file_system_id = aws_efs_file_system.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid       = "TlsOnly"
          Effect    = "Deny"
          Principal = "*"
          Action    = "elasticfilesystem:*"
          Resource  = local.file_system_arn
          Condition = { Bool = { "aws:SecureTransport" = "false" } }
        },
        # The condition also matches a mount without an access point.
        {
          Sid       = "AccessPointsOnly"
          Effect    = "Deny"
          Principal = "*"
          Action    = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientRootAccess", "elasticfilesystem:ClientWrite"]
          Resource  = local.file_system_arn
          Condition = { StringNotEquals = { "elasticfilesystem:AccessPointArn" = values(local.access_point_arns) } }
        },
      ],
      [for client in values(var.clients) : {
        Effect    = "Allow"
        Principal = { AWS = client.task_role_arn }
        Action    = concat(["elasticfilesystem:ClientMount"], client.read_only ? [] : ["elasticfilesystem:ClientWrite"])
        Resource  = local.file_system_arn
        Condition = {
          Bool         = { "elasticfilesystem:AccessedViaMountTarget" = "true" }
          StringEquals = { "elasticfilesystem:AccessPointArn" = [for point in client.access_points : local.access_point_arns[point]] }
        }
      }],
    )
  })

  lifecycle {
    precondition {
      condition     = length(distinct(values(var.clients)[*].task_role_arn)) == length(var.clients)
      error_message = "clients has a task role twice (${join(", ", values(var.clients)[*].task_role_arn)}); list each task once, with all its access points."
    }
  }
}

# No client reaches the file system before the policy exists.
resource "aws_efs_mount_target" "this" {
  for_each = var.subnet_ids

  file_system_id  = aws_efs_file_system.this.id
  subnet_id       = each.value
  security_groups = [aws_security_group.this.id]

  depends_on = [aws_efs_file_system_policy.this]
}

resource "aws_security_group" "this" {
  name        = local.names["aws_security_group.this"]
  description = local.names["aws_security_group.this.description"]
  vpc_id      = var.vpc_id
  tags        = merge({ Name = "efs-${var.name}" }, var.tags)

  lifecycle {
    precondition {
      condition     = length(setsubtract(keys(var.names), keys(local.default_names))) == 0
      error_message = "names has ${join(", ", [for address in setsubtract(keys(var.names), keys(local.default_names)) : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", keys(local.default_names))}."
    }
  }
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = var.clients

  security_group_id            = aws_security_group.this.id
  description                  = "NFS from ${each.key}"
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
  referenced_security_group_id = each.value.security_group_id
  tags                         = var.tags
}

resource "aws_vpc_security_group_ingress_rule" "client" {
  for_each = var.client_security_group_ids

  security_group_id            = aws_security_group.this.id
  description                  = "NFS from ${each.key}"
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
  referenced_security_group_id = each.value
  tags                         = var.tags
}
