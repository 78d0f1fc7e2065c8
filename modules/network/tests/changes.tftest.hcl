# The runs share one state: each changes the resources of the run before. Values of earlier runs are passed as
# variables, because OpenTofu knows other runs in variables only.
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

run "single_nat_in_the_first_zone_by_name" {
  assert {
    condition     = keys(aws_nat_gateway.this) == ["eu-west-1a"]
    error_message = "A single NAT gateway must be in the first zone by name."
  }

  assert {
    condition     = toset([for route in values(aws_route.nat) : route.nat_gateway_id]) == toset([aws_nat_gateway.this["eu-west-1a"].id])
    error_message = "Every private subnet must use the single NAT gateway."
  }

  assert {
    condition = output.private_subnet_ids == [
      aws_subnet.private["eu-west-1a"].id, aws_subnet.private["eu-west-1b"].id,
    ]
    error_message = "Subnet IDs must be sorted by zone name."
  }

  assert {
    condition     = { for zone, subnet in aws_subnet.public : zone => subnet.cidr_block } == { eu-west-1a = "10.0.0.0/20", eu-west-1b = "10.0.16.0/20" }
    error_message = "Public subnets must be the sixteenths 0 to 7, by letter."
  }

  assert {
    condition     = { for zone, subnet in aws_subnet.private : zone => subnet.cidr_block } == { eu-west-1a = "10.0.128.0/20", eu-west-1b = "10.0.144.0/20" }
    error_message = "Private subnets must be the sixteenths 8 to 15, by letter."
  }
}

run "adding_a_zone_replaces_nothing" {
  variables {
    availability_zones     = ["eu-west-1c", "eu-west-1a", "eu-west-1b"]
    former_private_subnets = run.single_nat_in_the_first_zone_by_name.private_subnets
    former_public_subnets  = run.single_nat_in_the_first_zone_by_name.public_subnets
    former_nat_public_ips  = run.single_nat_in_the_first_zone_by_name.nat_public_ips
  }

  assert {
    condition = alltrue([
      for zone, id in var.former_private_subnets :
      output.private_subnets[zone] == id && aws_subnet.private[zone].availability_zone == zone
    ])
    error_message = "The existing private subnets must not be replaced."
  }

  assert {
    condition = alltrue([
      for zone, id in var.former_public_subnets :
      output.public_subnets[zone] == id && aws_subnet.public[zone].availability_zone == zone
    ])
    error_message = "The existing public subnets must not be replaced."
  }

  assert {
    condition     = { for zone, subnet in aws_subnet.private : zone => subnet.cidr_block } == { eu-west-1a = "10.0.128.0/20", eu-west-1b = "10.0.144.0/20", eu-west-1c = "10.0.160.0/20" }
    error_message = "A new zone must not change the CIDR blocks of the others."
  }

  assert {
    condition     = output.nat_public_ips == var.former_nat_public_ips
    error_message = "The existing NAT gateway must not be replaced."
  }
}

run "a_nat_gateway_in_each_zone_replaces_nothing" {
  variables {
    availability_zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    nat                = "per_az"

    former_private_subnets = run.adding_a_zone_replaces_nothing.private_subnets
    former_nat_public_ips  = run.adding_a_zone_replaces_nothing.nat_public_ips
  }

  assert {
    condition     = output.nat_public_ips["eu-west-1a"] == var.former_nat_public_ips["eu-west-1a"] && length(output.nat_public_ips) == 3
    error_message = "The existing NAT gateway must not be replaced, and each other zone must get one."
  }

  assert {
    condition     = alltrue([for zone, gateway in aws_nat_gateway.this : gateway.subnet_id == aws_subnet.public[zone].id])
    error_message = "Each NAT gateway must be in the public subnet of its zone."
  }

  assert {
    condition     = alltrue([for zone, route in aws_route.nat : route.nat_gateway_id == aws_nat_gateway.this[zone].id])
    error_message = "Each private subnet must use the NAT gateway of its zone."
  }

  assert {
    condition     = output.private_subnets == var.former_private_subnets
    error_message = "A change of nat must not change subnets."
  }
}
