locals {
  # Every name that Terraform cannot change in place, by address.
  default_names = {
    "aws_cloudwatch_log_group.exec" = "/ecs/${var.name}/exec"
    "aws_ecs_cluster.this"          = var.name
  }
  names = merge(local.default_names, var.names)
}

resource "aws_cloudwatch_log_group" "exec" {
  #checkov:skip=CKV_AWS_158:CloudWatch Logs encrypts every group; the input kms_key_arn sets a customer managed key
  name              = local.names["aws_cloudwatch_log_group.exec"]
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_ecs_cluster" "this" {
  #checkov:skip=CKV_AWS_224:sessions are logged and run over TLS; the input kms_key_arn sets a customer managed key
  name = local.names["aws_ecs_cluster.this"]
  tags = var.tags

  setting {
    name  = "containerInsights"
    value = var.container_insights
  }

  configuration {
    execute_command_configuration {
      kms_key_id = var.kms_key_arn
      logging    = "OVERRIDE"

      log_configuration {
        cloud_watch_encryption_enabled = var.kms_key_arn != null
        cloud_watch_log_group_name     = aws_cloudwatch_log_group.exec.name
      }
    }
  }

  lifecycle {
    precondition {
      condition     = length(setsubtract(keys(var.names), keys(local.default_names))) == 0
      error_message = "names has ${join(", ", [for address in setsubtract(keys(var.names), keys(local.default_names)) : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", keys(local.default_names))}."
    }
  }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = concat(["FARGATE", "FARGATE_SPOT"], var.capacity_providers)

  default_capacity_provider_strategy {
    capacity_provider = "FARGATE"
    weight            = 1
  }
}
