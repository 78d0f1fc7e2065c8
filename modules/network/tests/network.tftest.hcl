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

run "EC2_2_default_security_group_closed" {
  assert {
    condition     = aws_default_security_group.this.vpc_id == aws_vpc.this.id
    error_message = "EC2.2: the default security group of the VPC must be managed."
  }

  assert {
    condition     = length(aws_default_security_group.this.ingress) == 0 && length(aws_default_security_group.this.egress) == 0
    error_message = "EC2.2: the default security group must have no rules."
  }
}

run "defaults" {
  command = plan

  assert {
    condition     = aws_flow_log.this.vpc_id == aws_vpc.this.id && aws_flow_log.this.traffic_type == "ALL"
    error_message = "EC2.6: all traffic of the VPC must be logged."
  }

  assert {
    condition     = aws_flow_log.this.log_destination == aws_cloudwatch_log_group.flow_logs.arn
    error_message = "EC2.6: flow logs must be written to the network's own log group."
  }

  assert {
    condition     = aws_cloudwatch_log_group.flow_logs.retention_in_days == 365
    error_message = "The retention of the flow logs must be a year."
  }

  assert {
    condition     = alltrue([for subnet in concat(values(aws_subnet.public), values(aws_subnet.private)) : !subnet.map_public_ip_on_launch])
    error_message = "EC2.15: no subnet must assign public addresses on launch."
  }

  assert {
    condition     = jsondecode(aws_iam_role.flow_logs.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    error_message = "The trust policy must allow flow logs of this account only."
  }

  assert {
    condition     = jsondecode(aws_iam_role.flow_logs.assume_role_policy).Statement[0].Condition.ArnLike["aws:SourceArn"] == "arn:aws:ec2:eu-west-1:123456789012:vpc-flow-log/*"
    error_message = "The trust policy must allow flow logs of this region only."
  }

  assert {
    condition     = [for s in jsondecode(aws_iam_role_policy.flow_logs.policy).Statement : s.Resource] == ["${aws_cloudwatch_log_group.flow_logs.arn}:*"]
    error_message = "The role must have permission for the network's own log group only."
  }

  assert {
    condition     = toset(jsondecode(aws_iam_role_policy.flow_logs.policy).Statement[0].Action) == toset(["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"])
    error_message = "The role must have permission to write logs only."
  }

  assert {
    condition     = aws_vpc.this.enable_dns_support && aws_vpc.this.enable_dns_hostnames
    error_message = "Private DNS of endpoints needs DNS support and DNS host names."
  }
}

run "EC2_18_endpoints_open_on_443_to_the_vpc_only" {
  variables {
    interface_endpoints = ["ecr.api", "sqs"]
  }

  assert {
    condition     = keys(aws_vpc_security_group_ingress_rule.endpoint) == ["ecr.api", "sqs"]
    error_message = "Each endpoint must have its own rule."
  }

  assert {
    condition = alltrue([
      for rule in values(aws_vpc_security_group_ingress_rule.endpoint) :
      rule.cidr_ipv4 == "10.0.0.0/16" && rule.from_port == 443 && rule.to_port == 443 && rule.ip_protocol == "tcp"
    ])
    error_message = "EC2.18: an endpoint must allow port 443 from the VPC only."
  }

  assert {
    condition     = alltrue([for group in values(aws_security_group.endpoint) : length(group.ingress) == 0 && length(group.egress) == 0])
    error_message = "Rules must be resources of their own, not inline, and there must be no egress rule."
  }

  assert {
    condition = alltrue([
      for service, endpoint in aws_vpc_endpoint.interface :
      endpoint.service_name == "com.amazonaws.eu-west-1.${service}" && endpoint.private_dns_enabled && endpoint.security_group_ids == toset([aws_security_group.endpoint[service].id])
    ])
    error_message = "An endpoint must have private DNS and its own security group."
  }
}

run "interface_endpoints_of_some_services_have_other_names_in_china" {
  command = plan

  override_data {
    target = data.aws_partition.current
    values = { partition = "aws-cn" }
  }

  override_data {
    target = data.aws_region.current
    values = { endpoint = "ec2.cn-north-1.amazonaws.com.cn" }
  }

  variables {
    availability_zones  = ["cn-north-1a", "cn-north-1b"]
    interface_endpoints = ["ecr.api", "logs", "transcribe"]
  }

  assert {
    condition = local.endpoint_names == {
      "ecr.api"  = "cn.com.amazonaws.cn-north-1.ecr.api"
      logs       = "com.amazonaws.cn-north-1.logs"
      transcribe = "cn.com.amazonaws.cn-north-1.transcribe.cn"
    }
    error_message = "The endpoints must have the names of China."
  }

  assert {
    condition     = aws_vpc_endpoint.s3.service_name == "com.amazonaws.cn-north-1.s3"
    error_message = "The gateway endpoint of S3 has the same name everywhere."
  }
}

run "encrypts_flow_logs_with_the_given_key" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition     = aws_cloudwatch_log_group.flow_logs.kms_key_id == var.kms_key_arn
    error_message = "The given key must encrypt the flow logs."
  }
}

run "reaches_s3_without_nat" {
  command = plan

  variables {
    nat = "none"
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 0 && length(aws_eip.nat) == 0 && length(aws_route.nat) == 0
    error_message = "Without NAT there must be no NAT gateway, no Elastic IP address and no route."
  }

  assert {
    condition     = aws_vpc_endpoint.s3.vpc_endpoint_type == "Gateway" && aws_vpc_endpoint.s3.route_table_ids == toset([for table in values(aws_route_table.private) : table.id])
    error_message = "Every private route table must have the gateway endpoint of S3."
  }

  assert {
    condition     = length(aws_vpc_endpoint.interface) == 0 && length(aws_security_group.endpoint) == 0
    error_message = "There must be no interface endpoint by default, because each costs money."
  }
}

run "uses_given_cidrs_and_computes_the_others" {
  command = plan

  variables {
    public_subnet_cidrs = { eu-west-1a = "10.0.0.0/28", eu-west-1b = "10.0.0.16/28" }
  }

  assert {
    condition     = aws_subnet.public["eu-west-1b"].cidr_block == "10.0.0.16/28" && aws_subnet.private["eu-west-1b"].cidr_block == "10.0.144.0/20"
    error_message = "Given CIDR blocks must be used, and the others computed."
  }
}

run "accepts_zones_with_the_same_letter_and_given_cidrs" {
  command = plan

  override_data {
    target = data.aws_region.current
    values = { endpoint = "ec2.us-west-2.amazonaws.com" }
  }

  variables {
    availability_zones   = ["us-west-2a", "us-west-2-lax-1a"]
    public_subnet_cidrs  = { us-west-2a = "10.0.0.0/24", us-west-2-lax-1a = "10.0.1.0/24" }
    private_subnet_cidrs = { us-west-2a = "10.0.2.0/24", us-west-2-lax-1a = "10.0.3.0/24" }
  }

  assert {
    condition     = aws_subnet.private["us-west-2-lax-1a"].cidr_block == "10.0.3.0/24"
    error_message = "With given CIDR blocks the letter of a zone must not matter."
  }
}

run "refuses_a_name_that_iam_refuses" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "a net"
  }

  expect_failures = [var.name]
}

run "refuses_a_name_that_security_groups_refuse" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "sg-net"
  }

  expect_failures = [var.name]
}

run "refuses_a_vpc_smaller_than_26" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    cidr_block = "10.0.0.0/27"
  }

  expect_failures = [var.cidr_block]
}

run "refuses_a_vpc_not_written_with_its_first_address" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    cidr_block = "10.0.1.0/16"
  }

  expect_failures = [var.cidr_block]
}

run "refuses_one_zone" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    availability_zones = ["eu-west-1a"]
  }

  expect_failures = [var.availability_zones]
}

run "refuses_a_zone_twice" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    availability_zones = ["eu-west-1a", "eu-west-1b", "eu-west-1a"]
  }

  expect_failures = [var.availability_zones]
}

run "refuses_a_zone_in_upper_case" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    availability_zones = ["EU-WEST-1A", "eu-west-1b"]
  }

  expect_failures = [var.availability_zones]
}

run "refuses_to_compute_for_a_letter_beyond_h" {
  command = plan

  variables {
    availability_zones = ["eu-west-1a", "eu-west-1i"]
  }

  expect_failures = [aws_vpc.this]
}

run "refuses_a_zone_of_another_region" {
  command = plan

  variables {
    availability_zones = ["eu-west-1a", "us-west-2b"]
  }

  expect_failures = [aws_vpc.this]
}

run "refuses_to_compute_for_the_same_letter_twice" {
  command = plan

  override_data {
    target = data.aws_region.current
    values = { endpoint = "ec2.us-west-2.amazonaws.com" }
  }

  variables {
    availability_zones = ["us-west-2a", "us-west-2-lax-1a"]
  }

  expect_failures = [aws_vpc.this]
}

run "refuses_an_unknown_nat" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    nat = "double"
  }

  expect_failures = [var.nat]
}

run "refuses_a_long_service_name" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    interface_endpoints = ["com.amazonaws.eu-west-1.sqs"]
  }

  expect_failures = [var.interface_endpoints]
}

run "refuses_a_second_endpoint_for_s3" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    interface_endpoints = ["s3"]
  }

  expect_failures = [var.interface_endpoints]
}

run "refuses_a_service_twice" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    interface_endpoints = ["sqs", "sqs"]
  }

  expect_failures = [var.interface_endpoints]
}

run "refuses_retention_that_cloudwatch_logs_refuses" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    flow_log_retention_days = 2
  }

  expect_failures = [var.flow_log_retention_days]
}

run "refuses_a_public_subnet_smaller_than_28" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    public_subnet_cidrs = { eu-west-1a = "10.0.0.0/29", eu-west-1b = "10.0.16.0/20" }
  }

  expect_failures = [var.public_subnet_cidrs]
}

run "refuses_a_private_subnet_not_written_with_its_first_address" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    private_subnet_cidrs = { eu-west-1a = "10.0.128.1/20", eu-west-1b = "10.0.144.0/20" }
  }

  expect_failures = [var.private_subnet_cidrs]
}

run "refuses_public_cidrs_of_other_zones" {
  command = plan

  variables {
    public_subnet_cidrs = { eu-west-1a = "10.0.0.0/20", eu-west-1c = "10.0.16.0/20" }
  }

  expect_failures = [aws_vpc.this]
}

run "refuses_private_cidrs_of_some_zones" {
  command = plan

  variables {
    private_subnet_cidrs = { eu-west-1a = "10.0.128.0/20" }
  }

  expect_failures = [aws_vpc.this]
}

run "refuses_a_subnet_outside_the_vpc" {
  command = plan

  variables {
    public_subnet_cidrs = { eu-west-1a = "10.0.0.0/20", eu-west-1b = "10.1.0.0/20" }
  }

  expect_failures = [aws_vpc.this]
}

run "refuses_a_subnet_larger_than_the_vpc" {
  command = plan

  variables {
    cidr_block           = "10.0.0.0/24"
    public_subnet_cidrs  = { eu-west-1a = "10.0.0.0/20", eu-west-1b = "10.0.0.0/28" }
    private_subnet_cidrs = { eu-west-1a = "10.0.0.128/28", eu-west-1b = "10.0.0.144/28" }
  }

  expect_failures = [aws_vpc.this]
}

run "refuses_public_subnets_that_overlap" {
  command = plan

  variables {
    public_subnet_cidrs = { eu-west-1a = "10.0.0.0/20", eu-west-1b = "10.0.15.240/28" }
  }

  expect_failures = [aws_vpc.this]
}

run "refuses_a_given_subnet_over_a_computed_one" {
  command = plan

  variables {
    public_subnet_cidrs = { eu-west-1a = "10.0.0.0/20", eu-west-1b = "10.0.128.0/28" }
  }

  expect_failures = [aws_vpc.this]
}

run "roles_have_the_boundary_path_and_prefix_of_the_organisation" {
  command = plan

  variables {
    roles = {
      permissions_boundary_arn = "arn:aws:iam::123456789012:policy/organisation/boundary"
      path                     = "/engines/eu/"
      name_prefix              = "acme-"
    }
  }

  assert {
    condition     = aws_iam_role.flow_logs.permissions_boundary == var.roles.permissions_boundary_arn && aws_iam_role.flow_logs.path == "/engines/eu/" && startswith(aws_iam_role.flow_logs.name, "acme-")
    error_message = "Every role must have the boundary, the path and the prefix of `roles`."
  }
}

run "refuses_a_boundary_that_is_no_policy" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    roles = { permissions_boundary_arn = "arn:aws:iam::123456789012:role/boundary" }
  }

  expect_failures = [var.roles]
}

run "refuses_a_role_path_without_a_slash_at_its_end" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    roles = { path = "/engines" }
  }

  expect_failures = [var.roles]
}

run "refuses_a_character_that_no_role_name_has" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    roles = { name_prefix = "acme/" }
  }

  expect_failures = [var.roles]
}

run "refuses_a_prefix_that_makes_a_role_name_too_long" {
  command = plan

  variables {
    roles = { name_prefix = "a-prefix-of-64-characters-leaves-no-character-for-the-name-itself" }
  }

  expect_failures = [aws_iam_role.flow_logs]
}

run "names_replace_those_of_the_block" {
  command = plan

  variables {
    interface_endpoints = ["logs"]
    names = {
      "aws_iam_role.flow_logs"                            = "acme-flow-logs"
      "aws_cloudwatch_log_group.flow_logs"                = "/acme/flow-logs"
      "aws_security_group.endpoint[\"logs\"]"             = "acme-logs"
      "aws_security_group.endpoint[\"logs\"].description" = "Logs of acme"
    }
  }

  assert {
    condition     = aws_iam_role.flow_logs.name == "acme-flow-logs" && aws_cloudwatch_log_group.flow_logs.name == "/acme/flow-logs" && aws_security_group.endpoint["logs"].name == "acme-logs" && aws_security_group.endpoint["logs"].description == "Logs of acme"
    error_message = "A resource must have the name that `names` gives its address."
  }
}

run "refuses_an_address_that_is_not_the_address_of_a_name" {
  command = plan

  variables {
    names = { "aws_security_group.endpoint[\"none\"]" = "acme" }
  }

  expect_failures = [aws_vpc.this]
}

run "refuses_the_name_of_a_service_that_its_endpoint_does_not_have" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    interface_endpoints = ["ecr"]
  }

  expect_failures = [var.interface_endpoints]
}

run "refuses_to_compute_subnets_of_a_small_network" {
  command = plan

  variables {
    cidr_block = "10.0.0.0/26"
  }

  expect_failures = [aws_vpc.this]
}

run "a_network_of_26_bits_has_four_subnets_of_28" {
  command = plan

  variables {
    cidr_block           = "10.0.0.0/26"
    availability_zones   = ["eu-west-1a", "eu-west-1b"]
    public_subnet_cidrs  = { "eu-west-1a" = "10.0.0.0/28", "eu-west-1b" = "10.0.0.16/28" }
    private_subnet_cidrs = { "eu-west-1a" = "10.0.0.32/28", "eu-west-1b" = "10.0.0.48/28" }
  }

  assert {
    condition     = aws_subnet.private["eu-west-1b"].cidr_block == "10.0.0.48/28"
    error_message = aws_subnet.private["eu-west-1b"].cidr_block
  }
}
