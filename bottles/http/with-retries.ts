import { setTimeout as realSleep } from "node:timers/promises";
import { HttpError } from "./http-error";

export type RetrySettings = {
  /** Including the first one. Default 5. */
  maxAttempts?: number;
  /** Default: real time. It ends early when the signal aborts. */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<unknown>;
  /** From 0 to 1. Default: random. */
  random?: () => number;
  signal?: AbortSignal | undefined;
  /** Whether another attempt may succeed. Default: after transient errors. */
  mayRetry?: (error: HttpError) => boolean;
  /** Called before each pause. */
  onRetry?: (error: HttpError, delayMs: number) => void;
};

const firstDelayMs = 500;
const maxDelayMs = 30_000;

const sleepFor = (ms: number, signal?: AbortSignal) => realSleep(ms, undefined, signal && { signal });

/** The pause after so many failed attempts in ms: what the server asks for, or twice as long each time, mixed by chance. */
export const retryDelay = (error: HttpError, failed: number, random: () => number): number =>
  error.retryAfterMs ?? Math.min(firstDelayMs * 2 ** (failed - 1), maxDelayMs) * (0.5 + random() / 2);

/**
 * Repeats an action while it fails with an HttpError that may not come again.
 * @throws the error of the last attempt; the reason of `signal` when it aborts
 */
export const withRetries = async <T>(
  action: () => Promise<T>,
  {
    maxAttempts = 5,
    sleep = sleepFor,
    random = Math.random,
    signal,
    mayRetry = (error) => error.isTransient,
    onRetry,
  }: RetrySettings = {},
): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action();
    } catch (error) {
      if (signal?.aborted || attempt === maxAttempts) throw error;
      if (!(error instanceof HttpError) || !mayRetry(error)) throw error;
      const delayMs = retryDelay(error, attempt, random);
      onRetry?.(error, delayMs);
      await sleep(delayMs, signal);
    }
  }
};
