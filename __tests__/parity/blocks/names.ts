import { TerraformStack, Testing } from "cdktf";
import type { Construct } from "constructs";
import type { Names, Twin } from "../../../src/core/twin";

/** Attributes that are names and that AWS cannot change, by type of resource, so that a change replaces the resource. */
export const nameAttributes: Readonly<Record<string, readonly string[]>> = {
  aws_appautoscaling_policy: ["name"],
  aws_cloudwatch_dashboard: ["dashboard_name"],
  aws_cloudwatch_event_rule: ["name"],
  aws_cloudwatch_event_target: ["target_id"],
  aws_cloudwatch_log_group: ["name"],
  aws_cloudwatch_log_resource_policy: ["policy_name"],
  aws_cloudwatch_metric_alarm: ["alarm_name"],
  aws_db_instance: ["identifier"],
  aws_db_parameter_group: ["name", "description"],
  aws_db_proxy: ["name"],
  aws_db_subnet_group: ["name"],
  aws_ecr_repository: ["name"],
  aws_ecs_cluster: ["name"],
  aws_ecs_service: ["name"],
  aws_ecs_task_definition: ["family"],
  aws_iam_instance_profile: ["name"],
  aws_iam_policy: ["name", "description"],
  aws_iam_role: ["name"],
  aws_iam_role_policy: ["name"],
  aws_kms_alias: ["name"],
  aws_lambda_function: ["function_name"],
  aws_lambda_permission: ["statement_id"],
  aws_lb: ["name"],
  aws_lb_target_group: ["name"],
  aws_s3_bucket: ["bucket"],
  aws_scheduler_schedule: ["name"],
  aws_sfn_state_machine: ["name"],
  aws_secretsmanager_secret: ["name"],
  aws_security_group: ["name", "description"],
  aws_sqs_queue: ["name"],
};

/** API Gateway gives the group of its execution logs the name, from the ID of the API and the stage. */
export const takesNames = (address: string): boolean => address !== "aws_cloudwatch_log_group.execution";

/** A name for each name of the construct, by its address. */
export function everyName<Props>(
  construct: new (scope: Construct, id: string, props: Props) => Twin,
  props: Props,
): Names {
  const made = new construct(new TerraformStack(Testing.app(), "names"), "named", props);
  const named = [...made.twinAddresses].filter(([address]) => takesNames(address));
  const addresses = named.flatMap(([address, { terraformResourceType }]) =>
    (nameAttributes[terraformResourceType] ?? []).map((attribute) =>
      attribute === "description" ? `${address}.description` : address,
    ),
  );
  const label = construct.name.toLowerCase();
  return Object.fromEntries(addresses.map((address, index) => [address, `given-${label}-${index}`]));
}
