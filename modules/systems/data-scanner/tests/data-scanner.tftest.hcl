mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_region" {
    defaults = { endpoint = "ec2.eu-west-1.amazonaws.com" }
  }

  mock_data "aws_ssm_parameter" {
    defaults = { insecure_value = "ami-0123456789abcdef0" }
  }

  mock_data "aws_secretsmanager_secret_version" {
    defaults = { secret_string = "{\"username\":\"dbowner\",\"password\":\"not-a-secret\"}" }
  }

  mock_resource "aws_api_gateway_rest_api" {
    defaults = {
      id               = "a1b2c3d4e5"
      root_resource_id = "root"
      execution_arn    = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5"
    }
  }

  mock_resource "aws_api_gateway_stage" {
    defaults = {
      arn        = "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5/stages/dev"
      invoke_url = "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/dev"
    }
  }

  mock_resource "aws_appautoscaling_policy" {
    defaults = { arn = "arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:1:resource/ecs/service/worker:policyName/queue" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:scanner" }
  }

  mock_resource "aws_db_instance" {
    defaults = {
      address            = "aws-data-scanner-dev.abcdefghijkl.eu-west-1.rds.amazonaws.com"
      arn                = "arn:aws:rds:eu-west-1:123456789012:db:aws-data-scanner-dev"
      endpoint           = "aws-data-scanner-dev.abcdefghijkl.eu-west-1.rds.amazonaws.com:5432"
      resource_id        = "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
      master_user_secret = [{ kms_key_id = "", secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-1-AbCdEf", secret_status = "active" }]
    }
  }

  mock_resource "aws_ecr_repository" {
    defaults = {
      arn            = "arn:aws:ecr:eu-west-1:123456789012:repository/scanner"
      registry_id    = "123456789012"
      repository_url = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/scanner"
    }
  }

  mock_resource "aws_ecs_cluster" {
    defaults = { arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/aws-data-scanner-dev" }
  }

  mock_resource "aws_ecs_service" {
    defaults = { id = "arn:aws:ecs:eu-west-1:123456789012:service/aws-data-scanner-dev/worker" }
  }

  mock_resource "aws_ecs_task_definition" {
    defaults = {
      arn                  = "arn:aws:ecs:eu-west-1:123456789012:task-definition/worker:1"
      arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/worker"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/scanner" }
  }

  mock_resource "aws_instance" {
    defaults = {
      id  = "i-0123456789abcdef0"
      arn = "arn:aws:ec2:eu-west-1:123456789012:instance/i-0123456789abcdef0"
    }
  }

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
  }

  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:scanner" }
  }

  mock_resource "aws_lambda_invocation" {
    defaults = { result = "{\"version\":1}" }
  }

  mock_resource "aws_s3_bucket" {
    defaults = {
      id  = "aws-data-scanner-data-dev-1"
      arn = "arn:aws:s3:::aws-data-scanner-data-dev-1"
    }
  }

  mock_resource "aws_security_group" {
    defaults = { id = "sg-0123456789abcdef0" }
  }

  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:eu-west-1:123456789012:scan-jobs"
      url = "https://sqs.eu-west-1.amazonaws.com/123456789012/scan-jobs"
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
  name    = "aws-data-scanner"
  network = { availability_zones = ["eu-west-1a", "eu-west-1b"] }
  image   = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/scanner-worker:1"
}

run "IAM_1_names_and_permissions_are_those_of_the_parts" {
  assert {
    condition     = output.worker_log_group_name == "/ecs/aws-data-scanner-scanner-worker-dev" && { for key, function in module.functions : key => function.log_group_name } == { for key in ["jobs", "list-objects", "results", "scan"] : key => "/aws/lambda/aws-data-scanner-${key}-dev" }
    error_message = "The log groups must have the names with the environment at their end."
  }

  assert {
    condition     = jsondecode(local.list_objects_policy).Statement[*].Action == ["s3:ListBucket", ["sqs:GetQueueAttributes", "sqs:SendMessage"], "lambda:InvokeFunction"] && jsondecode(local.list_objects_policy).Statement[0].Resource == ["arn:aws:s3:::aws-data-scanner-data-dev-1"] && jsondecode(local.list_objects_policy).Statement[2].Resource == "arn:aws:lambda:eu-west-1:123456789012:function:aws-data-scanner-list-objects-dev"
    error_message = "IAM.1: list-objects must list the buckets, send to the queue and invoke itself, and nothing else."
  }

  assert {
    condition     = jsondecode(local.scan_objects_policy).Statement[*].Action == [["s3:GetObject", "s3:GetObjectVersion"], "s3:ListBucket", "kms:GenerateMac", ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"]] && jsondecode(local.scan_objects_policy).Statement[0].Resource == ["arn:aws:s3:::aws-data-scanner-data-dev-1/*"]
    error_message = "IAM.1: a worker must read the buckets, make hashes and take messages, and nothing else."
  }

  assert {
    condition     = { for key, settings in local.functions : key => keys(settings.policies) } == { jobs = ["read-secret"], list-objects = ["list-objects", "read-secret", "wake-workers"], results = ["read-secret"], scan = ["invoke-list-objects", "read-secret"] }
    error_message = "IAM.1: only list-objects and scan must have more than the secret."
  }
}

run "EC2_database_is_reached_by_functions_and_workers_only_and_nothing_reaches_functions" {
  command = plan

  assert {
    condition     = { for key, rule in aws_vpc_security_group_egress_rule.database : key => rule.from_port } == { for key in ["jobs", "list-objects", "migrate-database", "results", "scan"] : key => 5432 } && alltrue([for rule in aws_vpc_security_group_egress_rule.https : rule.from_port == 443 && rule.to_port == 443])
    error_message = "Each function must reach the database and HTTPS, and nothing else."
  }

  assert {
    condition     = aws_kms_key.hash.customer_master_key_spec == "HMAC_256" && aws_kms_key.hash.key_usage == "GENERATE_VERIFY_MAC" && aws_kms_alias.hash.name == "alias/aws-data-scanner-hash-dev"
    error_message = "The hashes must have an HMAC key."
  }

  assert {
    condition     = aws_lambda_invocation.migrate_database.lifecycle_scope == "CRUD" && aws_lambda_invocation.migrate_database.triggers["bundle"] == filebase64sha256("migrate-database.zip")
    error_message = "Each change of the function must migrate the database."
  }

  assert {
    condition     = { for key, settings in local.functions : key => settings.timeout } == { jobs = 29, list-objects = 900, results = 29, scan = 29 }
    error_message = "API Gateway waits for 29 seconds, and a listing takes what Lambda allows."
  }

  assert {
    condition     = local.functions["scan"].environment.ALLOWED_BUCKETS == "aws-data-scanner-data-dev-1" && local.functions["jobs"].environment.NODE_EXTRA_CA_CERTS == "/var/runtime/ca-cert.pem" && local.functions["list-objects"].environment.ECS_SERVICE == "aws-data-scanner-scanner-worker-dev"
    error_message = "The functions must have their environment."
  }

  assert {
    condition     = length(module.bastion) == 0 && length(module.repository) == 0 && length(module.monitoring) == 1 && length(aws_cloudwatch_metric_alarm.objects_given_up["this"].metric_query) == 3
    error_message = "There must be monitoring, and neither bastion nor repository."
  }
}

run "works_in_what_exists_and_makes_what_is_asked_for" {
  command = plan

  variables {
    environment              = "production"
    create_network           = false
    existing_network         = { vpc_id = "vpc-0a1b2c3d4e5f60718", subnet_ids = ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"] }
    create_cluster           = false
    existing_cluster         = { name = "shared", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/shared" }
    create_data_bucket       = false
    scan_bucket_names        = ["incoming", "reports"]
    scan_bucket_kms_key_arns = ["arn:aws:kms:eu-west-1:123456789012:key/4321abcd-12ab-34cd-56ef-1234567890ab"]
    create_repository        = true
    create_bastion           = true
    create_monitoring        = false
    max_file_size_mib        = 1
  }

  assert {
    condition     = length(module.network) == 0 && length(module.cluster) == 0 && length(module.data) == 0 && length(module.monitoring) == 0 && length(module.repository) == 1 && length(module.bastion) == 1
    error_message = "There must be what is asked for, and nothing beside what exists."
  }

  assert {
    condition     = output.scan_bucket_names == ["incoming", "reports"] && local.functions["scan"].environment.ALLOWED_BUCKETS == "incoming,reports" && jsondecode(local.scan_objects_policy).Statement[0].Resource == ["arn:aws:s3:::incoming/*", "arn:aws:s3:::reports/*"]
    error_message = "Only the named buckets may be scanned."
  }

  assert {
    condition     = jsondecode(local.scan_objects_policy).Statement[4] == { Effect = "Allow", Action = "kms:Decrypt", Resource = ["arn:aws:kms:eu-west-1:123456789012:key/4321abcd-12ab-34cd-56ef-1234567890ab"] }
    error_message = "A worker must decrypt with the given keys."
  }

  assert {
    condition     = output.function_names["scan"] == "aws-data-scanner-scan-production" && keys(output.bastion_commands) == ["database"]
    error_message = "Names must end with the environment, and the bastion must have its command."
  }
}

run "a_function_keeps_its_name_and_the_permission_to_invoke_it_follows" {
  command = plan

  variables {
    names = {
      "module.functions[\"list-objects\"].aws_lambda_function.this" = "lists"
      "aws_kms_alias.hash"                                          = "alias/hashes"
    }
  }

  assert {
    condition     = local.functions["scan"].environment.LIST_OBJECTS_FUNCTION == "lists" && jsondecode(local.invoke_list_objects_policy).Statement[0].Resource == "arn:aws:lambda:eu-west-1:123456789012:function:lists" && aws_kms_alias.hash.name == "alias/hashes"
    error_message = "The name must be the given one everywhere."
  }
}

run "refuses_what_is_neither_created_nor_given_no_bucket_and_an_address_that_is_not_that_of_a_name" {
  command = plan

  variables {
    existing_cluster   = { name = "shared", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/shared" }
    existing_network   = { vpc_id = "vpc-0a1b2c3d4e5f60718", subnet_ids = ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"] }
    create_data_bucket = false
    names              = { "aws_sqs_queue.dead" = "acme" }
  }

  expect_failures = [output.api_url, output.cluster_name, output.scan_bucket_names, output.vpc_id]
}
