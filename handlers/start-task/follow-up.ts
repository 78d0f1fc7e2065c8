import { DescribeTasksCommand, type ECSClient } from "@aws-sdk/client-ecs";
import type { Bucket } from "../shared/bucket";
import { type Delivery, firstDelivery } from "../shared/envelope";
import { Rejection, RetryableError } from "../shared/failures";
import { serviceOfTask } from "../shared/routes";
import type { Route, Routes } from "./environment";
import { readEvent } from "./event";
import { earlierEndsIn, launchIdIn, launchIdOf } from "./launch";
import type { LaunchRecord, LaunchRecords } from "./launch-records";
import { mayStartLater, type Outcome, outcomeOf, reasonOf, type StoppedTask } from "./outcome";
import { findTarget } from "./route";

/** How often a task that fails to start is launched, the first time included. */
export const maxStarts = 3;
/** SQS delays a message by no more (API reference of SendMessage). */
const longestDelaySeconds = 900;

export type FollowUpParts = {
  ecs: ECSClient;
  bucket: Bucket;
  records: LaunchRecords;
  routes: Routes;
};

/** What is to be done about a task that has ended. */
export type Next =
  | { action: "none" }
  /** Launch the event again at once. */
  | { action: "launch"; again: Delivery }
  /** Launch the event again after a delay. */
  | { action: "delay"; again: Delivery; delaySeconds: number; reason: Rejection }
  /** Send the event to the dead-letter queue. */
  | { action: "dead_letter"; event: unknown; eventId: string; attempt: number; reason: Rejection };

export type FollowUp = {
  service: string;
  outcome: Outcome;
  next: Next;
  /** Absent: no event of ours launched the task. */
  launch?: { id: string; record: LaunchRecord };
};

type Task = { overrides?: { containerOverrides?: { environment?: { name?: string; value?: string }[] }[] } };

const variableOf = (task: Task, name: string): string | undefined =>
  task.overrides?.containerOverrides
    ?.flatMap(({ environment = [] }) => environment)
    .find((variable) => variable.name === name)?.value;

// A rule may start a service on an event that does not ask for it: then the container has the event without the name.
const asksFor = (routes: Routes, service: string, delivery: Delivery, functionArn: string): boolean => {
  try {
    return findTarget(routes, readEvent(delivery).detail, functionArn).service === service;
  } catch {
    return false;
  }
};

/**
 * Writes the record that the launch did not live to write, from what ECS knows of the task: for an hour after it has
 * stopped, which is as long as the client token keeps its event from a second launch.
 */
const recordFromTask = async (
  { ecs, bucket, records, routes }: FollowUpParts,
  service: string,
  stopped: StoppedTask,
  functionArn: string,
): Promise<FollowUp["launch"]> => {
  const { clusterArn, taskArn, startedBy } = stopped;
  const { tasks: [task] = [] } = await ecs.send(
    new DescribeTasksCommand({ cluster: clusterArn, tasks: [taskArn], include: ["TAGS"] }),
  );
  if (!task) throw new RetryableError("TaskMissing", `task ${taskArn}: ECS does not know it (any more)`);
  const reference = variableOf(task, "EVENT_PAYLOAD_REF");
  const payload = reference
    ? await bucket.get(new URL(reference).pathname.slice(1))
    : variableOf(task, "EVENT_PAYLOAD");
  if (payload === undefined) return undefined;

  const attempt = Number(variableOf(task, "LAUNCH_ATTEMPT") ?? 1);
  const delivery: Delivery = {
    ...firstDelivery(JSON.parse(payload), { fallbackId: startedBy ?? taskArn }),
    attempt,
    earlierEnds: earlierEndsIn(task.tags),
  };
  if (!asksFor(routes, service, delivery, functionArn)) delivery.event = { service, event: delivery.event };
  const eventId = readEvent(delivery).id;
  const id = launchIdIn(startedBy) ?? launchIdOf({ eventId, service, attempt });
  const launchedAt = (task.createdAt ?? new Date(0)).toISOString();
  const { event, earlierEnds } = delivery;
  const record: LaunchRecord = { taskArn, eventId, service, attempt, earlierEnds, launchedAt, event };
  await records.add(id, record);
  return { id, record };
};

// After its window an event may be launched once more: until that launch has its record, there is the one before.
const isNewerThan = ({ createdAt }: StoppedTask, { launchedAt }: LaunchRecord): boolean =>
  Date.parse(launchedAt) < Date.parse(createdAt ?? "");

const findLaunch = async (
  parts: FollowUpParts,
  service: string,
  stopped: StoppedTask,
  { end }: Outcome,
  functionArn: string,
): Promise<FollowUp["launch"]> => {
  const id = launchIdIn(stopped.startedBy);
  const record = id === undefined ? undefined : await parts.records.read(id);
  if (id !== undefined && record) {
    if (record.taskArn === stopped.taskArn || !isNewerThan(stopped, record)) return { id, record };
  }
  // Nothing follows from it, and no record of ours is missing.
  if (id === undefined && (end === "succeeded" || end === "stopped")) return undefined;
  return recordFromTask(parts, service, stopped, functionArn);
};

/** What the end of a launched task calls for. */
const nextFor = (
  {
    interruptionRetries = 3,
    onFailure = { action: "alarm" },
  }: Pick<Route, "interruptionRetries" | "onFailure">,
  stopped: StoppedTask,
  { end, cause }: Outcome,
  record: LaunchRecord,
  recordedAt: number | undefined,
): Next => {
  if (end === "succeeded" || end === "stopped") return { action: "none" };
  const { attempt, earlierEnds, event, eventId } = record;
  const earlier = earlierEnds[end];
  const says = {
    unstarted: "failed to start",
    failed: `failed (${cause})`,
    interrupted: `was interrupted (${cause})`,
  };
  const reason = new Rejection(
    { unstarted: "TaskFailedToStart", failed: "TaskFailed", interrupted: "TaskInterrupted" }[end],
    `task ${stopped.taskArn} ${says[end]}: ${reasonOf(stopped)} (attempt ${attempt})`,
  );
  const again: Delivery = {
    ...firstDelivery(event, { fallbackId: eventId }),
    ...(recordedAt !== undefined && { recordedAt }),
    attempt: attempt + 1,
    earlierEnds: { ...earlierEnds, [end]: earlier + 1 },
  };
  const launch: Next = { action: "launch", again };
  const deadLetter: Next = { action: "dead_letter", event, eventId, attempt, reason };

  switch (end) {
    case "unstarted":
      return mayStartLater(stopped) && earlier + 1 < maxStarts ? launch : deadLetter;
    case "interrupted":
      return earlier < interruptionRetries ? launch : deadLetter;
    case "failed": {
      if (onFailure.action === "alarm") return { action: "none" };
      if (onFailure.action !== "retry" || earlier + 1 >= onFailure.maxAttempts) return deadLetter;
      const delaySeconds = Math.min(onFailure.backoffSeconds * 2 ** earlier, longestDelaySeconds);
      return { action: "delay", again, delaySeconds, reason };
    }
  }
};

/**
 * Finds out what is to follow from a task that has ended.
 * @param delivery of the event that tells of its end
 * @throws RetryableError when ECS does not know a task that has no record
 */
export const followUpOf = async (
  parts: FollowUpParts,
  stopped: StoppedTask,
  { event, recordedAt }: Delivery,
  functionArn: string,
): Promise<FollowUp | { ignored: string }> => {
  const { taskArn } = stopped;
  const service = serviceOfTask(parts.routes, stopped);
  if (service === undefined) return { ignored: `task ${taskArn} is of no route known here` };
  const route = parts.routes[service]!;
  const outcome = outcomeOf(stopped, route.essential ?? [route.container]);
  const launch = await findLaunch(parts, service, stopped, outcome, functionArn);
  if (launch && launch.record.taskArn !== taskArn) {
    return { ignored: `task ${taskArn}: its event has been launched again since` };
  }
  if (launch?.record.outcome) return { ignored: `the end of task ${taskArn} has been dealt with` };
  if (launch) {
    return { service, outcome, next: nextFor(route, stopped, outcome, launch.record, recordedAt), launch };
  }
  const isAlarmOnly = outcome.end === "failed" && (route.onFailure?.action ?? "alarm") === "alarm";
  if (outcome.end === "succeeded" || outcome.end === "stopped" || isAlarmOnly)
    return { service, outcome, next: { action: "none" } };
  // A schedule may run a task without us; what it was for stands in no place that we know.
  const reason = new Rejection("TaskWithoutEvent", `task ${taskArn} (${outcome.end}): ${reasonOf(stopped)}`);
  return { service, outcome, next: { action: "dead_letter", event, eventId: taskArn, attempt: 1, reason } };
};
