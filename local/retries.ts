import { AwsError } from "./aws-error";
import type { Clock } from "./clock";

/** The retry policy of a target, in EventBridge rules and EventBridge Scheduler. */
export interface RetryPolicy {
  MaximumRetryAttempts?: number;
  MaximumEventAgeInSeconds?: number;
}

/** Why a delivery failed permanently. */
export interface FailedDelivery {
  error: unknown;
  retries: number;
  /** the limit that was reached; absent for a permanent error */
  exhausted?: "MaximumRetryAttempts" | "MaximumEventAgeInSeconds";
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
const DEFAULT_RETRIES = 185;
const DEFAULT_AGE_S = 86_400;
const MAX_WAIT_MS = 600_000;
const PERMANENT = [
  "AccessDenied",
  "AccessDeniedException",
  // too large for the target
  "InvalidParameterValue",
  "RequestTooLargeException",
  "ResourceNotFoundException",
  "StateMachineDoesNotExist",
];

/**
 * Delivers something with retries and backoff. Resolves with undefined when it is delivered.
 *
 * @param deliver called with the number of the attempt, from 1
 */
export async function deliverWithRetries(
  clock: Clock,
  policy: RetryPolicy | undefined,
  deliver: (attempt: number) => Promise<void>,
): Promise<FailedDelivery | undefined> {
  const { MaximumRetryAttempts = DEFAULT_RETRIES, MaximumEventAgeInSeconds = DEFAULT_AGE_S } = policy ?? {};
  const acceptedAt = clock.now().getTime();
  for (let retries = 0; ; retries += 1) {
    try {
      await deliver(retries + 1);
      return undefined;
    } catch (error) {
      if (error instanceof AwsError && PERMANENT.includes(error.code)) return { error, retries };
      if (retries >= MaximumRetryAttempts) return { error, retries, exhausted: "MaximumRetryAttempts" };
      const wait = Math.min(1000 * 2 ** retries, MAX_WAIT_MS);
      const age = clock.now().getTime() + wait - acceptedAt;
      if (age > MaximumEventAgeInSeconds * 1000)
        return { error, retries, exhausted: "MaximumEventAgeInSeconds" };
      await clock.sleep(wait);
    }
  }
}
