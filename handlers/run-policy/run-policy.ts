import type { ECSClient } from "@aws-sdk/client-ecs";
import type { SQSBatchResponse } from "aws-lambda";
import { findingVariables } from "../../container-contract/launch-environment";
import { createFailedEvents } from "../launch/failed-events";
import { createHandleTaskEnd } from "../launch/handle-task-end";
import type { Invocation } from "../launch/invocation-context";
import { createLaunchRecords } from "../launch/launch-records";
import { createLaunchTask } from "../launch/launch-task";
import { createQueueLaunch } from "../launch/queue-launch";
import { unlimited } from "../launch/rate-limit";
import { createReceiveEvents } from "../launch/receive-events";
import type { NoLaunch } from "../launch/result";
import { readStoppedTaskOrReport } from "../launch/task-outcome";
import type { Bucket } from "../shared/bucket";
import type { InvokeAsync } from "../shared/invoke-async";
import { createLog, type WriteLine, writeToStdout } from "../shared/log";
import { createMetricsEmitter } from "../shared/metrics";
import type { Sleep } from "../shared/poll";
import type { SendMessage } from "../shared/send-message";
import type { VersionedBucket } from "../shared/versioned-bucket";
import { createCooldowns } from "./cooldowns";
import { createRoute, findReportQueue, type RunPolicySettings } from "./environment";
import { createHandleFindingEvent } from "./handle-finding-event";
import { createLaunchRun } from "./launch-run";
import { createMappingFile } from "./mapping-file";
import { restoreEvent } from "./restore-event";
import type { PolicyRuns } from "./result";
import { describeRunEvent } from "./run-event";

export type RunPolicyParts = {
  ecs: ECSClient;
  sendMessage: SendMessage;
  /** Payloads, launch records and events that are too long for a message. */
  bucket: Bucket;
  /** The same bucket, for cooldowns. */
  cooldownBucket: VersionedBucket;
  /** Policies and the mapping file. */
  policies: VersionedBucket;
  invokeAsync: InvokeAsync;
  environment: RunPolicySettings;
  /** AWS's time, in ms since 1970. */
  now: () => number;
  sleep: Sleep;
  /** Where log and metrics go. Default stdout. */
  write?: WriteLine;
};

const hourMs = 3_600_000;

/**
 * The function `run-policy`. For every finding of an event and each of its resources, a mapping file selects policies, and
 * each of them runs once, in a task of its own or by a worker that takes it from a queue. What cannot be run is in the DLQ with the reason.
 */
export const createRunPolicy = (parts: RunPolicyParts) => {
  const { bucket, cooldownBucket, policies, environment, now, write = writeToStdout } = parts;
  const { SERVICE: service, POLICY_MAPPING_KEY: mappingKey, RUN_QUEUE_URL: queueUrl } = environment;
  const route = createRoute(environment);
  const log = createLog(environment.LOG_LEVEL, write);
  const shared = {
    ...parts,
    log,
    records: createLaunchRecords(bucket, environment.DEDUPLICATION_WINDOW_HOURS * hourMs, now, log),
    payloadVariables: findingVariables,
  };
  const failedEvents = createFailedEvents(shared);
  const launchRun = createLaunchRun({
    ...shared,
    cooldowns: createCooldowns(cooldownBucket, now),
    launchTask:
      queueUrl === undefined
        ? createLaunchTask(shared)
        : createQueueLaunch(shared, queueUrl, findReportQueue(environment)),
    route,
  });
  const mappingFile = createMappingFile(policies, mappingKey, now, log);
  const handleEvent = createHandleFindingEvent({ ...shared, mappingFile, launchRun, failedEvents });
  const routes = { [service]: route };
  const handleTaskEnd = createHandleTaskEnd({
    ...shared,
    routes,
    restoreEvent,
    failedEvents,
    handleEvent,
    describeEvent: describeRunEvent,
  });
  const receiveEvents = createReceiveEvents({
    ...parts,
    failedEvents,
    handleEvent,
    handleTaskEnd,
    ...(queueUrl !== undefined && { readEnd: readStoppedTaskOrReport }),
  });

  return (input: unknown, invocation: Invocation): Promise<PolicyRuns | NoLaunch | SQSBatchResponse> =>
    receiveEvents(input, {
      invocation,
      emit: createMetricsEmitter(invocation.functionName, now, write),
      rateLimit: unlimited,
      waitsForTask: false,
      labels: { service, eventId: invocation.awsRequestId },
    });
};
