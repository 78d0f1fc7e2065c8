import * as v from "valibot";
import type { Bucket } from "../shared/bucket";
import { maxMessageBytes, storeEvent } from "../shared/event-reference";
import { toJson } from "../shared/json";
import type { SendMessage } from "../shared/send-message";

const eventBridgeEvent = v.object({
  id: v.string(),
  account: v.string(),
  region: v.string(),
  source: v.string(),
  "detail-type": v.string(),
});
const ruleInput = v.object({ service: v.string(), event: eventBridgeEvent });

/** Whether EventBridge delivers this event. Then no caller waits for an answer. */
export const isFromEventBridge = (event: unknown): boolean =>
  v.is(eventBridgeEvent, event) || v.is(ruleInput, event);

/** Sends an event to a queue of this function. An event that is too long for a message is sent by reference. */
export const sendToQueue = async (
  { sendMessage, bucket }: { sendMessage: SendMessage; bucket: Bucket },
  queueUrl: string,
  event: unknown,
): Promise<void> => {
  const whole = toJson(event);
  const body = Buffer.byteLength(whole) <= maxMessageBytes ? whole : toJson(await storeEvent(bucket, event));
  await sendMessage(queueUrl, body);
};
