output "rest_api_id" {
  description = "ID of the API."
  value       = aws_api_gateway_rest_api.this.id
}

output "execution_arn" {
  description = "ARN of the API as `execute-api:Invoke` takes it; stage, method and path follow."
  value       = aws_api_gateway_rest_api.this.execution_arn
}

output "stage_name" {
  description = "Name of the stage."
  value       = aws_api_gateway_stage.this.stage_name
}

output "stage_arn" {
  description = "ARN of the stage, for instance to attach a web ACL to."
  value       = aws_api_gateway_stage.this.arn
}

output "invoke_url" {
  description = "URL that the paths follow."
  value       = var.create_domain ? "https://${var.domain_name}" : aws_api_gateway_stage.this.invoke_url
}

output "invoke_arns" {
  description = "What a caller's right `execute-api:Invoke` is bound to, by route."
  value       = local.invoke_arns
}

output "domain_target_name" {
  description = "Where the DNS record of `domain_name` points, or null."
  value       = one(aws_api_gateway_domain_name.this[*].regional_domain_name)
}

output "domain_target_zone_id" {
  description = "Hosted zone of `domain_target_name`, for an alias record, or null."
  value       = one(aws_api_gateway_domain_name.this[*].regional_zone_id)
}
