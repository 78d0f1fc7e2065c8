import { setMaxListeners } from "node:events";
import type { Timers } from "./timers";

/** How a run ends before its work is done. */
export type Stopping = {
  /** Aborts when what is under way has to end at once. */
  abort: AbortSignal;
  /** Whether nothing new may begin. */
  isStopping(): boolean;
  /** Lets nothing new begin. What is under way has some time to end. */
  stop(): void;
  /** Ends the run with an error. */
  fail(error: Error): void;
  /** The error that has ended the run. */
  failure(): Error | undefined;
  /** Must be called at the end of the run. */
  dispose(): void;
};

/**
 * @param from aborts when the host ends: SIGTERM, or the deadline of a function
 * @param graceMs for what is under way
 */
export const createStopping = (from: AbortSignal, timers: Timers, graceMs: number): Stopping => {
  const controller = new AbortController();
  // One for each request that is under way.
  setMaxListeners(0, controller.signal);
  let isStopping = false;
  let failure: Error | undefined;
  let cancel = (): void => {};

  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    cancel = timers.after(graceMs, () => controller.abort(new Error("the run was stopped")));
  };
  if (from.aborted) stop();
  else from.addEventListener("abort", stop, { once: true });
  return {
    abort: controller.signal,
    isStopping: () => isStopping,
    stop,
    fail(error) {
      failure ??= error;
      isStopping = true;
      controller.abort(error);
    },
    failure: () => failure,
    dispose() {
      from.removeEventListener("abort", stop);
      cancel();
    },
  };
};
