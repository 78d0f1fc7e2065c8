output "rest_api_id" {
  description = "ID of the REST API."
  value       = aws_api_gateway_rest_api.this.id
}

output "execution_arn" {
  description = "ARN of the API for `execute-api:Invoke`, without the stage, method and path that a policy appends."
  value       = aws_api_gateway_rest_api.this.execution_arn
}

output "stage_name" {
  description = "Name of the stage."
  value       = aws_api_gateway_stage.this.stage_name
}

output "stage_arn" {
  description = "ARN of the stage, for instance to associate a web ACL with it."
  value       = aws_api_gateway_stage.this.arn
}

output "invoke_url" {
  description = "Base URL of the API, without a trailing slash. The path of a route is appended to it."
  value       = var.create_domain ? "https://${var.domain_name}" : aws_api_gateway_stage.this.invoke_url
}

output "invoke_arns" {
  description = "ARN of each route, by method and path, for a policy that allows a caller `execute-api:Invoke`."
  value       = local.invoke_arns
}

output "domain_target_name" {
  description = "Target of the DNS alias record of `domain_name`. Not set unless `create_domain` is true."
  value       = one(aws_api_gateway_domain_name.this[*].regional_domain_name)
}

output "domain_target_zone_id" {
  description = "Hosted zone ID of `domain_target_name`, for the alias record. Not set unless `create_domain` is true."
  value       = one(aws_api_gateway_domain_name.this[*].regional_zone_id)
}
