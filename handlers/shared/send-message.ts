import { createHash } from "node:crypto";
import { TransientError } from "./failures";
import { fromJson } from "./json";
import { type Connection, createSignedRequests, readErrorCode } from "./signed-requests";

/**
 * Sends a message to an SQS queue.
 * @param delaySeconds 0 to 900. Absent: the delay of the queue
 * @throws TransientError with SQS's error code as its name, when SQS did not store the message; Error without a response
 */
export type SendMessage = (queueUrl: string, body: string, delaySeconds?: number) => Promise<void>;

export const createSendMessage = (connection: Connection): SendMessage => {
  const send = createSignedRequests("sqs", connection);
  return async (queueUrl, body, delaySeconds) => {
    const { status, text } = await send({
      method: "POST",
      url: new URL("/", connection.endpoint ?? queueUrl),
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": "AmazonSQS.SendMessage",
      },
      body: JSON.stringify({ QueueUrl: queueUrl, MessageBody: body, DelaySeconds: delaySeconds }),
    });
    if (status >= 300) {
      const code = readErrorCode(text) ?? "SendMessageFailed";
      throw new TransientError(code, `${queueUrl}: SQS answered ${status}: ${text.slice(0, 500)}`);
    }
    // Like the SDK: no other proof shows that SQS stored this very message.
    const { MD5OfMessageBody } = Object(fromJson(text)) as { MD5OfMessageBody?: unknown };
    if (MD5OfMessageBody !== createHash("md5").update(body).digest("hex")) {
      throw new TransientError(
        "InvalidChecksumError",
        `${queueUrl}: SQS answered ${status} without the MD5 of the message: ${text.slice(0, 500)}`,
      );
    }
  };
};
