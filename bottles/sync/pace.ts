import type { Timers } from "./timers";

/** How many bottles are downloaded at the same time, and when. */
export type Pace = {
  /** Waits until one more may be downloaded. @throws the reason of `signal` when it aborts */
  enter(signal: AbortSignal): Promise<void>;
  leave(): void;
  /** Waits until the registry may be asked. */
  ready(signal: AbortSignal): Promise<void>;
  /** The registry asks for fewer requests: half as many downloads, after a pause. */
  slowDown(pauseMs: number): void;
  /** A bottle has been downloaded. After some of them one more is downloaded at the same time. */
  succeeded(): void;
  /** Downloads at the same time. */
  limit(): number;
};

export const createPace = (most: number, timers: Timers): Pace => {
  let limit = most;
  let active = 0;
  let readyAt = 0;
  let successes = 0;
  const waiting: (() => void)[] = [];

  const wake = (): void => {
    while (active < limit && waiting.length > 0) {
      active += 1;
      waiting.shift()!();
    }
  };

  return {
    async enter(signal) {
      signal.throwIfAborted();
      if (active < limit) {
        active += 1;
        return;
      }
      await new Promise<void>((resolve, reject) => {
        const turn = (): void => {
          signal.removeEventListener("abort", abort);
          resolve();
        };
        const abort = (): void => {
          waiting.splice(waiting.indexOf(turn), 1);
          reject(signal.reason);
        };
        waiting.push(turn);
        signal.addEventListener("abort", abort, { once: true });
      });
    },
    leave() {
      active -= 1;
      wake();
    },
    async ready(signal) {
      for (let ms = readyAt - timers.now(); ms > 0; ms = readyAt - timers.now())
        await timers.sleep(ms, signal);
    },
    slowDown(pauseMs) {
      const now = timers.now();
      // Further answers of the same moment are no further reason.
      if (now >= readyAt) limit = Math.max(1, Math.floor(limit / 2));
      readyAt = Math.max(readyAt, now + pauseMs);
      successes = 0;
    },
    succeeded() {
      successes += 1;
      if (limit === most || successes < 2 * limit) return;
      successes = 0;
      limit += 1;
      wake();
    },
    limit: () => limit,
  };
};
