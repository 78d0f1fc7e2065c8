output "instance_id" {
  description = "ID of the instance."
  value       = aws_instance.this.id
}

output "instance_arn" {
  description = "ARN of the instance."
  value       = aws_instance.this.arn
}

output "role_arn" {
  description = "ARN of the role of the instance."
  value       = aws_iam_role.this.arn
}

output "security_group_id" {
  description = "ID of the security group of the instance, which the security groups of the targets must allow."
  value       = aws_security_group.this.id
}

output "commands" {
  description = "Command that forwards a local port to each target, by its key. It needs the AWS CLI with the Session Manager plugin, and an instance that runs."
  value = {
    for name, target in var.targets : name => "aws ssm start-session --region ${local.region} --target ${aws_instance.this.id} --document-name ${local.document} --parameters '${jsonencode({
      host            = [target.address]
      portNumber      = [tostring(target.port)]
      localPortNumber = [tostring(target.local_port != null ? target.local_port : target.port)]
    })}'"
  }
}

output "session_policy_json" {
  description = "JSON text of a policy for those who use the bastion: to start and stop the instance, and to start sessions that forward a port, and no shell. IAM cannot limit the hosts of a session; the security group does."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "ssm:StartSession"
        Resource  = [aws_instance.this.arn, "arn:${local.partition}:ssm:${local.region}::document/${local.document}"]
        Condition = { BoolIfExists = { "ssm:SessionDocumentAccessCheck" = "true" } }
      },
      {
        Effect   = "Allow"
        Action   = ["ssm:ResumeSession", "ssm:TerminateSession"]
        Resource = "arn:${local.partition}:ssm:${local.region}:${local.account}:session/$${aws:userid}-*"
      },
      {
        Effect   = "Allow"
        Action   = ["ec2:StartInstances", "ec2:StopInstances"]
        Resource = aws_instance.this.arn
      },
    ]
  })
}
