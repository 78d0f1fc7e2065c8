output "file_system_id" {
  description = "ID of the file system."
  value       = aws_efs_file_system.this.id
}

output "file_system_arn" {
  description = "ARN of the file system."
  value       = aws_efs_file_system.this.arn
}

output "access_point_ids" {
  description = "ID of each access point, by name."
  value       = { for name, access_point in aws_efs_access_point.this : name => access_point.id }
}

output "access_point_arns" {
  description = "ARN of each access point, by name."
  value       = local.access_point_arns
}

output "security_group_id" {
  description = "ID of the security group of the mount targets."
  value       = aws_security_group.this.id
}

output "mounts" {
  description = "Mount of each access point, by name. Merged with `container_path`, it is an element of the input `mounts` of the module `task`."
  value = {
    for name, access_point in aws_efs_access_point.this : name => {
      # Taken from the mount targets: a task that starts before they exist fails.
      file_system_id    = values(aws_efs_mount_target.this)[0].file_system_id
      file_system_arn   = local.file_system_arn
      access_point_id   = access_point.id
      access_point_arn  = access_point.arn
      security_group_id = aws_security_group.this.id
    }
  }
}
