data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

locals {
  # The endpoint is ec2.<region>.<suffix>: assumed for provider 6, which deprecates `name` and `id`. Provider 5 has no `region`.
  region = split(".", data.aws_region.current.endpoint)[1]

  # The preconditions of the outputs arn and listener_arn refuse a load balancer or listener that is neither created nor given.
  load_balancer = var.create_load_balancer ? {
    arn               = aws_lb.this["this"].arn
    arn_suffix        = aws_lb.this["this"].arn_suffix
    dns_name          = aws_lb.this["this"].dns_name
    zone_id           = aws_lb.this["this"].zone_id
    security_group_id = aws_security_group.this["this"].id
    } : {
    arn               = try(var.existing_load_balancer.arn, "")
    arn_suffix        = try(split(":loadbalancer/", var.existing_load_balancer.arn)[1], "")
    dns_name          = try(var.existing_load_balancer.dns_name, "")
    zone_id           = null
    security_group_id = try(var.existing_load_balancer.security_group_id, "")
  }
  listener_arn = var.create_listener ? aws_lb_listener.this["this"].arn : try(var.existing_listener.arn, "")

  https          = var.protocol == "HTTPS"
  listener_ports = var.create_listener ? (local.https ? [443, 80] : [80]) : []
  ingress = merge([for port in local.listener_ports : {
    for name, cidr in var.ingress : "${name}-${port}" => { port = port, cidr = cidr }
  }]...)

  # In bridge mode Docker gives a container a free host port from this range.
  target_ports = {
    for service, route in var.routes : service => route.network_mode == "bridge" ? { from = 32768, to = 65535 } : { from = route.port, to = route.port }
  }

  # A target group that must be replaced exists beside its successor for a moment, so the two need different names.
  target_group_names = { for service, route in var.routes : service => format(
    "%s-%s",
    trim(substr(replace("${var.name}-${service}", "_", "-"), 0, 23), "-"),
    substr(sha1(join("/", [var.name, service, var.vpc_id, route.target_type, route.port])), 0, 8),
  ) }

  # Every name that Terraform cannot change in place, by address.
  default_names = merge(
    { for key in var.create_load_balancer ? ["this"] : [] : "aws_security_group.this[\"${key}\"]" => "lb-${var.name}" },
    { for key in var.create_load_balancer ? ["this"] : [] : "aws_security_group.this[\"${key}\"].description" => "Load balancer ${var.name}" },
    { for key in var.create_load_balancer ? ["this"] : [] : "aws_lb.this[\"${key}\"]" => var.name },
    { for service in keys(var.routes) : "aws_lb_target_group.this[\"${service}\"]" => local.target_group_names[service] },
  )
  names = merge(local.default_names, var.names)

  # Nested modules refuse what is unknown in them.
  named_modules = var.create_load_balancer && var.create_access_log_bucket ? ["module.access_logs[\"this\"]."] : []
  unknown_names = [
    for address in keys(var.names) : address
    if !contains(keys(local.default_names), address) && !anytrue([for beginning in local.named_modules : startswith(address, beginning)])
  ]
}

resource "aws_lb" "this" {
  #checkov:skip=CKV_AWS_150:the input deletion_protection defaults to true
  #checkov:skip=CKV2_AWS_28:a web ACL has a monthly price and rules of its own; attach one to the output arn
  for_each = var.create_load_balancer ? { this = var.name } : {}

  name                       = local.names["aws_lb.this[\"this\"]"]
  internal                   = var.internal
  load_balancer_type         = "application"
  security_groups            = [aws_security_group.this["this"].id]
  subnets                    = var.subnet_ids
  idle_timeout               = var.idle_timeout_seconds
  enable_deletion_protection = var.deletion_protection
  drop_invalid_header_fields = true
  desync_mitigation_mode     = "defensive"
  tags                       = var.tags

  access_logs {
    enabled = true
    bucket  = var.create_access_log_bucket ? module.access_logs["this"].bucket_name : var.existing_access_log_bucket
    prefix  = var.name
  }

  lifecycle {
    precondition {
      condition     = length(var.subnet_ids) >= 2
      error_message = "subnet_ids has ${length(var.subnet_ids)} subnets; an application load balancer needs two or more, in different zones."
    }

    precondition {
      condition     = var.create_access_log_bucket == (var.existing_access_log_bucket == null)
      error_message = "create_access_log_bucket is ${var.create_access_log_bucket} and existing_access_log_bucket is ${var.existing_access_log_bucket == null ? "absent" : "given"}; give existing_access_log_bucket exactly when create_access_log_bucket is false."
    }
  }
}

module "access_logs" {
  source   = "../bucket"
  for_each = var.create_load_balancer && var.create_access_log_bucket ? { this = var.name } : {}

  bucket_prefix   = "${each.value}-lb-logs-"
  expiration_days = var.access_log_retention_days
  force_destroy   = !var.deletion_protection
  names           = { for address, name in var.names : trimprefix(address, "module.access_logs[\"this\"].") => name if startswith(address, "module.access_logs[\"this\"].") }
  tags            = var.tags

  writers = {
    load_balancer = {
      service    = "logdelivery.elasticloadbalancing.amazonaws.com"
      source_arn = "arn:${data.aws_partition.current.partition}:elasticloadbalancing:${local.region}:${data.aws_caller_identity.current.account_id}:loadbalancer/app/${local.names["aws_lb.this[\"this\"]"]}/*"
    }
  }
}

resource "aws_security_group" "this" {
  #checkov:skip=CKV2_AWS_5:it is attached to the load balancer; checkov does not see through for_each
  for_each = var.create_load_balancer ? { this = var.name } : {}

  name        = local.names["aws_security_group.this[\"this\"]"]
  description = local.names["aws_security_group.this[\"this\"].description"]
  vpc_id      = var.vpc_id
  tags        = var.tags
}

resource "aws_vpc_security_group_ingress_rule" "client" {
  for_each = local.ingress

  security_group_id = local.load_balancer.security_group_id
  description       = "Clients of the load balancer"
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
  cidr_ipv4         = each.value.cidr
  tags              = var.tags
}

resource "aws_vpc_security_group_egress_rule" "target" {
  for_each = var.routes

  security_group_id            = local.load_balancer.security_group_id
  description                  = "Requests to ${each.key}"
  ip_protocol                  = "tcp"
  from_port                    = local.target_ports[each.key].from
  to_port                      = local.target_ports[each.key].to
  referenced_security_group_id = each.value.security_group_id
  tags                         = var.tags
}

resource "aws_vpc_security_group_ingress_rule" "target" {
  for_each = var.routes

  security_group_id            = each.value.security_group_id
  description                  = "Requests from the load balancer ${var.name}"
  ip_protocol                  = "tcp"
  from_port                    = local.target_ports[each.key].from
  to_port                      = local.target_ports[each.key].to
  referenced_security_group_id = local.load_balancer.security_group_id
  tags                         = var.tags
}

resource "aws_lb_listener" "this" {
  #checkov:skip=CKV_AWS_2:HTTP is for internal load balancers; the default is HTTPS
  #checkov:skip=CKV_AWS_103:the input ssl_policy defaults to TLS 1.2 and 1.3
  for_each = var.create_listener ? { this = var.protocol } : {}

  load_balancer_arn = local.load_balancer.arn
  port              = local.https ? 443 : 80
  protocol          = each.value
  certificate_arn   = local.https ? var.certificate_arn : null
  ssl_policy        = local.https ? var.ssl_policy : null
  tags              = var.tags

  default_action {
    type = "fixed-response"

    fixed_response {
      status_code  = "404"
      content_type = "application/json"
      message_body = jsonencode({ message = "Not Found" })
    }
  }

  lifecycle {
    precondition {
      condition     = local.https == (var.certificate_arn != null)
      error_message = "protocol is \"${var.protocol}\" and certificate_arn is ${jsonencode(var.certificate_arn)}; give certificate_arn exactly when protocol is \"HTTPS\"."
    }

    precondition {
      condition     = try(contains(["", local.region], split(":", var.certificate_arn)[3]), true)
      error_message = "certificate_arn is ${jsonencode(var.certificate_arn)}; a load balancer in ${local.region} accepts only certificates of ${local.region}."
    }
  }
}

resource "aws_lb_listener" "redirect" {
  #checkov:skip=CKV_AWS_2:plain HTTP gets only a redirect to HTTPS
  for_each = var.create_listener && local.https ? { this = "HTTP" } : {}

  load_balancer_arn = local.load_balancer.arn
  port              = 80
  protocol          = each.value
  tags              = var.tags

  default_action {
    type = "redirect"

    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_target_group" "this" {
  #checkov:skip=CKV_AWS_378:TLS ends at the load balancer; security groups allow only the load balancer to reach the tasks, inside the VPC
  for_each = var.routes

  name                 = local.names["aws_lb_target_group.this[\"${each.key}\"]"]
  port                 = each.value.port
  protocol             = "HTTP"
  target_type          = each.value.target_type
  vpc_id               = var.vpc_id
  deregistration_delay = each.value.deregistration_delay_seconds
  tags                 = var.tags

  health_check {
    path                = each.value.health_check.path
    matcher             = each.value.health_check.matcher
    interval            = each.value.health_check.interval_seconds
    timeout             = each.value.health_check.timeout_seconds
    healthy_threshold   = each.value.health_check.healthy_threshold
    unhealthy_threshold = each.value.health_check.unhealthy_threshold
  }

  dynamic "stickiness" {
    for_each = each.value.stickiness_seconds == null ? {} : { this = each.value.stickiness_seconds }

    content {
      enabled         = true
      type            = "lb_cookie"
      cookie_duration = stickiness.value
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener_rule" "this" {
  for_each = var.routes

  listener_arn = local.listener_arn
  priority     = local.priorities[each.key]
  tags         = var.tags

  condition {
    path_pattern {
      values = [each.value.path]
    }
  }

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[each.key].arn
  }
}
