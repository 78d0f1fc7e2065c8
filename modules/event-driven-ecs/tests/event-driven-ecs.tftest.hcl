mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "123456789012"
    }
  }

  mock_data "aws_partition" {
    defaults = {
      partition = "aws"
    }
  }

  mock_data "aws_region" {
    defaults = {
      endpoint = "ec2.eu-west-1.amazonaws.com"
    }
  }

  mock_resource "aws_ecs_cluster" {
    defaults = {
      arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
    }
  }

  mock_resource "aws_ecs_task_definition" {
    defaults = {
      arn                  = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth:1"
      arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/engines"
    }
  }

  mock_resource "aws_iam_policy" {
    defaults = {
      arn = "arn:aws:iam::123456789012:policy/engines-launch-0"
    }
  }

  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:eu-west-1:123456789012:engines-dead-letter"
      url = "https://sqs.eu-west-1.amazonaws.com/123456789012/engines-dead-letter"
    }
  }

  mock_resource "aws_lambda_function" {
    defaults = {
      arn = "arn:aws:lambda:eu-west-1:123456789012:function:engines-start-task"
    }
  }

  mock_resource "aws_cloudwatch_event_rule" {
    defaults = {
      arn = "arn:aws:events:eu-west-1:123456789012:rule/engines-start"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:123456789012:log-group:engines"
    }
  }

  mock_resource "aws_lb" {
    defaults = {
      arn        = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/engines/0123456789abcdef"
      arn_suffix = "app/engines/0123456789abcdef"
      dns_name   = "engines-1234567890.eu-west-1.elb.amazonaws.com"
      zone_id    = "Z32O12XQLNTSW2"
    }
  }

  mock_resource "aws_lb_listener" {
    defaults = {
      arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/engines/0123456789abcdef/0123456789abcdef"
    }
  }

  mock_resource "aws_lb_target_group" {
    defaults = {
      arn        = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/engines/0123456789abcdef"
      arn_suffix = "targetgroup/engines/0123456789abcdef"
    }
  }

  mock_resource "aws_efs_file_system" {
    defaults = {
      id  = "fs-0123456789abcdef0"
      arn = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0123456789abcdef0"
    }
  }

  mock_resource "aws_efs_access_point" {
    defaults = {
      id  = "fsap-0123456789abcdef0"
      arn = "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0123456789abcdef0"
    }
  }

  mock_resource "aws_s3_bucket" {
    defaults = {
      id  = "engines-payload-20260101"
      arn = "arn:aws:s3:::engines-payload-20260101"
    }
  }
}

# With mock_resource all subnets would have one id.
override_module {
  target = module.network
  outputs = {
    vpc_id             = "vpc-0a1b2c3d4e5f60718"
    cidr_block         = "10.0.0.0/16"
    public_subnet_ids  = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    private_subnet_ids = ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"]
    public_subnets     = { eu-west-1a = "subnet-0123456789abcdef0", eu-west-1b = "subnet-0123456789abcdef1" }
    private_subnets    = { eu-west-1a = "subnet-0123456789abcdef2", eu-west-1b = "subnet-0123456789abcdef3" }
  }
}

variables {
  name     = "engines"
  network  = { availability_zones = ["eu-west-1a", "eu-west-1b"] }
  services = { auth = { image = "ghcr.io/acme/auth-api:1.4.2" } }
}

run "creates_a_network_and_a_cluster_where_ECS_2_tasks_get_no_public_ip_address" {
  assert {
    condition     = length(module.network) == 1 && length(module.cluster) == 1
    error_message = "A network and a cluster must be created by default."
  }

  assert {
    condition     = output.cluster_arn == "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
    error_message = "The output must be the created cluster."
  }

  assert {
    condition     = !output.routes.auth.assign_public_ip
    error_message = "ECS.2: a task in the created network must get no public IP address."
  }

  assert {
    condition     = length(module.load_balancer) == 0 && length(module.registrar) == 0 && output.load_balancer_arn == null && output.load_balancer_dns_name == null && output.load_balancer_zone_id == null && output.registrar_function_name == null
    error_message = "Without a path there must be no load balancer and no registrar."
  }

  assert {
    condition     = length(module.file_system) == 0 && output.file_system_id == null
    error_message = "Without a mount path there must be no file system."
  }

  assert {
    condition     = output.routes.auth.target_type == null && output.routes.auth.target_group_arn == null
    error_message = "The launch route of a service without a path must have no target group."
  }
}

run "uses_an_existing_network_and_cluster" {
  command = plan

  variables {
    create_network = false
    existing_network = {
      vpc_id            = "vpc-0a1b2c3d4e5f60718"
      subnet_ids        = ["subnet-1a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60718"]
      public_subnet_ids = ["subnet-2a1b2c3d4e5f60718", "subnet-3a1b2c3d4e5f60718"]
      assign_public_ip  = true
    }
    create_cluster   = false
    existing_cluster = { name = "shared", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/shared" }
    services         = { auth = { image = "ghcr.io/acme/auth-api:1.4.2", port = 8080, path = "/api/auth/*", mount_path = "/mnt/shared" } }
    load_balancer    = { protocol = "HTTP" }
  }

  assert {
    condition     = length(module.network) == 0 && length(module.cluster) == 0
    error_message = "Nothing must be created beside what is given."
  }

  assert {
    condition     = output.routes.auth.cluster_arn == "arn:aws:ecs:eu-west-1:123456789012:cluster/shared" && output.routes.auth.subnet_ids == tolist(["subnet-1a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60718"]) && output.routes.auth.assign_public_ip
    error_message = "Tasks must start in their own subnets, not in those of the load balancer, on the existing cluster."
  }

  assert {
    condition     = local.network.subnets == tomap({ "0" = "subnet-1a1b2c3d4e5f60718", "1" = "subnet-0a1b2c3d4e5f60718" })
    error_message = "A state of an earlier release must keep its mount targets."
  }
}

run "names_mount_targets_after_the_keys_of_the_subnets" {
  command = plan

  variables {
    create_network   = false
    existing_network = { vpc_id = "vpc-0a1b2c3d4e5f60718", subnets = { b = "subnet-1a1b2c3d4e5f60718", a = "subnet-0a1b2c3d4e5f60718" } }
    services         = { auth = { image = "ghcr.io/acme/auth-api:1.4.2", mount_path = "/mnt/shared" } }
  }

  assert {
    condition     = output.subnet_ids == tolist(["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"]) && output.routes.auth.subnet_ids == output.subnet_ids
    error_message = "Tasks must start in the given subnets, sorted by key."
  }

  assert {
    condition     = local.network.subnets == tomap({ a = "subnet-0a1b2c3d4e5f60718", b = "subnet-1a1b2c3d4e5f60718" })
    error_message = "The mount targets must have the keys of the subnets."
  }
}

run "refuses_what_is_both_created_and_given" {
  command = plan

  variables {
    existing_network     = { vpc_id = "vpc-0a1b2c3d4e5f60718", subnet_ids = ["subnet-0a1b2c3d4e5f60718"] }
    existing_cluster     = { name = "shared", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/shared" }
    services             = { auth = { image = "ghcr.io/acme/auth-api:1.4.2", mount_path = "/mnt/shared" } }
    existing_file_system = { file_system_id = "fs-0a1b2c3d4e5f60718", file_system_arn = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0a1b2c3d4e5f60718", access_point_id = "fsap-0a1b2c3d4e5f60718", access_point_arn = "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0a1b2c3d4e5f60718", security_group_id = "sg-0a1b2c3d4e5f60718" }
  }

  expect_failures = [output.cluster_name, output.file_system_id, output.vpc_id]
}

run "refuses_what_is_neither_created_nor_given" {
  command = plan

  variables {
    create_network     = false
    create_cluster     = false
    services           = { auth = { image = "ghcr.io/acme/auth-api:1.4.2", mount_path = "/mnt/shared" } }
    create_file_system = false
  }

  expect_failures = [output.cluster_name, output.file_system_id, output.vpc_id]
}

run "refuses_a_capacity_provider_that_the_created_cluster_does_not_have" {
  command = plan

  variables {
    capacity_providers = ["batch"]
    services           = { auth = { image = "ghcr.io/acme/auth-api:1.4.2", capacity = "gpu" } }
  }

  expect_failures = [output.cluster_name]
}

run "creates_a_load_balancer_a_registrar_a_shared_file_system_and_a_buffer" {
  variables {
    services = {
      auth = { image = "ghcr.io/acme/auth-api:1.4.2", port = 8080, path = "/api/auth/*", deregistration_delay_seconds = 5, mount_path = "/mnt/shared" }
      job  = { image = "ghcr.io/acme/job:2" }
    }
    load_balancer = { protocol = "HTTP", ingress = { office = "203.0.113.0/24" } }
    buffer        = true
    events        = { start = { source = ["custom.app"] } }
  }

  assert {
    condition     = output.load_balancer_arn == "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/engines/0123456789abcdef" && output.load_balancer_dns_name == "engines-1234567890.eu-west-1.elb.amazonaws.com" && output.load_balancer_zone_id == "Z32O12XQLNTSW2"
    error_message = "The outputs must be those of the created load balancer."
  }

  assert {
    condition     = output.registrar_function_name == "engines-register-targets"
    error_message = "A target group must have a registrar."
  }

  assert {
    condition     = output.routes.auth.target_type == "ip" && output.routes.auth.target_group_arn == "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/engines/0123456789abcdef" && output.routes.auth.deregistration_delay_seconds == 5
    error_message = "The launch route of a service with a path must have its target group."
  }

  assert {
    condition     = output.routes.job.target_type == null && output.routes.job.target_group_arn == null
    error_message = "The launch route of a service without a path must have none."
  }

  assert {
    condition     = keys(module.load_balancer["this"].targets) == ["auth"]
    error_message = "Only services with a path must have a target group."
  }

  assert {
    condition     = output.file_system_id == "fs-0123456789abcdef0" && keys(module.file_system["this"].mounts) == ["shared"]
    error_message = "The services with a mount path must share one directory."
  }

  assert {
    condition     = module.launcher.buffer_queue_url != null && keys(output.event_rule_arns) == ["start"]
    error_message = "With buffer the launcher must have a queue."
  }
}

run "uses_an_existing_load_balancer_and_file_system" {
  command = plan

  variables {
    services = {
      auth = { image = "ghcr.io/acme/auth-api:1.4.2", mount_path = "/mnt/shared" }
      pdf  = { image = "ghcr.io/acme/pdf:1", port = 8080, path = "/api/pdf/*", network_mode = "bridge", capacity = "EC2" }
    }
    load_balancer = {
      create_load_balancer   = false
      existing_load_balancer = { arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/theirs/0123456789abcdef", security_group_id = "sg-0a1b2c3d4e5f60719", dns_name = "theirs.example.com" }
      create_listener        = false
      existing_listener      = { arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/theirs/0123456789abcdef/0123456789abcdef" }
    }
    create_file_system   = false
    existing_file_system = { file_system_id = "fs-0a1b2c3d4e5f60718", file_system_arn = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0a1b2c3d4e5f60718", access_point_id = "fsap-0a1b2c3d4e5f60718", access_point_arn = "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0a1b2c3d4e5f60718", security_group_id = "sg-0a1b2c3d4e5f60718" }
  }

  assert {
    condition     = output.load_balancer_arn == "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/theirs/0123456789abcdef" && output.load_balancer_dns_name == "theirs.example.com" && output.load_balancer_zone_id == null
    error_message = "The outputs must be those of the existing load balancer."
  }

  assert {
    condition     = module.load_balancer["this"].listener_arn == "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/theirs/0123456789abcdef/0123456789abcdef"
    error_message = "The path must be a rule of the existing listener."
  }

  assert {
    condition     = length(module.file_system) == 0 && output.file_system_id == null
    error_message = "Nothing must be created beside what is given."
  }

  assert {
    condition     = output.routes.pdf.target_type == "instance"
    error_message = "A task in bridge mode must be registered by its container instance."
  }
}

run "makes_one_scheduled_invocation_for_each_start_and_one_for_all_stops" {
  command = plan

  variables {
    services = { auth = { image = "ghcr.io/acme/auth-api:1.4.2" }, pdf = { image = "ghcr.io/acme/pdf:1" } }
    schedules = {
      morning = { expression = "cron(0 7 ? * MON-FRI *)", time_zone = "Europe/Berlin", start = ["auth", "pdf"] }
      evening = { expression = "cron(0 19 ? * MON-FRI *)", start = ["pdf"], stop = ["auth", "pdf"] }
    }
  }

  assert {
    condition     = { for name, schedule in module.schedule : name => schedule.schedule_name } == { evening-pdf = "engines-evening-pdf", evening-stop = "engines-evening-stop", morning-auth = "engines-morning-auth", morning-pdf = "engines-morning-pdf" }
    error_message = "There must be one invocation for each start, and one for all stops."
  }

  assert {
    condition = jsondecode(local.scheduled_invocations.morning-auth.input) == {
      id          = "<aws.scheduler.schedule-arn>/<aws.scheduler.scheduled-time>"
      time        = "<aws.scheduler.scheduled-time>"
      source      = "schedule"
      detail-type = "Start ECS Task"
      detail      = { service = "auth" }
    }
    error_message = "A start must be an event for its service, with an id that is the same in a retry."
  }

  assert {
    condition = jsondecode(local.scheduled_invocations.evening-stop.input) == {
      id          = "<aws.scheduler.schedule-arn>/<aws.scheduler.scheduled-time>"
      time        = "<aws.scheduler.scheduled-time>"
      source      = "schedule"
      detail-type = "Stop ECS Tasks"
      detail      = { services = ["auth", "pdf"] }
    }
    error_message = "A stop must name the services and the time."
  }

  assert {
    condition     = local.scheduled_invocations.morning-auth.expression == "cron(0 7 ? * MON-FRI *)" && local.scheduled_invocations.morning-auth.time_zone == "Europe/Berlin" && local.scheduled_invocations.evening-stop.time_zone == "UTC"
    error_message = "An invocation must have the expression and time zone of its schedule."
  }

  assert {
    condition     = length(module.registrar) == 1 && length(module.load_balancer) == 0
    error_message = "The registrar must get the stops."
  }
}

run "schedules_that_only_start_and_mount_paths_create_neither_registrar_nor_load_balancer" {
  command = plan

  variables {
    services                   = { auth = { image = "ghcr.io/acme/auth-api:1.4.2", mount_path = "/mnt/shared" } }
    schedules                  = { morning = { expression = "rate(1 day)", start = ["auth"] } }
    create_monitoring          = false
    deduplication_window_hours = 720
  }

  assert {
    condition     = keys(module.schedule) == ["morning-auth"] && length(module.registrar) == 0
    error_message = "Without stops and paths there must be no registrar."
  }

  assert {
    condition     = length(module.load_balancer) == 0 && length(module.registrar) == 0
    error_message = "A mount path must create no load balancer."
  }

  assert {
    condition     = length(module.monitoring) == 0 && module.launcher.buffer_queue_url == null
    error_message = "There must be no monitoring."
  }

  assert {
    condition     = output.payload_bucket_name != null
    error_message = "The window must be accepted up to the payload retention of 30 days."
  }
}

run "passes_failure_and_interruption_settings_on_and_creates_a_registrar_for_a_stop_event" {
  command = plan

  variables {
    services = {
      auth = { image = "ghcr.io/acme/auth:1", on_failure = { action = "retry", max_attempts = 5 }, interruption_retries = 0 }
      pdf  = { image = "ghcr.io/acme/pdf:1", on_failure = null, interruption_retries = null }
    }
    stop_events = { stop = { source = ["custom.app"] } }
  }

  assert {
    condition     = output.routes.auth.on_failure == { action = "retry", max_attempts = 5, backoff_seconds = 60 } && output.routes.auth.interruption_retries == 0 && output.routes.auth.essential_containers == tolist(["engines-auth"])
    error_message = "The launch route must have the settings of the service."
  }

  assert {
    condition     = output.routes.pdf.on_failure.action == "alarm" && output.routes.pdf.interruption_retries == 3
    error_message = "Null must be the default."
  }

  assert {
    condition     = module.launcher.buffer_queue_url != null
    error_message = "Retries must wait in a queue."
  }

  assert {
    condition     = keys(module.registrar["this"].event_rule_arns) == ["state-change", "stop", "sweep"]
    error_message = "The registrar must get the stop event."
  }
}

run "refuses_a_schedule_of_an_unknown_service_and_a_name_of_a_block_that_is_not_there" {
  command = plan

  variables {
    schedules = { night = { expression = "rate(1 day)", start = ["auth"], stop = ["pdf"] } }
    names     = { "module.task[\"users\"].aws_iam_role.task" = "acme" }
  }

  expect_failures = [output.registrar_function_name, output.routes]
}

run "refuses_a_service_started_twice_at_once" {
  command = plan

  variables {
    schedules = { night = { expression = "rate(1 day)", start = ["auth", "auth"] } }
  }

  expect_failures = [output.registrar_function_name]
}

run "refuses_two_scheduled_invocations_with_the_same_name" {
  command = plan

  variables {
    services = { b-auth = { image = "ghcr.io/acme/auth-api:1.4.2" }, auth = { image = "ghcr.io/acme/auth-api:1.4.2" } }
    schedules = {
      a   = { expression = "rate(1 day)", start = ["b-auth"] }
      a-b = { expression = "rate(2 days)", start = ["auth"] }
    }
  }

  expect_failures = [output.registrar_function_name]
}

run "refuses_a_start_with_the_name_of_the_stop" {
  command = plan

  variables {
    services  = { stop = { image = "ghcr.io/acme/auth-api:1.4.2" } }
    schedules = { night = { expression = "rate(1 day)", start = ["stop"], stop = ["stop"] } }
  }

  expect_failures = [output.registrar_function_name]
}

run "passes_roles_grants_and_names_on_and_says_what_existing_roles_need" {
  command = plan

  variables {
    services = {
      auth = {
        image  = "ghcr.io/acme/auth-api:1.4.2"
        grants = { jobs = { access = "send-messages", arn = "arn:aws:sqs:eu-west-1:123456789012:jobs" } }
      }
      pdf = {
        image                   = "ghcr.io/acme/auth-api:1.4.2"
        grants                  = { jobs = { access = "send-messages", arn = "arn:aws:sqs:eu-west-1:123456789012:jobs" } }
        existing_execution_role = { arn = "arn:aws:iam::123456789012:role/acme-execution" }
        existing_task_role      = { arn = "arn:aws:iam::123456789012:role/acme-task" }
        existing_log_group      = { name = "/acme/tasks" }
      }
    }
    roles              = { name_prefix = "acme-" }
    log_retention_days = 30
    names = {
      "module.cluster[\"this\"].aws_ecs_cluster.this"             = "acme"
      "module.launcher.module.function.aws_lambda_function.this"  = "acme-invoker"
      "module.task[\"auth\"].aws_iam_role.execution"              = "acme-exec"
      "module.task[\"auth\"].aws_iam_role_policy.grant[\"jobs\"]" = "acme-jobs"
    }
  }

  assert {
    condition     = output.cluster_name == "acme" && output.function_name == "acme-invoker" && module.task["auth"].task_role_name == "acme-engines-auth-task"
    error_message = "The blocks must get the names and the settings of the roles."
  }

  assert {
    condition     = output.routes.pdf.task_role_arn == "arn:aws:iam::123456789012:role/acme-task" && output.routes.pdf.execution_role_arn == "arn:aws:iam::123456789012:role/acme-execution" && module.task["pdf"].log_group_name == "/acme/tasks"
    error_message = "The service must have the existing roles and the existing log group."
  }

  assert {
    condition     = [for statement in jsondecode(output.task_policy_json.pdf).Statement : statement.Action] == [["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"], "s3:GetObject"] && jsondecode(output.execution_policy_json.pdf).Statement[0].Resource == "arn:aws:logs:eu-west-1:123456789012:log-group:/acme/tasks:*"
    error_message = "The outputs must say what the roles need, payloads included."
  }
}
