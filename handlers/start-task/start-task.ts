import type { ECSClient } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { APIGatewayProxyResult, Context, SQSBatchItemFailure, SQSBatchResponse } from "aws-lambda";
import type { Bucket } from "../shared/bucket";
import { createDeadLetterQueue, type FailedEvent, failureRecord } from "../shared/dead-letter";
import {
  type BatchMessage,
  type Delivery,
  noEarlierEnds,
  openEnvelope,
  readBatch,
  shortId,
} from "../shared/envelope";
import { longestMessage, storeEvent } from "../shared/event-reference";
import { Rejection } from "../shared/failures";
import type { InvokeAsync } from "../shared/invoke-async";
import { fromJson, toJson } from "../shared/json";
import { createLog, errorFields, type WriteLine, writeToStdout } from "../shared/log";
import { createMetrics, type EmitMetrics, type Metric } from "../shared/metrics";
import type { Sleep } from "../shared/poll";
import { createTaskWatch, type TaskWatch } from "../shared/task-watch";
import { cutName, cutReason } from "../shared/text";
import { type ApiRequest, deliveryOf, readApiRequest, respond, respondToFailure } from "./api-request";
import type { StartTaskSettings } from "./environment";
import { idOf, readEvent, type StartEvent } from "./event";
import { isFromEventBridge, sendToQueue } from "./event-queue";
import { type FollowUp, followUpOf, maxStarts } from "./follow-up";
import { createIdempotencyKeys } from "./idempotency-keys";
import { createLaunchRecords, type TaskEnd } from "./launch-records";
import { createLauncher } from "./launcher";
import { mayStartLater, outcomeOf, readStoppedTask, reasonOf, type StoppedTask } from "./outcome";
import { atOnce, createPaces, type Pace } from "./pace";
import { findTarget, type Target } from "./route";
import { type Arrived, arrive, type Waiting, waitForTask } from "./wait";

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

/** `duplicate`: the event had launched this task before. */
export type Launched = { service: string; taskArn: string; duplicate: boolean };
/** The answer of a launch that was waited for. */
export type Answered = { statusCode: 200; body: Arrived };
export type Rejected = { rejected: string };
/** An event that is not for this function, or has been dealt with. */
export type Ignored = { ignored: string };
/** The event comes back to this function, from its queue or by reference. */
export type HandedOn = { handedOn: "buffer" | "retry" | "reference" };
/** A task has ended, and nothing follows from it. */
export type EndedTask = { service: string; taskArn: string; end: TaskEnd };
export type Result = Launched | Answered | Rejected | Ignored | HandedOn | EndedTask;

type Invocation = Pick<
  Context,
  "awsRequestId" | "functionName" | "invokedFunctionArn" | "getRemainingTimeInMillis"
>;

/** What holds for everything that one invocation does. */
type Around = {
  invocation: Invocation;
  emit: EmitMetrics;
  pace: Pace;
  watch: TaskWatch;
  /** Whether launches are waited for. */
  waits: boolean;
  /** What the input at hand is about, as far as that is known: for logs and metrics of its failure. */
  about: { service: string; eventId: string };
};

/** A message is received so often before its event goes to the dead-letter queue. */
const maxReceives = 5;
/** What a waiting function needs to answer, before Lambda ends it. */
const reserveMs = 10_000;
/** What Lambda's record of a failed invocation, or a record of ours, has beside the event, at most. */
const recordBytes = 8_192;
const hourMs = 3_600_000;

const metricOfEnd: Readonly<Record<Exclude<TaskEnd, "unstarted">, string>> = {
  succeeded: "TasksSucceeded",
  failed: "TasksFailed",
  interrupted: "TasksInterrupted",
  stopped: "TasksStopped",
};

const countOne = (name: string, service: string, reason?: string): Metric => ({
  name,
  value: 1,
  unit: "Count",
  service,
  reason,
});

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "Error");

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
  const deadLetterQueue = createDeadLetterQueue(sqs, environment.DEAD_LETTER_QUEUE_URL, now, bucket);
  const records = createLaunchRecords(bucket, windowMs, now, log);
  const idempotencyKeys = createIdempotencyKeys(bucket, windowMs, now);
  const launch = createLauncher({ ecs, bucket, records, log, now });
  const paceFor = createPaces(now, sleep);

  const launchAndWait = async (
    event: StartEvent,
    target: Target,
    first: Delivery,
    around: Around,
  ): Promise<Arrived> => {
    const timeLeft = around.invocation.getRemainingTimeInMillis() - reserveMs;
    const until = now() + Math.min((waitSeconds ?? 0) * 1000, timeLeft);
    const waiting: Waiting = { ...parts, watch: around.watch, until, waitFor: environment.WAIT_FOR };
    for (let delivery = first; ; ) {
      const started = await launch({ event, target, delivery }, around);
      const seen = await waitForTask(waiting, target, started);
      const { route } = target;
      const ended = seen.task.lastStatus === "STOPPED";
      if (!ended || outcomeOf(seen.task, route.essential ?? [route.container]).end !== "unstarted") {
        return arrive(waiting, target, seen);
      }
      // The rule on tasks that have stopped asks for the same launch: whoever is second adopts the task.
      const unstarted = delivery.earlierEnds.unstarted + 1;
      if (unstarted >= maxStarts || !mayStartLater(seen.task)) {
        throw new Rejection(
          "TaskFailedToStart",
          `task ${started.taskArn} failed to start: ${reasonOf(seen.task)} (attempt ${delivery.attempt})`,
        );
      }
      delivery = {
        ...delivery,
        attempt: delivery.attempt + 1,
        earlierEnds: { ...delivery.earlierEnds, unstarted },
      };
    }
  };

  const reportFailure = (error: unknown, { about: { service, eventId }, emit }: Around): void => {
    emit([countOne("Failures", service, nameOf(error))]);
    log.error("event is not served", { eventId: cutName(eventId), service, ...errorFields(error) });
  };

  /** @throws whatever keeps the event from its task */
  const serve = async (
    delivery: Delivery,
    around: Around,
    before: () => Promise<void> = async () => {},
  ): Promise<Launched | Answered> => {
    around.about.eventId = idOf(delivery);
    const event = readEvent(delivery);
    const target = findTarget(routes, event.detail, around.invocation.invokedFunctionArn);
    const { service } = target;
    around.about.service = service;
    await before();
    if (around.waits) return { statusCode: 200, body: await launchAndWait(event, target, delivery, around) };
    return { service, ...(await launch({ event, target, delivery }, around)) };
  };

  const failedEvent = (
    { fallbackId, deliveries, event, attempt }: Delivery,
    { invocation }: Around,
    error: unknown,
  ): FailedEvent => ({
    requestId: shortId(fallbackId),
    functionArn: invocation.invokedFunctionArn,
    invokeCount: deliveries,
    event,
    condition: error instanceof Rejection ? "Rejected" : "RetriesExhausted",
    reason: {
      errorType: nameOf(error),
      errorMessage: error instanceof Error ? error.message : String(error),
      // The launch that could not be made is made again by a redrive, not the one after it.
      ...(attempt > 1 && { attempt: attempt - 1 }),
    },
  });

  const reject = async (delivery: Delivery, around: Around, error: unknown): Promise<Rejected> => {
    reportFailure(error, around);
    const failed = failedEvent(delivery, around, error);
    await deadLetterQueue.send(failed);
    return { rejected: failed.reason.errorMessage };
  };

  /** Hands an event back to this function after a delay, as a redrive would. */
  const retryLater = async (again: Delivery, delaySeconds: number, error: Error, around: Around) => {
    const { RETRY_QUEUE_URL: QueueUrl } = environment;
    if (QueueUrl === undefined) {
      throw new Rejection(
        "RetryQueueMissing",
        "RETRY_QUEUE_URL: expected a queue for routes whose onFailure is retry",
      );
    }
    const { reason, ...failed } = failedEvent(again, around, error);
    const retry = { ...failed, reason: { ...reason, earlierEnds: again.earlierEnds } };
    const MessageBody = await failureRecord(retry, now(), bucket);
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds: delaySeconds }));
  };

  /** @throws what a retry may cure */
  const launchAgain = async (again: Delivery, around: Around): Promise<Result> => {
    try {
      return await serve(again, around);
    } catch (error) {
      if (error instanceof Rejection) return reject(again, around, error);
      throw error;
    }
  };

  const act = async (
    { next, service }: FollowUp,
    taskArn: string,
    end: TaskEnd,
    around: Around,
  ): Promise<Result> => {
    switch (next.action) {
      case "none":
        return { service, taskArn, end };
      case "launch":
        log.warn("task is launched again", {
          service,
          taskArn,
          attempt: next.again.attempt,
          ...errorFields(next.reason),
        });
        return launchAgain(next.again, { ...around, waits: false });
      case "delay":
        log.warn("task is launched again later", {
          service,
          taskArn,
          attempt: next.again.attempt,
          delaySeconds: next.delaySeconds,
        });
        await retryLater(next.again, next.delaySeconds, next.reason, around);
        return { handedOn: "retry" };
      case "dead_letter": {
        const { event, eventId, attempt, reason } = next;
        const failed: Delivery = {
          event,
          fallbackId: eventId,
          deliveries: 1,
          // A redrive is the attempt after the one that has ended.
          attempt: attempt + 1,
          earlierEnds: noEarlierEnds,
        };
        return reject(failed, around, reason);
      }
    }
  };

  /** Deals with the end of a task. Its record keeps how it ended, so that an event that comes again changes nothing. */
  const endTask = async (stopped: StoppedTask, delivery: Delivery, around: Around): Promise<Result> => {
    const { taskArn } = stopped;
    around.about.eventId = taskArn;
    const { invokedFunctionArn } = around.invocation;
    const found = await followUpOf({ ecs, bucket, records, routes }, stopped, delivery, invokedFunctionArn);
    if ("ignored" in found) return found;
    const { service, outcome, launch: launched } = found;
    const { end, cause } = outcome;
    Object.assign(around.about, { service, eventId: launched?.record.eventId ?? taskArn });
    const result = await act(found, taskArn, end, around);
    const fields = { service, eventId: cutName(around.about.eventId), taskArn, end };
    if (end === "succeeded" || end === "stopped") log.info("task has ended", fields);
    else log.error("task has ended", { ...fields, cause, reason: cutReason(reasonOf(stopped)) });
    if (end !== "unstarted") around.emit([countOne(metricOfEnd[end], service, cause)]);
    if (launched) await records.replace(launched.id, { ...launched.record, outcome: end });
    return result;
  };

  const answer = async (request: ApiRequest, around: Around): Promise<APIGatewayProxyResult> => {
    try {
      const { idempotency, ...delivery } = deliveryOf(request);
      const served = await serve(delivery, around, async () => {
        if (idempotency) await idempotencyKeys.claim(idempotency);
      });
      return "body" in served ? respond(200, served.body) : respond(202, served);
    } catch (error) {
      reportFailure(error, around);
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
    let delivery: Delivery = { event: input, ...from, attempt: 1, earlierEnds: noEarlierEnds };
    try {
      delivery = await openEnvelope(input, { ...from, bucket });
      const stopped = readStoppedTask(delivery.event);
      return stopped ? await endTask(stopped, delivery, around) : await serve(delivery, around);
    } catch (error) {
      const isFinal = onFailure === "reject" || (onFailure === "retry" && error instanceof Rejection);
      if (isFinal) return reject(delivery, around, error);
      reportFailure(error, around);
      throw error;
    }
  };

  /** Sends an event that is too long, or has to wait, on a way that ends at this function again. */
  const handOn = async (input: unknown, around: Around): Promise<HandedOn | undefined> => {
    const isEvent = isFromEventBridge(input);
    if (bufferUrl !== undefined && isEvent && !readStoppedTask(input)) {
      await sendToQueue({ sqs, bucket }, bufferUrl, input);
      return { handedOn: "buffer" };
    }
    // Lambda's own record of what fails for good has to fit the dead-letter queue.
    if ((isEvent || !around.waits) && Buffer.byteLength(toJson(input)) > longestMessage - recordBytes) {
      const { awsRequestId: requestId, functionName } = around.invocation;
      const requestPayload = await storeEvent(bucket, input);
      await invokeAsync(functionName, JSON.stringify({ requestContext: { requestId }, requestPayload }));
      return { handedOn: "reference" };
    }
    return undefined;
  };

  const serveDirectly = async (input: unknown, around: Around): Promise<Result> => {
    const from = { fallbackId: around.invocation.awsRequestId, deliveries: 1 };
    try {
      const handedOn = await handOn(input, around);
      if (handedOn) return handedOn;
    } catch (error) {
      around.about.eventId = idOf({ event: input, fallbackId: from.fallbackId });
      reportFailure(error, around);
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
        const about = { service: "unknown", eventId: messageId };
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
    if (batch === undefined) {
      return serveDirectly(input, around);
    }
    return serveBatch(batch, { ...around, pace: paceFor(() => invocation.getRemainingTimeInMillis()) });
  };
};
