import type { ECSClient } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { maxStartAttempts } from "../launch/follow-up";
import type { InvocationContext } from "../launch/invocation-context";
import type { ResolvedLaunch } from "../launch/launch";
import type { LaunchTask } from "../launch/launch-task";
import type { Launched } from "../launch/result";
import { classifyOutcome, describeReason, isTransientStartFailure } from "../launch/task-outcome";
import type { Delivery } from "../shared/envelope";
import { findEventId } from "../shared/event";
import { PermanentError } from "../shared/failures";
import { afterLastSlash } from "../shared/names";
import type { Sleep } from "../shared/poll";
import { createSharedDescribe } from "../shared/shared-describe";
import { truncateName } from "../shared/text";
import type { StartTaskSettings } from "./environment";
import { readEvent, type StartEvent } from "./event";
import { resolveLaunch } from "./resolve-launch";
import { type WaitedLaunch, waitForTarget } from "./wait-for-target";
import { type WaitOptions, waitForTask } from "./wait-for-task";

export type HandleStartEventParts = {
  ecs: ECSClient;
  elb: ElasticLoadBalancingV2Client;
  environment: StartTaskSettings;
  launchTask: LaunchTask;
  now: () => number;
  sleep: Sleep;
};

/**
 * Launches the task of an event, and waits for it if the function is configured to wait.
 * @param beforeLaunch runs after the event has been validated
 * @throws the error that prevents the launch
 */
export type HandleStartEvent = (
  delivery: Delivery,
  context: InvocationContext,
  beforeLaunch?: () => Promise<void>,
) => Promise<Launched | WaitedLaunch>;

/** A waiting function stops waiting so long before Lambda stops it, to have time for its answer. */
const reserveMs = 10_000;

export const createHandleStartEvent = (parts: HandleStartEventParts): HandleStartEvent => {
  const { ecs, environment, launchTask, now, sleep } = parts;
  const { ROUTES: routes, TASK_WAIT_TIMEOUT: waitSeconds = 0, WAIT_FOR: waitFor } = environment;
  const describeTaskAfter = createSharedDescribe(ecs, sleep);

  const launchAndWait = async (
    event: StartEvent,
    resolved: ResolvedLaunch,
    firstDelivery: Delivery,
    context: InvocationContext,
  ): Promise<WaitedLaunch> => {
    const remainingMs = context.invocation.getRemainingTimeInMillis() - reserveMs;
    const deadline = now() + Math.min(waitSeconds * 1000, remainingMs);
    const options: WaitOptions = { ...parts, describeTaskAfter, deadline, waitFor };
    const { route } = resolved;
    for (let delivery = firstDelivery; ; ) {
      const started = await launchTask({ event, resolved, delivery }, context);
      const observed = await waitForTask(options, resolved, started);
      if ("waiting" in observed) {
        const { taskArn } = started;
        return {
          statusCode: 202,
          body: { taskArn, taskId: afterLastSlash(taskArn), lastStatus: "PROVISIONING" },
        };
      }
      const hasStopped = observed.task.lastStatus === "STOPPED";
      const outcome = classifyOutcome(observed.task, route);
      if (!hasStopped || outcome.end !== "unstarted")
        return { statusCode: 200, body: await waitForTarget(options, resolved, observed) };
      // The event of the stopped task leads to the same retry. Only one of the two launches starts a task.
      const { attempt, earlierEnds } = delivery;
      const unstarted = earlierEnds.unstarted + 1;
      if (unstarted >= maxStartAttempts || !isTransientStartFailure(observed.task)) {
        throw new PermanentError(
          "TaskFailedToStart",
          `task ${started.taskArn} failed to start: ${describeReason(observed.task)} (attempt ${attempt})`,
        );
      }
      delivery = { ...delivery, attempt: attempt + 1, earlierEnds: { ...earlierEnds, unstarted } };
    }
  };

  return async (delivery, context, beforeLaunch = async () => {}) => {
    context.labels.eventId = truncateName(findEventId(delivery));
    const event = readEvent(delivery);
    const resolved = resolveLaunch(routes, event.detail, context.invocation.invokedFunctionArn);
    const { service } = resolved;
    context.labels.service = service;
    await beforeLaunch();
    if (context.waitsForTask) return launchAndWait(event, resolved, delivery, context);
    return { service, ...(await launchTask({ event, resolved, delivery }, context)) };
  };
};
