data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

locals {
  # The endpoint is ec2.<region>.<suffix>: assumed for provider 6, which deprecates `name` and `id`. Provider 5 has no `region`.
  region    = split(".", data.aws_region.current.endpoint)[1]
  partition = data.aws_partition.current.partition
  account   = data.aws_caller_identity.current.account_id

  # Types of Graviton have a g after the generation.
  architecture = can(regex("^(a1|[a-z]+[0-9]+g[a-z]*)\\.", var.instance_type)) ? "arm64" : "x86_64"
  document     = "AWS-StartPortForwardingSessionToRemoteHost"
  role_name    = "${var.roles.name_prefix}${var.name}-bastion${var.roles.name_suffix}"

  # Every name that Terraform cannot change in place, by address.
  default_names = {
    "aws_iam_role.this"                   = local.role_name
    "aws_iam_instance_profile.this"       = "${var.name}-bastion${var.roles.name_suffix}"
    "aws_security_group.this"             = "bastion-${var.name}"
    "aws_security_group.this.description" = "Bastion ${var.name}"
  }
  names = merge(local.default_names, var.names)
}

data "aws_ssm_parameter" "image" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${local.architecture}"
}

resource "aws_instance" "this" {
  #checkov:skip=CKV_AWS_126:metrics of each minute cost more than the instance, and nothing watches it
  ami                         = data.aws_ssm_parameter.image.insecure_value
  instance_type               = var.instance_type
  subnet_id                   = var.subnet_id
  associate_public_ip_address = var.assign_public_ip
  vpc_security_group_ids      = [aws_security_group.this.id]
  iam_instance_profile        = aws_iam_instance_profile.this.name
  ebs_optimized               = true
  tags                        = merge({ Name = "${var.name}-bastion" }, var.tags)
  volume_tags                 = merge({ Name = "${var.name}-bastion" }, var.tags)

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = 8
    encrypted   = true
    kms_key_id  = var.kms_key_arn
  }

  lifecycle {
    # A new image must not replace the instance, and neither must a public address that AWS took when it stopped.
    ignore_changes = [ami, associate_public_ip_address]

    precondition {
      condition     = length(setsubtract(keys(var.names), keys(local.default_names))) == 0
      error_message = "names has ${join(", ", [for address in setsubtract(keys(var.names), keys(local.default_names)) : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", keys(local.default_names))}."
    }
  }
}

resource "aws_ec2_instance_state" "this" {
  instance_id = aws_instance.this.id
  state       = var.running ? "running" : "stopped"
}

resource "aws_iam_role" "this" {
  name                 = local.names["aws_iam_role.this"]
  description          = "Bastion ${var.name}."
  path                 = var.roles.path
  permissions_boundary = var.roles.permissions_boundary_arn
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ec2.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })

  lifecycle {
    precondition {
      condition     = contains(keys(var.names), "aws_iam_role.this") || length(local.role_name) <= 64
      error_message = "roles makes the role name \"${local.role_name}\" of ${length(local.role_name)} characters, with name_prefix \"${var.roles.name_prefix}\" and name_suffix \"${var.roles.name_suffix}\"; an IAM role name has at most 64."
    }
  }
}

resource "aws_iam_role_policy_attachment" "session_manager" {
  role       = aws_iam_role.this.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "this" {
  name = local.names["aws_iam_instance_profile.this"]
  path = var.roles.path
  role = aws_iam_role.this.name
  tags = var.tags
}

resource "aws_security_group" "this" {
  name        = local.names["aws_security_group.this"]
  description = local.names["aws_security_group.this.description"]
  vpc_id      = var.vpc_id
  tags        = merge({ Name = "bastion-${var.name}" }, var.tags)
}

resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.this.id
  description       = "HTTPS, to Systems Manager"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = var.https_cidr_ipv4
  tags              = var.tags
}

resource "aws_vpc_security_group_egress_rule" "target" {
  for_each = var.targets

  security_group_id            = aws_security_group.this.id
  description                  = "Sessions to ${each.key}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
  referenced_security_group_id = each.value.security_group_id
  tags                         = var.tags
}
