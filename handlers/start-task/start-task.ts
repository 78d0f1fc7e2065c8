import type { ECSClient } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { APIGatewayProxyResult, SQSBatchItemFailure, SQSBatchResponse } from "aws-lambda";
import type { Bucket } from "../shared/bucket";
import { firstDelivery, openEnvelope } from "../shared/envelope";
import { maxMessageBytes, storeEvent } from "../shared/event-reference";
import { Rejection } from "../shared/failures";
import type { InvokeAsync } from "../shared/invoke-async";
import { fromJson, toJson } from "../shared/json";
import { createLog, type WriteLine, writeToStdout } from "../shared/log";
import { createMetrics } from "../shared/metrics";
import type { Sleep } from "../shared/poll";
import { type BatchMessage, readBatch } from "../shared/sqs-batch";
import { createTaskWatch } from "../shared/task-watch";
import { cutName } from "../shared/text";
import { type ApiRequest, deliveryOf, readApiRequest, respond, respondToFailure } from "./api-request";
import type { Around, Invocation } from "./around";
import { createEndTask } from "./end-task";
import type { StartTaskSettings } from "./environment";
import { idOf } from "./event";
import { isFromEventBridge, sendToQueue } from "./event-queue";
import { createFailedEvents } from "./failed-events";
import { createIdempotencyKeys } from "./idempotency-keys";
import { createLaunchRecords } from "./launch-records";
import { createLauncher } from "./launcher";
import { readStoppedTask } from "./outcome";
import { atOnce, createPaces } from "./pace";
import type { Result } from "./result";
import { createServeEvent } from "./serve-event";

export type StartTaskParts = {
  ecs: ECSClient;
  elb: ElasticLoadBalancingV2Client;
  sqs: SQSClient;
  /** Payloads, launch records and events that are too long for a message. */
  bucket: Bucket;
  invokeAsync: InvokeAsync;
  environment: StartTaskSettings;
  /** The time by AWS's clock, in ms since 1970. */
  now: () => number;
  sleep: Sleep;
  /** Where log and metrics go. Default stdout. */
  write?: WriteLine;
};

/** A message is received so often before its event goes to the dead-letter queue. */
const maxReceives = 5;
/** What Lambda's record of a failed invocation has beside the event, at most. */
const recordBytes = 8_192;
const hourMs = 3_600_000;

/**
 * The function `start-task`: every event ends in one task that has finished, or in one message in the dead-letter queue
 * with the reason. What a retry may cure is thrown, never returned: whatever a function returns is a success to Lambda.
 * A function that waits throws everything, because somebody waits with it and is told.
 */
export const createStartTask = (parts: StartTaskParts) => {
  const { ecs, sqs, bucket, invokeAsync, environment, now, sleep, write = writeToStdout } = parts;
  const { ROUTES: routes, TASK_WAIT_TIMEOUT: waitSeconds, BUFFER_QUEUE_URL: bufferUrl } = environment;
  const windowMs = environment.DEDUPLICATION_WINDOW_HOURS * hourMs;
  const log = createLog(environment.LOG_LEVEL, write);
  const records = createLaunchRecords(bucket, windowMs, now, log);
  const idempotencyKeys = createIdempotencyKeys(bucket, windowMs, now);
  const failedEvents = createFailedEvents({ sqs, bucket, environment, log, now });
  const launch = createLauncher({ ecs, bucket, records, log, now });
  const serve = createServeEvent({ ...parts, launch });
  const endTask = createEndTask({ ecs, bucket, records, routes, failedEvents, serve, log });
  const paceFor = createPaces(now, sleep);

  const answer = async (request: ApiRequest, around: Around): Promise<APIGatewayProxyResult> => {
    try {
      const { idempotency, ...delivery } = deliveryOf(request);
      const served = await serve(delivery, around, async () => {
        if (idempotency) await idempotencyKeys.claim(idempotency);
      });
      return "body" in served ? respond(200, served.body) : respond(202, served);
    } catch (error) {
      failedEvents.report(error, around);
      return respondToFailure(error);
    }
  };

  /**
   * Opens an input and serves it.
   * @param onFailure `throw` everything, because somebody waits and is told; `retry`: throw what a retry may cure and
   * send the rest to the dead-letter queue; `reject`: send everything there, for there is no other try
   * @throws accordingly, after it was reported
   */
  const serveInput = async (
    input: unknown,
    from: { fallbackId: string; deliveries: number },
    around: Around,
    onFailure: "throw" | "retry" | "reject",
  ): Promise<Result> => {
    let delivery = firstDelivery(input, from);
    try {
      delivery = await openEnvelope(input, { ...from, bucket });
      const stopped = readStoppedTask(delivery.event);
      return stopped ? await endTask(stopped, delivery, around) : await serve(delivery, around);
    } catch (error) {
      failedEvents.report(error, around);
      const isFinal = onFailure === "reject" || (onFailure === "retry" && error instanceof Rejection);
      if (isFinal) return failedEvents.reject(delivery, around, error);
      throw error;
    }
  };

  /**
   * Hands on what this invocation should not serve itself: an event that is to wait in the buffer, or one that is too
   * long for the record that Lambda would keep of it if this failed for good.
   * @returns undefined for an input that is to be served here
   */
  const handOn = async (input: unknown, around: Around): Promise<Result | undefined> => {
    const isEvent = isFromEventBridge(input);
    if (bufferUrl !== undefined && isEvent && !readStoppedTask(input)) {
      await sendToQueue({ sqs, bucket }, bufferUrl, input);
      return { handedOn: "buffer" };
    }
    const someoneWaits = around.waits && !isEvent;
    if (someoneWaits || Buffer.byteLength(toJson(input)) <= maxMessageBytes - recordBytes) return undefined;
    const { awsRequestId: requestId, functionName } = around.invocation;
    const requestPayload = await storeEvent(bucket, input);
    await invokeAsync(functionName, JSON.stringify({ requestContext: { requestId }, requestPayload }));
    return { handedOn: "reference" };
  };

  const serveDirectly = async (input: unknown, around: Around): Promise<Result> => {
    const from = { fallbackId: around.invocation.awsRequestId, deliveries: 1 };
    try {
      const handedOn = await handOn(input, around);
      if (handedOn) return handedOn;
    } catch (error) {
      around.about.eventId = cutName(idOf({ event: input, fallbackId: from.fallbackId }));
      failedEvents.report(error, around);
      throw error;
    }
    const onFailure = around.waits && !readStoppedTask(input) ? "throw" : "retry";
    return serveInput(input, from, around, onFailure);
  };

  const serveBatch = async (batch: readonly BatchMessage[], around: Around): Promise<SQSBatchResponse> => {
    const batchItemFailures: SQSBatchItemFailure[] = [];
    await Promise.all(
      batch.map(async ({ messageId, deliveries, body }) => {
        const from = { fallbackId: messageId, deliveries };
        const about = { service: "unknown", eventId: cutName(messageId) };
        const onFailure = deliveries >= maxReceives ? "reject" : "retry";
        const served = serveInput(fromJson(body), from, { ...around, about }, onFailure);
        // Logged by then; SQS hands over again what is named here.
        await served.catch(() => batchItemFailures.push({ itemIdentifier: messageId }));
      }),
    );
    return { batchItemFailures };
  };

  return async (
    input: unknown,
    invocation: Invocation,
  ): Promise<Result | SQSBatchResponse | APIGatewayProxyResult> => {
    const around: Around = {
      invocation,
      emit: createMetrics(invocation.functionName, now, write),
      pace: atOnce,
      watch: createTaskWatch(ecs, sleep),
      waits: waitSeconds !== undefined,
      about: { service: "unknown", eventId: invocation.awsRequestId },
    };
    const request = readApiRequest(input);
    if (request) return answer(request, around);
    const batch = readBatch(input);
    if (batch === undefined) return serveDirectly(input, around);
    return serveBatch(batch, { ...around, pace: paceFor(() => invocation.getRemainingTimeInMillis()) });
  };
};
