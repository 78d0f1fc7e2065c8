routes = {
  auth = {
    cluster_arn                          = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines"
    family                               = "engines-auth"
    task_definition_arn_without_revision = "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth"
    container_name                       = "engines-auth"
    subnet_ids                           = ["subnet-0a1b2c3d4e5f60718"]
    security_group_ids                   = ["sg-0a1b2c3d4e5f60718"]
    port                                 = 8080
    task_role_arn                        = "arn:aws:iam::123456789012:role/engines-auth-task"
    task_role_name                       = "engines-auth-task"
    execution_role_arn                   = "arn:aws:iam::123456789012:role/engines-auth-execution"
  }
}
