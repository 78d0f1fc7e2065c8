resource "aws_s3_bucket" "this" {
  bucket        = var.name
  force_destroy = true
}

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

# The role that checks of permissions assume, each with a session policy that allows less.
resource "aws_iam_role" "caller" {
  name = "${var.name}-caller"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:${data.aws_partition.this.partition}:iam::${data.aws_caller_identity.this.account_id}:root" }
    }]
  })
}

resource "aws_iam_role_policy" "caller" {
  name = "checks"
  role = aws_iam_role.caller.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject", "s3:ListBucket"], Resource = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"] },
      { Effect = "Allow", Action = ["ecs:DescribeTasks", "ecs:ListTasks"], Resource = "*" },
      { Effect = "Allow", Action = "ecs:RunTask", Resource = "${aws_ecs_task_definition.fargate["job"].arn_without_revision}:*" },
      { Effect = "Allow", Action = "iam:PassRole", Resource = [aws_iam_role.task.arn, aws_iam_role.execution.arn] },
    ]
  })
}

variable "function_zip" {
  description = "Path of the function's code."
  type        = string
}

resource "aws_lambda_function" "this" {
  function_name = var.name
  role          = aws_iam_role.function.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = var.function_zip
  timeout       = 10

  depends_on = [aws_cloudwatch_log_group.function, aws_iam_role_policy.function]
}

resource "aws_lambda_function_event_invoke_config" "this" {
  function_name = aws_lambda_function.this.function_name

  destination_config {
    on_failure {
      destination = aws_sqs_queue.this["failed"].arn
    }
  }
}

resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = 1
}

resource "aws_iam_role" "function" {
  name = "${var.name}-function"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "function" {
  name = "checks"
  role = aws_iam_role.function.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "${aws_cloudwatch_log_group.function.arn}:*" },
      { Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.this["failed"].arn },
      { Effect = "Allow", Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], Resource = [aws_sqs_queue.this["plain"].arn, aws_sqs_queue.brief.arn] },
    ]
  })
}
