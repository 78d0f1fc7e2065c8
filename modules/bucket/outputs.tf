output "bucket_name" {
  description = "Name of the bucket, once its policy stands."
  # By way of the policy: who is given the bucket may write to it, if a writer, from the start.
  value = aws_s3_bucket_policy.this.bucket
}

output "bucket_arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.this.arn
}
