import * as v from "valibot";

/** A message of a batch. Its body is not parsed yet, so that a malformed body fails this message alone. */
export type BatchMessage = {
  messageId: string;
  /** How often SQS has delivered the message, this time included. */
  deliveries: number;
  body: string;
  /** In ms since 1970. */
  sentAt: number | undefined;
  firstReceivedAt: number | undefined;
};

const text = v.optional(v.string());
const sqsBatch = v.object({
  Records: v.array(
    v.object({
      eventSource: v.literal("aws:sqs"),
      messageId: v.string(),
      body: v.string(),
      attributes: v.optional(
        v.object({
          ApproximateReceiveCount: text,
          ApproximateFirstReceiveTimestamp: text,
          SentTimestamp: text,
        }),
      ),
    }),
  ),
});

const parseMilliseconds = (milliseconds: string | undefined): number | undefined =>
  Number.isFinite(Number(milliseconds)) ? Number(milliseconds) : undefined;

/** The messages of an SQS batch, or undefined for any other input. */
export const readBatch = (input: unknown): BatchMessage[] | undefined => {
  if (!v.is(sqsBatch, input)) return undefined;
  return input.Records.map(({ messageId, body, attributes = {} }) => ({
    messageId,
    deliveries: Number(attributes.ApproximateReceiveCount ?? 1),
    body,
    sentAt: parseMilliseconds(attributes.SentTimestamp),
    firstReceivedAt: parseMilliseconds(attributes.ApproximateFirstReceiveTimestamp),
  }));
};
