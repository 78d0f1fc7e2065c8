import { DescribeTasksCommand, type ECSClient, type Task } from "@aws-sdk/client-ecs";
import * as v from "valibot";
import type { Delivery } from "../shared/envelope";
import { Rejection, RetryableError } from "../shared/failures";
import type { Payloads } from "../shared/payload";
import { serviceOfTask } from "../shared/routes";
import type { Routes } from "./environment";
import { readEvent } from "./event";
import { attemptVariable } from "./launch";
import { findTarget } from "./route";

/** How often a task is launched for one event, the first time included. */
export const mostAttempts = 3;

const stoppedTask = v.object({
  source: v.literal("aws.ecs"),
  "detail-type": v.literal("ECS Task State Change"),
  detail: v.object({
    clusterArn: v.string(),
    taskArn: v.string(),
    taskDefinitionArn: v.string(),
    group: v.optional(v.string()),
    lastStatus: v.literal("STOPPED"),
  }),
});
export type StoppedTask = v.InferOutput<typeof stoppedTask>["detail"];

/** What ECS says about a task that stopped; undefined for every other event. */
export const readStoppedTask = (event: unknown): StoppedTask | undefined =>
  v.is(stoppedTask, event) ? event.detail : undefined;

// Not UserInitiated: whoever stops a task that is starting does not want another one.
const notWanted = (stopCode = ""): boolean => !["TaskFailedToStart", "SpotInterruption"].includes(stopCode);

/** Whether a task that has stopped never ran, by no wish of anybody's. */
export const failedToStart = ({ startedAt, stopCode }: Task): boolean =>
  startedAt === undefined && !notWanted(stopCode);

export const reasonOf = ({ stoppedReason, containers = [] }: Task): string =>
  [stoppedReason, ...containers.map(({ reason }) => reason)].filter(Boolean).join("; ") || "no reason given";

// Capacity, network interfaces, registries and secret stores that are slow or throttle for a while. What ECS says when
// an image, a secret or a right is missing matches none of it.
const transient =
  /capacity|network interface|time(d )?[ -]?out|deadline exceeded|throttl|rate exceeded|too ?many ?requests|connection (reset|refused)|unexpected eof|temporar|unavailable|spot|internal ?error/i;

/** Whether a task that did not start for this reason may start at the next attempt. */
export const mayStartLater = (task: Task): boolean => transient.test(reasonOf(task));

const variableOf = (task: Task, name: string): string | undefined =>
  task.overrides?.containerOverrides
    ?.flatMap(({ environment = [] }) => environment)
    .find((variable) => variable.name === name)?.value;

/** What follows from a task that stopped: nothing, or its event once more. */
export type Aftermath =
  | { ignored: string }
  | {
      /** The event, with the attempt that would be next. */
      again: Delivery;
      /** Why there is to be no next one; absent when there is. */
      giveUp?: Rejection;
      stoppedAt: number;
    };

/**
 * Finds out what is to follow from a task that stopped: a task that never ran is launched again where that may help.
 * @throws RetryableError when ECS does not know the task; Rejection when nothing says what event it was for
 */
export const aftermathOf = async (
  { ecs, payloads, routes }: { ecs: ECSClient; payloads: Payloads; routes: Routes },
  stopped: StoppedTask,
  { deliveries }: Delivery,
): Promise<Aftermath> => {
  const { clusterArn, taskArn } = stopped;
  const service = serviceOfTask(routes, stopped);
  if (service === undefined) return { ignored: `task ${taskArn} is of no route known here` };
  const { tasks: [task] = [] } = await ecs.send(
    new DescribeTasksCommand({ cluster: clusterArn, tasks: [taskArn] }),
  );
  if (!task) throw new RetryableError("TaskMissing", `task ${taskArn}: ECS does not know it (any more)`);
  if (!failedToStart(task)) return { ignored: `task ${taskArn} has run, or was stopped on purpose` };

  const failure = `task ${taskArn} failed to start: ${reasonOf(task)}`;
  const reference = variableOf(task, "EVENT_PAYLOAD_REF");
  const payload = reference
    ? await payloads.get(new URL(reference).pathname.slice(1))
    : variableOf(task, "EVENT_PAYLOAD");
  if (payload === undefined) throw new Rejection("TaskFailedToStart", `${failure}; no event launched it`);

  const attempt = Number(variableOf(task, attemptVariable) ?? 1);
  const again: Delivery = {
    event: JSON.parse(payload),
    fallbackId: task.startedBy ?? taskArn,
    deliveries,
    attempt: attempt + 1,
  };
  if (!asksFor(routes, service, again)) again.event = { service, event: again.event };
  const stoppedAt = task.stoppedAt?.getTime() ?? 0;
  if (mayStartLater(task) && attempt < mostAttempts) return { again, stoppedAt };
  return { again, stoppedAt, giveUp: new Rejection("TaskFailedToStart", `${failure} (attempt ${attempt})`) };
};

// A rule may start a service on an event that does not ask for it: then the container has the event without the name.
const asksFor = (routes: Routes, service: string, delivery: Delivery): boolean => {
  try {
    return findTarget(routes, readEvent(delivery).detail).service === service;
  } catch {
    return false;
  }
};
