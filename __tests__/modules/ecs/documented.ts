/** An input as the table of the module's users has it: its default as written there, none when it is required. */
interface DocumentedInput {
  readonly type: string;
  readonly default?: string;
}

/** The inputs of the module that teams call, in the order of their table. A call of theirs changes its source only. */
export const documentedInputs: Readonly<Record<string, DocumentedInput>> = {
  project_name: { type: "string" },
  environment: { type: "string", default: '"prod"' },
  aws_region: { type: "string" },
  aws_account_id: { type: "string" },
  vpc_id: { type: "string" },
  private_subnet_ids: { type: "list(string)" },
  security_group_ids: { type: "list(string)" },
  task_execution_role_arn: { type: "string" },
  task_role_arn: { type: "string" },
  container_image: { type: "string" },
  container_port: { type: "number", default: "8080" },
  task_cpu: { type: "number", default: "2048" },
  task_memory: { type: "number", default: "8192" },
  enable_efs_storage: { type: "bool", default: "true" },
  efs_performance_mode: { type: "string", default: '"generalPurpose"' },
  efs_throughput_mode: { type: "string", default: '"bursting"' },
  efs_provisioned_throughput: { type: "number", default: "100" },
  enable_auto_scaling: { type: "bool", default: "true" },
  min_capacity: { type: "number", default: "0" },
  max_capacity: { type: "number", default: "10" },
  target_cpu_utilization: { type: "number", default: "70" },
  target_memory_utilization: { type: "number", default: "80" },
  environment_variables: { type: "map(string)", default: "{}" },
  secrets: { type: "map(string)", default: "{}" },
  log_retention_days: { type: "number", default: "30" },
  log_level: { type: "string", default: '"INFO"' },
  enable_execute_command: { type: "bool", default: "false" },
  health_check_grace_period: { type: "number", default: "300" },
  tags: { type: "map(string)", default: "{}" },
};

/** The outputs of that module, in the order of their table. */
export const documentedOutputs: readonly string[] = [
  "cluster_name",
  "cluster_arn",
  "cluster_id",
  "service_name",
  "service_arn",
  "service_id",
  "task_definition_arn",
  "task_definition_family",
  "task_definition_revision",
  "efs_file_system_id",
  "efs_file_system_arn",
  "efs_access_point_id",
  "efs_access_point_arn",
  "log_group_name",
  "log_group_arn",
  "auto_scaling_target_arn",
  "security_group_id",
];
