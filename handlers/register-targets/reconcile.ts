import type { Task } from "@aws-sdk/client-ecs";
import { RetryableError } from "../shared/failures";
import { poll } from "../shared/poll";
import { type Target, targetKey, targetsOf } from "../shared/task-target";
import { createActions, emptyReport, type Refuse, type Report, type TaskTarget } from "./actions";
import { createServiceTasks, isRunning, isStopping } from "./service-tasks";
import { StaleDescription } from "./stale-description";
import type { Work } from "./work";

export type { Report } from "./actions";

/** Milliseconds before each further look at the service; after the last one we give up. */
const waits = [0, 200, 500, 1000];

/** Milliseconds in which ECS may come to show what it has told. */
export const staleWaits = [500, 1000, 2000];

export class NotSettled extends RetryableError {
  constructor(service: string) {
    super("NotSettled", `${service}: out of sync after ${waits.length + 1} looks`);
  }
}

/** How long events have to tell of a change before a sweep takes it for one that none tells of. */
const eventsMs = 10_000;

const outOf = (keys: ReadonlySet<string>) => (target: Target) => !keys.has(targetKey(target));
const isIn = (keys: ReadonlySet<string>) => (target: Target) => keys.has(targetKey(target));
const keysOf = (targets: readonly Target[]) => new Set(targets.map(targetKey));

export type Reconciliation = {
  /** Tasks that run even if the list, which may be a moment old, does not have them. ARNs. */
  known?: readonly string[];
  /** Acts on and counts only what is out of sync for longer than events need. */
  sweep?: boolean;
};

/**
 * Makes the target group of a service equal to its running tasks: looks at all of them, acts, and looks again at what it
 * acted on, until there is nothing left to do. Whoever acted on what was no longer true sees it at the next look, so it
 * does not matter how many of these run at once, nor whose address was another task's before.
 *
 * The first look costs two reads for each hundred tasks. So it is paced, and only for what nothing smaller can tell:
 * what no event told of, and whether a running task has the address of one that has ended.
 * @throws RetryableError when ECS does not show what it lists, when things change faster than we look, or when time is up
 */
export const reconcile = async (
  service: string,
  work: Work,
  refuse: Refuse,
  { known = [], sweep = false }: Reconciliation = {},
): Promise<Report> => {
  const report = emptyReport();
  const route = work.routes[service]!;
  if (route.targetGroup === undefined) return report;
  const { ecs, sleep, now, memory, calls } = work;
  const actions = createActions(service, route, route.targetGroup, work, report, refuse);
  const tasks = createServiceTasks(ecs, service, route, calls);
  const began = now();

  // Tasks that ran at the last look and need not be described again while they are listed, by ARN.
  const settled = new Map<string, Task>();
  const settle = (running: readonly Task[], except: readonly string[]) => {
    settled.clear();
    for (const task of running) settled.set(task.taskArn ?? "", task);
    for (const taskArn of except) settled.delete(taskArn);
  };

  const list = async (): Promise<Task[]> => {
    let stale: unknown;
    const seen = await poll(
      () =>
        tasks.list(settled, known).catch((error) => {
          if (!(error instanceof StaleDescription)) throw error;
          stale = error;
          return undefined;
        }),
      staleWaits,
      sleep,
    );
    if (seen === undefined) throw stale;
    return seen.filter(isRunning);
  };

  const look = async () => {
    const running = await list();
    const find = () => targetsOf(ecs, route, running, memory.instanceIds);
    const targets = await (route.targetType === "instance" ? calls.read(find) : find());
    const members = await actions.members();
    const targetOf = ({ taskArn = "" }: Task): TaskTarget[] => {
      const target = targets.get(taskArn);
      return target ? [{ taskArn, ...target }] : [];
    };
    const desired = running.filter((task) => !isStopping(task)).flatMap(targetOf);
    const registered = members.filter(({ draining }) => !draining);
    return {
      running,
      stopping: running.filter(isStopping).map((task) => ({ task, targets: targetOf(task) })),
      inGroup: keysOf(members),
      held: keysOf(registered),
      wanted: keysOf(desired),
      missing: desired.filter(outOf(keysOf(registered))),
      stale: registered.filter(outOf(keysOf(desired))),
    };
  };

  const lookAtAll = async () => {
    // The group before the tasks, too: a target that came in between is of a task that we have not seen.
    const before = keysOf(await actions.members());
    const seen = await look();
    return { ...seen, stale: seen.stale.filter(isIn(before)) };
  };

  let seen = await lookAtAll();
  if (sweep && seen.missing.length + seen.stale.length > 0) {
    const { missing, stale } = seen;
    settle(
      seen.running,
      missing.map(({ taskArn }) => taskArn),
    );
    await sleep(eventsMs);
    const later = await lookAtAll();
    seen = {
      ...later,
      missing: later.missing.filter(isIn(keysOf(missing))),
      stale: later.stale.filter(isIn(keysOf(stale))),
    };
  }
  report.missing = seen.missing.length;
  report.stale = seen.stale.length;
  for (const { task, targets } of seen.stopping) {
    const { taskArn = "" } = task;
    if (targets.some(isIn(seen.inGroup))) report.draining.push(taskArn);
    else await actions.stop(taskArn, "An event asked for it; its target has drained");
  }

  // What was done so far: tasks that were registered, by ARN, and the keys of targets that were taken out.
  const registered = new Map<string, TaskTarget>();
  const emptied = new Set<string>();
  let register: readonly TaskTarget[] = seen.missing;
  let deregister: readonly Target[] = seen.stale;
  for (let round = 0; register.length > 0 || deregister.length > 0; round++) {
    const wait = waits[round];
    if (wait === undefined) throw new NotSettled(service);
    for (const target of register) registered.set(target.taskArn, target);
    for (const target of deregister) emptied.add(targetKey(target));
    await actions.change(register, deregister);

    // About what was done alone: others have gone on meanwhile, and events tell of that.
    if (wait > 0) await sleep(wait);
    settle(seen.running, [...registered.keys()]);
    seen = await look();
    register = seen.missing.filter(
      (target) => emptied.has(targetKey(target)) || registered.has(target.taskArn),
    );
    deregister = [...registered.values()].filter(outOf(seen.wanted)).filter(isIn(seen.held));
  }
  memory.fullLooks.set(service, began);
  return report;
};
