import { RetryableError } from "../shared/failures";
import type { Sleep } from "../shared/poll";

/** What is left to do does not fit into this invocation. */
export class OutOfTime extends RetryableError {
  constructor(what: string) {
    super("OutOfTime", `${what}: no time is left in this invocation`);
  }
}

/** Time for calls that hang in all their tries (8 s each) and for what follows, before Lambda ends the function. */
export const reserveMs = 15_000;

export type Rate = {
  perSecond: number;
  /** How many calls may follow each other at once after a pause. */
  burst: number;
};

export type Pace = {
  /** Resolves when the next call may be made. @throws OutOfTime when that is too late for this invocation */
  wait(remaining: () => number): Promise<void>;
  /** AWS has refused a call: whatever we thought was left of the rate is used up. */
  throttled(): void;
};

/**
 * Keeps calls of one kind below a rate, all invocations of this execution environment taken together.
 * @param eager does not hold any call back until AWS refuses one, and again after a pause in which the rate was not
 *   used up: for a rate that only few will ever reach
 */
export const createPace = (
  now: () => number,
  sleep: Sleep,
  { perSecond, burst }: Rate,
  { eager = false } = {},
): Pace => {
  const interval = 1000 / perSecond;
  // When the calls made so far will have been paid for, at this rate.
  let paidAt = 0;
  let holding = !eager;
  return {
    async wait(remaining) {
      if (eager && paidAt <= now()) holding = false;
      if (!holding) return;
      const free = Math.max(0, paidAt - (burst - 1) * interval - now());
      if (free > 0 && remaining() - free < reserveMs) throw new OutOfTime("calls are held back");
      paidAt = Math.max(paidAt, now()) + interval;
      if (free > 0) await sleep(free);
    },
    throttled() {
      if (!eager) return;
      if (!holding) paidAt = now() + burst * interval;
      holding = true;
    },
  };
};
