resource "aws_db_proxy" "this" {
  for_each = local.proxy

  name                   = local.names["aws_db_proxy.this[\"${each.key}\"]"]
  engine_family          = "POSTGRESQL"
  require_tls            = true
  role_arn               = aws_iam_role.proxy[each.key].arn
  vpc_subnet_ids         = var.subnet_ids
  vpc_security_group_ids = [aws_security_group.proxy[each.key].id]
  tags                   = var.tags

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "DISABLED"
    secret_arn  = local.secret_arn
  }

  # A proxy that cannot read the secret refuses its clients, and one without log group makes its own, without retention.
  depends_on = [aws_iam_role_policy.proxy, aws_cloudwatch_log_group.proxy]
}

resource "aws_db_proxy_default_target_group" "this" {
  for_each = local.proxy

  db_proxy_name = aws_db_proxy.this[each.key].name

  connection_pool_config {
    connection_borrow_timeout    = 120
    max_connections_percent      = 100
    max_idle_connections_percent = 50
  }
}

resource "aws_db_proxy_target" "this" {
  for_each = local.proxy

  db_proxy_name          = aws_db_proxy.this[each.key].name
  target_group_name      = aws_db_proxy_default_target_group.this[each.key].name
  db_instance_identifier = aws_db_instance.this.identifier
}

resource "aws_cloudwatch_log_group" "proxy" {
  #checkov:skip=CKV_AWS_158:CloudWatch Logs encrypts every log; the input kms_key_arn sets a customer managed key
  for_each = local.proxy

  name              = local.names["aws_cloudwatch_log_group.proxy[\"${each.key}\"]"]
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_iam_role" "proxy" {
  for_each = local.proxy

  name                 = local.names["aws_iam_role.proxy[\"${each.key}\"]"]
  description          = "Proxy of the database ${each.value}."
  path                 = var.roles.path
  permissions_boundary = var.roles.permissions_boundary_arn
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "rds.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })

  lifecycle {
    precondition {
      condition     = contains(keys(var.names), "aws_iam_role.proxy[\"${each.key}\"]") || length(local.proxy_role_name) <= 64
      error_message = "roles makes the role name \"${local.proxy_role_name}\" of ${length(local.proxy_role_name)} characters, with name_prefix \"${var.roles.name_prefix}\" and name_suffix \"${var.roles.name_suffix}\"; an IAM role name has at most 64."
    }
  }
}

resource "aws_iam_role_policy" "proxy" {
  for_each = local.proxy

  name   = local.names["aws_iam_role_policy.proxy[\"${each.key}\"]"]
  role   = aws_iam_role.proxy[each.key].name
  policy = local.read_secret_policy
}

resource "aws_security_group" "proxy" {
  #checkov:skip=CKV2_AWS_5:attached to the proxy, a resource that checkov does not look at
  for_each = local.proxy

  name        = local.names["aws_security_group.proxy[\"${each.key}\"]"]
  description = local.names["aws_security_group.proxy[\"${each.key}\"].description"]
  vpc_id      = var.vpc_id
  tags        = merge({ Name = "database-${each.value}-proxy" }, var.tags)
}

# A proxy of PostgreSQL has the port 5432, whatever the port of the database is.
resource "aws_vpc_security_group_ingress_rule" "proxy_client" {
  for_each = var.create_proxy ? var.client_security_group_ids : {}

  security_group_id            = aws_security_group.proxy["this"].id
  description                  = "PostgreSQL from ${each.key}"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  referenced_security_group_id = each.value
  tags                         = var.tags
}

resource "aws_vpc_security_group_egress_rule" "proxy" {
  for_each = local.proxy

  security_group_id            = aws_security_group.proxy[each.key].id
  description                  = "PostgreSQL of the database"
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
  referenced_security_group_id = aws_security_group.this.id
  tags                         = var.tags
}

resource "aws_vpc_security_group_ingress_rule" "proxy" {
  for_each = local.proxy

  security_group_id            = aws_security_group.this.id
  description                  = "PostgreSQL from the proxy"
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
  referenced_security_group_id = aws_security_group.proxy[each.key].id
  tags                         = var.tags
}
