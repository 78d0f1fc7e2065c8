import type { ECSClient } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { APIGatewayProxyResult, SQSBatchResponse } from "aws-lambda";
import { eventVariables } from "../../container-contract/launch-environment";
import { createFailedEvents } from "../launch/failed-events";
import { createHandleTaskEnd } from "../launch/handle-task-end";
import type { Invocation, InvocationContext } from "../launch/invocation-context";
import { createLaunchRecords } from "../launch/launch-records";
import { createLaunchTask } from "../launch/launch-task";
import { unlimited } from "../launch/rate-limit";
import { createReceiveEvents } from "../launch/receive-events";
import type { Bucket } from "../shared/bucket";
import type { InvokeAsync } from "../shared/invoke-async";
import { createLog, type WriteLine, writeToStdout } from "../shared/log";
import { createMetricsEmitter } from "../shared/metrics";
import type { Sleep } from "../shared/poll";
import type { SendMessage } from "../shared/send-message";
import { createIdempotencyKeys } from "./api-idempotency-keys";
import { type ApiRequest, readApiRequest, respond, respondToFailure, toDelivery } from "./api-request";
import type { StartTaskSettings } from "./environment";
import { createHandleStartEvent } from "./handle-start-event";
import { createRestoreEvent } from "./restore-event";
import type { Result } from "./result";

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

const hourMs = 3_600_000;

/**
 * The function `start-task`. Every event leads to one finished task, or to one DLQ message with the reason.
 */
export const createStartTask = (parts: StartTaskParts) => {
  const { bucket, environment, now, write = writeToStdout } = parts;
  const { ROUTES: routes, TASK_WAIT_TIMEOUT: waitSeconds } = environment;
  const windowMs = environment.DEDUPLICATION_WINDOW_HOURS * hourMs;
  const log = createLog(environment.LOG_LEVEL, write);
  const shared = {
    ...parts,
    log,
    records: createLaunchRecords(bucket, windowMs, now, log),
    payloadVariables: eventVariables,
  };
  const idempotencyKeys = createIdempotencyKeys(bucket, windowMs, now);
  const failedEvents = createFailedEvents(shared);
  const handleEvent = createHandleStartEvent({ ...parts, launchTask: createLaunchTask(shared) });
  const handleTaskEnd = createHandleTaskEnd({
    ...shared,
    routes,
    restoreEvent: createRestoreEvent(routes),
    failedEvents,
    handleEvent,
  });
  const receiveEvents = createReceiveEvents({ ...parts, failedEvents, handleEvent, handleTaskEnd });

  const handleApiRequest = async (
    request: ApiRequest,
    context: InvocationContext,
  ): Promise<APIGatewayProxyResult> => {
    try {
      const { idempotency, ...delivery } = toDelivery(request);
      const result = await handleEvent(delivery, context, async () => {
        if (idempotency) await idempotencyKeys.claim(idempotency);
      });
      return "body" in result ? respond(result.statusCode, result.body) : respond(202, result);
    } catch (error) {
      failedEvents.reportFailure(error, context);
      return respondToFailure(error);
    }
  };

  return async (
    input: unknown,
    invocation: Invocation,
  ): Promise<Result | SQSBatchResponse | APIGatewayProxyResult> => {
    const context: InvocationContext = {
      invocation,
      emit: createMetricsEmitter(invocation.functionName, now, write),
      rateLimit: unlimited,
      waitsForTask: waitSeconds !== undefined,
      labels: { service: "unknown", eventId: invocation.awsRequestId },
    };
    const request = readApiRequest(input);
    return request ? handleApiRequest(request, context) : receiveEvents(input, context);
  };
};
