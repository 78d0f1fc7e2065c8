data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

locals {
  # The endpoint is ec2.<region>.<suffix>: assumed for provider 6, which deprecates `name` and `id`. Provider 5 has no `region`.
  region    = split(".", data.aws_region.current.endpoint)[1]
  partition = data.aws_partition.current.partition
  account   = data.aws_caller_identity.current.account_id

  # Built from known names, unlike the attribute of the resource: so the plan shows that a new revision changes no permission.
  arn_without_revision = "arn:${local.partition}:ecs:${local.region}:${local.account}:task-definition/${local.names["aws_ecs_task_definition.this"]}"

  trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account }
        ArnLike      = { "aws:SourceArn" = "arn:${local.partition}:ecs:${local.region}:${local.account}:*" }
      }
    }]
  })

  ecr_image = "^([0-9]{12})[.]dkr[.-]ecr(?:-fips)?[.]([a-z0-9-]+)[.](?:amazonaws[.]com(?:[.]cn)?|on[.]aws)/([^:@]+)"
  repository_arns = var.repository_arn != null ? [var.repository_arn] : [
    for image in regexall(local.ecr_image, var.image) : "arn:${local.partition}:ecr:${image[1]}:${image[0]}:repository/${image[2]}"
  ]

  # ARNs of the secrets without JSON key, version stage and version.
  secret_arns = [for arn in values(var.secrets) : regex("^arn:[^:]+:[^:]+:[^:]*:[^:]*:(?:secret:)?[^:]+", arn)]

  environment = merge(
    { for name, value in { PORT = var.port } : name => tostring(value) if value != null && !contains(keys(var.secrets), name) },
    var.environment,
  )

  container = {
    name                   = var.name
    image                  = var.image
    essential              = true
    command                = var.command
    entryPoint             = var.entry_point
    environment            = [for name, value in local.environment : { name = name, value = value }]
    secrets                = [for name, arn in var.secrets : { name = name, valueFrom = arn }]
    user                   = var.user
    readonlyRootFilesystem = var.readonly_root_filesystem
    mountPoints = concat(
      [{ containerPath = var.scratch_path, readOnly = false, sourceVolume = "scratch" }],
      [for name, mount in var.mounts : { containerPath = mount.container_path, readOnly = mount.read_only, sourceVolume = name }],
    )
    # In bridge mode many copies run on one instance: Docker gives each a free host port.
    portMappings = [for port in [var.port] : { containerPort = port, hostPort = var.network_mode == "bridge" ? 0 : port, protocol = "tcp" } if port != null]
    # An init process reaps child processes and forwards the stop signal.
    linuxParameters = { initProcessEnabled = true }
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = local.region
        awslogs-stream-prefix = "task"
      }
    }
  }

  # Memory in MiB that Fargate supports, by CPU units (Amazon ECS Developer Guide, "Task CPU and memory").
  fargate_memory = {
    "256"   = [512, 1024, 2048]
    "512"   = range(1024, 4097, 1024)
    "1024"  = range(2048, 8193, 1024)
    "2048"  = range(4096, 16385, 1024)
    "4096"  = range(8192, 30721, 1024)
    "8192"  = range(16384, 61441, 4096)
    "16384" = range(32768, 122881, 8192)
  }
  on_fargate       = var.capacity != "EC2"
  supported_memory = lookup(local.fargate_memory, tostring(var.cpu), [])
  in_both          = setintersection(keys(var.environment), keys(var.secrets))
  paths            = concat([var.scratch_path], [for mount in values(var.mounts) : mount.container_path])

  execution_role_name = "${var.roles.name_prefix}${var.name}-execution"
  task_role_name      = "${var.roles.name_prefix}${var.name}-task"

  # Every name that Terraform cannot change in place, by address.
  default_names = merge(
    {
      "aws_cloudwatch_log_group.this"       = "/ecs/${var.name}"
      "aws_iam_role.execution"              = local.execution_role_name
      "aws_iam_role_policy.execution"       = "execution"
      "aws_iam_role.task"                   = local.task_role_name
      "aws_security_group.this"             = "ecs-${var.name}"
      "aws_security_group.this.description" = "Tasks of ${var.name}"
      "aws_ecs_task_definition.this"        = var.name
    },
    { for name in keys(var.policies) : "aws_iam_role_policy.task[\"${name}\"]" => name },
    { for name in keys(var.grants) : "aws_iam_role_policy.grant[\"${name}\"]" => "grant-${name}" },
    { for name in keys(var.mounts) : "aws_iam_role_policy.mount[\"${name}\"]" => "mount-${name}" },
  )
  names = merge(local.default_names, var.names)
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:CloudWatch Logs encrypts every group; the input kms_key_arn sets a customer managed key
  name              = local.names["aws_cloudwatch_log_group.this"]
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_iam_role" "execution" {
  name                 = local.names["aws_iam_role.execution"]
  description          = "Execution role of ${var.name}."
  assume_role_policy   = local.trust
  path                 = var.roles.path
  permissions_boundary = var.roles.permissions_boundary_arn
  tags                 = var.tags

  lifecycle {
    precondition {
      condition     = contains(keys(var.names), "aws_iam_role.execution") || length(local.execution_role_name) <= 64
      error_message = "roles.name_prefix is \"${var.roles.name_prefix}\" and makes the role name \"${local.execution_role_name}\" of ${length(local.execution_role_name)} characters; an IAM role name has at most 64."
    }
  }
}

# Built from names that are known before apply, so that the plan shows every permission.
resource "aws_iam_role_policy" "execution" {
  name = local.names["aws_iam_role_policy.execution"]
  role = aws_iam_role.execution.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:${aws_cloudwatch_log_group.this.name}:*"
      }],
      [for arn in local.repository_arns : {
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = arn
      }],
      # GetAuthorizationToken has no resource-level permissions.
      [for arn in local.repository_arns : {
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      }],
      [for arns in [local.secret_arns] : {
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue", "ssm:GetParameters"]
        Resource = arns
      } if length(arns) > 0],
    )
  })
}

resource "aws_iam_role" "task" {
  name                 = local.names["aws_iam_role.task"]
  description          = "Task role of ${var.name}."
  assume_role_policy   = local.trust
  path                 = var.roles.path
  permissions_boundary = var.roles.permissions_boundary_arn
  tags                 = var.tags

  lifecycle {
    precondition {
      condition     = contains(keys(var.names), "aws_iam_role.task") || length(local.task_role_name) <= 64
      error_message = "roles.name_prefix is \"${var.roles.name_prefix}\" and makes the role name \"${local.task_role_name}\" of ${length(local.task_role_name)} characters; an IAM role name has at most 64."
    }
  }
}

resource "aws_iam_role_policy" "task" {
  for_each = var.policies

  name   = local.names["aws_iam_role_policy.task[\"${each.key}\"]"]
  role   = aws_iam_role.task.name
  policy = each.value
}

resource "aws_iam_role_policy" "grant" {
  for_each = var.grants

  name   = local.names["aws_iam_role_policy.grant[\"${each.key}\"]"]
  role   = aws_iam_role.task.name
  policy = local.grant_policies[each.key]

  lifecycle {
    precondition {
      condition     = can(regex(local.grantable[each.value.access].arn, each.value.arn))
      error_message = "grants.${each.key}.arn is \"${each.value.arn}\"; ${each.value.access} takes ${local.grantable[each.value.access].takes}."
    }

    precondition {
      condition     = !contains(keys(var.policies), "grant-${each.key}")
      error_message = "grants has the key \"${each.key}\" and policies the name \"grant-${each.key}\", which is that of the grant's policy; give one of them another name."
    }
  }
}

resource "aws_iam_role_policy" "mount" {
  for_each = var.mounts

  name = local.names["aws_iam_role_policy.mount[\"${each.key}\"]"]
  role = aws_iam_role.task.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = concat(["elasticfilesystem:ClientMount"], each.value.read_only ? [] : ["elasticfilesystem:ClientWrite"])
      Resource  = each.value.file_system_arn
      Condition = { StringEquals = { "elasticfilesystem:AccessPointArn" = each.value.access_point_arn } }
    }]
  })
}

# The security group has no ingress rules.
resource "aws_security_group" "this" {
  #checkov:skip=CKV2_AWS_5:the launch attaches it to the task
  name        = local.names["aws_security_group.this"]
  description = local.names["aws_security_group.this.description"]
  vpc_id      = var.vpc_id
  tags        = var.tags
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = var.egress

  security_group_id = aws_security_group.this.id
  description       = each.value.description
  ip_protocol       = each.value.protocol
  from_port         = each.value.port
  to_port           = each.value.port
  cidr_ipv4         = each.value.cidr_ipv4
  tags              = var.tags
}

resource "aws_vpc_security_group_egress_rule" "mount" {
  for_each = var.mounts

  security_group_id            = aws_security_group.this.id
  description                  = "File system mounted as ${each.key}"
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
  referenced_security_group_id = each.value.security_group_id
  tags                         = var.tags
}

resource "aws_ecs_task_definition" "this" {
  family                   = local.names["aws_ecs_task_definition.this"]
  requires_compatibilities = [local.on_fargate ? "FARGATE" : "EC2"]
  network_mode             = var.network_mode
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  tags                     = var.tags

  # AWS drops null and empty members; a member that AWS drops would show as a change in every plan.
  container_definitions = jsonencode([{ for name, value in local.container : name => value if try(length(value) > 0, value != null) }])

  runtime_platform {
    cpu_architecture        = var.architecture
    operating_system_family = "LINUX"
  }

  volume {
    name = "scratch"
  }

  dynamic "volume" {
    for_each = var.mounts

    content {
      name = volume.key

      efs_volume_configuration {
        file_system_id     = volume.value.file_system_id
        transit_encryption = "ENABLED"

        authorization_config {
          access_point_id = volume.value.access_point_id
          iam             = "ENABLED"
        }
      }
    }
  }

  dynamic "ephemeral_storage" {
    for_each = var.ephemeral_storage_gib == null ? {} : { this = var.ephemeral_storage_gib }

    content {
      size_in_gib = ephemeral_storage.value
    }
  }

  lifecycle {
    # A family must always have an active revision, or launches fail.
    create_before_destroy = true

    precondition {
      condition     = length(setsubtract(keys(var.names), keys(local.default_names))) == 0
      error_message = "names has ${join(", ", [for address in setsubtract(keys(var.names), keys(local.default_names)) : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", keys(local.default_names))}."
    }

    precondition {
      condition     = !local.on_fargate || length(local.supported_memory) > 0
      error_message = "cpu is ${var.cpu}; Fargate accepts 256, 512, 1024, 2048, 4096, 8192, 16384."
    }

    precondition {
      condition     = !local.on_fargate || length(local.supported_memory) == 0 || contains(local.supported_memory, var.memory)
      error_message = "memory is ${var.memory} with cpu ${var.cpu}; with this cpu Fargate accepts ${join(", ", local.supported_memory)}."
    }

    precondition {
      condition     = length(local.in_both) == 0
      error_message = "${join(", ", local.in_both)} is in both environment and secrets; give each name once."
    }

    precondition {
      condition     = var.network_mode == "awsvpc" || var.capacity == "EC2"
      error_message = "network_mode is \"${var.network_mode}\" with capacity \"${var.capacity}\"; Fargate supports only \"awsvpc\", EC2 supports \"awsvpc\", \"bridge\", \"host\"."
    }

    precondition {
      condition     = !(var.assign_public_ip && var.capacity == "EC2")
      error_message = "assign_public_ip is true with capacity \"EC2\"; ECS assigns public IP addresses to tasks on Fargate only."
    }

    precondition {
      condition     = var.ephemeral_storage_gib == null || local.on_fargate
      error_message = "ephemeral_storage_gib is ${jsonencode(var.ephemeral_storage_gib)} with capacity \"EC2\"; only Fargate accepts it."
    }

    precondition {
      condition     = length(distinct(local.paths)) == length(local.paths)
      error_message = "mounts and scratch_path have ${join(", ", [for path in local.paths : "\"${path}\""])}; each path in the container has one volume."
    }
  }

  # A task may be launched as soon as the task definition exists.
  depends_on = [aws_iam_role_policy.execution, aws_iam_role_policy.task, aws_iam_role_policy.grant, aws_iam_role_policy.mount]
}
