import { AwsError } from "../aws-error";
import type { Clock } from "../clock";
import { messageOf } from "../message-of";
import type { Queue, QueuedMessage } from "../sqs";
import { Throttled } from "./async-invocations";
import { traceOfBatch } from "./lineage";
import { Semaphore } from "./semaphore";
import { failedMessages, sqsEvent } from "./sqs-event";
import type { Outcome } from "./types";

export interface QueuePollerOptions {
  clock: Clock;
  queue(arn: string): Queue | undefined;
  /**
   * Rejects with Throttled, or with the reason why the function cannot run.
   *
   * @param trace X-Ray trace header of the messages
   */
  invoke(functionArn: string, event: string, trace: string | undefined): Promise<Outcome>;
  /** Rejects if the function's role is not allowed to receive messages from the queue. */
  authorize(functionArn: string, queueArn: string): Promise<void>;
  log(line: string): void;
}

/** The settings of an event source mapping. */
export interface PollerSettings {
  queueArn: string;
  functionArn: string;
  batchSize: number;
  windowSeconds: number;
  maximumConcurrency?: number;
  reportsBatchItemFailures: boolean;
}

// Lambda begins with five concurrent batches (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html). It
// scales to hundreds while the queue is long. On a laptop so many would time out.
const BATCHES_AT_ONCE = 5;
const LONG_POLL_MS = 20_000;
const MAX_RECEIVE = 10;
// Half of the maximum of 6 MB for an event, since escapes make a body longer in JSON.
const MAX_BODIES_BYTES = 3 * 1024 * 1024;
const MAX_WAIT_AFTER_THROTTLE_MS = 60_000;

/** Invokes a function with the messages of a queue, until it is stopped. */
export class QueuePoller {
  private readonly slots: Semaphore;
  private stopped = false;

  constructor(
    private readonly options: QueuePollerOptions,
    private readonly settings: PollerSettings,
  ) {
    this.slots = new Semaphore(settings.maximumConcurrency ?? BATCHES_AT_ONCE);
    void this.run();
  }

  /** Receives no more messages. Running batches are finished. */
  stop(): void {
    this.stopped = true;
  }

  // A batch has its slot before its first message: messages must wait in the queue, not here.
  private async run(): Promise<void> {
    while (!this.stopped) {
      await new Promise<void>((collected) => {
        void this.slots.run(async () => {
          const batch = await this.collect();
          collected();
          if (batch.length > 0) await this.process(batch);
        });
      });
    }
  }

  private async collect(): Promise<QueuedMessage[]> {
    const { clock, queue: find } = this.options;
    const { batchSize, queueArn, windowSeconds } = this.settings;
    const batch: QueuedMessage[] = [];
    let bytes = 0;
    let windowEnd: number | undefined;
    while (!this.stopped) {
      const queue = (await this.authorized()) ? find(queueArn) : undefined;
      if (!queue) {
        await clock.sleep(LONG_POLL_MS);
        continue;
      }
      const now = clock.now().getTime();
      const received = await queue.receive(Math.min(MAX_RECEIVE, batchSize - batch.length), undefined, 0);
      batch.push(...received);
      bytes += received.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
      if (batch.length > 0) windowEnd ??= now + windowSeconds * 1000;
      if (batch.length >= batchSize || bytes >= MAX_BODIES_BYTES) break;
      if (windowEnd !== undefined && now >= windowEnd) break;
      if (received.length === 0) await queue.changed(windowEnd ?? now + LONG_POLL_MS);
    }
    return batch;
  }

  private async authorized(): Promise<boolean> {
    const { authorize, log } = this.options;
    const { functionArn, queueArn } = this.settings;
    try {
      await authorize(functionArn, queueArn);
      return true;
    } catch (error) {
      log(`lambda: ${functionArn} receives no messages of ${queueArn}: ${messageOf(error)}`);
      return false;
    }
  }

  private async process(batch: QueuedMessage[]): Promise<void> {
    const { functionArn, queueArn, reportsBatchItemFailures } = this.settings;
    try {
      const outcome = await this.invoke(batch);
      // A message that is not deleted becomes visible again after its visibility timeout.
      if (!outcome || outcome.failed) return;
      const failed = reportsBatchItemFailures ? failedMessages(outcome.payload, batch) : [];
      const queue = this.options.queue(queueArn);
      for (const message of batch) {
        if (!failed.includes(message)) queue?.delete(message.receiptHandle ?? "");
      }
    } catch (error) {
      this.options.log(`lambda: ${functionArn} did not run for ${queueArn}: ${messageOf(error)}`);
    }
  }

  /**
   * Returns undefined if the function is throttled until the messages are visible again
   * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html).
   */
  private async invoke(batch: QueuedMessage[]): Promise<Outcome | undefined> {
    const { clock, invoke } = this.options;
    const { functionArn, queueArn } = this.settings;
    const visibleAgain = Math.min(...batch.map(({ visibleAt }) => visibleAt));
    const event = sqsEvent(queueArn, batch);
    const trace = traceOfBatch(
      functionArn,
      batch.map(({ traceHeader }) => traceHeader),
    );
    for (let wait = 1000; ; wait = Math.min(2 * wait, MAX_WAIT_AFTER_THROTTLE_MS)) {
      try {
        return await invoke(functionArn, event, trace);
      } catch (error) {
        if (!isThrottle(error)) throw error;
        if (clock.now().getTime() + wait >= visibleAgain) return undefined;
        await clock.sleep(wait);
      }
    }
  }
}

function isThrottle(error: unknown): boolean {
  return error instanceof Throttled || (error instanceof AwsError && error.code === "ThrottlingException");
}
