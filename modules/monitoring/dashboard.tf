data "aws_region" "current" {}

locals {
  # The endpoint is ec2.<region>.<suffix>: assumed for provider 6, which deprecates `name` and `id`. Provider 5 has no `region`.
  region = split(".", data.aws_region.current.endpoint)[1]

  # What each widget shows. A metric is a list: namespace, name, then pairs of dimension name and value.
  graphs = [
    {
      title   = "Launches"
      stat    = "Sum"
      metrics = [for service in var.services : ["EventDrivenEcs", "Launches", "Function", local.launching["launcher"], "Service", service] if length(local.launching) > 0]
    },
    {
      title   = "Duplicates"
      stat    = "Sum"
      metrics = [for service in var.services : ["EventDrivenEcs", "Duplicates", "Function", local.launching["launcher"], "Service", service] if length(local.launching) > 0]
    },
    {
      title   = "Launch failures"
      stat    = "Sum"
      metrics = [for service in local.launched : ["EventDrivenEcs", "Failures", "Function", local.launching["launcher"], "Service", service]]
    },
    {
      title = "Task outcomes"
      stat  = "Sum"
      metrics = concat([
        for name in ["TasksSucceeded", "TasksFailed", "TasksInterrupted", "TasksStopped"] :
        [for service in var.services : ["EventDrivenEcs", name, "Function", local.launching["launcher"], "Service", service] if length(local.launching) > 0]
      ]...)
    },
    {
      title   = "Messages in dead-letter queues"
      stat    = "Maximum"
      metrics = [for queue in var.dead_letter_queue_names : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue]]
    },
    {
      title   = "Function errors"
      stat    = "Sum"
      metrics = [for watched in values(var.functions) : ["AWS/Lambda", "Errors", "FunctionName", watched.function_name]]
    },
    {
      title   = "Function durations"
      stat    = "Maximum"
      metrics = [for watched in values(var.functions) : ["AWS/Lambda", "Duration", "FunctionName", watched.function_name]]
    },
    {
      title   = "Function invocations"
      stat    = "Sum"
      metrics = [for watched in values(var.functions) : ["AWS/Lambda", "Invocations", "FunctionName", watched.function_name]]
    },
    {
      title   = "Function throttles"
      stat    = "Sum"
      metrics = [for watched in values(var.functions) : ["AWS/Lambda", "Throttles", "FunctionName", watched.function_name]]
    },
    {
      title   = "Healthy targets"
      stat    = "Minimum"
      metrics = [for group in values(var.target_groups) : ["AWS/ApplicationELB", "HealthyHostCount", "TargetGroup", group, "LoadBalancer", var.load_balancer_arn_suffix]]
    },
    {
      title   = "Unhealthy targets"
      stat    = "Maximum"
      metrics = [for group in values(var.target_groups) : ["AWS/ApplicationELB", "UnHealthyHostCount", "TargetGroup", group, "LoadBalancer", var.load_balancer_arn_suffix]]
    },
    {
      title   = "Registration failures"
      stat    = "Sum"
      metrics = [for service in keys(local.registered) : ["EventDrivenEcs", "RegistrationFailures", "Function", local.registering["register-targets"], "Service", service]]
    },
    {
      title = "Targets found missing or stale by sweeps"
      stat  = "Sum"
      metrics = concat(
        [for service in keys(local.registered) : ["EventDrivenEcs", "MissingTargets", "Function", local.registering["register-targets"], "Service", service]],
        [for service in keys(local.registered) : ["EventDrivenEcs", "StaleTargets", "Function", local.registering["register-targets"], "Service", service]],
      )
    },
    {
      title = "Scans"
      stat  = "Sum"
      metrics = concat(
        [for name in ["ScanJobsCreated"] : ["EventDrivenEcs", name, "Function", local.scanning["scan"], "Service", "data-scanner"] if contains(keys(local.scanning), "scan")],
        [for name in ["ObjectsListed", "ListingFailures", "ObjectsRequeued", "ObjectsGivenUp"] : ["EventDrivenEcs", name, "Function", local.scanning["list-objects"], "Service", "data-scanner"] if contains(keys(local.scanning), "list-objects")],
      )
    },
    {
      title   = "Running tasks of ECS services"
      stat    = "Maximum"
      metrics = [for service in values(var.ecs_services) : ["ECS/ContainerInsights", "RunningTaskCount", "ClusterName", service.cluster_name, "ServiceName", service.service_name]]
    },
    {
      title = "CPU and memory of ECS services"
      stat  = "Average"
      metrics = concat([
        for name in ["CPUUtilization", "MemoryUtilization"] :
        [for service in values(var.ecs_services) : ["AWS/ECS", name, "ClusterName", service.cluster_name, "ServiceName", service.service_name]]
      ]...)
    },
    {
      title = "Messages in queues"
      stat  = "Maximum"
      metrics = concat([
        for name in ["ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible"] :
        [for queue in var.queue_names : ["AWS/SQS", name, "QueueName", queue]]
      ]...)
    },
    {
      title   = "Age of the oldest message in queues"
      stat    = "Maximum"
      metrics = [for queue in var.queue_names : ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queue]]
    },
    {
      title   = "CPU of databases"
      stat    = "Average"
      metrics = [for database in var.database_ids : ["AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", database]]
    },
    {
      title   = "Connections to databases"
      stat    = "Maximum"
      metrics = [for database in var.database_ids : ["AWS/RDS", "DatabaseConnections", "DBInstanceIdentifier", database]]
    },
    {
      title   = "Free storage of databases"
      stat    = "Minimum"
      metrics = [for database in var.database_ids : ["AWS/RDS", "FreeStorageSpace", "DBInstanceIdentifier", database]]
    },
    {
      title = "Latency of databases"
      stat  = "Average"
      metrics = concat([
        for name in ["ReadLatency", "WriteLatency"] :
        [for database in var.database_ids : ["AWS/RDS", name, "DBInstanceIdentifier", database]]
      ]...)
    },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = local.names["aws_cloudwatch_dashboard.this"]

  dashboard_body = jsonencode({
    widgets = [for graph in local.graphs : {
      type   = "metric"
      width  = 8
      height = 6
      properties = {
        title   = graph.title
        view    = "timeSeries"
        region  = local.region
        stat    = graph.stat
        period  = 60
        metrics = graph.metrics
      }
    } if length(graph.metrics) > 0]
  })

  lifecycle {
    precondition {
      condition     = length(setsubtract(keys(var.names), keys(local.default_names))) == 0
      error_message = "names has ${join(", ", [for address in setsubtract(keys(var.names), keys(local.default_names)) : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", keys(local.default_names))}."
    }
  }
}
