import type { ECSClient, Task } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { Rejection, RetryableError } from "../shared/failures";
import { lastPart } from "../shared/names";
import { poll, type Sleep } from "../shared/poll";
import { stopTask } from "../shared/stop-task";
import { createTargetGroup } from "../shared/target-group";
import { addressOf, type Target as LoadTarget, targetKey, targetsOf } from "../shared/task-target";
import type { TaskWatch } from "../shared/task-watch";
import { asRejection } from "./failures";
import type { Target } from "./route";
import type { Started } from "./run-task";

/** What a launch that was waited for has come to. */
export type Arrived = {
  taskArn: string;
  taskId: string;
  privateIp: string | null;
  port: number | null;
  targetGroupArn: string | null;
  /** State of the target as Elastic Load Balancing has it; null without a target group. */
  healthStatus: string | null;
};

export type Waiting = {
  ecs: ECSClient;
  elb: ElasticLoadBalancingV2Client;
  now: () => number;
  sleep: Sleep;
  watch: TaskWatch;
  /** When the waiting ends, in ms since 1970. */
  until: number;
  waitFor: "running" | "healthy";
};

// No task on Fargate runs sooner; a task that was launched before may run already.
const firstWaitMs = 8_000;
const shortestWaitMs = 2_000;
const longestWaitMs = 10_000;
const growth = 1.15;
// ECS shows a task to DescribeTasks some time after RunTask has answered.
const missingForMs = 60_000;

function* waits({ now, until }: Waiting): Generator<number> {
  for (let wait = shortestWaitMs; now() < until; wait = Math.min(wait * growth, longestWaitMs)) {
    yield Math.min(wait, until - now());
  }
}

/** A task, and where requests to it go if the route has a target group. */
export type Seen = { task: Task; target?: LoadTarget };

/**
 * The task as soon as it runs (and its address is known, where one is needed) or has stopped.
 * @throws RetryableError when time is up or ECS does not know the task; Rejection when the event's task is long over
 */
export const waitForTask = async (
  { ecs, now, until, watch }: Waiting,
  { route }: Target,
  { taskArn, duplicate }: Started,
): Promise<Seen> => {
  const began = now();
  let status = "not visible yet";

  const seenIn = async (task: Task | undefined): Promise<Seen | undefined> => {
    if (task === undefined) {
      if (now() - began < missingForMs) return undefined;
      // ECS shows a stopped task for an hour; an event may come again later than that.
      if (duplicate)
        throw new Rejection("TaskStopped", `task ${taskArn} of this event is over; ECS has forgotten it`);
      throw new RetryableError("TaskMissing", `task ${taskArn}: ECS has not shown it for a minute`);
    }
    status = task.lastStatus ?? status;
    if (status === "STOPPED") return { task };
    if (status !== "RUNNING") return undefined;
    if (route.targetGroup === undefined) return { task };
    const target = (await targetsOf(ecs, route, [task])).get(taskArn);
    return target && { task, target };
  };

  let wait = duplicate ? 0 : firstWaitMs;
  let next = shortestWaitMs;
  for (;;) {
    const look = await watch(route.cluster, taskArn, Math.max(0, Math.min(wait, until - now())));
    if ("task" in look) {
      const seen = await seenIn(look.task);
      if (seen) return seen;
    } else {
      const rejection = asRejection("DescribeTasks", look.error);
      if (rejection) throw rejection;
    }
    if (now() >= until) break;
    wait = next;
    next = Math.min(next * growth, longestWaitMs);
  }
  const seconds = Math.round((now() - began) / 1000);
  const fate = route.targetGroup ? "the registrar registers it when it runs" : "it is left to start";
  throw new RetryableError("TaskWaitTimeout", `task ${taskArn} is ${status} after ${seconds} s; ${fate}`);
};

/**
 * Registers a running task, which is harmless beside a registrar, and says how its target is.
 * A task that can never be registered is stopped: nothing else would.
 * @throws Rejection then; RetryableError when the target is not healthy in time and that was asked for
 */
const register = async (
  waiting: Waiting,
  { route }: Target,
  taskArn: string,
  target: LoadTarget,
): Promise<string> => {
  const { ecs, elb, now, sleep, waitFor } = waiting;
  const group = createTargetGroup(elb, route.targetGroup!);
  await group.register([target]).catch(async (error: unknown) => {
    if (error instanceof Rejection) {
      await stopTask(ecs, route.cluster, taskArn, `cannot be registered: ${error.message}`);
    }
    throw error;
  });

  const began = now();
  let state = "initial";
  const look = async (): Promise<string | undefined> => {
    const member = (await group.members()).find((each) => targetKey(each) === targetKey(target));
    state = member?.health.State ?? state;
    // No load balancer uses the group: it is never checked, and never healthy.
    const final = state === "healthy" || member?.health.Reason === "Target.NotInUse";
    return final || waitFor === "running" ? state : undefined;
  };
  const found = await poll(look, waits(waiting), sleep);
  if (found !== undefined) return found;
  const seconds = Math.round((now() - began) / 1000);
  throw new RetryableError(
    "TaskWaitTimeout",
    `task ${taskArn} runs and is registered as ${targetKey(target)}, which is ${state} after ${seconds} s`,
  );
};

/**
 * What to answer about a task that has run.
 * @throws Rejection when it should serve requests and runs no more
 */
export const arrive = async (waiting: Waiting, to: Target, { task, target }: Seen): Promise<Arrived> => {
  const { route, overrides } = to;
  const taskArn = task.taskArn!;
  if (route.targetGroup !== undefined && target === undefined) {
    throw new Rejection("TaskStopped", `task ${taskArn} has run and stopped: ${task.stoppedReason}`);
  }
  return {
    taskArn,
    taskId: lastPart(taskArn),
    privateIp: addressOf(task) ?? null,
    port: target?.port ?? overrides.port ?? route.port ?? null,
    targetGroupArn: route.targetGroup ?? null,
    healthStatus: target ? await register(waiting, to, taskArn, target) : null,
  };
};
