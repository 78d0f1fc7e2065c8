import type { Construct } from "constructs";
import { check, isKnown } from "./validation";

/**
 * Retention periods that CloudWatch Logs accepts, in days (Amazon CloudWatch Logs API Reference, PutRetentionPolicy).
 */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** @throws ValidationError when CloudWatch Logs would refuse the retention period. */
export function checkLogRetention(scope: Construct, prop: string, days: number | undefined): void {
  if (isKnown(days)) {
    check(
      scope,
      retentionDays.includes(days!),
      `${prop} is ${days}; CloudWatch Logs takes ${retentionDays.join(", ")}.`,
    );
  }
}
