import type { ECSClient } from "@aws-sdk/client-ecs";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Context, SQSBatchItemFailure, SQSBatchResponse } from "aws-lambda";
import { createDeadLetters } from "../shared/dead-letter";
import { type Delivery, openBatch, openEnvelope } from "../shared/envelope";
import { Rejection } from "../shared/failures";
import { createLog, errorFields, type WriteLine, writeToStdout } from "../shared/log";
import { createMetrics, type Metric } from "../shared/metrics";
import type { Payloads } from "../shared/payload";
import type { StartTaskSettings } from "./environment";
import { idOf, readEvent } from "./event";
import { launchOf } from "./launch";
import { findTarget } from "./route";
import { runTask } from "./run-task";

export type StartTaskParts = {
  ecs: ECSClient;
  sqs: SQSClient;
  payloads: Payloads;
  environment: StartTaskSettings;
  /** The time by AWS's clock, in ms since 1970. */
  now: () => number;
  /** Where log and metrics go. Default stdout. */
  write?: WriteLine;
};

/** `duplicate`: the event had launched this task before. */
export type Launched = { service: string; taskArn: string; duplicate: boolean };
export type Rejected = { rejected: string };
export type Outcome = Launched | Rejected;

type Invocation = Pick<Context, "awsRequestId" | "functionName" | "invokedFunctionArn">;

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
 */
export const createStartTask = ({
  ecs,
  sqs,
  payloads,
  environment,
  now,
  write = writeToStdout,
}: StartTaskParts) => {
  const log = createLog(environment.LOG_LEVEL, write);
  const deadLetters = createDeadLetters(sqs, environment.DEAD_LETTER_QUEUE_URL, now);

  const startOne = async (delivery: Delivery, invocation: Invocation): Promise<Outcome> => {
    const eventId = idOf(delivery);
    const emit = createMetrics(invocation.functionName, now, write);
    let service = "unknown";
    try {
      const event = readEvent(delivery);
      const target = findTarget(environment.ROUTES, event.detail);
      service = target.service;
      const { request, payload } = launchOf(event, target, environment.PAYLOAD_BUCKET);
      if (payload) await payloads.put(payload);
      const { taskArn, duplicate } = await runTask(ecs, request, now);

      log.info(duplicate ? "event has its task already" : "task launched", { eventId, service, taskArn });
      emit(duplicate ? [countOne("Duplicates", service)] : [countOne("Launches", service)]);
      if (!duplicate && event.time !== undefined) {
        emit([{ name: "LaunchLatency", value: now() - event.time, unit: "Milliseconds", service }]);
      }
      return { service, taskArn, duplicate };
    } catch (error) {
      emit([countOne("Failures", service, error instanceof Error ? error.name : "Error")]);
      if (!(error instanceof Rejection)) {
        log.error("launch failed, to be tried again", { eventId, service, ...errorFields(error) });
        throw error;
      }
      log.error("event rejected", { eventId, service, reason: error.name, errorMessage: error.message });
      await deadLetters.send({
        requestId: delivery.fallbackId,
        functionArn: invocation.invokedFunctionArn,
        invokeCount: delivery.deliveries,
        event: delivery.event,
        reason: { errorType: error.name, errorMessage: error.message },
      });
      return { rejected: error.message };
    }
  };

  return async (input: unknown, invocation: Invocation): Promise<Outcome | SQSBatchResponse> => {
    const batch = openBatch(input);
    if (batch === undefined) return startOne(openEnvelope(input, invocation.awsRequestId), invocation);

    const batchItemFailures: SQSBatchItemFailure[] = [];
    for (const { messageId, delivery } of batch) {
      // Logged by startOne; SQS hands over again what is named here.
      await startOne(delivery, invocation).catch(() => batchItemFailures.push({ itemIdentifier: messageId }));
    }
    return { batchItemFailures };
  };
};
