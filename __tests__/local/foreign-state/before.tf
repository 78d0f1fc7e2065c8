# What a team wrote by hand: other names, other addresses, one resource for several things.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

provider "aws" {
  region      = "us-east-1"
  max_retries = 4
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_ecs_cluster" "main" {
  name = "acme"
}

resource "aws_cloudwatch_log_group" "ecs" {
  name = "/acme/worker"
}

data "aws_iam_policy_document" "assume" {
  for_each = toset(["ecs-tasks", "lambda"])

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["${each.key}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "exec" {
  name               = "acme-ecs-execution-role"
  assume_role_policy = data.aws_iam_policy_document.assume["ecs-tasks"].json
}

resource "aws_iam_role" "task" {
  name_prefix        = "task-role"
  assume_role_policy = data.aws_iam_policy_document.assume["ecs-tasks"].json
}

resource "aws_iam_role" "invoker" {
  name               = "acme-invoker-role"
  assume_role_policy = data.aws_iam_policy_document.assume["lambda"].json
}

resource "aws_iam_role_policy" "invoker" {
  name = "acme-run-task"
  role = aws_iam_role.invoker.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["ecs:RunTask", "iam:PassRole"], Resource = "*" }]
  })
}

resource "aws_security_group" "worker" {
  name        = "acme-ecs-sg"
  description = "Security group for ECS worker"
  vpc_id      = aws_vpc.main.id

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_ecr_repository" "worker" {
  name = "acme-worker"
}

resource "aws_ecs_task_definition" "worker" {
  family                   = "acme-worker"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.exec.arn
  task_role_arn            = aws_iam_role.task.arn
  container_definitions    = jsonencode([{ name = "worker", image = "${aws_ecr_repository.worker.repository_url}:1", essential = true }])
}

resource "aws_sqs_queue" "dead" {
  name = "acme-invoker-dead"
}

resource "aws_s3_bucket" "data" {
  bucket        = "acme-data"
  force_destroy = true
}

resource "aws_cloudwatch_log_group" "invoker" {
  name = "/aws/lambda/acme-invoker"
}

resource "aws_lambda_function" "invoker" {
  function_name = "acme-invoker"
  role          = aws_iam_role.invoker.arn
  runtime       = "nodejs20.x"
  handler       = "index.handler"
  filename      = "../../../modules/launcher/start-task.zip"
  depends_on    = [aws_cloudwatch_log_group.invoker]
}

resource "aws_cloudwatch_event_rule" "start" {
  name          = "acme-start"
  event_pattern = jsonencode({ source = ["custom.app"], "detail-type" = ["Start ECS Task"] })
}

resource "aws_cloudwatch_event_target" "invoker" {
  rule      = aws_cloudwatch_event_rule.start.name
  target_id = "InvokerLambda"
  arn       = aws_lambda_function.invoker.arn
}

resource "aws_lambda_permission" "eventbridge" {
  statement_id  = "AllowEventBridgeInvoke"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.invoker.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.start.arn
}
