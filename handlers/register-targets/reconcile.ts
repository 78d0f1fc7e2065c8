import type { ECSClient } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { Rejection, RetryableError } from "../shared/failures";
import type { EmitMetrics } from "../shared/metrics";
import { poll, type Sleep } from "../shared/poll";
import { createTargetGroup, type TargetGroup } from "../shared/target-group";
import type { Target } from "../shared/task-target";
import type { Route } from "./environment";
import { count } from "./metrics";
import { changesFor, type Expected, type Observation, observe, type TaskTarget } from "./observe";
import { createServiceTasks } from "./service-tasks";
import { StaleDescription } from "./stale-description";

export type ReconcileParts = {
  ecs: ECSClient;
  elb: ElasticLoadBalancingV2Client;
  sleep: Sleep;
  emit: EmitMetrics;
  /** Records that a task cannot be registered, before it is stopped for it. */
  refuse(service: string, taskArn: string, reason: Rejection): Promise<void>;
};

/** What was found and done. */
export type Report = {
  /** Running tasks without a target, at the first look. */
  missing: number;
  /** Targets without a task, at the first look. */
  stale: number;
  registered: TaskTarget[];
  deregistered: Target[];
  /** ARNs of tasks. */
  stopped: string[];
  /** ARNs of tasks that are to be stopped once their targets have drained. */
  draining: string[];
};

/** Milliseconds before each look at the service; after the last one we give up. */
const looks = [0, 0, 200, 500, 1000];

/** Milliseconds in which ECS may come to show what it has told. */
const staleWaits = [500, 1000, 2000];

type Refused = { taskArn: string; reason: Rejection };

// One target that the group does not take fails all that are named with it.
const registerPossible = async (group: TargetGroup, targets: readonly TaskTarget[]): Promise<Refused[]> => {
  try {
    await group.register(targets);
    return [];
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    const [first, ...others] = targets;
    if (first === undefined) return [];
    if (others.length === 0) return [{ taskArn: first.taskArn, reason: error }];
    const refused: Refused[] = [];
    for (const target of targets) refused.push(...(await registerPossible(group, [target])));
    return refused;
  }
};

/**
 * Makes the target group of a service equal to its running tasks: looks, acts, and looks again until there is nothing
 * left to do. Whoever acted on what was no longer true sees it at the next look, so it matters neither in which order
 * and how often events come, nor how many of these run at once, nor whose address was somebody else's before.
 * @throws RetryableError when ECS does not show yet what the event said, or when things change faster than we look
 */
export const reconcile = async (
  service: string,
  route: Route,
  { ecs, elb, sleep, emit, refuse }: ReconcileParts,
  expected?: Expected,
): Promise<Report> => {
  const report: Report = {
    missing: 0,
    stale: 0,
    registered: [],
    deregistered: [],
    stopped: [],
    draining: [],
  };
  if (route.targetGroup === undefined) return report;
  const group = createTargetGroup(elb, route.targetGroup);
  const tasks = createServiceTasks(ecs, service, route);

  const look = async (): Promise<Observation> => {
    let stale: unknown;
    const seen = await poll(
      () =>
        observe(service, { ecs, tasks, group, route }, expected).catch((error) => {
          if (!(error instanceof StaleDescription)) throw error;
          stale = error;
          return undefined;
        }),
      staleWaits,
      sleep,
    );
    if (seen === undefined) throw stale;
    return seen;
  };

  const stop = async (taskArn: string, reason: string) => {
    await tasks.stop(taskArn, reason);
    report.stopped.push(taskArn);
    emit([count("stopped", service)]);
  };

  const register = async (targets: readonly TaskTarget[]) => {
    const refused = await registerPossible(group, targets);
    const registered = targets.filter(({ taskArn }) => refused.every((each) => each.taskArn !== taskArn));
    report.registered.push(...registered);
    if (registered.length > 0) emit([count("registered", service, registered.length)]);
    for (const { taskArn, reason } of refused) {
      emit([count("refused", service, 1, reason.name)]);
      await refuse(service, taskArn, reason);
      await stop(taskArn, `The target group does not take it: ${reason.message}`);
    }
  };

  const deregister = async (targets: readonly Target[]) => {
    await group.deregister(targets);
    report.deregistered.push(...targets);
    emit([count("deregistered", service, targets.length)]);
  };

  for (const [index, wait] of looks.entries()) {
    if (wait > 0) await sleep(wait);
    const seen = await look();
    const changes = changesFor(seen);
    if (index === 0) {
      report.missing = changes.register.length;
      report.stale = changes.deregister.length;
    }
    report.draining = seen.stopping
      .map(({ taskArn }) => taskArn)
      .filter((taskArn) => !changes.stop.includes(taskArn));
    if (Object.values(changes).every(({ length }) => length === 0)) return report;

    // Out before in: a full group may then have room.
    if (changes.deregister.length > 0) await deregister(changes.deregister);
    if (changes.register.length > 0) await register(changes.register);
    for (const taskArn of changes.stop) await stop(taskArn, "An event asked for it; its target has drained");
  }
  throw new RetryableError("NotSettled", `${service}: not as it should be after ${looks.length} looks`);
};
