output "cluster" {
  value = aws_ecs_cluster.this.arn
}

output "families" {
  value = merge({ for name, each in aws_ecs_task_definition.fargate : name => each.family }, { instances = aws_ecs_task_definition.instances.family })
}

output "subnet" {
  value = aws_subnet.public.id
}

output "securityGroup" {
  value = aws_security_group.tasks.id
}

output "targetGroup" {
  value = aws_lb_target_group.this.arn
}

output "queues" {
  value = merge({ for name, each in aws_sqs_queue.this : name => each.url }, { fifo = aws_sqs_queue.fifo.url, brief = aws_sqs_queue.brief.url })
}

output "queueArns" {
  value = merge({ for name, each in aws_sqs_queue.this : name => each.arn }, { brief = aws_sqs_queue.brief.arn })
}

output "bucket" {
  value = aws_s3_bucket.this.id
}

output "function" {
  value = aws_lambda_function.this.function_name
}

output "logGroup" {
  value = aws_cloudwatch_log_group.events.name
}

output "roles" {
  value = {
    task      = aws_iam_role.task.arn
    execution = aws_iam_role.execution.arn
    caller    = aws_iam_role.caller.arn
    scheduler = aws_iam_role.scheduler.arn
  }
}

output "scheduleGroup" {
  value = aws_scheduler_schedule_group.this.name
}

output "source" {
  value = var.name
}

output "jobWithoutRevision" {
  value = aws_ecs_task_definition.fargate["job"].arn_without_revision
}
