import * as v from "valibot";

/** An event, out of whatever it came in. */
export type Delivery = {
  event: unknown;
  /** Stands in for the id of an event that has none: the same at every redelivery. */
  fallbackId: string;
  /** How often the event was handed over, this time included, as far as the sender says. */
  deliveries: number;
  /** 1, or the one after the launches that had failed when the event was given up. */
  attempt: number;
};

const destinationRecord = v.object({
  requestContext: v.object({ requestId: v.string() }),
  requestPayload: v.unknown(),
  responsePayload: v.optional(v.unknown()),
});
const lastAttempt = v.object({ attempt: v.number() });

const sqsBatch = v.object({
  Records: v.array(
    v.object({
      eventSource: v.literal("aws:sqs"),
      messageId: v.string(),
      body: v.string(),
      attributes: v.optional(v.object({ ApproximateReceiveCount: v.optional(v.string()) })),
    }),
  ),
});

// Text that is no JSON stays text: it is for the event's schema to refuse it.
const fromJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/**
 * Takes an event out of the record that Lambda (or a handler of ours) wrote when it gave the event up, however often
 * that happened; any other input is the event itself. The id of the first invocation stands in for a missing event id,
 * so a redriven event asks for the same launch.
 */
export const openEnvelope = (input: unknown, fallbackId: string, deliveries = 1, attempt = 1): Delivery => {
  if (v.is(destinationRecord, input)) {
    const { requestContext, requestPayload, responsePayload } = input;
    const next = v.is(lastAttempt, responsePayload) ? responsePayload.attempt + 1 : attempt;
    return openEnvelope(requestPayload, requestContext.requestId, deliveries, next);
  }
  return { event: input, fallbackId, deliveries, attempt };
};

/**
 * The messages of a batch that Lambda polled from SQS, or undefined when the input is no such batch. The body is a raw
 * event, as EventBridge leaves it in its dead-letter queue, or the record of an event given up.
 */
export const openBatch = (input: unknown): { messageId: string; delivery: Delivery }[] | undefined => {
  if (!v.is(sqsBatch, input)) return undefined;
  return input.Records.map(({ messageId, body, attributes }) => ({
    messageId,
    delivery: openEnvelope(fromJson(body), messageId, Number(attributes?.ApproximateReceiveCount ?? 1)),
  }));
};
