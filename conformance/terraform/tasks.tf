resource "aws_ecs_cluster" "this" {
  name = var.name
}

locals {
  image = "public.ecr.aws/docker/library/busybox:stable"

  # Without logs, so without further permissions.
  containers = {
    job     = { image = local.image }
    absent  = { image = "public.ecr.aws/docker/library/busybox:there-is-no-such-tag" }
    secrets = { image = local.image, secrets = [{ name = "SECRET", valueFrom = aws_secretsmanager_secret.this.arn }] }
  }
}

resource "aws_ecs_task_definition" "fargate" {
  for_each = local.containers

  family                   = "${var.name}-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  container_definitions    = jsonencode([merge({ name = "main", essential = true, command = ["sleep", "90000"] }, each.value)])
}

# For a launch on a cluster without container instances.
resource "aws_ecs_task_definition" "instances" {
  family                   = "${var.name}-instances"
  requires_compatibilities = ["EC2"]
  network_mode             = "bridge"
  container_definitions    = jsonencode([{ name = "main", image = local.image, essential = true, memory = 64 }])
}

data "aws_iam_policy_document" "tasks_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "task" {
  name               = "${var.name}-task"
  assume_role_policy = data.aws_iam_policy_document.tasks_trust.json
}

resource "aws_iam_role" "execution" {
  name               = "${var.name}-execution"
  assume_role_policy = data.aws_iam_policy_document.tasks_trust.json
}

# Without kms:Decrypt: a check shows that the secret cannot be read without it.
resource "aws_iam_role_policy" "execution" {
  name = "secret"
  role = aws_iam_role.execution.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = aws_secretsmanager_secret.this.arn }]
  })
}

resource "aws_kms_key" "this" {
  description             = "Key of the secret of conformance checks"
  deletion_window_in_days = 7
  enable_key_rotation     = true
}

resource "aws_secretsmanager_secret" "this" {
  name                    = var.name
  kms_key_id              = aws_kms_key.this.arn
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "this" {
  secret_id     = aws_secretsmanager_secret.this.id
  secret_string = "no secret"
}

resource "aws_scheduler_schedule_group" "this" {
  name = var.name
}

resource "aws_iam_role" "scheduler" {
  name = "${var.name}-scheduler"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "scheduler.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "scheduler" {
  name = "launch"
  role = aws_iam_role.scheduler.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "ecs:RunTask", Resource = "${aws_ecs_task_definition.fargate["job"].arn_without_revision}:*" },
      { Effect = "Allow", Action = "iam:PassRole", Resource = [aws_iam_role.task.arn, aws_iam_role.execution.arn] },
    ]
  })
}
