import * as v from "valibot";

/** A message of a batch, still closed: opening it may fail, and then fails for this message alone. */
export type BatchMessage = {
  messageId: string;
  /** How often SQS has handed the message over, this time included. */
  deliveries: number;
  body: string;
  /** In ms since 1970, if SQS says so. */
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

const timeOf = (milliseconds: string | undefined): number | undefined =>
  Number.isFinite(Number(milliseconds)) ? Number(milliseconds) : undefined;

/** The messages of a batch that Lambda polled from SQS, or undefined when the input is no such batch. */
export const readBatch = (input: unknown): BatchMessage[] | undefined => {
  if (!v.is(sqsBatch, input)) return undefined;
  return input.Records.map(({ messageId, body, attributes = {} }) => ({
    messageId,
    deliveries: Number(attributes.ApproximateReceiveCount ?? 1),
    body,
    sentAt: timeOf(attributes.SentTimestamp),
    firstReceivedAt: timeOf(attributes.ApproximateFirstReceiveTimestamp),
  }));
};
