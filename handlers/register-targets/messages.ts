import * as v from "valibot";
import { type Delivery, noEarlierEnds, openEnvelope } from "../shared/envelope";
import { fromJson } from "../shared/json";

/** What an invocation is handed: one event, or one of the messages of a batch. */
export type Message = {
  messageId: string;
  /** In ms since 1970, if that is known. */
  sentAt: number | undefined;
  /**
   * When an earlier invocation that was handed it was over for certain, in ms since 1970. Absent: there was none.
   * @param timeoutMs after which Lambda ends an invocation
   */
  triedUntil(timeoutMs: number, delivery: Delivery): number | undefined;
  /** What was sent, however it was wrapped. @throws Rejection when the wrapping is malformed */
  open(): Promise<Delivery>;
  /** Stands for the event where it cannot be read. */
  unread: Delivery;
};

/** An event that a caller, or a rule without a queue, has handed over. Whether it is the first time, nobody says. */
export const directMessage = (event: unknown, requestId: string): Message => ({
  messageId: requestId,
  sentAt: undefined,
  triedUntil: () => Number.POSITIVE_INFINITY,
  open: () => openEnvelope(event, { fallbackId: requestId }),
  unread: { event, fallbackId: requestId, deliveries: 1, attempt: 1, earlierEnds: noEarlierEnds },
});

const batch = v.object({
  Records: v.array(
    v.object({
      eventSource: v.literal("aws:sqs"),
      messageId: v.string(),
      body: v.string(),
      attributes: v.optional(
        v.object({
          ApproximateReceiveCount: v.optional(v.string()),
          ApproximateFirstReceiveTimestamp: v.optional(v.string()),
          SentTimestamp: v.optional(v.string()),
        }),
      ),
    }),
  ),
});

/** The messages of a batch, each to be opened for itself, or undefined when the input is no batch. */
export const messagesOf = (input: unknown): Message[] | undefined => {
  if (!v.is(batch, input)) return undefined;
  return input.Records.map(({ messageId, body, attributes = {} }) => {
    const receives = Number(attributes.ApproximateReceiveCount ?? 1);
    const firstReceivedAt = Number(attributes.ApproximateFirstReceiveTimestamp);
    const sentAt = Number(attributes.SentTimestamp);
    return {
      messageId,
      sentAt: Number.isFinite(sentAt) ? sentAt : undefined,
      triedUntil(timeoutMs, { fallbackId }) {
        // One that was given up before comes as a new message.
        const isRedriven = fallbackId !== messageId;
        if (receives === 1 && !isRedriven) return undefined;
        const isSecond = receives === 2 && !isRedriven && Number.isFinite(firstReceivedAt);
        return isSecond ? firstReceivedAt + timeoutMs : Number.POSITIVE_INFINITY;
      },
      open: () => openEnvelope(fromJson(body), { fallbackId: messageId, deliveries: receives }),
      unread: {
        event: body,
        fallbackId: messageId,
        deliveries: receives,
        attempt: 1,
        earlierEnds: noEarlierEnds,
      },
    };
  });
};
