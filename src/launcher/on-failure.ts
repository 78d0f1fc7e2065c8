import type { Construct } from "constructs";
import { check, checkOneOf, checkWhole, isKnown } from "../core/validation";

export const failureActions = ["alarm", "retry", "dead_letter"] as const;
/**
 * What a failed task means. `alarm`: the metric `TasksFailed` alone, which has an alarm. `retry`: its event is launched
 * again, and the last failure sends it to the dead-letter queue (DLQ). `dead_letter`: its event goes to the DLQ.
 */
export type FailureAction = (typeof failureActions)[number];

/**
 * What happens when a task fails: an essential container exits with a code other than 0, runs out of memory or fails
 * its health check.
 */
export interface OnFailure {
  /** @default "alarm" */
  readonly action?: FailureAction;
  /**
   * With `retry`: launches in all, the first included, 1 to 10.
   * @default 3
   */
  readonly maxAttempts?: number;
  /**
   * With `retry`: delay before the second launch in whole seconds, 0 to 900 (SQS delays a message by 15 minutes at
   * most). It doubles with each attempt, up to 900.
   * @default 60
   */
  readonly backoffSeconds?: number;
}

/** With the defaults of what is not set. */
export const withDefaults = (onFailure: OnFailure = {}): Required<OnFailure> => ({
  action: onFailure.action ?? "alarm",
  maxAttempts: onFailure.maxAttempts ?? 3,
  backoffSeconds: onFailure.backoffSeconds ?? 60,
});

export const defaultInterruptionRetries = 3;

export function checkOnFailure(scope: Construct, prop: string, onFailure: OnFailure | undefined): void {
  const { action, maxAttempts, backoffSeconds } = onFailure ?? {};
  check(
    scope,
    action === undefined || isKnown(action),
    `${prop}.action is known to Terraform only; it decides what is made, so it must be known when the stack is synthesized.`,
  );
  checkOneOf(scope, `${prop}.action`, action, failureActions);
  checkWhole(
    scope,
    `${prop}.maxAttempts`,
    maxAttempts,
    [1, 10],
    "it takes whole numbers from 1 to 10, the first launch included.",
  );
  checkWhole(
    scope,
    `${prop}.backoffSeconds`,
    backoffSeconds,
    [0, 900],
    "it takes whole seconds from 0 to 900 (SQS delays a message by 15 minutes at most).",
  );
}

export const checkInterruptionRetries = (scope: Construct, prop: string, retries: number | undefined): void =>
  checkWhole(
    scope,
    prop,
    retries,
    [0, 10],
    "it takes whole numbers from 0 to 10; with 0 an interrupted task is not launched again.",
  );
