import type { Sleep } from "../shared/poll";
import type { RateLimiter } from "./rate-limiter";
import type { RateLimiters } from "./rate-limits";
import { reserveMs } from "./remaining-time";

/** Makes AWS calls below the account's rate limits, and retries the throttled ones. */
export type AwsCalls = {
  /** ListTasks and DescribeTasks for all tasks of a service: their number grows with the running tasks. */
  read<T>(call: () => Promise<T>): Promise<T>;
  /** TagResource. */
  tag<T>(call: () => Promise<T>): Promise<T>;
  /** RegisterTargets and DeregisterTargets. */
  register<T>(call: () => Promise<T>): Promise<T>;
  /** All other calls. They are few, so they have no rate limit here. */
  other<T>(call: () => Promise<T>): Promise<T>;
};

/** Delays before the retries of a call that AWS has throttled in all three attempts of the SDK. */
const retryDelaysMs = [1000, 2000, 4000];

// ThrottlingException of ECS and Elastic Load Balancing, RequestThrottled of SQS; Throttling is the older name.
export const isThrottled = (error: unknown): boolean => error instanceof Error && /throttl/i.test(error.name);

/** @param getRemainingMs milliseconds until Lambda stops the invocation */
export const createAwsCalls = (
  rateLimiters: RateLimiters,
  sleep: Sleep,
  getRemainingMs: () => number,
): AwsCalls => {
  const retryThrottled =
    (rateLimiter?: RateLimiter) =>
    async <T>(call: () => Promise<T>): Promise<T> => {
      for (let retries = 0; ; retries++) {
        await rateLimiter?.wait(getRemainingMs);
        try {
          return await call();
        } catch (error) {
          if (!isThrottled(error)) throw error;
          rateLimiter?.onThrottled();
          const delayMs = retryDelaysMs[retries];
          if (delayMs === undefined || getRemainingMs() - delayMs < reserveMs) throw error;
          await sleep(delayMs);
        }
      }
    };
  return {
    read: retryThrottled(rateLimiters.read),
    tag: retryThrottled(rateLimiters.tag),
    register: retryThrottled(rateLimiters.register),
    other: retryThrottled(),
  };
};
