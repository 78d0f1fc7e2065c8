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

output "function_name" {
  description = "Name of the Lambda function `run-policy`."
  value       = module.launcher.function_name

  precondition {
    condition     = length(local.unknown_names) == 0
    error_message = "names has ${join(", ", [for address in local.unknown_names : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", [for beginning in local.named_modules : "${beginning}…"])}."
  }
}

output "function_arn" {
  description = "ARN of the Lambda function `run-policy`."
  value       = module.launcher.function_arn
}

output "policy_bucket_name" {
  description = "Name of the bucket with the policies and the mapping file."
  value       = module.policies.bucket_name

  precondition {
    condition     = length(local.policies) > 0
    error_message = "policies_folder is \"${var.policies_folder}\", which has no file that ends with .yml, .yaml or .json; give the folder with the Cloud Custodian policies."
  }

  precondition {
    condition     = contains(["1.0", "2.0"], try(local.mapping.version, ""))
    error_message = "mappings_file is \"${var.mappings_file}\", which has ${can(jsondecode(local.mapping_text)) ? "the version ${jsonencode(try(local.mapping.version, null))}" : "no JSON"}; it takes a mapping file of version \"2.0\" or \"1.0\"."
  }

  precondition {
    condition     = length(local.duplicate_ids) == 0
    error_message = "mappings_file is \"${var.mappings_file}\", which has more than one mapping with the id ${join(", ", [for id in local.duplicate_ids : "\"${id}\""])}; a run is known by the id of its mapping, so give each its own."
  }

  precondition {
    condition     = length(local.unknown_keys) == 0
    error_message = "mappings_file is \"${var.mappings_file}\", which names the policies ${join(", ", [for key in local.unknown_keys : "\"${key}\""])} that are not in policies_folder; the policies are ${join(", ", [for key in keys(local.policies) : "\"${key}\""])}."
  }

  precondition {
    condition     = !local.default_unknown
    error_message = "default_policy is ${jsonencode(var.default_policy)}, which is not in policies_folder; the policies are ${join(", ", [for key in keys(local.policies) : "\"${key}\""])}."
  }
}

output "output_bucket_name" {
  description = "Name of the bucket with the output files of Cloud Custodian. Not set unless `create_output_bucket` is true."
  value       = one([for bucket in values(module.output) : bucket.bucket_name])
}

output "repository_url" {
  description = "URL of the created repository, to which `:<tag>` or `@<digest>` is added for an image. Not set unless `create_repository` is true."
  value       = one([for repository in values(module.repository) : repository.repository_url])
}

output "task_role_arn" {
  description = "ARN of the task role, which the roles in member accounts have to trust."
  value       = module.task.task_role_arn
}

output "log_group_name" {
  description = "Name of the log group of the runs."
  value       = module.task.log_group_name
}

output "run_history_log_group_name" {
  description = "Name of the log group that holds each end of a task. Not set if `create_run_history` is false or `mode` is `service`."
  value       = module.launcher.run_history_log_group_name
}

output "dead_letter_queue_url" {
  description = "URL of the dead-letter queue (DLQ): it holds each finding that started no run, or whose run failed and is not retried, with the reason."
  value       = module.launcher.dead_letter_queue_url
}

output "payload_bucket_name" {
  description = "Name of the bucket that holds launch records, cooldowns and the findings that are too long for RunTask."
  value       = module.launcher.payload_bucket_name
}

output "event_rule_arns" {
  description = "ARN of the EventBridge rule of each source, by the source's name."
  value       = module.launcher.event_rule_arns
}

output "run_queue_url" {
  description = "URL of the queue in which runs wait for a worker. Not set unless `mode` is `service`."
  value       = one([for queue in values(module.runs) : queue.queue_url])
}

output "worker_service_name" {
  description = "Name of the ECS service of the workers. Not set unless `mode` is `service`."
  value       = one([for worker in values(module.worker) : worker.service_name])
}
