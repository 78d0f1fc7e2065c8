import { accessDenied } from "../../http";
import type { Call } from "../../routing";
import type { Permission } from "../authorization";
import { applicationAutoScalingPermissions } from "./application-auto-scaling";
import { cloudWatchPermissions } from "./cloudwatch";
import { ec2Permissions } from "./ec2";
import { ecsPermissions } from "./ecs";
import { elasticLoadBalancingPermissions } from "./elastic-load-balancing";
import { eventsPermissions } from "./events";
import { iamPermissions } from "./iam";
import { kmsPermissions } from "./kms";
import { lambdaPermissions } from "./lambda";
import { logsPermissions } from "./logs";
import type { Lookups, PermissionResolver } from "./permission-resolver";
import { rdsPermissions } from "./rds";
import { s3Permissions } from "./s3";
import { schedulerPermissions } from "./scheduler";
import { secretsManagerPermissions } from "./secrets-manager";
import { sqsPermissions } from "./sqs";
import { ssmPermissions } from "./ssm";
import { statesPermissions } from "./states";
import { stsPermissions } from "./sts";

const SERVICES: Record<string, PermissionResolver> = {
  "application-autoscaling": applicationAutoScalingPermissions,
  ec2: ec2Permissions,
  ecs: ecsPermissions,
  elasticloadbalancing: elasticLoadBalancingPermissions,
  events: eventsPermissions,
  iam: iamPermissions,
  kms: kmsPermissions,
  lambda: lambdaPermissions,
  logs: logsPermissions,
  monitoring: cloudWatchPermissions,
  rds: rdsPermissions,
  s3: s3Permissions,
  scheduler: schedulerPermissions,
  secretsmanager: secretsManagerPermissions,
  sqs: sqsPermissions,
  ssm: ssmPermissions,
  states: statesPermissions,
  sts: stsPermissions,
};

/** Service prefixes in policies that differ from the name in a signature. */
const PREFIX: Record<string, string> = { monitoring: "cloudwatch", tagging: "tag" };

/**
 * The permissions that a call requires. An action that is not known here requires `service:Action` on `*`, so that only a
 * policy on all resources allows it. Throws if the action of the call has no name.
 */
export async function requiredPermissions(call: Call, lookups: Lookups): Promise<Permission[]> {
  const { action, service } = call;
  const known = await SERVICES[service]?.(call, lookups);
  if (known) return known;
  if (!/^\w+$/.test(action)) {
    throw accessDenied(
      service,
      `Local AWS does not know which permission the call ${action} of ${service} requires, so it denies it to roles.`,
    );
  }
  return [{ action: `${PREFIX[service] ?? service}:${action}`, resource: "*" }];
}
