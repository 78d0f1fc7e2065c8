import type { ECSClient } from "@aws-sdk/client-ecs";
import type { Bucket } from "../shared/bucket";
import type { Delivery } from "../shared/envelope";
import type { Log } from "../shared/log";
import type { EmitMetrics, Metric } from "../shared/metrics";
import { cutName } from "../shared/text";
import type { StartEvent } from "./event";
import { launchOf } from "./launch";
import type { LaunchRecords } from "./launch-records";
import type { Pace } from "./pace";
import type { Target } from "./route";
import { runTask, type Started } from "./run-task";

const dayMs = 24 * 3_600_000;

export type LauncherParts = {
  ecs: ECSClient;
  bucket: Bucket;
  records: LaunchRecords;
  log: Log;
  /** The time by AWS's clock, in ms since 1970. */
  now: () => number;
};

export type Launcher = (
  launch: { event: StartEvent; target: Target; delivery: Delivery; subKey?: string },
  around: { pace: Pace; emit: EmitMetrics },
) => Promise<Started>;

/**
 * Launches the task of an event, unless its record says that this has been done: looks up the record, runs the task with
 * the event's client token, then writes the record. While there is no record yet, ECS itself tells a repeated launch by
 * its token; by the time that it has forgotten the token the record is there, written here or, where this function
 * ended too early, at the latest when the end of the task is dealt with.
 */
export const createLauncher = ({ ecs, bucket, records, log, now }: LauncherParts): Launcher => {
  const run = async (
    { event, target, delivery, subKey }: Parameters<Launcher>[0],
    pace: Pace,
  ): Promise<Started> => {
    const { attempt, earlierEnds } = delivery;
    const launch = launchOf(event, target, { ...delivery, ...(subKey && { subKey }) }, bucket.name, now());
    const earlier = await records.current(launch.id);
    if (earlier) return { taskArn: earlier.taskArn, duplicate: true };
    if (launch.payload) await bucket.put(launch.payload.key, launch.payload.body);
    const started = await pace(() => runTask(ecs, launch, now));
    await records.add(launch.id, {
      taskArn: started.taskArn,
      eventId: event.id,
      service: target.service,
      attempt,
      earlierEnds,
      launchedAt: new Date(now()).toISOString(),
      event: delivery.event,
    });
    return started;
  };

  return async (launch, { pace, emit }) => {
    const { event, target, delivery } = launch;
    const { service } = target;
    const started = await run(launch, pace);
    const { taskArn, duplicate } = started;
    log.info(duplicate ? "event has its task already" : "task launched", {
      eventId: cutName(event.id),
      service,
      taskArn,
      ...(delivery.attempt > 1 && { attempt: delivery.attempt }),
    });
    const metrics: Metric[] = [
      { name: duplicate ? "Duplicates" : "Launches", value: 1, unit: "Count", service },
    ];
    // Whoever sends an event says when it happened: a time that cannot be right is left out.
    const latency = event.time === undefined ? -1 : now() - event.time;
    if (!duplicate && latency >= 0 && latency <= dayMs) {
      metrics.push({ name: "LaunchLatency", value: latency, unit: "Milliseconds", service });
    }
    emit(metrics);
    return started;
  };
};
