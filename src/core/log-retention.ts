import type { Construct } from "constructs";
import { expression } from "./expression";
import { check, checkAtPlan, isKnown, isToken } from "./validation";

/**
 * Retention periods that CloudWatch Logs takes, in days, from the API reference of PutRetentionPolicy; 0 stands for none, so
 * that events never expire. Terraform modules
 * cannot share a list, so each module with such an input has a copy in its `variables.tf`. The test
 * `__tests__/app/log-retention.test.ts` fails when a copy differs from this list.
 */
export const logRetentionDays = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** @throws ValidationError when CloudWatch Logs would refuse the retention period. */
export function checkLogRetention(scope: Construct, prop: string, days: number | undefined): void {
  const message = `${prop} is ${days}; CloudWatch Logs takes ${logRetentionDays.join(", ")}, where 0 means that events never expire.`;
  if (isKnown(days)) check(scope, logRetentionDays.includes(days!), message);
  if (isToken(days)) checkAtPlan(scope, [days], expression`contains(${logRetentionDays}, ${days})`, message);
}
