output "arn" {
  description = "ARN of the load balancer."
  value       = local.load_balancer.arn

  precondition {
    condition     = var.create_load_balancer == (var.existing_load_balancer == null)
    error_message = "create_load_balancer is ${var.create_load_balancer} and existing_load_balancer is ${var.existing_load_balancer == null ? "absent" : "given"}; give existing_load_balancer exactly when create_load_balancer is false."
  }

  precondition {
    condition     = length(local.unknown_names) == 0
    error_message = "names has ${join(", ", [for address in local.unknown_names : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", concat(keys(local.default_names), [for beginning in local.named_modules : "${beginning}…"]))}."
  }
}

output "arn_suffix" {
  description = "Last part of the load balancer's ARN, from `app/` on: its name in CloudWatch metrics."
  value       = local.load_balancer.arn_suffix
}

output "dns_name" {
  description = "DNS name of the load balancer."
  value       = local.load_balancer.dns_name
}

output "zone_id" {
  description = "ID of the Route 53 hosted zone of the DNS name, for an alias record. Not set when `create_load_balancer` is false."
  value       = local.load_balancer.zone_id
}

output "security_group_id" {
  description = "ID of the load balancer's security group."
  value       = local.load_balancer.security_group_id
}

output "listener_arn" {
  description = "ARN of the listener that has the listener rules."
  value       = local.listener_arn

  precondition {
    condition     = var.create_listener == (var.existing_listener == null)
    error_message = "create_listener is ${var.create_listener} and existing_listener is ${var.existing_listener == null ? "absent" : "given"}; give existing_listener exactly when create_listener is false."
  }

  precondition {
    condition     = var.create_listener || !var.create_load_balancer
    error_message = "create_listener is false and create_load_balancer is true; an existing listener belongs to an existing load balancer, so give existing_load_balancer too."
  }

  precondition {
    condition     = var.create_listener || length(var.ingress) == 0
    error_message = "create_listener is false and ingress has ${join(", ", keys(var.ingress))}; the existing listener's security group decides who reaches it, so ingress must be {}."
  }
}

output "targets" {
  description = "The target group of each service, by the service's name: `target_group_arn`, `target_type` and `deregistration_delay_seconds`, to merge into the launch route of the service."
  value = { for service, route in var.routes : service => {
    target_group_arn             = aws_lb_target_group.this[service].arn
    target_type                  = route.target_type
    deregistration_delay_seconds = route.deregistration_delay_seconds
  } }

  precondition {
    condition     = length(local.conflicts) == 0
    error_message = "The listener rules in routes have the priorities ${join(", ", local.conflicts)}; each needs a different one, 1 to 50000. Set priority for services whose priorities collide."
  }
}

output "target_group_arn_suffixes" {
  description = "Last part of each target group's ARN, from `targetgroup/` on, by the service's name: its name in CloudWatch metrics."
  value       = { for service, group in aws_lb_target_group.this : service => group.arn_suffix }
}
