import type { ECSClient } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Delivery } from "../shared/envelope";
import { Rejection } from "../shared/failures";
import type { Sleep } from "../shared/poll";
import { cutName } from "../shared/text";
import type { Around } from "./around";
import type { StartTaskSettings } from "./environment";
import { idOf, readEvent, type StartEvent } from "./event";
import { maxStarts } from "./follow-up";
import type { Launcher } from "./launcher";
import { mayStartLater, outcomeOf, reasonOf } from "./outcome";
import type { Answered, Launched } from "./result";
import { findTarget, type Target } from "./route";
import { type Arrived, arrive, type Waiting, waitForTask } from "./wait";

export type ServeEventParts = {
  ecs: ECSClient;
  elb: ElasticLoadBalancingV2Client;
  environment: StartTaskSettings;
  launch: Launcher;
  now: () => number;
  sleep: Sleep;
};

/**
 * Launches the task that an event asks for, and waits for it where that is asked for.
 * @param before runs once the event is known to be one that can be launched
 * @throws whatever keeps the event from its task
 */
export type ServeEvent = (
  delivery: Delivery,
  around: Around,
  before?: () => Promise<void>,
) => Promise<Launched | Answered>;

/** What a waiting function needs to answer, before Lambda ends it. */
const reserveMs = 10_000;

export const createServeEvent = (parts: ServeEventParts): ServeEvent => {
  const { environment, launch, now } = parts;
  const { ROUTES: routes, TASK_WAIT_TIMEOUT: waitSeconds = 0, WAIT_FOR: waitFor } = environment;

  const launchAndWait = async (
    event: StartEvent,
    target: Target,
    first: Delivery,
    around: Around,
  ): Promise<Arrived> => {
    const timeLeft = around.invocation.getRemainingTimeInMillis() - reserveMs;
    const until = now() + Math.min(waitSeconds * 1000, timeLeft);
    const waiting: Waiting = { ...parts, watch: around.watch, until, waitFor };
    const { route } = target;
    for (let delivery = first; ; ) {
      const started = await launch({ event, target, delivery }, around);
      const seen = await waitForTask(waiting, target, started);
      const ended = seen.task.lastStatus === "STOPPED";
      if (!ended || outcomeOf(seen.task, route.essential ?? [route.container]).end !== "unstarted") {
        return arrive(waiting, target, seen);
      }
      // The rule on tasks that have stopped asks for the same launch: whoever is second adopts the task.
      const { attempt, earlierEnds } = delivery;
      const unstarted = earlierEnds.unstarted + 1;
      if (unstarted >= maxStarts || !mayStartLater(seen.task)) {
        throw new Rejection(
          "TaskFailedToStart",
          `task ${started.taskArn} failed to start: ${reasonOf(seen.task)} (attempt ${attempt})`,
        );
      }
      delivery = { ...delivery, attempt: attempt + 1, earlierEnds: { ...earlierEnds, unstarted } };
    }
  };

  return async (delivery, around, before = async () => {}) => {
    around.about.eventId = cutName(idOf(delivery));
    const event = readEvent(delivery);
    const target = findTarget(routes, event.detail, around.invocation.invokedFunctionArn);
    const { service } = target;
    around.about.service = service;
    await before();
    if (around.waits) return { statusCode: 200, body: await launchAndWait(event, target, delivery, around) };
    return { service, ...(await launch({ event, target, delivery }, around)) };
  };
};
