import type { Bucket } from "./bucket";
import type { EarlierEnds } from "./envelope";
import { maxMessageBytes, storeEvent } from "./event-reference";
import { toJson } from "./json";
import type { SendMessage } from "./send-message";
import { truncateReason } from "./text";

/** Why an event failed. It becomes `responsePayload` of the DLQ message. */
export type FailureReason = {
  errorType: string;
  errorMessage: string;
  /** The last attempt that has ended: a redrive makes the next one. Absent: a redrive repeats the same launch. */
  attempt?: number;
  /** Only in the message of a scheduled retry. */
  earlierEnds?: EarlierEnds;
};

export type FailedEvent = {
  requestId: string;
  functionArn: string;
  /** How often the event was delivered, this time included. */
  invokeCount: number;
  event: unknown;
  reason: FailureReason;
  /** Default "Rejected": the error is permanent. */
  condition?: "Rejected" | "RetriesExhausted";
};

const toFailureRecord = (
  { requestId, functionArn, invokeCount, event, reason, condition = "Rejected" }: FailedEvent,
  now: number,
) => ({
  version: "1.0",
  timestamp: new Date(now).toISOString(),
  requestContext: { requestId, functionArn, condition, approximateInvokeCount: invokeCount },
  // JSON omits undefined, and a failure record must have the field.
  requestPayload: event ?? null,
  responsePayload: { ...reason, errorMessage: truncateReason(reason.errorMessage) },
});

// For a function without a payload bucket, which accepts no events of this size.
const truncateEvent = (event: unknown) => {
  const text = toJson(event);
  return { eventBeginning: text.slice(0, 20_000), characters: text.length };
};

/**
 * The DLQ message of a failed event. It has the format of Lambda's on-failure destination, so that all DLQ messages have
 * one format. An event that is too long for a message is replaced by a reference to it.
 * @param bucket stores long events. Absent: a long event is truncated
 * @throws Error when S3 did not store the event
 */
export const createFailureRecord = async (
  failed: FailedEvent,
  now: number,
  bucket: Bucket | undefined,
): Promise<string> => {
  const whole = toJson(toFailureRecord(failed, now));
  if (Buffer.byteLength(whole) <= maxMessageBytes) return whole;
  const event = bucket ? await storeEvent(bucket, failed.event) : truncateEvent(failed.event);
  return toJson(toFailureRecord({ ...failed, event }, now));
};

export type DeadLetterQueue = {
  /** @throws the error of {@link SendMessage} or of the bucket: the event must then be retried */
  send(failed: FailedEvent): Promise<void>;
};

export const createDeadLetterQueue = (
  sendMessage: SendMessage,
  queueUrl: string,
  now: () => number,
  bucket?: Bucket,
): DeadLetterQueue => ({
  async send(failed) {
    await sendMessage(queueUrl, await createFailureRecord(failed, now(), bucket));
  },
});
