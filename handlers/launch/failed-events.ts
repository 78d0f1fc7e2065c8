import type { Bucket } from "../shared/bucket";
import { createDeadLetterQueue, createFailureRecord, type FailedEvent } from "../shared/dead-letter-queue";
import { type Delivery, limitIdLength } from "../shared/envelope";
import { nameOfError, PermanentError } from "../shared/failures";
import { type Log, toErrorFields } from "../shared/log";
import type { SendMessage } from "../shared/send-message";
import type { LaunchSettings } from "./environment";
import { createCount, type InvocationContext } from "./invocation-context";
import type { Rejected } from "./result";

export type FailedEventsParts = {
  sendMessage: SendMessage;
  bucket: Bucket;
  environment: Pick<LaunchSettings, "DEAD_LETTER_QUEUE_URL" | "RETRY_QUEUE_URL">;
  log: Log;
  now: () => number;
};

export type FailedEvents = {
  /** Logs the error and counts it in the metric `Failures`. */
  reportFailure(error: unknown, context: InvocationContext): void;
  /** Sends an event to the DLQ. */
  sendToDlq(delivery: Delivery, context: InvocationContext, error: unknown): Promise<Rejected>;
  /** Sends an event to the retry queue, from which this function receives it after a delay. */
  scheduleRetry(
    retry: Delivery,
    delaySeconds: number,
    error: unknown,
    context: InvocationContext,
  ): Promise<void>;
};

const toFailedEvent = (
  { fallbackId, deliveries, event, attempt }: Delivery,
  { invocation }: InvocationContext,
  error: unknown,
): FailedEvent => ({
  requestId: limitIdLength(fallbackId),
  functionArn: invocation.invokedFunctionArn,
  invokeCount: deliveries,
  event,
  condition: error instanceof PermanentError ? "Rejected" : "RetriesExhausted",
  reason: {
    errorType: nameOfError(error),
    errorMessage: error instanceof Error ? error.message : String(error),
    // A redrive makes this attempt, not the next one.
    ...(attempt > 1 && { attempt: attempt - 1 }),
  },
});

export const createFailedEvents = ({
  sendMessage,
  bucket,
  environment,
  log,
  now,
}: FailedEventsParts): FailedEvents => {
  const deadLetterQueue = createDeadLetterQueue(sendMessage, environment.DEAD_LETTER_QUEUE_URL, now, bucket);
  return {
    reportFailure(error, { labels: { service, eventId }, emit }) {
      emit([createCount("Failures", service, nameOfError(error))]);
      log.error("event failed", { eventId, service, ...toErrorFields(error) });
    },

    async sendToDlq(delivery, context, error) {
      const failed = toFailedEvent(delivery, context, error);
      await deadLetterQueue.send(failed);
      return { rejected: failed.reason.errorMessage };
    },

    async scheduleRetry(retry, delaySeconds, error, context) {
      const { RETRY_QUEUE_URL: queueUrl } = environment;
      if (queueUrl === undefined) {
        throw new PermanentError(
          "RetryQueueMissing",
          'RETRY_QUEUE_URL: expected the URL of an SQS queue, because onFailure of a launch route is "retry"; found nothing',
        );
      }
      const { reason, ...failed } = toFailedEvent(retry, context, error);
      const failedWithEnds = { ...failed, reason: { ...reason, earlierEnds: retry.earlierEnds } };
      const body = await createFailureRecord(failedWithEnds, now(), bucket);
      await sendMessage(queueUrl, body, delaySeconds);
    },
  };
};
