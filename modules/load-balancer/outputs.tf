output "arn" {
  description = "ARN of the load balancer."
  value       = local.load_balancer.arn

  precondition {
    condition     = var.create_load_balancer == (var.existing_load_balancer == null)
    error_message = "create_load_balancer is ${var.create_load_balancer} and existing_load_balancer is ${var.existing_load_balancer == null ? "absent" : "given"}; give existing_load_balancer exactly when create_load_balancer is false."
  }
}

output "arn_suffix" {
  description = "End of the ARN, by which CloudWatch knows the load balancer."
  value       = local.load_balancer.arn_suffix
}

output "dns_name" {
  description = "DNS name of the load balancer."
  value       = local.load_balancer.dns_name
}

output "zone_id" {
  description = "ID of the Route 53 zone of the DNS name, for an alias record. Null when the load balancer was given."
  value       = local.load_balancer.zone_id
}

output "security_group_id" {
  description = "ID of the load balancer's security group."
  value       = local.load_balancer.security_group_id
}

output "listener_arn" {
  description = "ARN of the listener that has the rules."
  value       = local.listener_arn

  precondition {
    condition     = var.create_listener == (var.existing_listener == null)
    error_message = "create_listener is ${var.create_listener} and existing_listener is ${var.existing_listener == null ? "absent" : "given"}; give existing_listener exactly when create_listener is false."
  }

  precondition {
    condition     = var.create_listener || !var.create_load_balancer
    error_message = "create_listener is false and create_load_balancer is true; a listener that is there already belongs to a load balancer that is there already."
  }

  precondition {
    condition     = var.create_listener || length(var.ingress) == 0
    error_message = "create_listener is false and ingress has ${join(", ", keys(var.ingress))}; who may reach a listener is decided where it is made, so ingress must be {}."
  }
}

output "targets" {
  description = "What makes a service's route one with targets, by service: `merge(module.<task>.route, module.load_balancer.targets[\"<service>\"])`."
  value = { for service, route in var.routes : service => {
    target_group_arn             = aws_lb_target_group.this[service].arn
    target_type                  = route.target_type
    deregistration_delay_seconds = route.deregistration_delay_seconds
  } }

  precondition {
    condition     = length(local.disputed) == 0
    error_message = "The rules of routes have the priorities ${join(", ", local.disputed)}; each needs one of its own, 1 to 50000: give priority where it collides."
  }
}

output "target_group_arn_suffixes" {
  description = "End of each target group's ARN, by which CloudWatch knows it, by service."
  value       = { for service, group in aws_lb_target_group.this : service => group.arn_suffix }
}
