mock_provider "aws" {
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

  mock_resource "aws_api_gateway_rest_api" {
    defaults = {
      id               = "a1b2c3d4e5"
      root_resource_id = "root"
      execution_arn    = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5"
    }
  }

  mock_resource "aws_api_gateway_stage" {
    defaults = {
      arn        = "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5/stages/v1"
      invoke_url = "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/v1"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/apigateway/scanner/access"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/scanner-api-gateway-log"
    }
  }
}

variables {
  name = "scanner"
  routes = {
    "POST /scan"         = { function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:scan", function_name = "scan" }
    "GET /jobs/{job_id}" = { function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:jobs", function_name = "jobs" }
    "GET /results" = {
      function_arn   = "arn:aws:lambda:eu-west-1:123456789012:function:results"
      function_name  = "results"
      required_query = ["job_id"]
    }
  }
}

run "APIGateway_1_logged" {
  assert {
    condition     = aws_api_gateway_method_settings.this.settings[0].logging_level == "ERROR" && aws_api_gateway_method_settings.this.method_path == "*/*"
    error_message = "APIGateway.1: errors of every method must be logged."
  }

  assert {
    condition     = aws_cloudwatch_log_group.execution.name == "API-Gateway-Execution-Logs_a1b2c3d4e5/v1" && aws_cloudwatch_log_group.execution.retention_in_days == 365
    error_message = "The execution log must have a retention of a year."
  }
}

run "defaults" {
  command = plan

  assert {
    condition     = aws_api_gateway_stage.this.xray_tracing_enabled
    error_message = "APIGateway.3: the stage must be traced."
  }

  assert {
    condition     = alltrue([for method in aws_api_gateway_method.this : method.authorization == "AWS_IAM"])
    error_message = "APIGateway.8: a route without authorization must have AWS_IAM."
  }

  assert {
    condition     = aws_api_gateway_stage.this.access_log_settings[0].destination_arn == aws_cloudwatch_log_group.access.arn && jsondecode(aws_api_gateway_stage.this.access_log_settings[0].format).status == "$context.status"
    error_message = "APIGateway.9: every request must be logged."
  }

  assert {
    condition = { for route, permission in aws_lambda_permission.this : route => permission.source_arn } == {
      "POST /scan"         = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/v1/POST/scan"
      "GET /jobs/{job_id}" = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/v1/GET/jobs/*"
      "GET /results"       = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/v1/GET/results"
    }
    error_message = "Lambda.1: the permission on a function must allow its own routes only."
  }

  assert {
    condition     = output.invoke_arns["POST /scan"] == "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/v1/POST/scan"
    error_message = "The ARN of a route must contain its method and path."
  }

  assert {
    condition     = aws_api_gateway_request_validator.this.validate_request_parameters
    error_message = "CKV2_AWS_53: requests must be validated."
  }

  assert {
    condition     = aws_api_gateway_method.this["GET /jobs/{job_id}"].request_parameters == tomap({ "method.request.path.job_id" = true }) && aws_api_gateway_method.this["GET /results"].request_parameters == tomap({ "method.request.querystring.job_id" = true })
    error_message = "Path variables and the given query parameters must be required."
  }

  assert {
    condition     = aws_api_gateway_integration.this["POST /scan"].uri == "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:scan/invocations"
    error_message = "The URI of an integration must be the invoke ARN of the function."
  }

  assert {
    condition     = aws_api_gateway_method_settings.this.settings[0].throttling_rate_limit == 50 && aws_api_gateway_method_settings.this.settings[0].throttling_burst_limit == 100
    error_message = "Every method must be throttled."
  }

  assert {
    condition     = length(aws_api_gateway_account.this) == 0 && length(aws_iam_role.account_log) == 0
    error_message = "The role for all APIs of the account must not change by default."
  }
}

run "account_log_role_when_given" {
  variables {
    create_account_log_role = true
  }

  assert {
    condition     = aws_api_gateway_account.this[0].cloudwatch_role_arn == aws_iam_role.account_log[0].arn
    error_message = "The account settings of API Gateway must have the role."
  }
}

run "CKV_AWS_206_domain_with_tls_1_2_replaces_the_endpoint" {
  command = plan

  variables {
    create_domain   = true
    domain_name     = "api.example.com"
    certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition     = aws_api_gateway_domain_name.this[0].security_policy == "TLS_1_2" && aws_api_gateway_rest_api.this.disable_execute_api_endpoint
    error_message = "With a custom domain, TLS 1.2 must be the minimum and the default endpoint disabled."
  }

  assert {
    condition     = output.invoke_url == "https://api.example.com"
    error_message = "The base URL must be that of the custom domain."
  }
}

run "creates_paths_of_five_parts" {
  command = plan

  variables {
    routes = {
      "ANY /"                        = { function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:a", function_name = "a" }
      "GET /a/{x}/.c:d/{y-z}/{all+}" = { function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:a", function_name = "a" }
      "PUT /a/{x}"                   = { function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:a", function_name = "a" }
    }
  }

  assert {
    condition = [
      for level in [aws_api_gateway_resource.level_1, aws_api_gateway_resource.level_2, aws_api_gateway_resource.level_3, aws_api_gateway_resource.level_4, aws_api_gateway_resource.level_5] :
      [for path, resource in level : resource.path_part]
    ] == [["a"], ["{x}"], [".c:d"], ["{y-z}"], ["{all+}"]]
    error_message = "Each part of a path must be one resource."
  }

  assert {
    condition     = aws_api_gateway_method.this["ANY /"].resource_id == "root" && endswith(output.invoke_arns["ANY /"], "/v1/*/")
    error_message = "The root resource must not be created."
  }
}

run "refuses_a_name_with_spaces" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "a b"
  }

  expect_failures = [var.name]
}

run "refuses_no_route" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = {}
  }

  expect_failures = [var.routes]
}

run "refuses_a_route_without_method" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { "/scan" = { function_arn = "a", function_name = "a" } }
  }

  expect_failures = [var.routes]
}

run "refuses_a_method_in_lower_case" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { "post /scan" = { function_arn = "a", function_name = "a" } }
  }

  expect_failures = [var.routes]
}

run "refuses_a_slash_at_the_end" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { "POST /scan/" = { function_arn = "a", function_name = "a" } }
  }

  expect_failures = [var.routes]
}

run "refuses_a_greedy_variable_that_is_not_last" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { "GET /{all+}/b" = { function_arn = "a", function_name = "a" } }
  }

  expect_failures = [var.routes]
}

run "refuses_six_parts" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { "GET /a/b/c/d/e/f" = { function_arn = "a", function_name = "a" } }
  }

  expect_failures = [var.routes]
}

run "refuses_two_variables_after_the_same_path" {
  command = plan

  variables {
    routes = {
      "GET /jobs/{id}"              = { function_arn = "a", function_name = "a" }
      "DELETE /jobs/{job_id}/state" = { function_arn = "a", function_name = "a" }
    }
  }

  expect_failures = [aws_api_gateway_rest_api.this]
}

run "refuses_an_unknown_authorization" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { "GET /" = { function_arn = "a", function_name = "a", authorization = "COGNITO" } }
  }

  expect_failures = [var.routes]
}

run "refuses_a_query_name_with_spaces" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    routes = { "GET /" = { function_arn = "a", function_name = "a", required_query = ["a b"] } }
  }

  expect_failures = [var.routes]
}

run "refuses_a_stage_name_with_dots" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    stage_name = "v1.0"
  }

  expect_failures = [var.stage_name]
}

run "refuses_a_zero_rate_limit" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    throttling_rate_limit = 0
  }

  expect_failures = [var.throttling_rate_limit]
}

run "refuses_a_zero_burst_limit" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    throttling_burst_limit = 0
  }

  expect_failures = [var.throttling_burst_limit]
}

run "refuses_a_retention_of_eight_days" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    log_retention_days = 8
  }

  expect_failures = [var.log_retention_days]
}

run "refuses_a_domain_without_certificate" {
  command = plan

  variables {
    create_domain = true
    domain_name   = "api.example.com"
  }

  expect_failures = [aws_api_gateway_rest_api.this]
}

run "roles_have_the_boundary_path_and_prefix_of_the_organisation" {
  command = plan

  variables {
    create_account_log_role = true
    roles = {
      permissions_boundary_arn = "arn:aws:iam::123456789012:policy/organisation/boundary"
      path                     = "/engines/eu/"
      name_prefix              = "acme-"
    }
  }

  assert {
    condition     = aws_iam_role.account_log[0].permissions_boundary == var.roles.permissions_boundary_arn && aws_iam_role.account_log[0].path == "/engines/eu/" && startswith(aws_iam_role.account_log[0].name, "acme-")
    error_message = "Every role must have the boundary, the path and the prefix of `roles`."
  }
}

run "refuses_a_boundary_that_is_no_policy" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    roles = { permissions_boundary_arn = "arn:aws:iam::123456789012:role/boundary" }
  }

  expect_failures = [var.roles]
}

run "refuses_a_role_path_without_a_slash_at_its_end" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    roles = { path = "/engines" }
  }

  expect_failures = [var.roles]
}

run "refuses_a_character_that_no_role_name_has" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    roles = { name_prefix = "acme/" }
  }

  expect_failures = [var.roles]
}

run "refuses_a_prefix_that_makes_a_role_name_too_long" {
  command = plan

  variables {
    create_account_log_role = true
    roles                   = { name_prefix = "a-prefix-of-64-characters-leaves-no-character-for-the-name-itself" }
  }

  expect_failures = [aws_iam_role.account_log]
}

run "refuses_a_name_of_an_unknown_address" {
  command = plan

  variables {
    names = { "aws_sqs_queue.this" = "acme" }
  }

  expect_failures = [aws_api_gateway_rest_api.this]
}
