data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  # The endpoint is ec2.<region>.<suffix>: assumed for provider 6, which deprecates `name` and `id`. Provider 5 has no `region`.
  region    = split(".", data.aws_region.current.endpoint)[1]
  functions = "arn:${data.aws_partition.current.partition}:apigateway:${local.region}:lambda:path/2015-03-31/functions"

  methods = {
    for route, target in local.routes : route => {
      authorization = target.authorization
      uri           = "${local.functions}/${target.function_arn}/invocations"
      parameters = merge(
        { for segment in target.segments : "method.request.path.${trim(segment, "{+}")}" => true if startswith(segment, "{") },
        { for name in target.required_query : "method.request.querystring.${name}" => true },
      )
    }
  }

  invoke_arns = {
    for route, target in local.routes :
    route => "${aws_api_gateway_rest_api.this.execution_arn}/${var.stage_name}/${target.method == "ANY" ? "*" : target.method}${replace(target.path, "/\\{[^}]+\\}/", "*")}"
  }

  # Everything that is part of a deployment's snapshot.
  deployed = jsonencode({ methods = local.methods, only_domain = var.create_domain })

  account_log_role_name = "${var.roles.name_prefix}${var.name}-api-gateway-log${var.roles.name_suffix}"

  # Every name that Terraform cannot change in place, by address. API Gateway gives the execution log group its name.
  default_names = merge(
    { "aws_cloudwatch_log_group.access" = "/aws/apigateway/${var.name}/access" },
    var.create_account_log_role ? { "aws_iam_role.account_log[0]" = local.account_log_role_name } : {},
    # A hash, because a statement ID must not contain some characters of a route.
    { for route in keys(local.routes) : "aws_lambda_permission.this[\"${route}\"]" => "${var.name}-${substr(sha1(route), 0, 8)}" },
  )
  names = merge(local.default_names, var.names)
}

resource "aws_api_gateway_rest_api" "this" {
  name                         = var.name
  description                  = var.description
  disable_execute_api_endpoint = var.create_domain
  tags                         = var.tags

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = length(setsubtract(keys(var.names), keys(local.default_names))) == 0
      error_message = "names has ${join(", ", [for address in setsubtract(keys(var.names), keys(local.default_names)) : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", keys(local.default_names))}."
    }

    precondition {
      condition     = length(local.ambiguous) == 0
      error_message = "routes has ${join("; ", local.ambiguous)}; API Gateway takes one variable after the same path, with one name."
    }

    precondition {
      condition     = var.create_domain == (var.domain_name != null && var.certificate_arn != null)
      error_message = "create_domain is ${var.create_domain} with domain_name ${jsonencode(var.domain_name)} and certificate_arn ${jsonencode(var.certificate_arn)}; give both exactly when create_domain is true."
    }
  }
}

resource "aws_api_gateway_request_validator" "this" {
  rest_api_id                 = aws_api_gateway_rest_api.this.id
  name                        = "parameters"
  validate_request_parameters = true
  validate_request_body       = false
}

resource "aws_api_gateway_method" "this" {
  for_each = local.routes

  rest_api_id          = aws_api_gateway_rest_api.this.id
  resource_id          = local.resource_ids[each.value.path]
  http_method          = each.value.method
  authorization        = local.methods[each.key].authorization
  request_parameters   = local.methods[each.key].parameters
  request_validator_id = aws_api_gateway_request_validator.this.id
}

resource "aws_api_gateway_integration" "this" {
  for_each = local.routes

  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = aws_api_gateway_method.this[each.key].resource_id
  http_method             = aws_api_gateway_method.this[each.key].http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = local.methods[each.key].uri
}

resource "aws_lambda_permission" "this" {
  for_each = local.routes

  statement_id  = local.names["aws_lambda_permission.this[\"${each.key}\"]"]
  action        = "lambda:InvokeFunction"
  function_name = each.value.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = local.invoke_arns[each.key]
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  triggers    = { deployed = sha1(local.deployed) }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [aws_api_gateway_method.this, aws_api_gateway_integration.this]
}

resource "aws_api_gateway_stage" "this" {
  #checkov:skip=CKV_AWS_120:a request that starts a task must reach its function every time, so there is no cache
  #checkov:skip=CKV2_AWS_29:a web ACL is the caller's decision; it is associated with the output stage_arn
  #checkov:skip=CKV2_AWS_51:callers are authenticated by IAM; client certificates are for HTTP back ends
  rest_api_id          = aws_api_gateway_rest_api.this.id
  deployment_id        = aws_api_gateway_deployment.this.id
  stage_name           = var.stage_name
  xray_tracing_enabled = true
  tags                 = var.tags

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format = jsonencode({
      requestId          = "$context.requestId"
      time               = "$context.requestTime"
      caller             = "$context.identity.userArn"
      sourceIp           = "$context.identity.sourceIp"
      method             = "$context.httpMethod"
      path               = "$context.path"
      route              = "$context.resourcePath"
      status             = "$context.status"
      latency            = "$context.responseLatency"
      integrationStatus  = "$context.integration.status"
      integrationLatency = "$context.integration.latency"
      error              = "$context.error.message"
    })
  }

  # If the execution log group does not exist, API Gateway creates it, without a retention.
  depends_on = [aws_api_gateway_account.this, aws_cloudwatch_log_group.execution]
}

resource "aws_api_gateway_method_settings" "this" {
  #checkov:skip=CKV_AWS_225:a request that starts a task must reach its function every time, so there is no cache
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    logging_level          = "ERROR"
    data_trace_enabled     = false
    metrics_enabled        = true
    throttling_rate_limit  = var.throttling_rate_limit
    throttling_burst_limit = var.throttling_burst_limit
  }
}

resource "aws_cloudwatch_log_group" "access" {
  #checkov:skip=CKV_AWS_158:CloudWatch Logs encrypts every group; the input kms_key_arn sets a customer managed key
  name              = local.names["aws_cloudwatch_log_group.access"]
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_cloudwatch_log_group" "execution" {
  #checkov:skip=CKV_AWS_158:CloudWatch Logs encrypts every group; the input kms_key_arn sets a customer managed key
  name              = "API-Gateway-Execution-Logs_${aws_api_gateway_rest_api.this.id}/${var.stage_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

# The minimum TLS version can be chosen for a custom domain only, not for the default endpoint.
resource "aws_api_gateway_domain_name" "this" {
  count = var.create_domain ? 1 : 0

  domain_name              = var.domain_name
  regional_certificate_arn = var.certificate_arn
  security_policy          = "TLS_1_2"
  tags                     = var.tags

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_base_path_mapping" "this" {
  count = var.create_domain ? 1 : 0

  api_id      = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  domain_name = aws_api_gateway_domain_name.this[0].domain_name
}

resource "aws_iam_role" "account_log" {
  count = var.create_account_log_role ? 1 : 0

  name                 = local.names["aws_iam_role.account_log[0]"]
  description          = "Role with which API Gateway writes the logs of every API in this region."
  path                 = var.roles.path
  permissions_boundary = var.roles.permissions_boundary_arn
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "apigateway.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })

  lifecycle {
    precondition {
      condition     = contains(keys(var.names), "aws_iam_role.account_log[0]") || length(local.account_log_role_name) <= 64
      error_message = "roles makes the role name \"${local.account_log_role_name}\" of ${length(local.account_log_role_name)} characters, with name_prefix \"${var.roles.name_prefix}\" and name_suffix \"${var.roles.name_suffix}\"; an IAM role name has at most 64."
    }
  }
}

resource "aws_iam_role_policy_attachment" "account_log" {
  count = var.create_account_log_role ? 1 : 0

  role       = aws_iam_role.account_log[0].name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}

resource "aws_api_gateway_account" "this" {
  count = var.create_account_log_role ? 1 : 0

  cloudwatch_role_arn = aws_iam_role.account_log[0].arn

  # API Gateway checks the permissions of the role at once.
  depends_on = [aws_iam_role_policy_attachment.account_log]
}
