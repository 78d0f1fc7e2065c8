output "repository_arn" {
  description = "ARN of the repository."
  value       = aws_ecr_repository.this.arn
}

output "repository_name" {
  description = "Name of the repository."
  value       = aws_ecr_repository.this.name
}

output "repository_url" {
  description = "URL of the repository, to which `:<tag>` or `@<digest>` is added for an image."
  value       = aws_ecr_repository.this.repository_url
}
