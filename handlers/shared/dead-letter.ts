import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** Why an event was given up, as the reader of the queue finds it in `responsePayload`. */
export type Reason = {
  errorType: string;
  errorMessage: string;
  /** The last launch that was made for the event, where launches failed: the next one is another. */
  attempt?: number;
};

export type DeadLetter = {
  requestId: string;
  functionArn: string;
  /** How often the event was tried, the last time included. */
  invokeCount: number;
  event: unknown;
  reason: Reason;
  /** Default: nothing could have helped. */
  condition?: "Rejected" | "RetriesExhausted";
};

export type DeadLetters = {
  /** @throws what the SDK throws: an event that could not be recorded has to be tried again */
  send(letter: DeadLetter): Promise<void>;
};

/**
 * Dead letters in the shape of the record that Lambda itself writes to an on-failure destination:
 * whoever reads or redrives the queue knows one form.
 */
export const createDeadLetters = (sqs: SQSClient, queueUrl: string, now: () => number): DeadLetters => ({
  async send({ requestId, functionArn, invokeCount, event, reason, condition = "Rejected" }) {
    const record = {
      version: "1.0",
      timestamp: new Date(now()).toISOString(),
      requestContext: { requestId, functionArn, condition, approximateInvokeCount: invokeCount },
      // JSON drops undefined, and without the field this would be no such record.
      requestPayload: event ?? null,
      responsePayload: reason,
    };
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(record) }));
  },
});
