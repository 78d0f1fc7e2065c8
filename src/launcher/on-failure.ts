import type { Construct } from "constructs";
import { check, checkInteger, checkOneOf, isKnown } from "../core/validation";

/** Every {@link FailureAction}. */
export const failureActions = ["alarm", "retry", "dead_letter"] as const;

/**
 * What happens when a task fails. `alarm`: only the metric `TasksFailed`, which has an alarm. `retry`: the
 * task is launched again with its event, and after the last attempt the event goes to the dead-letter queue (DLQ).
 * `dead_letter`: its event goes to the DLQ.
 */
export type FailureAction = (typeof failureActions)[number];

/**
 * What happens when a task fails: an essential container exits with a code other than 0, runs out of memory or fails
 * its health check.
 */
export interface OnFailure {
  /**
   * What happens: `alarm`, `retry` or `dead_letter`.
   * @default "alarm"
   */
  readonly action?: FailureAction;
  /**
   * With `retry`: number of launches including the first, 1 to 10.
   * @default 3
   */
  readonly maxAttempts?: number;
  /**
   * With `retry`: delay before the second launch in whole seconds, 0 to 900. It doubles with each attempt, up to 900 (SQS
   * delays a message by at most 15 minutes: Amazon SQS API Reference, SendMessage).
   * @default 60
   */
  readonly backoffSeconds?: number;
}

/** The same settings with the defaults filled in. */
export const withDefaults = (onFailure: OnFailure = {}): Required<OnFailure> => ({
  action: onFailure.action ?? "alarm",
  maxAttempts: onFailure.maxAttempts ?? 3,
  backoffSeconds: onFailure.backoffSeconds ?? 60,
});

/** Default of `interruptionRetries`. */
export const defaultInterruptionRetries = 3;

/** @throws ValidationError when a member is out of range, or only Terraform will know `action`. */
export function checkOnFailure(scope: Construct, prop: string, onFailure: OnFailure | undefined): void {
  const { action, maxAttempts, backoffSeconds } = onFailure ?? {};
  check(
    scope,
    action === undefined || isKnown(action),
    `${prop}.action is a token that only Terraform resolves; it decides which resources exist, so give a literal value.`,
  );
  checkOneOf(scope, `${prop}.action`, action, failureActions);
  checkInteger(
    scope,
    `${prop}.maxAttempts`,
    maxAttempts,
    [1, 10],
    "it takes a whole number from 1 to 10, the first launch included.",
  );
  checkInteger(
    scope,
    `${prop}.backoffSeconds`,
    backoffSeconds,
    [0, 900],
    "it takes a whole number of seconds from 0 to 900 (SQS delays a message by at most 15 minutes).",
  );
}

/** @throws ValidationError unless `retries` is a whole number from 0 to 10. */
export const checkInterruptionRetries = (scope: Construct, prop: string, retries: number | undefined): void =>
  checkInteger(
    scope,
    prop,
    retries,
    [0, 10],
    "it takes a whole number from 0 to 10; with 0 an interrupted task is not launched again.",
  );
