import type { Sleep } from "../shared/poll";
import { isThrottled } from "./run-task-errors";

// The event source mapping of the buffer queue runs at most twenty invocations at once. With one launch a second each,
// they reach the limit of ECS, twenty launches a second, and are rarely throttled.
const intervalMs = 1_000;
const minRetryDelayMs = 500;
const maxRetryDelayMs = 1_500;
// Time for a call that times out in all its attempts and for the work after it, before Lambda stops the function.
const reserveMs = 20_000;

/** Runs a launch, after a delay if necessary. */
export type RateLimit = <T>(launch: () => Promise<T>) => Promise<T>;

/** For single events: Lambda retries a throttled launch. */
export const unlimited: RateLimit = (launch) => launch();

/**
 * For batches: one launch after the other, below this invocation's share of the rate limit of ECS. A throttled launch is
 * retried.
 */
export const createRateLimits = (now: () => number, sleep: Sleep) => {
  let previousLaunch: Promise<unknown> = Promise.resolve();
  let nextLaunchAt = 0;

  const launchWithRetries = async <T>(launch: () => Promise<T>, getRemainingMs: () => number): Promise<T> => {
    for (;;) {
      if (now() < nextLaunchAt) await sleep(nextLaunchAt - now());
      nextLaunchAt = now() + intervalMs;
      try {
        return await launch();
      } catch (error) {
        if (!isThrottled(error) || getRemainingMs() < reserveMs) throw error;
        // Jitter: invocations that were throttled together must not retry together.
        nextLaunchAt = now() + minRetryDelayMs + Math.random() * (maxRetryDelayMs - minRetryDelayMs);
      }
    }
  };

  /** @param getRemainingMs milliseconds until Lambda stops the invocation */
  return (getRemainingMs: () => number): RateLimit =>
    (launch) => {
      const thisLaunch = previousLaunch.then(() => launchWithRetries(launch, getRemainingMs));
      previousLaunch = thisLaunch.catch(() => {});
      return thisLaunch;
    };
};
