# In API Gateway each part of a path is a resource whose parent is the part before. In Terraform an instance of a resource
# cannot refer to another instance of the same resource, so there is one resource for each level.
locals {
  routes = {
    for route, target in var.routes : route => merge(target, {
      method   = split(" ", route)[0]
      path     = split(" ", route)[1]
      segments = compact(split("/", split(" ", route)[1]))
    })
  }

  levels = {
    for depth in range(1, 6) : depth => toset([
      for route in values(local.routes) : "/${join("/", slice(route.segments, 0, depth))}" if length(route.segments) >= depth
    ])
  }

  # With two variables after the same path a request would be ambiguous, and API Gateway refuses them.
  variables = { for path in flatten([for paths in local.levels : tolist(paths)]) : dirname(path) => basename(path)... if startswith(basename(path), "{") }
  ambiguous = [for place, names in local.variables : "${join(" and ", names)} after ${place}" if length(names) > 1]

  resource_ids = merge(
    { "/" = aws_api_gateway_rest_api.this.root_resource_id },
    { for path, resource in aws_api_gateway_resource.level_1 : path => resource.id },
    { for path, resource in aws_api_gateway_resource.level_2 : path => resource.id },
    { for path, resource in aws_api_gateway_resource.level_3 : path => resource.id },
    { for path, resource in aws_api_gateway_resource.level_4 : path => resource.id },
    { for path, resource in aws_api_gateway_resource.level_5 : path => resource.id },
  )
}

resource "aws_api_gateway_resource" "level_1" {
  for_each = local.levels[1]

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = basename(each.key)
}

resource "aws_api_gateway_resource" "level_2" {
  for_each = local.levels[2]

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.level_1[dirname(each.key)].id
  path_part   = basename(each.key)
}

resource "aws_api_gateway_resource" "level_3" {
  for_each = local.levels[3]

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.level_2[dirname(each.key)].id
  path_part   = basename(each.key)
}

resource "aws_api_gateway_resource" "level_4" {
  for_each = local.levels[4]

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.level_3[dirname(each.key)].id
  path_part   = basename(each.key)
}

resource "aws_api_gateway_resource" "level_5" {
  for_each = local.levels[5]

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.level_4[dirname(each.key)].id
  path_part   = basename(each.key)
}
