import type { SQSBatchItemFailure, SQSBatchResponse } from "aws-lambda";
import type { Bucket } from "../shared/bucket";
import { createDelivery, openEnvelope } from "../shared/envelope";
import { findEventId } from "../shared/event";
import { maxMessageBytes, storeEvent } from "../shared/event-reference";
import { PermanentError } from "../shared/failures";
import type { InvokeAsync } from "../shared/invoke-async";
import { fromJson, toJson } from "../shared/json";
import type { Sleep } from "../shared/poll";
import type { SendMessage } from "../shared/send-message";
import { type BatchMessage, readBatch } from "../shared/sqs-batch";
import { truncateName } from "../shared/text";
import type { LaunchSettings } from "./environment";
import { isFromEventBridge, sendToQueue } from "./event-queue";
import type { FailedEvents } from "./failed-events";
import type { HandleEvent } from "./handle-event";
import type { HandleTaskEnd } from "./handle-task-end";
import type { InvocationContext } from "./invocation-context";
import { createRateLimits } from "./rate-limit";
import type { NoLaunch } from "./result";
import { type ReadEnd, readStoppedTask } from "./task-outcome";

export type ReceiveEventsParts<Result> = {
  sendMessage: SendMessage;
  /** Payloads, launch records and events that are too long for a message. */
  bucket: Bucket;
  invokeAsync: InvokeAsync;
  environment: Pick<LaunchSettings, "BUFFER_QUEUE_URL">;
  /** Default: the events of ECS. */
  readEnd?: ReadEnd;
  failedEvents: FailedEvents;
  handleEvent: HandleEvent<Result>;
  handleTaskEnd: HandleTaskEnd<Result>;
  now: () => number;
  sleep: Sleep;
};

/** After so many deliveries of a message, its event is sent to the DLQ. */
const maxDeliveries = 5;
/** Upper limit for the size of Lambda's failure record without the event. */
const failureRecordBytes = 8_192;

/**
 * Handles the input of a function that launches tasks: an event, the end of a task, a failure record of either, or a batch
 * of messages with them. Every event leads to its launches, or to a DLQ message with the reason. Transient errors are
 * thrown, because Lambda retries only what is thrown. When the caller waits for the answer, permanent errors are thrown
 * too.
 */
export const createReceiveEvents = <Result>({
  sendMessage,
  bucket,
  invokeAsync,
  environment: { BUFFER_QUEUE_URL: bufferUrl },
  readEnd = readStoppedTask,
  failedEvents,
  handleEvent,
  handleTaskEnd,
  now,
  sleep,
}: ReceiveEventsParts<Result>) => {
  const createRateLimit = createRateLimits(now, sleep);

  /**
   * Takes the event out of its envelope and handles it.
   * @param onFailure `throw`: the caller waits and gets the error. `retry`: transient errors are thrown, permanent ones
   *   are sent to the DLQ. `sendToDlq`: all errors are sent to the DLQ, because there is no further delivery.
   * @throws the error, after it was logged and counted
   */
  const handleInput = async (
    input: unknown,
    from: { fallbackId: string; deliveries: number },
    context: InvocationContext,
    onFailure: "throw" | "retry" | "sendToDlq",
  ): Promise<Result | NoLaunch> => {
    let delivery = createDelivery(input, from);
    try {
      delivery = await openEnvelope(input, { ...from, bucket });
      const stopped = readEnd(delivery.event);
      return stopped ? await handleTaskEnd(stopped, delivery, context) : await handleEvent(delivery, context);
    } catch (error) {
      failedEvents.reportFailure(error, context);
      const isFinal = onFailure === "sendToDlq" || (onFailure === "retry" && error instanceof PermanentError);
      if (isFinal) return failedEvents.sendToDlq(delivery, context, error);
      throw error;
    }
  };

  /**
   * Forwards an event to the buffer queue, or one that is too long for Lambda's failure record to this function itself.
   * @returns undefined for an input that this invocation has to handle
   */
  const forwardInput = async (input: unknown, context: InvocationContext): Promise<NoLaunch | undefined> => {
    const isEvent = isFromEventBridge(input);
    if (bufferUrl !== undefined && isEvent && !readEnd(input)) {
      await sendToQueue({ sendMessage, bucket }, bufferUrl, input);
      return { handedOn: "buffer" };
    }
    const isAwaited = context.waitsForTask && !isEvent;
    if (isAwaited || Buffer.byteLength(toJson(input)) <= maxMessageBytes - failureRecordBytes)
      return undefined;
    const { awsRequestId: requestId, functionName } = context.invocation;
    const requestPayload = await storeEvent(bucket, input);
    await invokeAsync(functionName, JSON.stringify({ requestContext: { requestId }, requestPayload }));
    return { handedOn: "reference" };
  };

  const handleDirectInvocation = async (
    input: unknown,
    context: InvocationContext,
  ): Promise<Result | NoLaunch> => {
    const from = { fallbackId: context.invocation.awsRequestId, deliveries: 1 };
    try {
      const forwarded = await forwardInput(input, context);
      if (forwarded) return forwarded;
    } catch (error) {
      context.labels.eventId = truncateName(findEventId({ event: input, fallbackId: from.fallbackId }));
      failedEvents.reportFailure(error, context);
      throw error;
    }
    const onFailure = context.waitsForTask && !readEnd(input) ? "throw" : "retry";
    return handleInput(input, from, context, onFailure);
  };

  const handleBatch = async (
    batch: readonly BatchMessage[],
    context: InvocationContext,
  ): Promise<SQSBatchResponse> => {
    const batchItemFailures: SQSBatchItemFailure[] = [];
    await Promise.all(
      batch.map(async ({ messageId, deliveries, body }) => {
        const from = { fallbackId: messageId, deliveries };
        const labels = { service: "unknown", eventId: truncateName(messageId) };
        const onFailure = deliveries >= maxDeliveries ? "sendToDlq" : "retry";
        const result = handleInput(fromJson(body), from, { ...context, labels }, onFailure);
        // The error is logged. SQS delivers the messages again that are named here.
        await result.catch(() => batchItemFailures.push({ itemIdentifier: messageId }));
      }),
    );
    return { batchItemFailures };
  };

  return async (
    input: unknown,
    context: InvocationContext,
  ): Promise<Result | NoLaunch | SQSBatchResponse> => {
    const batch = readBatch(input);
    if (batch === undefined) return handleDirectInvocation(input, context);
    const { invocation } = context;
    return handleBatch(batch, {
      ...context,
      rateLimit: createRateLimit(() => invocation.getRemainingTimeInMillis()),
    });
  };
};
