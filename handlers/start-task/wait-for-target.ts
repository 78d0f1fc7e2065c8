import type { ResolvedLaunch } from "../launch/launch";
import { PermanentError, TransientError } from "../shared/failures";
import { afterLastSlash } from "../shared/names";
import { poll } from "../shared/poll";
import { stopTask } from "../shared/stop-task";
import { createTargetGroup } from "../shared/target-group";
import { findPrivateIp, formatTarget, type Target } from "../shared/task-target";
import { delayGrowth, maxDelayMs, minDelayMs, type ObservedTask, type WaitOptions } from "./wait-for-task";

/** The answer of a function that waits. */
export type WaitResult = {
  taskArn: string;
  taskId: string;
  privateIp: string | null;
  port: number | null;
  targetGroupArn: string | null;
  /** Health of the target as Elastic Load Balancing reports it. Null without a target group. */
  healthStatus: string | null;
};

/** The answer of a function that waits, for a task that waits for a container instance. */
export type WaitingResult = { taskArn: string; taskId: string; lastStatus: "PROVISIONING" };

/** The result of a function that waits. */
export type WaitedLaunch = { statusCode: 200; body: WaitResult } | { statusCode: 202; body: WaitingResult };

function* generateDelays({ now, deadline }: WaitOptions): Generator<number> {
  for (let delay = minDelayMs; now() < deadline; delay = Math.min(delay * delayGrowth, maxDelayMs)) {
    yield Math.min(delay, deadline - now());
  }
}

/**
 * Registers the target of a running task and returns its health. Registering is idempotent, so the registrar may do it
 * too. A task that its target group permanently refuses is stopped, because no request could reach it.
 * @throws PermanentError when the target group refuses it; TransientError when it is not healthy at the deadline
 */
const registerTarget = async (
  options: WaitOptions,
  { route }: ResolvedLaunch,
  taskArn: string,
  target: Target,
): Promise<string> => {
  const { ecs, elb, now, sleep, waitFor } = options;
  const targetGroup = createTargetGroup(elb, route.targetGroup!);
  await targetGroup.register([target]).catch(async (error: unknown) => {
    if (error instanceof PermanentError) {
      await stopTask(ecs, route.cluster, taskArn, `cannot be registered: ${error.message}`);
    }
    throw error;
  });

  const began = now();
  let health = "initial";
  const readHealth = async (): Promise<string | undefined> => {
    const descriptions = await targetGroup.describe();
    const description = descriptions.find((each) => formatTarget(each) === formatTarget(target));
    health = description?.health.State ?? health;
    // Target.NotInUse: no load balancer uses the target group, so the target never becomes healthy.
    const isFinal = health === "healthy" || description?.health.Reason === "Target.NotInUse";
    return isFinal || waitFor === "running" ? health : undefined;
  };
  const finalHealth = await poll(readHealth, generateDelays(options), sleep);
  if (finalHealth !== undefined) return finalHealth;
  const seconds = Math.round((now() - began) / 1000);
  throw new TransientError(
    "TaskWaitTimeout",
    `task ${taskArn} runs and is registered as ${formatTarget(target)}, which is ${health} after ${seconds} s`,
  );
};

/**
 * Registers the target of an observed task, if it has one, and waits until the target is healthy if that is configured.
 * @throws PermanentError when the task should have a target and has stopped
 */
export const waitForTarget = async (
  options: WaitOptions,
  resolved: ResolvedLaunch,
  { task, target }: ObservedTask,
): Promise<WaitResult> => {
  const { route, overrides } = resolved;
  const taskArn = task.taskArn!;
  if (route.targetGroup !== undefined && target === undefined) {
    throw new PermanentError("TaskStopped", `task ${taskArn} has run and stopped: ${task.stoppedReason}`);
  }
  return {
    taskArn,
    taskId: afterLastSlash(taskArn),
    privateIp: findPrivateIp(task) ?? null,
    port: target?.port ?? overrides.port ?? route.port ?? null,
    targetGroupArn: route.targetGroup ?? null,
    healthStatus: target ? await registerTarget(options, resolved, taskArn, target) : null,
  };
};
