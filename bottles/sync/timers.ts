import { setTimeout as realSleep } from "node:timers/promises";

/** Time, as a sync sees it. */
export type Timers = {
  /** In ms since 1970. */
  now(): number;
  /** Waits. It ends early when the signal aborts, with its reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<unknown>;
  /** Calls `action` once after `ms`. @returns a function that prevents it */
  after(ms: number, action: () => void): () => void;
};

export const realTimers: Timers = {
  now: Date.now,
  sleep: (ms, signal) => realSleep(ms, undefined, signal && { signal }),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};

/** Calls `action` again and again, with so many ms between its end and its next beginning. @returns a function that ends it */
export const every = (timers: Timers, ms: number, action: () => Promise<void>): (() => Promise<void>) => {
  let isEnded = false;
  let running: Promise<void> = Promise.resolve();
  let cancel = (): void => {};
  const schedule = (): void => {
    cancel = timers.after(ms, () => {
      running = action().then(() => {
        if (!isEnded) schedule();
      });
    });
  };
  schedule();
  return async () => {
    isEnded = true;
    cancel();
    await running;
  };
};
