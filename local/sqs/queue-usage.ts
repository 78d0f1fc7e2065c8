import type { Clock } from "../clock";

/** What callers did with a queue since the last report. */
export interface Usage {
  sent: number;
  sentBytes: number;
  received: number;
  deleted: number;
  emptyReceives: number;
}

/** A queue reports metrics while it has messages, and for six hours after the last call on it. */
export const ACTIVE_MS = 6 * 3_600_000;
/** The longest time until a queue that has been inactive reports again. */
export const ACTIVATION_MS = 15 * 60_000;

const NONE: Usage = { sent: 0, sentBytes: 0, received: 0, deleted: 0, emptyReceives: 0 };

/**
 * Counts the use of a queue for its metrics, and knows whether the queue is active
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-monitoring-using-cloudwatch.html).
 */
export class QueueUsage {
  private counted = { ...NONE };
  private lastUsedAt: number;
  private reportsFrom = 0;

  constructor(private readonly clock: Clock) {
    this.lastUsedAt = this.now();
  }

  /** Must be called at each use, before it changes anything. */
  use(hasMessages: boolean, counts: Partial<Usage> = {}): void {
    if (!hasMessages && this.now() - this.lastUsedAt > ACTIVE_MS)
      this.reportsFrom = this.now() + ACTIVATION_MS;
    this.lastUsedAt = this.now();
    this.count(counts);
  }

  count(counts: Partial<Usage>): void {
    for (const name of Object.keys(counts) as (keyof Usage)[]) this.counted[name] += counts[name] ?? 0;
  }

  /** Returns the counts since the last call; undefined if the queue reports nothing. */
  take(hasMessages: boolean): Usage | undefined {
    if (hasMessages) this.lastUsedAt = this.now();
    const taken = this.counted;
    this.counted = { ...NONE };
    const reports = this.now() - this.lastUsedAt <= ACTIVE_MS && this.now() >= this.reportsFrom;
    return reports ? taken : undefined;
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}
