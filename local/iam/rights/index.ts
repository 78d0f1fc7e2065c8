import { accessDenied } from "../../http";
import type { Call } from "../../routing";
import type { Right } from "../authorization";
import { ecsRights } from "./ecs";
import { elasticLoadBalancingRights } from "./elastic-load-balancing";
import { eventsRights } from "./events";
import { lambdaRights } from "./lambda";
import { logsRights } from "./logs";
import type { Lookups, RightsOf } from "./rights-of";
import { s3Rights } from "./s3";
import { secretsManagerRights } from "./secrets-manager";
import { sqsRights } from "./sqs";
import { ssmRights } from "./ssm";
import { statesRights } from "./states";
import { stsRights } from "./sts";

const SERVICES: Record<string, RightsOf> = {
  ecs: ecsRights,
  elasticloadbalancing: elasticLoadBalancingRights,
  events: eventsRights,
  lambda: lambdaRights,
  logs: logsRights,
  s3: s3Rights,
  secretsmanager: secretsManagerRights,
  sqs: sqsRights,
  ssm: ssmRights,
  states: statesRights,
  sts: stsRights,
};

/** The service's name in policies, where a signature has another one. */
const PREFIX: Record<string, string> = { monitoring: "cloudwatch" };

/**
 * The rights that a call needs. An action that is not known here needs `service:Action` on `*`, so that only a policy
 * on every resource allows it. Throws when a call cannot even be named.
 */
export async function rightsFor(call: Call, lookups: Lookups): Promise<Right[]> {
  const { action, service } = call;
  const known = await SERVICES[service]?.(call, lookups);
  if (known) return known;
  if (!/^\w+$/.test(action)) {
    throw accessDenied(
      service,
      `Local AWS does not know which right the call ${action} of ${service} needs, so it refuses it to roles.`,
    );
  }
  return [{ action: `${PREFIX[service] ?? service}:${action}`, resource: "*" }];
}
