import { createDelivery, type Delivery, openEnvelope } from "../shared/envelope";
import { fromJson } from "../shared/json";
import { readBatch } from "../shared/sqs-batch";
import type { Input } from "./input";

/** The input of a direct invocation, or one message of an SQS batch. */
export type Message = {
  messageId: string;
  /** In ms since 1970, if known. */
  sentAt: number | undefined;
  /**
   * When an earlier attempt to handle it had certainly ended, in ms since 1970. Undefined: there was no earlier attempt.
   * @param timeoutMs after which Lambda stops an invocation
   */
  earlierAttemptEndedBy(timeoutMs: number, delivery: Delivery): number | undefined;
  /** Takes the event out of its envelope. @throws PermanentError when the envelope is malformed */
  open(): Promise<Delivery>;
  /** The message as it came, for the DLQ when it cannot be opened. */
  unopened: Delivery;
};

export type ReadMessage<Kind extends Input = Input> = {
  message: Message;
  delivery: Delivery;
  input: Kind;
  services: string[];
};

/** A direct invocation may be a retry: Lambda does not tell. */
export const createDirectMessage = (event: unknown, requestId: string): Message => ({
  messageId: requestId,
  sentAt: undefined,
  earlierAttemptEndedBy: () => Number.POSITIVE_INFINITY,
  open: () => openEnvelope(event, { fallbackId: requestId }),
  unopened: createDelivery(event, { fallbackId: requestId }),
});

/** The messages of an SQS batch, or undefined for any other input. */
export const readMessages = (input: unknown): Message[] | undefined =>
  readBatch(input)?.map(({ messageId, deliveries, body, sentAt, firstReceivedAt }) => {
    const from = { fallbackId: messageId, deliveries };
    return {
      messageId,
      sentAt,
      earlierAttemptEndedBy(timeoutMs: number, { fallbackId }: Delivery) {
        // A redrive from the DLQ is a new message, in whose envelope the first id is kept.
        const isRedriven = fallbackId !== messageId;
        if (deliveries === 1 && !isRedriven) return undefined;
        const isSecond = deliveries === 2 && !isRedriven && firstReceivedAt !== undefined;
        return isSecond ? firstReceivedAt + timeoutMs : Number.POSITIVE_INFINITY;
      },
      open: () => openEnvelope(fromJson(body), from),
      unopened: createDelivery(body, from),
    };
  });
