mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = {
      partition = "aws"
    }
  }

  mock_data "aws_region" {
    defaults = {
      endpoint = "ec2.eu-west-1.amazonaws.com"
    }
  }

  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "123456789012"
    }
  }

  mock_resource "aws_lb" {
    defaults = {
      arn        = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/engines/0123456789abcdef"
      arn_suffix = "app/engines/0123456789abcdef"
      dns_name   = "engines-1234567890.eu-west-1.elb.amazonaws.com"
      zone_id    = "Z32O12XQLNTSW2"
    }
  }

  mock_resource "aws_lb_listener" {
    defaults = {
      arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/engines/0123456789abcdef/0123456789abcdef"
    }
  }

  mock_resource "aws_lb_target_group" {
    defaults = {
      arn        = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/engines/0123456789abcdef"
      arn_suffix = "targetgroup/engines/0123456789abcdef"
    }
  }

  mock_resource "aws_security_group" {
    defaults = {
      id = "sg-0a1b2c3d4e5f60718"
    }
  }

  mock_resource "aws_s3_bucket" {
    defaults = {
      id  = "engines-lb-logs-20260101"
      arn = "arn:aws:s3:::engines-lb-logs-20260101"
    }
  }
}

variables {
  name            = "engines"
  vpc_id          = "vpc-0a1b2c3d4e5f60718"
  subnet_ids      = ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"]
  certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-90ab-cdef-1234-567890abcdef"
  ingress         = { office = "203.0.113.0/24" }
  routes = {
    auth = { path = "/api/auth/*", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719" }
  }
}

run "ELB_1_CKV2_AWS_20_http_redirects_to_https" {
  assert {
    condition     = aws_lb_listener.redirect["this"].port == 80 && aws_lb_listener.redirect["this"].default_action[0].redirect[0].protocol == "HTTPS" && aws_lb_listener.redirect["this"].default_action[0].redirect[0].status_code == "HTTP_301"
    error_message = "ELB.1: plain HTTP may only redirect."
  }
}

run "defaults" {
  command = plan

  assert {
    condition     = aws_lb_listener.this["this"].protocol == "HTTPS" && aws_lb_listener.this["this"].port == 443 && aws_lb_listener.this["this"].ssl_policy == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    error_message = "ELB.17, ELB.18, CKV_AWS_103: clients must speak TLS 1.2 or later."
  }

  assert {
    condition     = aws_lb.this["this"].drop_invalid_header_fields
    error_message = "ELB.4, CKV_AWS_131: malformed headers must not reach a task."
  }

  assert {
    condition     = aws_lb.this["this"].desync_mitigation_mode == "defensive"
    error_message = "ELB.12, CKV_AWS_328: ambiguous requests must be handled in defensive mode."
  }

  assert {
    condition     = aws_lb.this["this"].access_logs[0].enabled && aws_lb.this["this"].access_logs[0].bucket == "engines-lb-logs-20260101"
    error_message = "ELB.5, CKV_AWS_91: every request must be logged."
  }

  assert {
    condition     = aws_lb.this["this"].enable_deletion_protection
    error_message = "ELB.6, CKV_AWS_150: the load balancer must be protected from deletion."
  }

  assert {
    condition     = aws_lb_target_group.this["auth"].health_check[0].path == "/" && aws_lb_target_group.this["auth"].health_check[0].matcher == "200-399"
    error_message = "CKV_AWS_261: a target group must have a health check."
  }

  assert {
    condition     = { for key, rule in aws_vpc_security_group_ingress_rule.client : key => [rule.cidr_ipv4, tostring(rule.from_port), tostring(rule.to_port)] } == { office-443 = ["203.0.113.0/24", "443", "443"], office-80 = ["203.0.113.0/24", "80", "80"] }
    error_message = "EC2.18, EC2.19: only the given ranges must be allowed to reach the ports of the listeners."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.target["auth"].security_group_id == "sg-0a1b2c3d4e5f60719" && aws_vpc_security_group_ingress_rule.target["auth"].referenced_security_group_id == "sg-0a1b2c3d4e5f60718" && aws_vpc_security_group_ingress_rule.target["auth"].from_port == 8080 && aws_vpc_security_group_ingress_rule.target["auth"].to_port == 8080
    error_message = "The task's security group must allow the load balancer, on the task's port."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.target["auth"].security_group_id == "sg-0a1b2c3d4e5f60718" && aws_vpc_security_group_egress_rule.target["auth"].referenced_security_group_id == "sg-0a1b2c3d4e5f60719" && aws_vpc_security_group_egress_rule.target["auth"].from_port == 8080
    error_message = "The load balancer's security group must allow requests to the task, on the task's port."
  }

  assert {
    condition     = one(one(aws_lb_listener_rule.this["auth"].condition).path_pattern).values == toset(["/api/auth/*"]) && aws_lb_listener_rule.this["auth"].action[0].type == "forward"
    error_message = "The path must lead to the service."
  }

  assert {
    condition     = aws_lb_listener_rule.this["auth"].priority == 46030
    error_message = "The priority must be computed from the path: (128 - 10) x 390 + hash % 390 + 1."
  }

  assert {
    condition     = output.targets == { auth = { target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/engines/0123456789abcdef", target_type = "ip", deregistration_delay_seconds = 30 } }
    error_message = "The output must have what a launch route takes, and nothing else."
  }

  assert {
    condition     = aws_lb_listener.this["this"].default_action[0].fixed_response[0].status_code == "404"
    error_message = "Other paths must get a 404."
  }
}

run "priorities_stay_when_a_service_is_added" {
  command = plan

  variables {
    routes = {
      a    = { path = "/api/*", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719" }
      auth = { path = "/api/auth/*", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719" }
      z    = { path = "/*", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719" }
    }
  }

  assert {
    condition     = aws_lb_listener_rule.this["auth"].priority == 46030
    error_message = "Another service must not change the priority of a rule."
  }

  assert {
    condition     = aws_lb_listener_rule.this["auth"].priority < aws_lb_listener_rule.this["a"].priority && aws_lb_listener_rule.this["a"].priority < aws_lb_listener_rule.this["z"].priority
    error_message = "The more literal path must come first."
  }
}

run "a_given_priority_wins_and_paths_that_collide_move_on" {
  command = plan

  variables {
    routes = {
      first = { path = "/first", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719", priority = 1 }
      s0    = { path = "/a/153/*", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719" }
      s1    = { path = "/a/001/*", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719" }
      s2    = { path = "/a/065/*", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719" }
      s3    = { path = "/a/535/*", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719" }
    }
  }

  assert {
    condition     = local.wanted_priority == { s0 = 47554, s1 = 47553, s2 = 47553, s3 = 47553 }
    error_message = "The paths of this test must have colliding and neighbouring priorities."
  }

  assert {
    condition     = { for service, rule in aws_lb_listener_rule.this : service => rule.priority } == { first = 1, s0 = 47556, s1 = 47553, s2 = 47554, s3 = 47555 }
    error_message = "A rule whose priority is taken must get the next free one, in the order of names."
  }
}

run "a_target_group_name_is_valid" {
  command = plan

  variables {
    name = "engines-of-a-company"
    routes = {
      "an_odd-name_that_is_long" = { path = "/", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719" }
    }
  }

  assert {
    condition     = can(regex("^engines-of-a-company-an-[0-9a-f]{8}$", aws_lb_target_group.this["an_odd-name_that_is_long"].name))
    error_message = "A target group's name has at most 32 letters, digits and hyphens."
  }
}

run "a_target_group_that_must_be_replaced_gets_another_name" {
  command = plan

  variables {
    routes = {
      auth = { path = "/api/auth/*", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719" }
      same = { path = "/same", port = 8081, security_group_id = "sg-0a1b2c3d4e5f60719" }
    }
  }

  assert {
    condition     = local.target_group_names["auth"] == "engines-auth-${substr(sha1("engines/auth/vpc-0a1b2c3d4e5f60718/ip/8080"), 0, 8)}"
    error_message = "The name must change with everything that forces a replacement."
  }
}

run "bridge_mode_allows_the_ephemeral_ports" {
  command = plan

  variables {
    routes = {
      auth = { path = "/", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719", network_mode = "bridge", target_type = "instance" }
    }
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.target["auth"].from_port == 32768 && aws_vpc_security_group_ingress_rule.target["auth"].to_port == 65535
    error_message = "A container in bridge mode has any free host port."
  }
}

run "stickiness_when_given" {
  command = plan

  variables {
    routes = {
      auth = { path = "/", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719", stickiness_seconds = 60 }
    }
  }

  assert {
    condition     = aws_lb_target_group.this["auth"].stickiness[0].enabled && aws_lb_target_group.this["auth"].stickiness[0].cookie_duration == 60
    error_message = "A client must stay with the same task."
  }
}

run "plain_http_when_given" {
  command = plan

  variables {
    protocol        = "HTTP"
    certificate_arn = null
  }

  assert {
    condition     = aws_lb_listener.this["this"].port == 80 && length(aws_lb_listener.redirect) == 0 && keys(aws_vpc_security_group_ingress_rule.client) == ["office-80"]
    error_message = "HTTP has one listener."
  }
}

run "uses_an_existing_load_balancer_and_listener" {
  command = plan

  variables {
    create_load_balancer = false
    existing_load_balancer = {
      arn               = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/theirs/fedcba9876543210"
      security_group_id = "sg-0a1b2c3d4e5f60720"
      dns_name          = "theirs-1234567890.eu-west-1.elb.amazonaws.com"
    }
    create_listener   = false
    existing_listener = { arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/theirs/fedcba9876543210/1" }
    certificate_arn   = null
    ingress           = {}
  }

  assert {
    condition     = length(aws_lb.this) == 0 && length(aws_lb_listener.this) == 0 && length(aws_security_group.this) == 0 && length(module.access_logs) == 0
    error_message = "Nothing must be created beside what is given."
  }

  assert {
    condition     = aws_lb_listener_rule.this["auth"].listener_arn == var.existing_listener.arn && output.arn_suffix == "app/theirs/fedcba9876543210" && aws_vpc_security_group_egress_rule.target["auth"].security_group_id == "sg-0a1b2c3d4e5f60720"
    error_message = "The rules must be on the existing listener."
  }
}

run "refuses_two_services_with_one_path" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = {
      auth = { path = "/api/*", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719" }
      pdf  = { path = "/api/*", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719" }
    }
  }

  expect_failures = [var.routes]
}

run "refuses_more_than_100_rules" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { for index in range(101) : "s${index}" => { path = "/${index}", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719" } }
  }

  expect_failures = [var.routes]
}

run "refuses_a_path_with_a_character_that_aws_refuses" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { auth = { path = "/api auth", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719" } }
  }

  expect_failures = [var.routes]
}

run "refuses_a_path_of_129_characters" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { auth = { path = "/${join("", [for index in range(128) : "a"])}", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719" } }
  }

  expect_failures = [var.routes]
}

run "refuses_a_path_with_six_wildcards" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { auth = { path = "/*/?/*/?/*/?", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719" } }
  }

  expect_failures = [var.routes]
}

run "refuses_a_task_that_exposes_no_port" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { auth = { path = "/", port = null, security_group_id = "sg-0a1b2c3d4e5f60719" } }
  }

  expect_failures = [var.routes]
}

run "refuses_target_type_ip_in_bridge_mode" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { auth = { path = "/", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719", network_mode = "bridge" } }
  }

  expect_failures = [var.routes]
}

run "refuses_target_type_instance_with_awsvpc" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { auth = { path = "/", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719", target_type = "instance" } }
  }

  expect_failures = [var.routes]
}

run "refuses_a_certificate_of_another_region" {
  command = plan

  variables {
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-90ab-cdef-1234-567890abcdef"
  }

  expect_failures = [aws_lb_listener.this]
}

run "refuses_https_without_a_certificate" {
  command = plan

  variables {
    certificate_arn = null
  }

  expect_failures = [aws_lb_listener.this]
}

run "refuses_a_certificate_for_http" {
  command = plan

  variables {
    protocol = "HTTP"
  }

  expect_failures = [aws_lb_listener.this]
}

run "refuses_the_same_priority_twice" {
  command = plan

  variables {
    routes = {
      auth = { path = "/auth", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719", priority = 7 }
      pdf  = { path = "/pdf", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719", priority = 7 }
    }
  }

  expect_failures = [output.targets]
}

run "refuses_priority_zero" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { auth = { path = "/auth", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719", priority = 0 } }
  }

  expect_failures = [var.routes]
}

run "refuses_a_service_with_a_dot" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { "a.b" = { path = "/", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719" } }
  }

  expect_failures = [var.routes]
}

run "refuses_a_health_check_timeout_that_is_not_less_than_its_interval" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { auth = { path = "/", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719", health_check = { interval_seconds = 5 } } }
  }

  expect_failures = [var.routes]
}

run "refuses_a_stickiness_of_0_seconds" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { auth = { path = "/", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719", stickiness_seconds = 0 } }
  }

  expect_failures = [var.routes]
}

run "refuses_a_deregistration_delay_over_an_hour" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { auth = { path = "/", port = 8080, security_group_id = "sg-0a1b2c3d4e5f60719", deregistration_delay_seconds = 3601 } }
  }

  expect_failures = [var.routes]
}

run "refuses_one_subnet" {
  command = plan

  variables {
    subnet_ids = ["subnet-0a1b2c3d4e5f60718"]
  }

  expect_failures = [aws_lb.this]
}

run "refuses_a_name_that_aws_reserves" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "internal-engines"
  }

  expect_failures = [var.name]
}

run "refuses_an_unknown_protocol" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    protocol = "TCP"
  }

  expect_failures = [var.protocol]
}

run "refuses_a_certificate_that_is_not_an_arn" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    certificate_arn = "engines.example.com"
  }

  expect_failures = [var.certificate_arn]
}

run "refuses_an_unknown_tls_policy" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ssl_policy = "TLS1.2"
  }

  expect_failures = [var.ssl_policy]
}

run "refuses_an_invalid_ipv4_range" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ingress = { office = "203.0.113.1/24" }
  }

  expect_failures = [var.ingress]
}

run "refuses_an_idle_timeout_of_0_seconds" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    idle_timeout_seconds = 0
  }

  expect_failures = [var.idle_timeout_seconds]
}

run "refuses_an_access_log_retention_of_0_days" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    access_log_retention_days = 0
  }

  expect_failures = [var.access_log_retention_days]
}

run "refuses_a_bucket_neither_created_nor_given" {
  command = plan

  variables {
    create_access_log_bucket = false
  }

  expect_failures = [aws_lb.this]
}

run "refuses_a_load_balancer_both_created_and_given" {
  command = plan

  variables {
    existing_load_balancer = { arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/theirs/fedcba9876543210", security_group_id = "sg-0a1b2c3d4e5f60720", dns_name = "theirs" }
  }

  expect_failures = [output.arn]
}

run "refuses_an_existing_listener_of_a_load_balancer_that_is_created" {
  command = plan

  variables {
    create_listener   = false
    existing_listener = { arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/theirs/fedcba9876543210/1" }
    ingress           = {}
  }

  expect_failures = [output.listener_arn]
}

run "refuses_ingress_for_an_existing_listener" {
  command = plan

  variables {
    create_load_balancer   = false
    existing_load_balancer = { arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/theirs/fedcba9876543210", security_group_id = "sg-0a1b2c3d4e5f60720", dns_name = "theirs" }
    create_listener        = false
    existing_listener      = { arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/theirs/fedcba9876543210/1" }
  }

  expect_failures = [output.listener_arn]
}

run "names_replace_those_of_the_block" {
  command = plan

  variables {
    names = {
      "aws_lb.this[\"this\"]"                         = "acme"
      "aws_security_group.this[\"this\"]"             = "acme-lb"
      "aws_security_group.this[\"this\"].description" = "Balancer of acme"
    }
  }

  assert {
    condition     = aws_lb.this["this"].name == "acme" && aws_security_group.this["this"].name == "acme-lb" && aws_security_group.this["this"].description == "Balancer of acme"
    error_message = "A resource must have the name that `names` gives its address."
  }
}

run "refuses_an_address_that_is_not_the_address_of_a_name" {
  command = plan

  variables {
    names = { "aws_lb.this" = "acme" }
  }

  expect_failures = [output.arn]
}

run "refuses_a_subnet_twice" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    subnet_ids = ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60718"]
  }

  expect_failures = [var.subnet_ids]
}
