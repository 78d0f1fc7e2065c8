import type { ECSClient, Task } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ResolvedLaunch } from "../launch/launch";
import { mayWaitForInstance } from "../launch/placements";
import type { StartedTask } from "../launch/run-task";
import { toPermanentError } from "../launch/run-task-errors";
import { PermanentError, TransientError } from "../shared/failures";
import type { Sleep } from "../shared/poll";
import type { DescribeTaskAfter } from "../shared/shared-describe";
import { findTargets, type Target } from "../shared/task-target";

export type WaitOptions = {
  ecs: ECSClient;
  elb: ElasticLoadBalancingV2Client;
  now: () => number;
  sleep: Sleep;
  describeTaskAfter: DescribeTaskAfter;
  /** When to stop waiting, in ms since 1970. */
  deadline: number;
  waitFor: "running" | "healthy";
};

// A new task on Fargate needs at least this long to run.
const firstDelayMs = 8_000;
export const minDelayMs = 2_000;
export const maxDelayMs = 10_000;
export const delayGrowth = 1.15;
// ECS is eventually consistent: DescribeTasks may not find a task that RunTask has just started.
const visibilityDelayMs = 60_000;

/** A task that runs or has stopped, with its target when its launch route has a target group. */
export type ObservedTask = { task: Task; target?: Target };

/** A task that waits for a container instance. */
export type WaitingTask = { waiting: Task };

/**
 * Waits until the task runs and its target is known, or until the task has stopped. A task that waits for a container
 * instance at the deadline is returned as such: that can take half an hour, and is no failure.
 * @throws TransientError at the deadline, or when ECS does not show a new task; PermanentError when ECS has forgotten
 *   the task of a duplicate event
 */
export const waitForTask = async (
  { ecs, now, deadline, describeTaskAfter }: WaitOptions,
  { route }: ResolvedLaunch,
  { taskArn, duplicate }: StartedTask,
): Promise<ObservedTask | WaitingTask> => {
  const began = now();
  let status = "not visible yet";
  let last: Task | undefined;

  const observe = async (task: Task | undefined): Promise<ObservedTask | undefined> => {
    if (task === undefined) {
      if (now() - began < visibilityDelayMs) return undefined;
      // ECS shows a stopped task for an hour, and a duplicate event may come later.
      if (duplicate)
        throw new PermanentError(
          "TaskStopped",
          `task ${taskArn} of this event has stopped, and ECS no longer describes it`,
        );
      throw new TransientError("TaskMissing", `task ${taskArn}: ECS has not described it for a minute`);
    }
    last = task;
    status = task.lastStatus ?? status;
    if (status === "STOPPED") return { task };
    if (status !== "RUNNING") return undefined;
    if (route.targetGroup === undefined) return { task };
    const target = (await findTargets(ecs, route, [task])).get(taskArn);
    return target && { task, target };
  };

  let delayMs = duplicate ? 0 : firstDelayMs;
  let nextDelayMs = minDelayMs;
  for (;;) {
    const remainingMs = Math.max(0, Math.min(delayMs, deadline - now()));
    const result = await describeTaskAfter(route.cluster, taskArn, remainingMs);
    if ("task" in result) {
      const observed = await observe(result.task);
      if (observed) return observed;
    } else {
      const permanentError = toPermanentError("DescribeTasks", result.error);
      if (permanentError) throw permanentError;
    }
    if (now() >= deadline) break;
    delayMs = nextDelayMs;
    nextDelayMs = Math.min(nextDelayMs * delayGrowth, maxDelayMs);
  }
  if (last?.lastStatus === "PROVISIONING" && mayWaitForInstance(route)) return { waiting: last };
  const seconds = Math.round((now() - began) / 1000);
  const consequence = route.targetGroup ? "the registrar registers it when it runs" : "it continues to start";
  throw new TransientError(
    "TaskWaitTimeout",
    `task ${taskArn} is ${status} after ${seconds} s; ${consequence}`,
  );
};
