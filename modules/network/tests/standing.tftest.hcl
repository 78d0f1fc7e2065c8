# The runs share one state: each changes what the one before has made. What stood before is handed to a run as a
# variable of its own, for OpenTofu knows other runs in variables only.
mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { endpoint = "ec2.eu-west-1.amazonaws.com" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/vpc/net/flow-logs" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/net-flow-logs" }
  }
}

variables {
  name               = "net"
  availability_zones = ["eu-west-1b", "eu-west-1a"]
}

run "single_nat_in_the_zone_that_sorts_first" {
  assert {
    condition     = keys(aws_nat_gateway.this) == ["eu-west-1a"]
    error_message = "A single NAT gateway stands in the zone that sorts first."
  }

  assert {
    condition     = toset([for route in values(aws_route.nat) : route.nat_gateway_id]) == toset([aws_nat_gateway.this["eu-west-1a"].id])
    error_message = "A single NAT gateway serves every private subnet."
  }

  assert {
    condition = output.private_subnet_ids == [
      aws_subnet.private["eu-west-1a"].id, aws_subnet.private["eu-west-1b"].id,
    ]
    error_message = "Subnet ids must be in order of zone name."
  }

  assert {
    condition     = { for zone, subnet in aws_subnet.public : zone => subnet.cidr_block } == { eu-west-1a = "10.0.0.0/20", eu-west-1b = "10.0.16.0/20" }
    error_message = "Public subnets take the sixteenths 0 to 7 by letter."
  }

  assert {
    condition     = { for zone, subnet in aws_subnet.private : zone => subnet.cidr_block } == { eu-west-1a = "10.0.128.0/20", eu-west-1b = "10.0.144.0/20" }
    error_message = "Private subnets take the sixteenths 8 to 15 by letter."
  }
}

run "a_zone_more_replaces_nothing" {
  variables {
    availability_zones     = ["eu-west-1c", "eu-west-1a", "eu-west-1b"]
    former_private_subnets = run.single_nat_in_the_zone_that_sorts_first.private_subnets
    former_public_subnets  = run.single_nat_in_the_zone_that_sorts_first.public_subnets
    former_nat_public_ips  = run.single_nat_in_the_zone_that_sorts_first.nat_public_ips
  }

  assert {
    condition = alltrue([
      for zone, id in var.former_private_subnets :
      output.private_subnets[zone] == id && aws_subnet.private[zone].availability_zone == zone
    ])
    error_message = "The private subnets that stood must stand."
  }

  assert {
    condition = alltrue([
      for zone, id in var.former_public_subnets :
      output.public_subnets[zone] == id && aws_subnet.public[zone].availability_zone == zone
    ])
    error_message = "The public subnets that stood must stand."
  }

  assert {
    condition     = { for zone, subnet in aws_subnet.private : zone => subnet.cidr_block } == { eu-west-1a = "10.0.128.0/20", eu-west-1b = "10.0.144.0/20", eu-west-1c = "10.0.160.0/20" }
    error_message = "A zone more must not renumber the others."
  }

  assert {
    condition     = output.nat_public_ips == var.former_nat_public_ips
    error_message = "The NAT gateway that stood must stand."
  }
}

run "a_nat_gateway_in_each_zone_replaces_nothing" {
  variables {
    availability_zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    nat                = "per_az"

    former_private_subnets = run.a_zone_more_replaces_nothing.private_subnets
    former_nat_public_ips  = run.single_nat_in_the_zone_that_sorts_first.nat_public_ips
  }

  assert {
    condition     = output.nat_public_ips["eu-west-1a"] == var.former_nat_public_ips["eu-west-1a"] && length(output.nat_public_ips) == 3
    error_message = "The NAT gateway that stood must stand, beside one more in each other zone."
  }

  assert {
    condition     = alltrue([for zone, gateway in aws_nat_gateway.this : gateway.subnet_id == aws_subnet.public[zone].id])
    error_message = "Each NAT gateway stands in the public subnet of its zone."
  }

  assert {
    condition     = alltrue([for zone, route in aws_route.nat : route.nat_gateway_id == aws_nat_gateway.this[zone].id])
    error_message = "Each private subnet uses the NAT gateway of its zone."
  }

  assert {
    condition     = output.private_subnets == var.former_private_subnets
    error_message = "NAT must not touch subnets."
  }
}
