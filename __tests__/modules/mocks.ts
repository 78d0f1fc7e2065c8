/** What the provider takes for an ARN: OpenTofu makes up computed values at plan time, which are none. */
const arns: Readonly<Record<string, readonly string[]>> = {
  aws_api_gateway_rest_api: ["arn", "execution_arn"],
  aws_appautoscaling_policy: ["arn"],
  aws_cloudwatch_event_rule: ["arn"],
  aws_cloudwatch_log_group: ["arn"],
  aws_db_instance: ["arn"],
  aws_ecr_repository: ["arn"],
  aws_ecs_cluster: ["arn"],
  aws_ecs_task_definition: ["arn"],
  aws_efs_access_point: ["arn"],
  aws_efs_file_system: ["arn"],
  aws_iam_policy: ["arn"],
  aws_iam_role: ["arn"],
  aws_instance: ["arn"],
  aws_lambda_function: ["arn", "invoke_arn"],
  aws_lb: ["arn"],
  aws_lb_listener: ["arn"],
  aws_lb_target_group: ["arn"],
  aws_s3_bucket: ["arn"],
  aws_sfn_state_machine: ["arn"],
  aws_sqs_queue: ["arn"],
};
const others: Readonly<Record<string, string>> = {
  aws_ecr_repository: 'registry_id = "123456789012"',
  aws_lb: 'arn_suffix = "app/it/0123456789abcdef"',
  aws_lb_target_group: 'arn_suffix = "targetgroup/it/0123456789abcdef"',
};
const mockedArns = Object.entries(arns)
  .map(([type, names]) => {
    const values = [
      ...names.map((name) => `${name} = "arn:aws:service:us-east-1:123456789012:thing/of/it"`),
      ...(others[type] === undefined ? [] : [others[type]]),
    ];
    return `mock_resource "${type}" {\n    defaults = { ${values.join(", ")} }\n  }`;
  })
  .join("\n  ");

/** The same for both calls of a module: a mocked data source has random values otherwise. */
export const mockedProvider = `
mock_provider "aws" {
  ${mockedArns}
  mock_data "aws_region" {
    defaults = { endpoint = "ec2.us-east-1.amazonaws.com" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
  }
}
`;
