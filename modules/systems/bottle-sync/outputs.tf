output "cluster_name" {
  description = "Name of the ECS cluster."
  value       = local.cluster.name

  precondition {
    condition     = var.create_cluster == (var.existing_cluster == null)
    error_message = "create_cluster is ${var.create_cluster} and existing_cluster is ${var.existing_cluster == null ? "absent" : "given"}; give existing_cluster exactly when create_cluster is false."
  }

  precondition {
    condition     = !var.create_cluster || contains(["FARGATE", "FARGATE_SPOT"], var.capacity)
    error_message = "capacity is \"${var.capacity}\", and the created cluster has the capacity providers \"FARGATE\", \"FARGATE_SPOT\"; give an existing_cluster that has it."
  }
}

output "vpc_id" {
  description = "ID of the VPC."
  value       = local.network.vpc_id

  precondition {
    condition     = var.create_network == (var.existing_network == null)
    error_message = "create_network is ${var.create_network} and existing_network is ${var.existing_network == null ? "absent" : "given"}; give existing_network exactly when create_network is false."
  }
}

output "mirror_bucket_name" {
  description = "Name of the bucket of the mirror."
  value       = local.mirror_bucket.name

  precondition {
    condition     = var.create_mirror_bucket == (var.existing_mirror_bucket == null)
    error_message = "create_mirror_bucket is ${var.create_mirror_bucket} and existing_mirror_bucket is ${var.existing_mirror_bucket == null ? "absent" : "given"}; give existing_mirror_bucket exactly when create_mirror_bucket is false."
  }
}

output "mirror_bucket_arn" {
  description = "ARN of the bucket of the mirror."
  value       = local.mirror_bucket.arn
}

output "client_environment" {
  description = "Environment variables with which `brew` installs from the mirror, and from nowhere else."
  value = merge(
    {
      HOMEBREW_ARTIFACT_DOMAIN             = local.mirror_url
      HOMEBREW_ARTIFACT_DOMAIN_NO_FALLBACK = "1"
    },
    var.api.public_key == null ? {} : { HOMEBREW_API_DOMAIN = "${local.mirror_url}/api" },
  )
}

output "plan_function_name" {
  description = "Name of the Lambda function `plan-sync`, with which a run begins."
  value       = module.plan_sync.function_name

  precondition {
    condition     = length(local.unknown_names) == 0
    error_message = "names has ${join(", ", [for address in local.unknown_names : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", concat(keys(local.default_names), [for beginning in local.named_modules : "${beginning}…"]))}."
  }
}

output "sync_function_name" {
  description = "Name of the Lambda function `sync-bottles`, which downloads what is below the threshold."
  value       = module.sync_bottles.function_name
}

output "launch_function_name" {
  description = "Name of the Lambda function `start-task`, which starts a task for all else."
  value       = module.launcher.function_name
}

output "task_role_arn" {
  description = "ARN of the task role."
  value       = module.task.task_role_arn

  precondition {
    condition     = var.create_webhook_secret ? var.existing_webhook_secret == null : true
    error_message = "create_webhook_secret is true and existing_webhook_secret is given; give existing_webhook_secret only when create_webhook_secret is false."
  }
}

output "log_group_name" {
  description = "Name of the log group of the tasks."
  value       = module.task.log_group_name
}

output "webhook_secret_name" {
  description = "Name of the secret that takes the URL of the Slack webhook. Not set without notices."
  value       = one([for secret in local.webhook_secrets : secret.name])
}

output "run_history_log_group_name" {
  description = "Name of the log group that holds each end of a task. Not set if `create_run_history` is false."
  value       = module.launcher.run_history_log_group_name
}

output "dead_letter_queue_url" {
  description = "URL of the dead-letter queue (DLQ) of tasks: it holds the event of each run whose task did not start, or failed at every attempt, with the reason."
  value       = module.launcher.dead_letter_queue_url
}

output "failed_events_queue_url" {
  description = "URL of the queue with the events that failed in the functions `plan-sync` and `sync-bottles` after all retries."
  value       = module.failed_events.queue_url
}

output "payload_bucket_name" {
  description = "Name of the bucket that holds the launch records of tasks."
  value       = module.launcher.payload_bucket_name
}

output "file_system_id" {
  description = "ID of the file system. Not set unless `create_file_system` is true."
  value       = one([for file_system in values(module.file_system) : file_system.file_system_id])
}

output "repository_url" {
  description = "URL of the created repository, to which `:<tag>` or `@<digest>` is added for an image. Not set unless `create_repository` is true."
  value       = one([for repository in values(module.repository) : repository.repository_url])
}
