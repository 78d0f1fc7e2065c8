import type { Task } from "@aws-sdk/client-ecs";
import { RetryableError } from "../shared/failures";
import { poll } from "../shared/poll";
import { type Target, targetKey, targetsOf } from "../shared/task-target";
import { createActions, emptyReport, type Refuse, type Report, type TaskTarget } from "./actions";
import { createServiceTasks, isRunning, isStopping } from "./service-tasks";
import { StaleDescription } from "./stale-description";
import type { Work } from "./work";

export type { Report } from "./actions";

/** Milliseconds before each look at the service; after the last one we give up. */
const looks = [0, 0, 200, 500, 1000];

/** Milliseconds in which ECS may come to show what it has told. */
export const staleWaits = [500, 1000, 2000];

export class NotSettled extends RetryableError {
  constructor(service: string) {
    super("NotSettled", `${service}: out of sync after ${looks.length} looks`);
  }
}

const unless = (keys: ReadonlySet<string>) => (target: Target) => !keys.has(targetKey(target));

/**
 * Makes the target group of a service equal to its running tasks: looks at all of them, acts, and looks again at what it
 * acted on, until there is nothing left to do. Whoever acted on what was no longer true sees it at the next look, so it
 * does not matter how many of these run at once, nor whose address was another task's before.
 *
 * The first look costs as many reads as there are hundreds of tasks, twice, so it is paced, and only for what nothing
 * smaller can tell: what no event told of, and whether a running task has the address of one that has ended.
 * @param known tasks that run even if the list, which may be a moment old, does not have them
 * @throws RetryableError when ECS does not show what it lists, when things change faster than we look, or when time is up
 */
export const reconcile = async (
  service: string,
  work: Work,
  refuse: Refuse,
  known: readonly string[] = [],
): Promise<Report> => {
  const report = emptyReport();
  const route = work.routes[service]!;
  if (route.targetGroup === undefined) return report;
  const { ecs, sleep, now, memory, calls } = work;
  const actions = createActions(service, route, route.targetGroup, work, report, refuse);
  const tasks = createServiceTasks(ecs, service, route, calls);
  const began = now();

  // Of the tasks that ran at the last look, those that nothing was done about.
  let settled = new Map<string, Task>();
  // What was done so far: targets of tasks that were registered, and targets that were taken out.
  const registered = new Map<string, TaskTarget>();
  const emptied = new Set<string>();

  const look = async () => {
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
    const running = seen.filter(isRunning);
    const find = () => targetsOf(ecs, route, running, memory.instanceIds);
    return { running, targets: await (route.targetType === "instance" ? calls.read(find) : find()) };
  };

  for (const [index, wait] of looks.entries()) {
    if (wait > 0) await sleep(wait);
    const first = index === 0;
    // Before the tasks and after them: a target that came in between is of a task that we have not seen.
    const before = first ? await actions.members() : [];
    const { running, targets } = await look();
    const members = await actions.members();

    const targetOf = ({ taskArn = "" }: Task): TaskTarget[] => {
      const target = targets.get(taskArn);
      return target ? [{ taskArn, ...target }] : [];
    };
    const desired = running.filter((task) => !isStopping(task)).flatMap(targetOf);
    const stopping = running.filter(isStopping);
    const wanted = new Set(desired.map(targetKey));
    const inGroup = new Set(members.map(targetKey));
    const held = new Set(members.filter(({ draining }) => !draining).map(targetKey));
    const missing = desired.filter(unless(held));
    const stale = before
      .filter(({ draining }) => !draining)
      .filter((member) => held.has(targetKey(member)))
      .filter(unless(wanted));
    if (first) {
      report.missing = missing.length;
      report.stale = stale.length;
    }

    // Later looks are about what was done alone. Others have gone on meanwhile, and events tell of that.
    const register = first
      ? missing
      : missing.filter((target) => emptied.has(targetKey(target)) || registered.has(target.taskArn));
    const deregister = first
      ? stale
      : [...registered.values()].filter(unless(wanted)).filter((target) => held.has(targetKey(target)));
    const drained = first
      ? stopping.filter((task) => targetOf(task).every((target) => !inGroup.has(targetKey(target))))
      : [];
    if (first) {
      report.draining = stopping.filter((task) => !drained.includes(task)).map(({ taskArn = "" }) => taskArn);
    }
    for (const { taskArn = "" } of drained) {
      await actions.stop(taskArn, "An event asked for it; its target has drained");
    }
    if (register.length === 0 && deregister.length === 0) {
      memory.fullLooks.set(service, began);
      return report;
    }

    for (const target of register) registered.set(target.taskArn, target);
    for (const target of deregister) emptied.add(targetKey(target));
    settled = new Map(
      running.flatMap((task) => (registered.has(task.taskArn ?? "") ? [] : [[task.taskArn ?? "", task]])),
    );
    await actions.change(register, deregister);
  }
  throw new NotSettled(service);
};
