import { type Delivery, firstDelivery, openEnvelope } from "../shared/envelope";
import { fromJson } from "../shared/json";
import { readBatch } from "../shared/sqs-batch";

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
  unread: firstDelivery(event, { fallbackId: requestId }),
});

/** The messages of a batch, each to be opened for itself, or undefined when the input is no batch. */
export const messagesOf = (input: unknown): Message[] | undefined =>
  readBatch(input)?.map(({ messageId, deliveries, body, sentAt, firstReceivedAt }) => {
    const from = { fallbackId: messageId, deliveries };
    return {
      messageId,
      sentAt,
      triedUntil(timeoutMs, { fallbackId }) {
        // One from a dead-letter queue comes as a new message.
        const isRedriven = fallbackId !== messageId;
        if (deliveries === 1 && !isRedriven) return undefined;
        const isSecond = deliveries === 2 && !isRedriven && firstReceivedAt !== undefined;
        return isSecond ? firstReceivedAt + timeoutMs : Number.POSITIVE_INFINITY;
      },
      open: () => openEnvelope(fromJson(body), from),
      unread: firstDelivery(body, from),
    };
  });
