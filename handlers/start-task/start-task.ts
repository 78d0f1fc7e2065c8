import type { ECSClient } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { APIGatewayProxyResult, Context, SQSBatchItemFailure, SQSBatchResponse } from "aws-lambda";
import { createDeadLetters } from "../shared/dead-letter";
import { type Delivery, openBatch, openEnvelope } from "../shared/envelope";
import { Rejection } from "../shared/failures";
import { createLog, errorFields, type WriteLine, writeToStdout } from "../shared/log";
import { createMetrics, type Metric } from "../shared/metrics";
import type { Payloads } from "../shared/payload";
import type { Sleep } from "../shared/poll";
import type { StartTaskSettings } from "./environment";
import { idOf, readEvent, type StartEvent } from "./event";
import {
  aftermathOf,
  failedToStart,
  mayStartLater,
  mostAttempts,
  readStoppedTask,
  reasonOf,
  type StoppedTask,
} from "./failed-start";
import { launchOf } from "./launch";
import { atOnce, createPaces, type Pace } from "./pace";
import { deliveryOf, type ProxyEvent, readProxyEvent, respond, respondToFailure } from "./proxy";
import { findTarget, type Target } from "./route";
import { runTask, type Started } from "./run-task";
import { type Arrived, arrive, type Waiting, waitForTask } from "./wait";

export type StartTaskParts = {
  ecs: ECSClient;
  elb: ElasticLoadBalancingV2Client;
  sqs: SQSClient;
  payloads: Payloads;
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
/** An event that is no matter of this function's. */
export type Ignored = { ignored: string };
export type Outcome = Launched | Answered | Rejected | Ignored;

type Invocation = Pick<
  Context,
  "awsRequestId" | "functionName" | "invokedFunctionArn" | "getRemainingTimeInMillis"
>;

/** How one event is to be dealt with. */
type Manner = {
  invocation: Invocation;
  pace: Pace;
  waits: boolean;
};

/** Lambda's own retries come one and three minutes after the first try. */
const lastRetryAfterMs = 150_000;
/** A message is received so often before its event is given up. */
const mostDeliveries = 5;
/** What a waiting function needs to answer, before Lambda ends it. */
const reserveMs = 10_000;

const countOne = (name: string, service: string, reason?: string): Metric => ({
  name,
  value: 1,
  unit: "Count",
  service,
  reason,
});

/**
 * The function `start-task`: for every event exactly one task, or one dead letter with the reason.
 * What another try may cure is thrown, never returned: whatever a function returns is a success to Lambda.
 * A function that waits throws everything, because somebody waits with it and is told.
 */
export const createStartTask = (parts: StartTaskParts) => {
  const { ecs, sqs, payloads, environment, now, sleep, write = writeToStdout } = parts;
  const { ROUTES: routes, PAYLOAD_BUCKET: bucket, TASK_WAIT_TIMEOUT: waitSeconds } = environment;
  const log = createLog(environment.LOG_LEVEL, write);
  const deadLetters = createDeadLetters(sqs, environment.DEAD_LETTER_QUEUE_URL, now);
  const paceFor = createPaces(now, sleep);
  const metricsOf = ({ functionName }: Invocation) => createMetrics(functionName, now, write);

  const launch = async (
    event: StartEvent,
    target: Target,
    attempt: number,
    { invocation, pace }: Manner,
  ): Promise<Started> => {
    const { service } = target;
    const asked = launchOf(event, target, attempt, bucket, now());
    const { payload } = asked;
    if (payload) await payloads.put(payload);
    const started = await pace(() => runTask(ecs, asked, now));

    const { taskArn, duplicate } = started;
    log.info(duplicate ? "event has its task already" : "task launched", {
      eventId: event.id,
      service,
      taskArn,
    });
    const metrics = [countOne(duplicate ? "Duplicates" : "Launches", service)];
    if (!duplicate && event.time !== undefined) {
      metrics.push({ name: "LaunchLatency", value: now() - event.time, unit: "Milliseconds", service });
    }
    metricsOf(invocation)(metrics);
    return started;
  };

  const launchAndWait = async (
    event: StartEvent,
    target: Target,
    firstAttempt: number,
    manner: Manner,
  ): Promise<Arrived> => {
    const timeLeft = manner.invocation.getRemainingTimeInMillis() - reserveMs;
    const until = now() + Math.min((waitSeconds ?? 0) * 1000, timeLeft);
    const waiting: Waiting = { ...parts, until, waitFor: environment.WAIT_FOR };
    for (let attempt = firstAttempt; ; attempt++) {
      const started = await launch(event, target, attempt, manner);
      const seen = await waitForTask(waiting, target, started);
      if (seen.task.lastStatus !== "STOPPED" || !failedToStart(seen.task)) {
        return arrive(waiting, target, seen);
      }
      // The rule on tasks that fail to start asks for the same launch: whoever is second adopts the task.
      if (attempt < mostAttempts && mayStartLater(seen.task)) continue;
      throw new Rejection(
        "TaskFailedToStart",
        `task ${started.taskArn} failed to start: ${reasonOf(seen.task)} (attempt ${attempt})`,
      );
    }
  };

  /** @throws whatever keeps the event from its task */
  const serve = async (delivery: Delivery, manner: Manner): Promise<Launched | Answered> => {
    let service = "unknown";
    try {
      const event = readEvent(delivery);
      const target = findTarget(routes, event.detail);
      service = target.service;
      const { attempt } = delivery;
      if (manner.waits) return { statusCode: 200, body: await launchAndWait(event, target, attempt, manner) };
      return { service, ...(await launch(event, target, attempt, manner)) };
    } catch (error) {
      metricsOf(manner.invocation)([
        countOne("Failures", service, error instanceof Error ? error.name : "Error"),
      ]);
      log.error("event has no task", { eventId: idOf(delivery), service, ...errorFields(error) });
      throw error;
    }
  };

  const giveUp = async (delivery: Delivery, { invocation }: Manner, error: unknown): Promise<Rejected> => {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    await deadLetters.send({
      requestId: delivery.fallbackId,
      functionArn: invocation.invokedFunctionArn,
      invokeCount: delivery.deliveries,
      event: delivery.event,
      condition: error instanceof Rejection ? "Rejected" : "RetriesExhausted",
      reason: {
        errorType: name,
        errorMessage: message,
        ...(delivery.attempt > 1 && { attempt: delivery.attempt - 1 }),
      },
    });
    return { rejected: message };
  };

  /** @throws what another try may cure, unless this is the last one */
  const serveOrGiveUp = async (delivery: Delivery, manner: Manner, lastTry: boolean): Promise<Outcome> => {
    try {
      return await serve(delivery, manner);
    } catch (error) {
      if (error instanceof Rejection || lastTry) return giveUp(delivery, manner, error);
      throw error;
    }
  };

  const followUp = async (task: StoppedTask, delivery: Delivery, manner: Manner): Promise<Outcome> => {
    const found = await aftermathOf({ ecs, payloads, routes }, task, delivery).catch((error: unknown) => {
      if (error instanceof Rejection) return { again: delivery, giveUp: error, stoppedAt: 0 };
      throw error;
    });
    if ("ignored" in found) return found;
    const { again, giveUp: reason, stoppedAt } = found;
    const fields = { eventId: idOf(again), service: task.group, taskArn: task.taskArn };
    if (reason) {
      log.error("task failed to start for good", { ...fields, ...errorFields(reason) });
      return giveUp(again, manner, reason);
    }
    log.warn("task failed to start, launching again", { ...fields, attempt: again.attempt });
    // Later, nobody can tell any more what the task was for: ECS forgets it after an hour.
    const lastTry = now() - stoppedAt > lastRetryAfterMs;
    return serveOrGiveUp(again, { ...manner, waits: false }, lastTry);
  };

  const answer = async (request: ProxyEvent, manner: Manner): Promise<APIGatewayProxyResult> => {
    try {
      const served = await serve(deliveryOf(request), manner);
      return "body" in served ? respond(200, served.body) : respond(202, served);
    } catch (error) {
      return respondToFailure(error);
    }
  };

  return async (
    input: unknown,
    invocation: Invocation,
  ): Promise<Outcome | SQSBatchResponse | APIGatewayProxyResult> => {
    const manner: Manner = { invocation, pace: atOnce, waits: waitSeconds !== undefined };
    const request = readProxyEvent(input);
    if (request) return answer(request, manner);

    const batch = openBatch(input);
    if (batch === undefined) {
      const delivery = openEnvelope(input, invocation.awsRequestId);
      const task = readStoppedTask(delivery.event);
      if (task) return followUp(task, delivery, manner);
      return manner.waits ? serve(delivery, manner) : serveOrGiveUp(delivery, manner, false);
    }

    const patient = { ...manner, pace: paceFor(() => invocation.getRemainingTimeInMillis()) };
    const batchItemFailures: SQSBatchItemFailure[] = [];
    await Promise.all(
      batch.map(async ({ messageId, delivery }) => {
        const task = readStoppedTask(delivery.event);
        const outcome = task
          ? followUp(task, delivery, patient)
          : serveOrGiveUp(delivery, patient, delivery.deliveries >= mostDeliveries);
        // Logged by then; SQS hands over again what is named here.
        await outcome.catch(() => batchItemFailures.push({ itemIdentifier: messageId }));
      }),
    );
    return { batchItemFailures };
  };
};
