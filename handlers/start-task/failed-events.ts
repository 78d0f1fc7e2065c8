import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Bucket } from "../shared/bucket";
import { createDeadLetterQueue, type FailedEvent, failureRecord } from "../shared/dead-letter";
import { type Delivery, shortId } from "../shared/envelope";
import { errorName, Rejection } from "../shared/failures";
import { errorFields, type Log } from "../shared/log";
import { type Around, countOne } from "./around";
import type { StartTaskSettings } from "./environment";
import type { Rejected } from "./result";

export type FailedEventsParts = {
  sqs: SQSClient;
  bucket: Bucket;
  environment: Pick<StartTaskSettings, "DEAD_LETTER_QUEUE_URL" | "RETRY_QUEUE_URL">;
  log: Log;
  now: () => number;
};

export type FailedEvents = {
  /** Writes a log line and counts in the metric `Failures`. */
  report(error: unknown, around: Around): void;
  /** Sends an event to the dead-letter queue. */
  reject(delivery: Delivery, around: Around, error: unknown): Promise<Rejected>;
  /** Hands an event back to this function after a delay, as a redrive would. */
  retryLater(again: Delivery, delaySeconds: number, error: unknown, around: Around): Promise<void>;
};

const failedEvent = (
  { fallbackId, deliveries, event, attempt }: Delivery,
  { invocation }: Around,
  error: unknown,
): FailedEvent => ({
  requestId: shortId(fallbackId),
  functionArn: invocation.invokedFunctionArn,
  invokeCount: deliveries,
  event,
  condition: error instanceof Rejection ? "Rejected" : "RetriesExhausted",
  reason: {
    errorType: errorName(error),
    errorMessage: error instanceof Error ? error.message : String(error),
    // The attempt that could not be made is made by a redrive, not the one after it.
    ...(attempt > 1 && { attempt: attempt - 1 }),
  },
});

export const createFailedEvents = ({
  sqs,
  bucket,
  environment,
  log,
  now,
}: FailedEventsParts): FailedEvents => {
  const deadLetterQueue = createDeadLetterQueue(sqs, environment.DEAD_LETTER_QUEUE_URL, now, bucket);
  return {
    report(error, { about: { service, eventId }, emit }) {
      emit([countOne("Failures", service, errorName(error))]);
      log.error("event is not served", { eventId, service, ...errorFields(error) });
    },

    async reject(delivery, around, error) {
      const failed = failedEvent(delivery, around, error);
      await deadLetterQueue.send(failed);
      return { rejected: failed.reason.errorMessage };
    },

    async retryLater(again, delaySeconds, error, around) {
      const { RETRY_QUEUE_URL: QueueUrl } = environment;
      if (QueueUrl === undefined) {
        throw new Rejection("RetryQueueMissing", "RETRY_QUEUE_URL: expected the queue of routes that retry");
      }
      const { reason, ...failed } = failedEvent(again, around, error);
      const retry = { ...failed, reason: { ...reason, earlierEnds: again.earlierEnds } };
      const MessageBody = await failureRecord(retry, now(), bucket);
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds: delaySeconds }));
    },
  };
};
