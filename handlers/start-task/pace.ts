import type { Sleep } from "../shared/poll";
import { isThrottled } from "./failures";

// The event source mapping of the launcher's buffer runs at most twenty functions at once. With one launch a second
// each they use up what AWS allows, twenty a second, and are hardly ever throttled.
const intervalMs = 1_000;
const shortestWaitMs = 500;
const longestWaitMs = 1_500;
// Time for a call that hangs in all its tries and for what follows, before Lambda ends the function.
const reserveMs = 20_000;

/** Runs a launch when it may be run. */
export type Pace = <T>(launch: () => Promise<T>) => Promise<T>;

/** Nobody waits: whoever sent the event sends it again. */
export const atOnce: Pace = (launch) => launch();

/**
 * For events that come in batches: one launch after the other, no faster than the function's share of the rate that AWS
 * allows, and a throttled one again a little later.
 */
export const createPaces = (now: () => number, sleep: Sleep) => {
  let before: Promise<unknown> = Promise.resolve();
  let next = 0;

  const patiently = async <T>(launch: () => Promise<T>, remaining: () => number): Promise<T> => {
    for (;;) {
      if (now() < next) await sleep(next - now());
      next = now() + intervalMs;
      try {
        return await launch();
      } catch (error) {
        if (!isThrottled(error) || remaining() < reserveMs) throw error;
        // At random, so that functions that were throttled together do not come back together.
        next = now() + shortestWaitMs + Math.random() * (longestWaitMs - shortestWaitMs);
      }
    }
  };

  /** @param remaining milliseconds until Lambda ends the function, from when on nothing is waited for */
  return (remaining: () => number): Pace =>
    (launch) => {
      const mine = before.then(() => patiently(launch, remaining));
      before = mine.catch(() => {});
      return mine;
    };
};
