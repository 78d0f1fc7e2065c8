import type { ECSClient } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { APIGatewayProxyResult, SQSBatchItemFailure, SQSBatchResponse } from "aws-lambda";
import type { Bucket } from "../shared/bucket";
import { createDelivery, openEnvelope } from "../shared/envelope";
import { maxMessageBytes, storeEvent } from "../shared/event-reference";
import { PermanentError } from "../shared/failures";
import type { InvokeAsync } from "../shared/invoke-async";
import { fromJson, toJson } from "../shared/json";
import { createLog, type WriteLine, writeToStdout } from "../shared/log";
import { createMetricsEmitter } from "../shared/metrics";
import type { Sleep } from "../shared/poll";
import type { SendMessage } from "../shared/send-message";
import { createSharedDescribe } from "../shared/shared-describe";
import { type BatchMessage, readBatch } from "../shared/sqs-batch";
import { truncateName } from "../shared/text";
import { createIdempotencyKeys } from "./api-idempotency-keys";
import { type ApiRequest, readApiRequest, respond, respondToFailure, toDelivery } from "./api-request";
import type { StartTaskSettings } from "./environment";
import { findEventId } from "./event";
import { isFromEventBridge, sendToQueue } from "./event-queue";
import { createFailedEvents } from "./failed-events";
import { createHandleStartEvent } from "./handle-start-event";
import { createHandleTaskEnd } from "./handle-task-end";
import type { Invocation, InvocationContext } from "./invocation-context";
import { createLaunchRecords } from "./launch-records";
import { createLaunchTask } from "./launch-task";
import { createRateLimits, unlimited } from "./rate-limit";
import type { Result } from "./result";
import { readStoppedTask } from "./task-outcome";

export type StartTaskParts = {
  ecs: ECSClient;
  elb: ElasticLoadBalancingV2Client;
  sendMessage: SendMessage;
  /** Payloads, launch records and events that are too long for a message. */
  bucket: Bucket;
  invokeAsync: InvokeAsync;
  environment: StartTaskSettings;
  /** AWS's time, in ms since 1970. */
  now: () => number;
  sleep: Sleep;
  /** Where log and metrics go. Default stdout. */
  write?: WriteLine;
};

/** After so many deliveries of a message, its event is sent to the DLQ. */
const maxDeliveries = 5;
/** Upper limit for the size of Lambda's failure record without the event. */
const failureRecordBytes = 8_192;
const hourMs = 3_600_000;

/**
 * The function `start-task`. Every event leads to one finished task, or to one DLQ message with the reason. Transient
 * errors are thrown, because Lambda retries only what is thrown. When the caller waits for the answer, permanent errors
 * are thrown too.
 */
export const createStartTask = (parts: StartTaskParts) => {
  const { ecs, sendMessage, bucket, invokeAsync, environment, now, sleep, write = writeToStdout } = parts;
  const { ROUTES: routes, TASK_WAIT_TIMEOUT: waitSeconds, BUFFER_QUEUE_URL: bufferUrl } = environment;
  const windowMs = environment.DEDUPLICATION_WINDOW_HOURS * hourMs;
  const log = createLog(environment.LOG_LEVEL, write);
  const records = createLaunchRecords(bucket, windowMs, now, log);
  const idempotencyKeys = createIdempotencyKeys(bucket, windowMs, now);
  const failedEvents = createFailedEvents({ sendMessage, bucket, environment, log, now });
  const launchTask = createLaunchTask({ ecs, bucket, records, log, now });
  const handleStartEvent = createHandleStartEvent({ ...parts, launchTask });
  const handleTaskEnd = createHandleTaskEnd({
    ecs,
    bucket,
    records,
    routes,
    failedEvents,
    handleStartEvent,
    log,
  });
  const createRateLimit = createRateLimits(now, sleep);

  const handleApiRequest = async (
    request: ApiRequest,
    context: InvocationContext,
  ): Promise<APIGatewayProxyResult> => {
    try {
      const { idempotency, ...delivery } = toDelivery(request);
      const result = await handleStartEvent(delivery, context, async () => {
        if (idempotency) await idempotencyKeys.claim(idempotency);
      });
      return "body" in result ? respond(200, result.body) : respond(202, result);
    } catch (error) {
      failedEvents.reportFailure(error, context);
      return respondToFailure(error);
    }
  };

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
  ): Promise<Result> => {
    let delivery = createDelivery(input, from);
    try {
      delivery = await openEnvelope(input, { ...from, bucket });
      const stopped = readStoppedTask(delivery.event);
      return stopped
        ? await handleTaskEnd(stopped, delivery, context)
        : await handleStartEvent(delivery, context);
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
  const forwardInput = async (input: unknown, context: InvocationContext): Promise<Result | undefined> => {
    const isEvent = isFromEventBridge(input);
    if (bufferUrl !== undefined && isEvent && !readStoppedTask(input)) {
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

  const handleDirectInvocation = async (input: unknown, context: InvocationContext): Promise<Result> => {
    const from = { fallbackId: context.invocation.awsRequestId, deliveries: 1 };
    try {
      const forwarded = await forwardInput(input, context);
      if (forwarded) return forwarded;
    } catch (error) {
      context.labels.eventId = truncateName(findEventId({ event: input, fallbackId: from.fallbackId }));
      failedEvents.reportFailure(error, context);
      throw error;
    }
    const onFailure = context.waitsForTask && !readStoppedTask(input) ? "throw" : "retry";
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
    invocation: Invocation,
  ): Promise<Result | SQSBatchResponse | APIGatewayProxyResult> => {
    const context: InvocationContext = {
      invocation,
      emit: createMetricsEmitter(invocation.functionName, now, write),
      rateLimit: unlimited,
      describeTaskAfter: createSharedDescribe(ecs, sleep),
      waitsForTask: waitSeconds !== undefined,
      labels: { service: "unknown", eventId: invocation.awsRequestId },
    };
    const request = readApiRequest(input);
    if (request) return handleApiRequest(request, context);
    const batch = readBatch(input);
    if (batch === undefined) return handleDirectInvocation(input, context);
    return handleBatch(batch, {
      ...context,
      rateLimit: createRateLimit(() => invocation.getRemainingTimeInMillis()),
    });
  };
};
