import { DescribeTasksCommand, type ECSClient } from "@aws-sdk/client-ecs";
import type { Bucket } from "../shared/bucket";
import { createDelivery, type Delivery } from "../shared/envelope";
import { PermanentError, TransientError } from "../shared/failures";
import { findServiceOfTask } from "../shared/task-group";
import { readEarlierEnds } from "./earlier-ends-tag";
import type { PayloadVariables } from "./launch";
import { createLaunchId, parseLaunchId } from "./launch-id";
import type { LaunchRecord, LaunchRecords } from "./launch-records";
import type { Route, Routes } from "./route";
import {
  classifyOutcome,
  describeReason,
  isTransientStartFailure,
  type StoppedTask,
  type TaskOutcome,
} from "./task-outcome";

/** Launches of an event whose tasks fail to start, the first one included. */
export const maxStartAttempts = 3;
/** The longest delay of SQS (API reference of SendMessage). */
const maxDelaySeconds = 900;

/** The event of a launch, as its record keeps it. */
export type RestoredEvent = { event: unknown; eventId: string; subKey?: string };

/**
 * Makes the event of a launch from the payload of its task.
 * @param fallbackId replaces a missing event id
 */
export type RestoreEvent = (
  payload: unknown,
  launch: { service: string; fallbackId: string; functionArn: string },
) => RestoredEvent;

export type FollowUpParts = {
  ecs: ECSClient;
  bucket: Bucket;
  records: LaunchRecords;
  routes: Routes;
  payloadVariables: PayloadVariables;
  restoreEvent: RestoreEvent;
};

/** What to do after a task has ended. */
export type NextAction =
  | { action: "none" }
  | { action: "retryNow"; retry: Delivery }
  | { action: "retryLater"; retry: Delivery; delaySeconds: number; reason: PermanentError }
  | { action: "sendToDlq"; event: unknown; eventId: string; attempt: number; reason: PermanentError };

export type FollowUp = {
  service: string;
  outcome: TaskOutcome;
  next: NextAction;
  /** Absent: no launch route launched the task, or its event is unknown. */
  launch?: { id: string; record: LaunchRecord };
};

type Task = { overrides?: { containerOverrides?: { environment?: { name?: string; value?: string }[] }[] } };

const readVariable = (task: Task, name: string): string | undefined =>
  task.overrides?.containerOverrides
    ?.flatMap(({ environment = [] }) => environment)
    .find((variable) => variable.name === name)?.value;

/**
 * Writes the launch record that a crashed launch could not write, from the description of the task. ECS describes a task
 * for an hour after it has stopped, which is as long as it remembers the client token.
 */
const restoreLaunchRecord = async (
  { ecs, bucket, records, payloadVariables, restoreEvent }: FollowUpParts,
  service: string,
  stopped: StoppedTask,
  functionArn: string,
): Promise<FollowUp["launch"]> => {
  const { clusterArn, taskArn, startedBy } = stopped;
  const { tasks: [task] = [] } = await ecs.send(
    new DescribeTasksCommand({ cluster: clusterArn, tasks: [taskArn], include: ["TAGS"] }),
  );
  if (!task) throw new TransientError("TaskMissing", `task ${taskArn}: ECS does not describe it (any more)`);
  const reference = readVariable(task, payloadVariables.reference);
  const payload = reference
    ? await bucket.get(new URL(reference).pathname.slice(1))
    : readVariable(task, payloadVariables.text);
  if (payload === undefined) return undefined;

  const attempt = Number(readVariable(task, "LAUNCH_ATTEMPT") ?? 1);
  const earlierEnds = readEarlierEnds(task.tags);
  const fallbackId = startedBy ?? taskArn;
  const { subKey, ...restored } = restoreEvent(JSON.parse(payload), { service, fallbackId, functionArn });
  const { event, eventId } = restored;
  const id =
    parseLaunchId(startedBy) ?? createLaunchId({ eventId, service, ...(subKey && { subKey }), attempt });
  const launchedAt = (task.createdAt ?? new Date(0)).toISOString();
  const record: LaunchRecord = { taskArn, eventId, service, attempt, earlierEnds, launchedAt, event };
  await records.add(id, record);
  return { id, record };
};

// After the deduplication window an event may be launched again. Until that launch writes its record, the old one exists.
const isNewerThan = ({ createdAt }: StoppedTask, { launchedAt }: LaunchRecord): boolean =>
  Date.parse(launchedAt) < Date.parse(createdAt ?? "");

const findLaunch = async (
  parts: FollowUpParts,
  service: string,
  stopped: StoppedTask,
  { end }: TaskOutcome,
  functionArn: string,
): Promise<FollowUp["launch"]> => {
  const id = parseLaunchId(stopped.startedBy);
  const record = id === undefined ? undefined : await parts.records.read(id);
  if (id !== undefined && record) {
    if (record.taskArn === stopped.taskArn || !isNewerThan(stopped, record)) return { id, record };
  }
  // Nothing is to be done, and no launch record is missing.
  if (id === undefined && (end === "succeeded" || end === "stopped")) return undefined;
  return restoreLaunchRecord(parts, service, stopped, functionArn);
};

const chooseAction = (
  {
    interruptionRetries = 3,
    onFailure = { action: "alarm" },
  }: Pick<Route, "interruptionRetries" | "onFailure">,
  stopped: StoppedTask,
  { end, cause }: TaskOutcome,
  record: LaunchRecord,
  recordedAt: number | undefined,
): NextAction => {
  if (end === "succeeded" || end === "stopped") return { action: "none" };
  const { attempt, earlierEnds, event, eventId } = record;
  const earlier = earlierEnds[end];
  const descriptions = {
    unstarted: "failed to start",
    failed: `failed (${cause})`,
    interrupted: `was interrupted (${cause})`,
  };
  const reason = new PermanentError(
    { unstarted: "TaskFailedToStart", failed: "TaskFailed", interrupted: "TaskInterrupted" }[end],
    `task ${stopped.taskArn} ${descriptions[end]}: ${describeReason(stopped)} (attempt ${attempt})`,
  );
  const retry: Delivery = {
    ...createDelivery(event, { fallbackId: eventId }),
    ...(recordedAt !== undefined && { recordedAt }),
    attempt: attempt + 1,
    earlierEnds: { ...earlierEnds, [end]: earlier + 1 },
  };
  const retryNow: NextAction = { action: "retryNow", retry };
  const sendToDlq: NextAction = { action: "sendToDlq", event, eventId, attempt, reason };

  switch (end) {
    case "unstarted":
      return isTransientStartFailure(stopped) && earlier + 1 < maxStartAttempts ? retryNow : sendToDlq;
    case "interrupted":
      return earlier < interruptionRetries ? retryNow : sendToDlq;
    case "failed": {
      if (onFailure.action === "alarm") return { action: "none" };
      if (onFailure.action !== "retry" || earlier + 1 >= onFailure.maxAttempts) return sendToDlq;
      const delaySeconds = Math.min(onFailure.backoffSeconds * 2 ** earlier, maxDelaySeconds);
      return { action: "retryLater", retry, delaySeconds, reason };
    }
  }
};

/**
 * Decides what to do after a task has ended.
 * @param delivery of the ECS event
 * @throws TransientError when the launch record is missing and ECS does not describe the task
 */
export const decideFollowUp = async (
  parts: FollowUpParts,
  stopped: StoppedTask,
  { event, recordedAt }: Delivery,
  functionArn: string,
): Promise<FollowUp | { ignored: string }> => {
  const { taskArn } = stopped;
  const service = findServiceOfTask(parts.routes, stopped);
  if (service === undefined) return { ignored: `task ${taskArn} belongs to no service of this function` };
  const route = parts.routes[service]!;
  const outcome = classifyOutcome(stopped, route);
  const launch = await findLaunch(parts, service, stopped, outcome, functionArn);
  if (launch && launch.record.taskArn !== taskArn) {
    return { ignored: `task ${taskArn}: its event was launched again later` };
  }
  if (launch?.record.outcome) return { ignored: `the end of task ${taskArn} was handled before` };
  if (launch) {
    return {
      service,
      outcome,
      next: chooseAction(route, stopped, outcome, launch.record, recordedAt),
      launch,
    };
  }
  const isAlarmOnly = outcome.end === "failed" && (route.onFailure?.action ?? "alarm") === "alarm";
  if (outcome.end === "succeeded" || outcome.end === "stopped" || isAlarmOnly)
    return { service, outcome, next: { action: "none" } };
  // A schedule can run a task without this function, and its payload is then unknown.
  const reason = new PermanentError(
    "TaskWithoutEvent",
    `task ${taskArn} (${outcome.end}): ${describeReason(stopped)}`,
  );
  return { service, outcome, next: { action: "sendToDlq", event, eventId: taskArn, attempt: 1, reason } };
};
