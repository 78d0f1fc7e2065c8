import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Bucket } from "./bucket";
import type { EarlierEnds } from "./envelope";
import { maxMessageBytes, storeEvent } from "./event-reference";
import { toJson } from "./json";
import { cutReason } from "./text";

/** Why an event was not served, as the reader of the queue finds it in `responsePayload`. */
export type Reason = {
  errorType: string;
  errorMessage: string;
  /** The last attempt that has ended: a redrive is the one after it. Absent: a redrive repeats the same launch. */
  attempt?: number;
  /** Only of a retry that is under way. */
  earlierEnds?: EarlierEnds;
};

/** An event that was not served, and why. */
export type FailedEvent = {
  requestId: string;
  functionArn: string;
  /** How often the event was tried, the last time included. */
  invokeCount: number;
  event: unknown;
  reason: Reason;
  /** Default: no retry could have helped. */
  condition?: "Rejected" | "RetriesExhausted";
};

const recordOf = (
  { requestId, functionArn, invokeCount, event, reason, condition = "Rejected" }: FailedEvent,
  now: number,
) => ({
  version: "1.0",
  timestamp: new Date(now).toISOString(),
  requestContext: { requestId, functionArn, condition, approximateInvokeCount: invokeCount },
  // JSON drops undefined, and without the field this would be no such record.
  requestPayload: event ?? null,
  responsePayload: { ...reason, errorMessage: cutReason(reason.errorMessage) },
});

// Without a bucket the beginning must do: no event that such a function can serve is so long.
const beginningOf = (event: unknown) => {
  const text = toJson(event);
  return { eventBeginning: text.slice(0, 20_000), characters: text.length };
};

/**
 * The message for a failed event, in the shape of the record that Lambda itself writes to an on-failure destination:
 * whoever reads or redrives the queue knows one form. An event that is too long for a message goes by reference.
 * @param bucket where long events go; absent: only their beginning is kept
 * @throws Error when S3 did not take the event
 */
export const failureRecord = async (
  failed: FailedEvent,
  now: number,
  bucket: Bucket | undefined,
): Promise<string> => {
  const whole = toJson(recordOf(failed, now));
  if (Buffer.byteLength(whole) <= maxMessageBytes) return whole;
  const event = bucket ? await storeEvent(bucket, failed.event) : beginningOf(failed.event);
  return toJson(recordOf({ ...failed, event }, now));
};

export type DeadLetterQueue = {
  /** @throws what the SDK throws: an event that could not be recorded has to be tried again */
  send(failed: FailedEvent): Promise<void>;
};

export const createDeadLetterQueue = (
  sqs: SQSClient,
  queueUrl: string,
  now: () => number,
  bucket?: Bucket,
): DeadLetterQueue => ({
  async send(failed) {
    const MessageBody = await failureRecord(failed, now(), bucket);
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
  },
});
