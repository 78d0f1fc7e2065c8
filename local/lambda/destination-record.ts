import type { MessageAttributes } from "../sqs/message";
import type { Invocation, Outcome } from "./types";

/** How an asynchronous invocation ended. */
export interface Ending {
  condition: "Success" | "RetriesExhausted" | "EventAgeExceeded" | "RecursiveInvocation";
  attempts: number;
  /** of the last attempt; absent when there was none */
  outcome?: Outcome;
}

/** What Lambda sends to a destination (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html). */
export function destinationRecord(
  { requestId, invokedArn, event }: Invocation,
  ending: Ending,
  now: Date,
): object {
  const { condition, attempts, outcome } = ending;
  return {
    version: "1.0",
    timestamp: now.toISOString(),
    requestContext: {
      requestId,
      functionArn: qualified(invokedArn),
      condition,
      approximateInvokeCount: attempts,
    },
    requestPayload: JSON.parse(event),
    ...(outcome
      ? {
          responseContext: {
            statusCode: 200,
            executedVersion: "$LATEST",
            ...(outcome.failed ? { functionError: "Unhandled" } : {}),
          },
          responsePayload: JSON.parse(outcome.payload),
        }
      : {}),
  };
}

/** What Lambda adds to an event that it puts into a dead-letter queue. */
export function deadLetterAttributes({ requestId }: Invocation, { outcome }: Ending): MessageAttributes {
  const { errorMessage = "" } = outcome ? (JSON.parse(outcome.payload) as { errorMessage?: string }) : {};
  return {
    RequestID: { DataType: "String", StringValue: requestId },
    ErrorCode: { DataType: "Number", StringValue: outcome ? "200" : "429" },
    ...(errorMessage
      ? { ErrorMessage: { DataType: "String", StringValue: errorMessage.slice(0, 1024) } }
      : {}),
  };
}

function qualified(arn: string): string {
  return arn.split(":").length > 7 ? arn : `${arn}:$LATEST`;
}
