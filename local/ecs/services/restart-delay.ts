// AWS documents that the delay grows, and its maximum; not its steps.
const FIRST_MS = 10_000;
const MAX_MS = 27 * 60_000;

/** A task that ends within this time of RUNNING ends at once. */
export const AT_ONCE_MS = 10_000;
// On AWS a start takes half a minute, so a task that ends at once is not started many times a minute.
const MAX_AFTER_RUNNING_MS = 60_000;

/**
 * How long the next start of a task waits after some starts in a row that did not reach RUNNING
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html), or of tasks that ended at once.
 */
export function restartDelayMs(failedStarts: number, hasRun: boolean): number {
  return Math.min(hasRun ? MAX_AFTER_RUNNING_MS : MAX_MS, FIRST_MS * 2 ** (failedStarts - 1));
}
