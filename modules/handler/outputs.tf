output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "function_arn" {
  description = "ARN of the function, without a version or alias."
  value       = aws_lambda_function.this.arn
}

output "role_name" {
  description = "Name of the execution role of the function."
  value       = aws_iam_role.this.name
}

output "role_arn" {
  description = "ARN of the execution role of the function."
  value       = aws_iam_role.this.arn
}

output "log_group_name" {
  description = "Name of the function's log group, `/aws/lambda/<name>`."
  value       = aws_cloudwatch_log_group.this.name
}
