import { type MessageAttributes, md5, md5OfAttributes } from "../sqs/message";
import type { QueuedMessage } from "../sqs/queue";

/** The event of a function for a batch of messages (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html). */
export function sqsEvent(queueArn: string, messages: QueuedMessage[]): string {
  return JSON.stringify({ Records: messages.map((message) => sqsRecord(queueArn, message)) });
}

function sqsRecord(queueArn: string, message: QueuedMessage): object {
  const { attributes, body, sourceQueueArn, id, receiptHandle } = message;
  return {
    messageId: id,
    receiptHandle,
    body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAt),
      SenderId: message.senderId,
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
      ...(sourceQueueArn ? { DeadLetterQueueSourceArn: sourceQueueArn } : {}),
      ...(message.traceHeader ? { AWSTraceHeader: message.traceHeader } : {}),
    },
    messageAttributes: inLowerCase(attributes),
    md5OfBody: md5(body),
    ...(Object.keys(attributes).length > 0 ? { md5OfMessageAttributes: md5OfAttributes(attributes) } : {}),
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(":")[3],
  };
}

function inLowerCase(attributes: MessageAttributes): Record<string, object> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        stringValue: StringValue,
        binaryValue: BinaryValue,
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  );
}

/**
 * The failed messages of a batch, by the response of the function. They stay in the queue. An invalid response fails the
 * whole batch (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html).
 */
export function failedMessages(payload: string, messages: QueuedMessage[]): QueuedMessage[] {
  const answer: unknown = JSON.parse(payload);
  const failures = (answer as { batchItemFailures?: unknown } | null)?.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return messages;
  const byId = new Map(messages.map((message) => [message.id, message]));
  const failed = failures.map((failure: { itemIdentifier?: string } | null) =>
    byId.get(failure?.itemIdentifier ?? ""),
  );
  const known = failed.filter((message) => message !== undefined);
  return known.length < failed.length ? messages : known;
}
