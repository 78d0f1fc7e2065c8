import type { Task } from "@aws-sdk/client-ecs";
import { TransientError } from "../shared/failures";
import { poll } from "../shared/poll";
import { findTargets, formatTarget, type Target } from "../shared/task-target";
import type { InvocationContext } from "./invocation-context";
import { createReport, type Report, type TaskTarget } from "./report";
import { createServiceChanges, type RecordRefusal, stoppedAfterDraining } from "./service-changes";
import { createServiceTasks } from "./service-tasks";
import { StaleDescription } from "./stale-description";
import { isRunning, isStopping } from "./task-state";

/** Delays before the checks that follow the first one. */
const recheckDelaysMs = [0, 200, 500, 1000];

/** Delays before ECS is asked again because its answer was out of date. */
export const staleRetryDelaysMs = [500, 1000, 2000];

export class NotSettled extends TransientError {
  constructor(service: string) {
    super("NotSettled", `${service}: out of sync after ${recheckDelaysMs.length + 1} checks`);
  }
}

/** A sweep leaves this time to events: it repairs only what is still out of sync afterwards. */
const eventGracePeriodMs = 10_000;

const isNotIn = (keys: ReadonlySet<string>) => (target: Target) => !keys.has(formatTarget(target));
const isIn = (keys: ReadonlySet<string>) => (target: Target) => keys.has(formatTarget(target));
const toKeys = (targets: readonly Target[]) => new Set(targets.map(formatTarget));

export type ReconcileOptions = {
  /** Tasks that run although ListTasks may not list them yet. */
  runningTaskArns?: readonly string[];
  /** Repairs and counts only what stays out of sync for longer than events need. Default false. */
  isSweep?: boolean;
};

/**
 * Reconciles the target group of a service with its running tasks: checks all of them, registers and deregisters, and
 * checks its own changes again until there is nothing left to do. A change that was based on outdated data is seen and
 * repaired by the next check. So several of these may run at once, and addresses may be reused.
 *
 * The first check costs two reads for each hundred tasks. So it is rate-limited, and made only when checking single tasks
 * is not enough: when no event told of a change, or when a running task may have the address of an ended one.
 * @throws TransientError when ECS does not describe what it lists, when the group stays out of sync, or when time is up
 */
export const reconcileService = async (
  service: string,
  context: InvocationContext,
  recordRefusal: RecordRefusal,
  { runningTaskArns = [], isSweep = false }: ReconcileOptions = {},
): Promise<Report> => {
  const report = createReport();
  const route = context.routes[service]!;
  if (route.targetGroup === undefined) return report;
  const { ecs, sleep, now, state, calls } = context;
  const changes = createServiceChanges(service, route, route.targetGroup, context, report, recordRefusal);
  const serviceTasks = createServiceTasks(ecs, service, route, calls);
  const began = now();

  // Tasks that ran at the last check. While they are listed, they are not described again. By ARN.
  const described = new Map<string, Task>();
  const skipNextTime = (running: readonly Task[], except: readonly string[]) => {
    described.clear();
    for (const task of running) described.set(task.taskArn ?? "", task);
    for (const taskArn of except) described.delete(taskArn);
  };

  const listRunning = async (): Promise<Task[]> => {
    let staleError: unknown;
    const tasks = await poll(
      () =>
        serviceTasks.list(described, runningTaskArns).catch((error) => {
          if (!(error instanceof StaleDescription)) throw error;
          staleError = error;
          return undefined;
        }),
      staleRetryDelaysMs,
      sleep,
    );
    if (tasks === undefined) throw staleError;
    return tasks.filter(isRunning);
  };

  const compare = async () => {
    const running = await listRunning();
    const find = () => findTargets(ecs, route, running, state.instanceIds);
    const targets = await (route.targetType === "instance" ? calls.read(find) : find());
    const descriptions = await changes.describeTargets();
    const toTaskTarget = ({ taskArn = "" }: Task): TaskTarget[] => {
      const target = targets.get(taskArn);
      return target ? [{ taskArn, ...target }] : [];
    };
    const desired = running.filter((task) => !isStopping(task)).flatMap(toTaskTarget);
    const registered = descriptions.filter(({ isDraining }) => !isDraining);
    return {
      running,
      stopping: running.filter(isStopping).map((task) => ({ task, targets: toTaskTarget(task) })),
      knownKeys: toKeys(descriptions),
      registeredKeys: toKeys(registered),
      desiredKeys: toKeys(desired),
      missing: desired.filter(isNotIn(toKeys(registered))),
      stale: registered.filter(isNotIn(toKeys(desired))),
    };
  };

  const compareAll = async () => {
    // Targets are described before the tasks are listed as well: a target that is registered in between belongs to a
    // task that the list does not have.
    const before = toKeys(await changes.describeTargets());
    const comparison = await compare();
    return { ...comparison, stale: comparison.stale.filter(isIn(before)) };
  };

  let comparison = await compareAll();
  if (isSweep && comparison.missing.length + comparison.stale.length > 0) {
    const { missing, stale } = comparison;
    skipNextTime(
      comparison.running,
      missing.map(({ taskArn }) => taskArn),
    );
    await sleep(eventGracePeriodMs);
    const later = await compareAll();
    comparison = {
      ...later,
      missing: later.missing.filter(isIn(toKeys(missing))),
      stale: later.stale.filter(isIn(toKeys(stale))),
    };
  }
  report.missing = comparison.missing.length;
  report.stale = comparison.stale.length;
  for (const { task, targets } of comparison.stopping) {
    const { taskArn = "" } = task;
    if (targets.some(isIn(comparison.knownKeys))) report.draining.push(taskArn);
    else await changes.stop(taskArn, stoppedAfterDraining);
  }

  const registered = new Map<string, TaskTarget>();
  const deregisteredKeys = new Set<string>();
  let register: readonly TaskTarget[] = comparison.missing;
  let deregister: readonly Target[] = comparison.stale;
  for (let round = 0; register.length > 0 || deregister.length > 0; round++) {
    const delayMs = recheckDelaysMs[round];
    if (delayMs === undefined) throw new NotSettled(service);
    for (const target of register) registered.set(target.taskArn, target);
    for (const target of deregister) deregisteredKeys.add(formatTarget(target));
    await changes.apply(register, deregister);

    // Only own changes are verified: events tell of the changes that others make meanwhile.
    if (delayMs > 0) await sleep(delayMs);
    skipNextTime(comparison.running, [...registered.keys()]);
    comparison = await compare();
    register = comparison.missing.filter(
      (target) => deregisteredKeys.has(formatTarget(target)) || registered.has(target.taskArn),
    );
    deregister = [...registered.values()]
      .filter(isNotIn(comparison.desiredKeys))
      .filter(isIn(comparison.registeredKeys));
  }
  state.lastFullChecks.set(service, began);
  return report;
};
