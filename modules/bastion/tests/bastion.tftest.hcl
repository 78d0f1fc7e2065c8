mock_provider "aws" {
  mock_resource "aws_instance" {
    defaults = {
      id  = "i-0123456789abcdef0"
      arn = "arn:aws:ec2:eu-west-1:123456789012:instance/i-0123456789abcdef0"
    }
  }

  mock_resource "aws_security_group" {
    defaults = {
      id = "sg-0123456789abcdef0"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/scanner-bastion"
    }
  }

  mock_data "aws_ssm_parameter" {
    defaults = { insecure_value = "ami-0123456789abcdef0" }
  }

  mock_data "aws_region" {
    defaults = { endpoint = "ec2.eu-west-1.amazonaws.com" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

variables {
  name      = "scanner"
  vpc_id    = "vpc-0123456789abcdef0"
  subnet_id = "subnet-0123456789abcdef0"
  targets   = { database = { address = "db.example.com", security_group_id = "sg-0123456789abcdef1" } }
}

run "EC2_IMDSv2_no_public_address_and_stopped" {
  assert {
    condition     = aws_instance.this.metadata_options[0].http_tokens == "required" && aws_instance.this.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "EC2.8, CKV_AWS_79: the instance must require IMDSv2, from itself only."
  }

  assert {
    condition     = aws_instance.this.associate_public_ip_address == false
    error_message = "EC2.9, CKV_AWS_88: the instance must have no public address."
  }

  assert {
    condition     = aws_instance.this.root_block_device[0].encrypted && aws_instance.this.root_block_device[0].volume_type == "gp3"
    error_message = "EC2.3, CKV_AWS_8: the volume must be encrypted."
  }

  assert {
    condition     = aws_ec2_instance_state.this.state == "stopped" && aws_instance.this.instance_type == "t4g.nano"
    error_message = "The instance must be small, and stopped until it is needed."
  }

  assert {
    condition     = aws_iam_role_policy_attachment.session_manager.policy_arn == "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" && jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Principal.Service == "ec2.amazonaws.com"
    error_message = "SSM.1, IAM.1: the role must allow Session Manager and nothing else."
  }

  assert {
    condition     = data.aws_ssm_parameter.image.name == "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
    error_message = "The image must be Amazon Linux 2023 of the architecture of the type."
  }
}

run "EC2_19_connects_with_https_and_to_its_targets_only" {
  variables {
    targets = {
      database = { address = "db.example.com", security_group_id = "sg-0123456789abcdef1", port = 6432 }
      reader   = { address = "reader.example.com", security_group_id = "sg-0123456789abcdef2" }
    }
  }

  assert {
    condition     = "${aws_vpc_security_group_egress_rule.https.from_port} ${aws_vpc_security_group_egress_rule.https.to_port} ${aws_vpc_security_group_egress_rule.https.cidr_ipv4}" == "443 443 0.0.0.0/0"
    error_message = "EC2.19: HTTPS must be the only way out."
  }

  assert {
    condition     = [for name, rule in aws_vpc_security_group_egress_rule.target : "${name} ${rule.from_port} ${rule.to_port} ${rule.referenced_security_group_id}"] == ["database 6432 6432 sg-0123456789abcdef1", "reader 5432 5432 sg-0123456789abcdef2"]
    error_message = "EC2.19: the instance must reach its targets at their ports only."
  }
}

run "forwards_ports" {
  variables {
    targets = {
      database = { address = "db.example.com", security_group_id = "sg-0123456789abcdef1" }
      reader   = { address = "reader.example.com", security_group_id = "sg-0123456789abcdef2", local_port = 15432 }
    }
  }

  assert {
    condition = output.commands == {
      database = "aws ssm start-session --region eu-west-1 --target i-0123456789abcdef0 --document-name AWS-StartPortForwardingSessionToRemoteHost --parameters '{\"host\":[\"db.example.com\"],\"localPortNumber\":[\"5432\"],\"portNumber\":[\"5432\"]}'"
      reader   = "aws ssm start-session --region eu-west-1 --target i-0123456789abcdef0 --document-name AWS-StartPortForwardingSessionToRemoteHost --parameters '{\"host\":[\"reader.example.com\"],\"localPortNumber\":[\"15432\"],\"portNumber\":[\"5432\"]}'"
    }
    error_message = "A command must forward the port of its target."
  }

  assert {
    condition     = jsondecode(output.session_policy_json).Statement[0].Resource == [output.instance_arn, "arn:aws:ssm:eu-west-1::document/AWS-StartPortForwardingSessionToRemoteHost"] && jsondecode(output.session_policy_json).Statement[1].Resource == "arn:aws:ssm:eu-west-1:123456789012:session/$${aws:userid}-*"
    error_message = "IAM.1: the policy must allow forwarded ports of this instance only, and one's own sessions."
  }
}

run "runs_when_it_is_told_to" {
  command = plan

  variables {
    running       = true
    instance_type = "t3.nano"
  }

  assert {
    condition     = aws_ec2_instance_state.this.state == "running" && data.aws_ssm_parameter.image.name == "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    error_message = "The instance must run, with an image of the architecture of its type."
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

run "refuses_a_name_of_57_characters" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.name]
}

run "refuses_a_class_of_RDS" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    instance_type = "db"
  }

  expect_failures = [var.instance_type]
}

run "refuses_no_targets" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {}
  }

  expect_failures = [var.targets]
}

run "refuses_an_address_with_a_port" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = { database = { address = "db.example.com:5432", security_group_id = "sg-1" } }
  }

  expect_failures = [var.targets]
}

run "refuses_port_0" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = { database = { address = "db", security_group_id = "sg-1", port = 0 } }
  }

  expect_failures = [var.targets]
}

run "refuses_a_local_port_above_65535" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = { database = { address = "db", security_group_id = "sg-1", local_port = 65536 } }
  }

  expect_failures = [var.targets]
}

run "refuses_a_range_with_another_address_than_the_first" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    https_cidr_ipv4 = "10.0.0.1/16"
  }

  expect_failures = [var.https_cidr_ipv4]
}

run "refuses_an_alias_of_a_key" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    kms_key_arn = "alias/bastion"
  }

  expect_failures = [var.kms_key_arn]
}

run "refuses_a_role_name_of_65_characters" {
  command = plan

  variables {
    roles = { name_prefix = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }
  }

  expect_failures = [aws_iam_role.this]
}

run "refuses_an_address_that_is_not_the_address_of_a_name" {
  command = plan

  variables {
    names = { "aws_iam_role.that" = "acme" }
  }

  expect_failures = [aws_instance.this]
}

run "names_replace_those_of_the_block" {
  command = plan

  variables {
    names = {
      "aws_iam_role.this"                   = "acme-jump"
      "aws_security_group.this.description" = "Jump host of acme"
    }
  }

  assert {
    condition     = aws_iam_role.this.name == "acme-jump" && aws_security_group.this.description == "Jump host of acme"
    error_message = "A resource must have the name that `names` gives its address."
  }
}
