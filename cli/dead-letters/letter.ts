import type { Message } from "@aws-sdk/client-sqs";
import type { Bucket } from "../../handlers/shared/bucket";
import { type Delivery, openEnvelope } from "../../handlers/shared/envelope";
import { findEventId } from "../../handlers/shared/event";
import { fromJson, toJson } from "../../handlers/shared/json";
import { truncateReason } from "../../handlers/shared/text";
import type { DeadLetterQueue } from "./find-queues";

/** One of the policy runs of an event. */
type Run = { finding?: string; resource?: string; mapping?: string };

/** A message in a dead-letter queue, and what it says of its event. */
export type Letter = {
  queue: DeadLetterQueue;
  messageId: string;
  receiptHandle: string;
  /** ISO 8601, UTC. */
  sentAt: string | null;
  /** What the function gets when it is sent again. */
  input: string;
  /** Why the event is here, in one word. */
  code: string;
  reason: string;
  /** Undefined: the event cannot be read here. */
  eventId: string | undefined;
  /** Id of the first invocation. It stays the same when a letter comes back. */
  requestId: string;
  service: string | undefined;
  /** The attempt that the function makes when it gets the letter. */
  attempt: number;
  /** Only of a letter of the policy runner for one of the runs of an event. */
  run?: Run;
  /** Of a letter that holds the end of a task. */
  taskArn?: string;
  /** Why it cannot be sent again. */
  unsendable?: string;
};

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

const isRecord = (input: unknown): boolean =>
  textOf(fieldsOf(fieldsOf(input).requestContext).requestId) !== undefined &&
  "requestPayload" in fieldsOf(input);

const eventPlaceholder = "<aws.events.event.json>";
const isRuleInput = (input: unknown): boolean => "service" in fieldsOf(input) && "event" in fieldsOf(input);

/**
 * The input that the function gets again. It is idempotent only with an id that stays the same: an event without one gets
 * that of its message, as a failure record would have it.
 */
function toInput({ inputTemplate }: DeadLetterQueue, messageId: string, body: string): unknown {
  const event = fromJson(body);
  if (isRecord(event)) return event;
  const input =
    inputTemplate?.includes(eventPlaceholder) && !isRuleInput(event)
      ? fromJson(inputTemplate.replace(eventPlaceholder, () => body))
      : event;
  if (findEventId({ event: input, fallbackId: "" }) !== "") return input;
  return { requestContext: { requestId: messageId }, requestPayload: input };
}

/** Opens the envelope. A reference that cannot be followed stays; a malformed envelope leaves nothing to read. */
async function openInput(input: unknown, messageId: string, bucket: Bucket | undefined): Promise<Delivery> {
  const from = { fallbackId: messageId };
  try {
    return await openEnvelope(input, { ...from, ...(bucket && { bucket }) });
  } catch {
    return openEnvelope(input, from).catch(() => openEnvelope(null, from));
  }
}

function readReason(input: unknown, { Attributes = {}, MessageAttributes = {} }: Message) {
  const attribute = (name: string) => MessageAttributes[name]?.StringValue;
  const record = fieldsOf(input);
  const failure = fieldsOf(record.responsePayload);
  const source = Attributes.DeadLetterQueueSourceArn;
  const moved = source && `was received too often from ${source.slice(source.lastIndexOf(":") + 1)}`;
  return {
    code:
      textOf(failure.errorType) ??
      attribute("ERROR_CODE") ??
      textOf(fieldsOf(record.requestContext).condition) ??
      (source ? "MaxReceiveCount" : "Unknown"),
    reason: truncateReason(
      textOf(failure.errorMessage) ?? attribute("ERROR_MESSAGE") ?? (moved || "no reason given"),
    ),
  };
}

function findUnsendable(code: string, { MessageAttributes = {} }: Message): string | undefined {
  if (code === "TaskWithoutEvent") return "no event started its task, so there is nothing to redrive";
  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
  if (MessageAttributes.IS_PAYLOAD_TRUNCATED?.StringValue === "true")
    return "EventBridge Scheduler has truncated its input";
  return undefined;
}

/** @param bucket in which the events of long letters are. Absent: they are not read */
export async function readLetter(
  queue: DeadLetterQueue,
  message: Message,
  bucket: Bucket | undefined,
): Promise<Letter> {
  const { MessageId: messageId = "", ReceiptHandle: receiptHandle = "", Body = "" } = message;
  const input = toInput(queue, messageId, Body);
  const { event, fallbackId: requestId, attempt } = await openInput(input, messageId, bucket);
  const { detail, service, run } = fieldsOf(event);
  const eventId = findEventId({ event, fallbackId: "" }) || (event === null ? undefined : requestId);
  const taskArn =
    fieldsOf(event)["detail-type"] === "ECS Task State Change" ? textOf(fieldsOf(detail).taskArn) : undefined;
  const { code, reason } = readReason(fromJson(Body), message);
  const unsendable = findUnsendable(code, message);
  const sentAt = Number(message.Attributes?.SentTimestamp);
  return {
    queue,
    messageId,
    receiptHandle,
    sentAt: sentAt > 0 ? new Date(sentAt).toISOString() : null,
    input: toJson(input),
    code,
    reason,
    eventId: "eventReference" in fieldsOf(event) ? undefined : eventId,
    requestId,
    service: textOf(service) ?? textOf(fieldsOf(detail).service),
    attempt,
    ...(run !== undefined && { run: fieldsOf(run) as Run }),
    ...(taskArn !== undefined && { taskArn }),
    ...(unsendable !== undefined && { unsendable }),
  };
}

const isSameRun = (one: Run | undefined, other: Run | undefined): boolean =>
  one === undefined ||
  other === undefined ||
  (one.finding === other.finding && one.resource === other.resource && one.mapping === other.mapping);

/** Whether a letter is what has become of another one that was sent again. */
export const isReturned = (letter: Letter, sent: Letter): boolean =>
  letter.queue.function.name === sent.queue.function.name &&
  (letter.requestId === sent.requestId ||
    (letter.eventId !== undefined && letter.eventId === sent.eventId)) &&
  isSameRun(letter.run, sent.run);

/** Whether a letter is there for this reason: its code, or a part of its text. */
export const hasReason = ({ code, reason }: Letter, wanted: string): boolean =>
  code.toLowerCase() === wanted.toLowerCase() || reason.toLowerCase().includes(wanted.toLowerCase());
