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

output "api_url" {
  description = "Base URL of the API, without a trailing slash. The path of a request, such as `/scan`, is appended to it."
  value       = module.api.invoke_url

  precondition {
    condition     = length(local.unknown_names) == 0
    error_message = "names has ${join(", ", [for address in local.unknown_names : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", concat(keys(local.default_names), [for beginning in local.named_modules : "${beginning}…"]))}."
  }
}

output "api_invoke_arns" {
  description = "ARN of each route, by method and path, for a policy that allows a caller `execute-api:Invoke`."
  value       = module.api.invoke_arns
}

output "api_domain_target_name" {
  description = "Target of the DNS alias record of `api.domain_name`. Not set unless `api.create_domain` is true."
  value       = module.api.domain_target_name
}

output "api_domain_target_zone_id" {
  description = "Hosted zone ID of `api_domain_target_name`, for the alias record. Not set unless `api.create_domain` is true."
  value       = module.api.domain_target_zone_id
}

output "scan_jobs_queue_url" {
  description = "URL of the queue with a message for each object to scan."
  value       = module.scan_jobs.queue_url
}

output "scan_jobs_dead_letter_queue_url" {
  description = "URL of the dead-letter queue (DLQ) of that queue: it holds each message that was received five times and not deleted."
  value       = module.scan_jobs.dead_letter_queue_url
}

output "failed_events_queue_url" {
  description = "URL of the dead-letter queue (DLQ) of the functions: it holds each asynchronous event that failed after all retries, with the error."
  value       = module.failed_events.queue_url
}

output "database_address" {
  description = "Host name of the database, without the port."
  value       = module.database.address
}

output "database_replica_addresses" {
  description = "Host name of each read replica, without the port, by its key."
  value       = module.database.replica_addresses
}

output "database_secret_arn" {
  description = "ARN of the secret with the user name and password of the master user of the database."
  value       = module.database.secret_arn
}

output "database_instance_id" {
  description = "Identifier of the DB instance, for instance to restore it to a point in time."
  value       = module.database.instance_id
}

output "data_bucket_name" {
  description = "Name of the created bucket for data. Not set unless `create_data_bucket` is true."
  value       = one([for bucket in values(module.data) : bucket.bucket_name])
}

output "scan_bucket_names" {
  description = "Names of the buckets that may be scanned."
  value       = local.scan_bucket_names

  precondition {
    condition     = var.create_data_bucket || length(var.scan_bucket_names) > 0
    error_message = "scan_bucket_names is empty and create_data_bucket is false; give at least one bucket that may be scanned."
  }
}

output "repository_url" {
  description = "URL of the created repository, to which `:<tag>` or `@<digest>` is added for an image. Not set unless `create_repository` is true."
  value       = one([for repository in values(module.repository) : repository.repository_url])
}

output "hash_key_arn" {
  description = "ARN of the KMS key of the hashes that findings have in place of values. Without it, later hashes of the same value are different."
  value       = aws_kms_key.hash.arn
}

output "worker_service_name" {
  description = "Name of the ECS service of the workers."
  value       = module.worker.service_name
}

output "worker_log_group_name" {
  description = "Name of the log group of the workers."
  value       = module.task.log_group_name
}

output "worker_task_role_arn" {
  description = "ARN of the task role of the workers, which the policy of a KMS key or bucket may have to allow."
  value       = module.task.task_role_arn
}

output "function_names" {
  description = "Name of each function: `scan`, `list-objects`, `jobs`, `results` and `migrate-database`."
  value       = merge({ for key, function in module.functions : key => function.function_name }, { "migrate-database" = module.migrate_database.function_name })
}

output "migration_result" {
  description = "JSON text with the result of the last migration of the database."
  value       = aws_lambda_invocation.migrate_database.result
}

output "bastion_commands" {
  description = "Command that forwards a local port to the database, by the key `database`. Empty unless `create_bastion` is true."
  value       = merge([for bastion in values(module.bastion) : bastion.commands]...)
}

output "bastion_instance_id" {
  description = "ID of the bastion. Not set unless `create_bastion` is true."
  value       = one([for bastion in values(module.bastion) : bastion.instance_id])
}
