import type { MessageAttributes } from "../sqs/message";
import type { Invocation, Outcome } from "./types";

/** How an asynchronous invocation ended. */
export interface InvocationResult {
  condition: "Success" | "RetriesExhausted" | "EventAgeExceeded" | "RecursiveInvocation";
  attempts: number;
  /** of the last attempt; absent if there was none */
  outcome?: Outcome;
}

/** The record that Lambda sends to a destination (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html). */
export function destinationRecord(
  { requestId, invokedArn, event }: Invocation,
  result: InvocationResult,
  now: Date,
): object {
  const { condition, attempts, outcome } = result;
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

/** The message attributes of an event that Lambda sends to a DLQ. */
export function dlqAttributes({ requestId }: Invocation, { outcome }: InvocationResult): MessageAttributes {
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
