output "bucket_name" {
  description = "Name of the bucket. A resource that refers to it is created after the bucket policy."
  # Taken from the policy, so that a writer that gets this name already has permission to write.
  value = aws_s3_bucket_policy.this.bucket
}

output "bucket_arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.this.arn
}
