import { AwsError } from "./aws-error";
import type { Clock } from "./clock";

/** Of a target, in EventBridge's rules and in its Scheduler alike. */
export interface RetryPolicy {
  MaximumRetryAttempts?: number;
  MaximumEventAgeInSeconds?: number;
}

/** Why and how something was given up. */
export interface GivenUp {
  error: unknown;
  retries: number;
  /** the limit that was reached; absent for trouble that no retry can end */
  exhausted?: "MaximumRetryAttempts" | "MaximumEventAgeInSeconds";
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
const DEFAULT_RETRIES = 185;
const DEFAULT_AGE_S = 86_400;
const LONGEST_WAIT_MS = 600_000;
const PERMANENT = [
  "AccessDenied",
  "AccessDeniedException",
  // What is too large for its target stays so.
  "InvalidParameterValue",
  "RequestTooLargeException",
  "ResourceNotFoundException",
  "StateMachineDoesNotExist",
];

/**
 * Hands something over, again and again if it must be. Settles with undefined when it was taken.
 *
 * @param handOver gets the number of the attempt, from 1
 */
export async function persist(
  clock: Clock,
  policy: RetryPolicy | undefined,
  handOver: (attempt: number) => Promise<void>,
): Promise<GivenUp | undefined> {
  const { MaximumRetryAttempts = DEFAULT_RETRIES, MaximumEventAgeInSeconds = DEFAULT_AGE_S } = policy ?? {};
  const acceptedAt = clock.now().getTime();
  for (let retries = 0; ; retries += 1) {
    try {
      await handOver(retries + 1);
      return undefined;
    } catch (error) {
      if (error instanceof AwsError && PERMANENT.includes(error.code)) return { error, retries };
      if (retries >= MaximumRetryAttempts) return { error, retries, exhausted: "MaximumRetryAttempts" };
      const wait = Math.min(1000 * 2 ** retries, LONGEST_WAIT_MS);
      const age = clock.now().getTime() + wait - acceptedAt;
      if (age > MaximumEventAgeInSeconds * 1000)
        return { error, retries, exhausted: "MaximumEventAgeInSeconds" };
      await clock.sleep(wait);
    }
  }
}
