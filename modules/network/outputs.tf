output "vpc_id" {
  description = "ID of the VPC."
  value       = aws_vpc.this.id
}

output "cidr_block" {
  description = "IPv4 CIDR block of the VPC."
  value       = aws_vpc.this.cidr_block
}

output "public_subnet_ids" {
  description = "IDs of the public subnets, sorted by zone name."
  value       = [for subnet in aws_subnet.public : subnet.id]
}

output "private_subnet_ids" {
  description = "IDs of the private subnets, sorted by zone name."
  value       = [for subnet in aws_subnet.private : subnet.id]
}

output "public_subnets" {
  description = "ID of the public subnet in each zone, by zone name."
  value       = { for zone, subnet in aws_subnet.public : zone => subnet.id }
}

output "private_subnets" {
  description = "ID of the private subnet in each zone, by zone name."
  value       = { for zone, subnet in aws_subnet.private : zone => subnet.id }
}

output "nat_public_ips" {
  description = "Public IPv4 address of the NAT gateway in each zone that has one, by zone name. It is the source address of connections from private subnets to the internet. Empty when `nat` is `none`."
  value       = { for zone, eip in aws_eip.nat : zone => eip.public_ip }
}

output "flow_log_group_name" {
  description = "Name of the log group of the flow logs, `/vpc/<name>/flow-logs`."
  value       = aws_cloudwatch_log_group.flow_logs.name
}
