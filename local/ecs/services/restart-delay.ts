// AWS documents that the delay grows, and its maximum; not its steps.
const FIRST_MS = 10_000;
const MAX_MS = 27 * 60_000;

/**
 * How long the next start of a task waits after some starts in a row that did not reach RUNNING
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html).
 */
export function restartDelayMs(failedStarts: number): number {
  return failedStarts === 0 ? 0 : Math.min(MAX_MS, FIRST_MS * 2 ** (failedStarts - 1));
}
