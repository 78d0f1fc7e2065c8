output "instance_id" {
  description = "Identifier of the DB instance."
  value       = aws_db_instance.this.identifier
}

output "instance_arn" {
  description = "ARN of the DB instance."
  value       = aws_db_instance.this.arn
}

output "resource_id" {
  description = "Resource ID of the DB instance, such as `db-ABCDEFGHIJKLMNOPQRSTUVWXYZ`, which the ARN of `rds-db:connect` has."
  value       = aws_db_instance.this.resource_id
}

output "address" {
  description = "Host name of the database, without the port."
  value       = aws_db_instance.this.address
}

output "port" {
  description = "Port of the database."
  value       = aws_db_instance.this.port
}

output "database_name" {
  description = "Name of the database: `database_name`, or `postgres` without it."
  value       = var.database_name != null ? var.database_name : "postgres"
}

output "master_username" {
  description = "Name of the master user."
  value       = var.master_username
}

output "secret_arn" {
  description = "ARN of the secret with the user name and password of the master user, as JSON with `username` and `password`."
  value       = local.secret_arn
}

output "read_secret_policy_json" {
  description = "JSON text of a policy that allows to read this secret, and to decrypt it if its key is a customer managed one."
  value       = local.read_secret_policy
}

output "security_group_id" {
  description = "ID of the security group of the database and its read replicas."
  value       = aws_security_group.this.id
}

output "replica_addresses" {
  description = "Host name of each read replica, without the port, by its key."
  value       = { for key, replica in aws_db_instance.replica : key => replica.address }
}

output "proxy_address" {
  description = "Host name of the proxy, without the port, which is 5432. Null without `create_proxy`."
  value       = one(values(aws_db_proxy.this)[*].endpoint)
}

output "proxy_security_group_id" {
  description = "ID of the security group of the proxy. Null without `create_proxy`."
  value       = one(values(aws_security_group.proxy)[*].id)
}
