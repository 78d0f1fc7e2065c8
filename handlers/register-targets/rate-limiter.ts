import type { Sleep } from "../shared/poll";
import { OutOfTime, reserveMs } from "./remaining-time";

export type Rate = {
  perSecond: number;
  /** How many calls may follow each other without delay after a pause. */
  burst: number;
};

export type RateLimiter = {
  /** Resolves when the next call may be made. @throws OutOfTime when that is too late for this invocation */
  wait(getRemainingMs: () => number): Promise<void>;
  /** AWS has throttled a call: the burst is used up. */
  onThrottled(): void;
};

/**
 * Keeps calls of one kind below a rate, for all invocations of this execution environment together.
 * @param onlyAfterThrottling delays no call until AWS throttles one, and stops delaying after a pause in which the rate
 *   was not used up: for a rate that few accounts reach
 */
export const createRateLimiter = (
  now: () => number,
  sleep: Sleep,
  { perSecond, burst }: Rate,
  { onlyAfterThrottling = false } = {},
): RateLimiter => {
  const intervalMs = 1000 / perSecond;
  // When the rate has room for a whole burst again.
  let fullBurstAt = 0;
  let isLimiting = !onlyAfterThrottling;
  return {
    async wait(getRemainingMs) {
      if (onlyAfterThrottling && fullBurstAt <= now()) isLimiting = false;
      if (!isLimiting) return;
      const delayMs = Math.max(0, fullBurstAt - (burst - 1) * intervalMs - now());
      if (delayMs > 0 && getRemainingMs() - delayMs < reserveMs)
        throw new OutOfTime("calls are rate-limited");
      fullBurstAt = Math.max(fullBurstAt, now()) + intervalMs;
      if (delayMs > 0) await sleep(delayMs);
    },
    onThrottled() {
      if (!onlyAfterThrottling) return;
      if (!isLimiting) fullBurstAt = now() + burst * intervalMs;
      isLimiting = true;
    },
  };
};
