import type { Sleep } from "../shared/poll";
import { isThrottled } from "./failures";

// Time for a call that hangs in all its tries and for what follows, before Lambda ends the function.
const reserveMs = 20_000;
const shortestWaitMs = 500;
const longestWaitMs = 1_500;

/** Runs a launch when it may be run. */
export type Pace = <T>(launch: () => Promise<T>) => Promise<T>;

/** Nobody waits: whoever sent the event sends it again. */
export const atOnce: Pace = (launch) => launch();

/**
 * For the events of one batch: one launch after the other, and a throttled one again after about a second, while there
 * is time. Twenty functions that launch at this pace use up what AWS allows, twenty launches a second, and no more.
 * @param remaining milliseconds until Lambda ends the function
 */
export const inTurn = (sleep: Sleep, remaining: () => number): Pace => {
  let before: Promise<unknown> = Promise.resolve();
  const patiently = async <T>(launch: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await launch();
      } catch (error) {
        if (!isThrottled(error) || remaining() < reserveMs) throw error;
        // At random, so that functions that were throttled together do not come back together.
        await sleep(shortestWaitMs + Math.random() * (longestWaitMs - shortestWaitMs));
      }
    }
  };
  return (launch) => {
    const mine = before.then(() => patiently(launch));
    before = mine.catch(() => {});
    return mine;
  };
};
