data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  # The endpoint is ec2.<region>.<suffix>: assumed for provider 6, which deprecates `name` and `id`. Provider 5 has no `region`.
  region = split(".", data.aws_region.current.endpoint)[1]

  zones      = toset(var.availability_zones)
  first_zone = sort(var.availability_zones)[0]

  nat_zones = toset({
    none   = []
    single = [local.first_zone]
    per_az = var.availability_zones
  }[var.nat])

  # Computed from the letter of the zone, so that neither the order nor an added zone changes the CIDR block of a subnet.
  letters      = ["a", "b", "c", "d", "e", "f", "g", "h"]
  zone_numbers = { for zone in local.zones : zone => index(local.letters, substr(zone, -1, 1)) if contains(local.letters, substr(zone, -1, 1)) }
  computed     = length(var.public_subnet_cidrs) == 0 || length(var.private_subnet_cidrs) == 0
  computable   = length(distinct(values(local.zone_numbers))) == length(local.zones)

  public_cidrs  = length(var.public_subnet_cidrs) > 0 ? var.public_subnet_cidrs : tomap({ for zone, number in local.zone_numbers : zone => cidrsubnet(var.cidr_block, 4, number) })
  private_cidrs = length(var.private_subnet_cidrs) > 0 ? var.private_subnet_cidrs : tomap({ for zone, number in local.zone_numbers : zone => cidrsubnet(var.cidr_block, 4, 8 + number) })

  subnets = [
    for subnet in concat(
      [for zone, cidr in local.public_cidrs : { name = "public ${zone} (${cidr})", cidr = cidr }],
      [for zone, cidr in local.private_cidrs : { name = "private ${zone} (${cidr})", cidr = cidr }],
    ) : merge(subnet, { address = split("/", subnet.cidr)[0], prefix = tonumber(split("/", subnet.cidr)[1]) })
  ]

  vpc_prefix = tonumber(split("/", var.cidr_block)[1])
  outside = [
    for subnet in local.subnets : subnet.name
    if subnet.prefix < local.vpc_prefix || cidrsubnet("${subnet.address}/${local.vpc_prefix}", 0, 0) != var.cidr_block
  ]

  # Two CIDR blocks overlap when they are equal at the shorter of their prefixes.
  overlaps = flatten([
    for position, a in local.subnets : [
      for b in slice(local.subnets, position + 1, length(local.subnets)) : "${a.name} and ${b.name}"
      if cidrsubnet("${a.address}/${min(a.prefix, b.prefix)}", 0, 0) == cidrsubnet("${b.address}/${min(a.prefix, b.prefix)}", 0, 0)
    ]
  ])

  flow_log_role_name = "${var.roles.name_prefix}${var.name}-flow-logs${var.roles.name_suffix}"

  # Every name that Terraform cannot change in place, by address.
  default_names = merge(
    {
      "aws_cloudwatch_log_group.flow_logs" = "/vpc/${var.name}/flow-logs"
      "aws_iam_role.flow_logs"             = local.flow_log_role_name
      "aws_iam_role_policy.flow_logs"      = "write-flow-logs"
    },
    { for service in var.interface_endpoints : "aws_security_group.endpoint[\"${service}\"]" => "${var.name}-endpoint-${service}" },
    { for service in var.interface_endpoints : "aws_security_group.endpoint[\"${service}\"].description" => "Endpoint of ${service} in ${var.name}" },
  )
  names = merge(local.default_names, var.names)
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr_block
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = merge({ Name = var.name }, var.tags)

  lifecycle {
    precondition {
      condition     = length(setsubtract(keys(var.names), keys(local.default_names))) == 0
      error_message = "names has ${join(", ", [for address in setsubtract(keys(var.names), keys(local.default_names)) : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", keys(local.default_names))}."
    }

    precondition {
      condition     = length(var.public_subnet_cidrs) == 0 || toset(keys(var.public_subnet_cidrs)) == local.zones
      error_message = "public_subnet_cidrs names the zones ${join(", ", keys(var.public_subnet_cidrs))}; it must name exactly ${join(", ", local.zones)}, or none."
    }

    precondition {
      condition     = length(var.private_subnet_cidrs) == 0 || toset(keys(var.private_subnet_cidrs)) == local.zones
      error_message = "private_subnet_cidrs names the zones ${join(", ", keys(var.private_subnet_cidrs))}; it must name exactly ${join(", ", local.zones)}, or none."
    }

    precondition {
      condition     = alltrue([for zone in local.zones : startswith(zone, local.region)])
      error_message = "availability_zones are ${jsonencode(var.availability_zones)}; the region is ${local.region}, and the names of its zones start with it."
    }

    precondition {
      condition     = !local.computed || local.computable
      error_message = "availability_zones are ${join(", ", local.zones)}; to compute CIDR blocks, each name must end in a different letter from a to h. Give public_subnet_cidrs and private_subnet_cidrs."
    }

    precondition {
      condition     = !local.computed || try(tonumber(split("/", var.cidr_block)[1]) <= 24, true)
      error_message = "cidr_block is \"${var.cidr_block}\"; a sixteenth of it is smaller than /28, the smallest subnet. Give public_subnet_cidrs and private_subnet_cidrs, or a block of /24 or larger."
    }

    precondition {
      condition     = length(local.outside) == 0
      error_message = "Subnets must be within the VPC's ${var.cidr_block}; these are not: ${join(", ", local.outside)}."
    }

    precondition {
      # Computed CIDR blocks of zones with the same letter overlap too; the precondition above reports the cause.
      condition     = length(local.overlaps) == 0 || (local.computed && !local.computable)
      error_message = "Subnets must not overlap; these do: ${join("; ", local.overlaps)}."
    }
  }
}

resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
  tags   = merge({ Name = "${var.name}-default-closed" }, var.tags)
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
  tags   = merge({ Name = var.name }, var.tags)
}

resource "aws_subnet" "public" {
  for_each = local.zones

  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.key
  cidr_block              = local.public_cidrs[each.key]
  map_public_ip_on_launch = false
  tags                    = merge({ Name = "${var.name}-public-${each.key}" }, var.tags)
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id
  tags   = merge({ Name = "${var.name}-public" }, var.tags)
}

resource "aws_route" "internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  for_each = local.zones

  subnet_id      = aws_subnet.public[each.key].id
  route_table_id = aws_route_table.public.id
}

resource "aws_subnet" "private" {
  for_each = local.zones

  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.key
  cidr_block              = local.private_cidrs[each.key]
  map_public_ip_on_launch = false
  tags                    = merge({ Name = "${var.name}-private-${each.key}" }, var.tags)
}

resource "aws_route_table" "private" {
  for_each = local.zones

  vpc_id = aws_vpc.this.id
  tags   = merge({ Name = "${var.name}-private-${each.key}" }, var.tags)
}

resource "aws_route_table_association" "private" {
  for_each = local.zones

  subnet_id      = aws_subnet.private[each.key].id
  route_table_id = aws_route_table.private[each.key].id
}

resource "aws_eip" "nat" {
  #checkov:skip=CKV2_AWS_19:the address is associated with a NAT gateway, not with an instance
  for_each = local.nat_zones

  domain = "vpc"
  tags   = merge({ Name = "${var.name}-nat-${each.key}" }, var.tags)
}

resource "aws_nat_gateway" "this" {
  for_each = local.nat_zones

  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.public[each.key].id
  tags          = merge({ Name = "${var.name}-${each.key}" }, var.tags)

  # EC2 refuses a public NAT gateway in a VPC without an internet gateway.
  depends_on = [aws_internet_gateway.this]
}

resource "aws_route" "nat" {
  for_each = var.nat == "none" ? toset([]) : local.zones

  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[var.nat == "per_az" ? each.key : local.first_zone].id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${local.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [for table in aws_route_table.private : table.id]
  tags              = merge({ Name = "${var.name}-s3" }, var.tags)
}

resource "aws_security_group" "endpoint" {
  for_each = toset(var.interface_endpoints)

  vpc_id      = aws_vpc.this.id
  name        = local.names["aws_security_group.endpoint[\"${each.key}\"]"]
  description = local.names["aws_security_group.endpoint[\"${each.key}\"].description"]
  tags        = merge({ Name = "${var.name}-endpoint-${each.key}" }, var.tags)
}

resource "aws_vpc_security_group_ingress_rule" "endpoint" {
  for_each = toset(var.interface_endpoints)

  security_group_id = aws_security_group.endpoint[each.key].id
  description       = "TLS from the VPC"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = aws_vpc.this.cidr_block
  tags              = var.tags
}

resource "aws_vpc_endpoint" "interface" {
  for_each = toset(var.interface_endpoints)

  vpc_id              = aws_vpc.this.id
  service_name        = local.endpoint_names[each.key]
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [for subnet in aws_subnet.private : subnet.id]
  security_group_ids  = [aws_security_group.endpoint[each.key].id]
  private_dns_enabled = true
  tags                = merge({ Name = "${var.name}-${each.key}" }, var.tags)
}

resource "aws_cloudwatch_log_group" "flow_logs" {
  #checkov:skip=CKV_AWS_158:CloudWatch Logs encrypts every group; the input kms_key_arn sets a customer managed key
  name              = local.names["aws_cloudwatch_log_group.flow_logs"]
  retention_in_days = var.flow_log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_iam_role" "flow_logs" {
  name                 = local.names["aws_iam_role.flow_logs"]
  description          = "Writes the flow logs of ${var.name}"
  path                 = var.roles.path
  permissions_boundary = var.roles.permissions_boundary_arn
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
      Action    = "sts:AssumeRole"
      # The ARN of the flow log is known only after it has assumed the role.
      Condition = {
        StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id }
        ArnLike      = { "aws:SourceArn" = "arn:${data.aws_partition.current.partition}:ec2:${local.region}:${data.aws_caller_identity.current.account_id}:vpc-flow-log/*" }
      }
    }]
  })

  lifecycle {
    precondition {
      condition     = contains(keys(var.names), "aws_iam_role.flow_logs") || length(local.flow_log_role_name) <= 64
      error_message = "roles makes the role name \"${local.flow_log_role_name}\" of ${length(local.flow_log_role_name)} characters, with name_prefix \"${var.roles.name_prefix}\" and name_suffix \"${var.roles.name_suffix}\"; an IAM role name has at most 64."
    }
  }
}

resource "aws_iam_role_policy" "flow_logs" {
  name = local.names["aws_iam_role_policy.flow_logs"]
  role = aws_iam_role.flow_logs.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
      Resource = "${aws_cloudwatch_log_group.flow_logs.arn}:*"
    }]
  })
}

resource "aws_flow_log" "this" {
  vpc_id          = aws_vpc.this.id
  traffic_type    = "ALL"
  log_destination = aws_cloudwatch_log_group.flow_logs.arn
  iam_role_arn    = aws_iam_role.flow_logs.arn
  tags            = merge({ Name = var.name }, var.tags)

  # Without its policy the role could be assumed, but every record would be lost.
  depends_on = [aws_iam_role_policy.flow_logs]
}
