import type { ECSClient } from "@aws-sdk/client-ecs";
import type { Bucket } from "../shared/bucket";
import type { Log, LogFields } from "../shared/log";
import type { Metric } from "../shared/metrics";
import { truncateName } from "../shared/text";
import type { InvocationContext } from "./invocation-context";
import type { Launch, PayloadVariables } from "./launch";
import type { LaunchRecords } from "./launch-records";
import { runTask, type StartedTask } from "./run-task";
import { createLaunchRequest } from "./run-task-request";

const dayMs = 24 * 3_600_000;

export type LaunchTaskParts = {
  ecs: ECSClient;
  bucket: Bucket;
  records: LaunchRecords;
  payloadVariables: PayloadVariables;
  log: Log;
  /** AWS's time, in ms since 1970. */
  now: () => number;
};

/**
 * Launches the task of an event exactly once. It looks up the launch record, calls RunTask with a client token made of
 * the event, then writes the record. Until the record exists, ECS detects a repeated launch by the token. ECS forgets the
 * token after an hour; by then the record exists, because `handleTaskEnd` writes a missing one.
 */
export type LaunchTask = (
  launch: Launch,
  context: Pick<InvocationContext, "rateLimit" | "emit">,
  logFields?: LogFields,
) => Promise<StartedTask>;

export const createLaunchTask = ({
  ecs,
  bucket,
  records,
  payloadVariables,
  log,
  now,
}: LaunchTaskParts): LaunchTask => {
  const launchOnce = async (
    launch: Launch,
    rateLimit: InvocationContext["rateLimit"],
  ): Promise<StartedTask> => {
    const { event, resolved, delivery, hasNoRecord } = launch;
    const { attempt, earlierEnds } = delivery;
    const request = createLaunchRequest(launch, { payloadVariables, payloadBucket: bucket.name }, now());
    const record = hasNoRecord ? undefined : await records.readCurrent(request.launchId);
    if (record) return { taskArn: record.taskArn, duplicate: true };
    if (request.payload) await bucket.put(request.payload.key, request.payload.body);
    const started = await rateLimit(() => runTask(ecs, request, now));
    await records.add(request.launchId, {
      taskArn: started.taskArn,
      eventId: event.id,
      service: resolved.service,
      attempt,
      earlierEnds,
      launchedAt: new Date(now()).toISOString(),
      event: delivery.event,
    });
    return started;
  };

  return async (launch, { rateLimit, emit }, logFields) => {
    const { event, resolved, delivery } = launch;
    const { service } = resolved;
    const started = await launchOnce(launch, rateLimit);
    const { taskArn, duplicate } = started;
    log.info(duplicate ? "duplicate event: its task exists" : "task launched", {
      eventId: truncateName(event.id),
      service,
      ...logFields,
      taskArn,
      ...(delivery.attempt > 1 && { attempt: delivery.attempt }),
    });
    const metrics: Metric[] = [
      { name: duplicate ? "Duplicates" : "Launches", value: 1, unit: "Count", service },
    ];
    // The sender sets the time of an event, so an impossible latency is not counted.
    const latency = event.time === undefined ? -1 : now() - event.time;
    if (!duplicate && latency >= 0 && latency <= dayMs) {
      metrics.push({ name: "LaunchLatency", value: latency, unit: "Milliseconds", service });
    }
    emit(metrics);
    return started;
  };
};
