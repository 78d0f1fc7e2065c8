import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import * as v from "valibot";
import type { Bucket } from "../shared/bucket";
import { maxMessageBytes, storeEvent } from "../shared/event-reference";
import { toJson } from "../shared/json";

const fromEventBridge = v.object({
  id: v.string(),
  account: v.string(),
  region: v.string(),
  source: v.string(),
  "detail-type": v.string(),
});
const assigned = v.object({ service: v.string(), event: fromEventBridge });

/** Whether EventBridge delivers this event, on a bus or by a rule's schedule: nobody waits for an answer. */
export const isFromEventBridge = (event: unknown): boolean =>
  v.is(fromEventBridge, event) || v.is(assigned, event);

/** Puts an event into a queue that hands it to this function; one that is too long for a message goes by reference. */
export const sendToQueue = async (
  { sqs, bucket }: { sqs: SQSClient; bucket: Bucket },
  queueUrl: string,
  event: unknown,
): Promise<void> => {
  const whole = toJson(event);
  const MessageBody =
    Buffer.byteLength(whole) <= maxMessageBytes ? whole : toJson(await storeEvent(bucket, event));
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
};
