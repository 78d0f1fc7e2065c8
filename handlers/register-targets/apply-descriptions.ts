import type { Task } from "@aws-sdk/client-ecs";
import { parseFamily } from "../shared/names";
import { isTaskGroupOf } from "../shared/task-group";
import { findTargets, holdsTarget, type Target } from "../shared/task-target";
import { decideChanges, type ObservedTask } from "./decide-changes";
import type { DescribedTasks } from "./describe-tasks";
import type { Route } from "./environment";
import type { InvocationContext } from "./invocation-context";
import { createLag } from "./metrics";
import { createReport, type Report } from "./report";
import {
  createServiceChanges,
  type RecordRefusal,
  type ServiceChanges,
  stoppedAfterDraining,
} from "./service-changes";
import { isDesiredRunning, isRunning, shouldBeRegistered } from "./task-state";
import type { TaskToCheck } from "./tasks-to-check";

/** How far the clocks of ECS and of this function may differ. */
const maxSkewMs = 5_000;

const statusesBeforeRunning = ["PROVISIONING", "PENDING", "ACTIVATING"];

type Change = "registered" | "deregistered";

/** What has been done so far for the checked tasks of one service. */
export type ServiceProgress = {
  name: string;
  route: Route;
  report: Report;
  /** Absent without a target group. */
  changes: ServiceChanges | undefined;
  /** The last change for a task, by its ARN. */
  lastChanges: Map<string, Change>;
  /** What ECS does not show yet about a task. */
  missingDetails: Map<TaskToCheck, string>;
  /** Tasks for which the whole service has to be checked. */
  needsFullCheck: Set<TaskToCheck>;
};

export const createServiceProgress = (
  name: string,
  tasks: readonly TaskToCheck[],
  context: InvocationContext,
): ServiceProgress => {
  const route = context.routes[name]!;
  const report = createReport();
  const recordRefusal: RecordRefusal = async (taskArn, reason) =>
    tasks.find((task) => task.taskArn === taskArn)?.recordRefusal(taskArn, reason);
  const { targetGroup } = route;
  return {
    name,
    route,
    report,
    changes: targetGroup
      ? createServiceChanges(name, route, targetGroup, context, report, recordRefusal)
      : undefined,
    lastChanges: new Map(),
    missingDetails: new Map(),
    needsFullCheck: new Set(),
  };
};

/** Brings the target group of a service in sync with described tasks. Resolves to the tasks to check again. */
export const applyDescriptions = async (
  service: ServiceProgress,
  tasksToCheck: readonly TaskToCheck[],
  { tasks }: DescribedTasks,
  context: InvocationContext,
): Promise<TaskToCheck[]> => {
  const { name, route, report, changes, lastChanges, missingDetails, needsFullCheck } = service;
  const { ecs, calls, state, now, emit } = context;
  // Without a target group there is nothing to register, and a stop event stops the tasks immediately.
  if (changes === undefined) return [];

  // A message may name a task of another service.
  const ofService = tasksToCheck.filter(({ taskArn }) => belongsTo(service, tasks.get(taskArn)));
  const described = ofService.flatMap(({ taskArn }) => tasks.get(taskArn) ?? []);
  const find = () => findTargets(ecs, route, described, state.instanceIds);
  const targets = await (route.targetType === "instance" ? calls.other(find) : find());
  const checked = new Map<string, TaskToCheck>();
  const observed: ObservedTask[] = [];
  missingDetails.clear();
  for (const taskToCheck of ofService) {
    const { taskArn, privateIp } = taskToCheck;
    const [task, target] = [tasks.get(taskArn), targets.get(taskArn)];
    const detail = findMissingDetail(taskToCheck, task, target);
    if (detail !== undefined) missingDetails.set(taskToCheck, detail);
    else if (!isUnchangedSince(lastChanges.get(taskArn), task, route) && !hasNeverRun(task)) {
      checked.set(taskArn, taskToCheck);
      observed.push({ taskArn, task, target, privateIp });
    }
  }
  const incomplete = [...missingDetails.keys()];
  if (observed.length === 0) return incomplete;

  const { register, deregister, stop, draining, leftover, cleanedUp } = decideChanges(
    observed,
    await describeTargetsOf(changes, observed),
    route,
  );
  for (const taskArn of stop) await changes.stop(taskArn, stoppedAfterDraining);
  report.draining.push(...draining);
  const registeredBefore = report.registered.length;
  await changes.apply(register, deregister);
  const registered = report.registered.slice(registeredBefore);
  for (const { taskArn } of registered) {
    lastChanges.set(taskArn, "registered");
    const since = checked.get(taskArn)?.runningSince;
    if (since !== undefined) emit([createLag(name, now() - since)]);
  }
  for (const { taskArn } of deregister) lastChanges.set(taskArn, "deregistered");
  const changed = [...registered, ...deregister].map(({ taskArn }) => checked.get(taskArn)!);

  for (const taskArn of [...leftover, ...cleanedUp]) {
    const task = checked.get(taskArn)!;
    // An attempt that failed halfway, or that ran while the task ended, may have deregistered the address after
    // another task had got it.
    const isUncertain =
      leftover.includes(taskArn) || task.earlierAttemptEndedBy !== undefined || lastChanges.has(taskArn);
    if (isUncertain && !isCoveredByFullCheck(service, task, tasks.get(taskArn), context)) {
      needsFullCheck.add(task);
    }
  }
  if (needsFullCheck.size === 0) return [...incomplete, ...changed];
  // The full check verifies these changes too.
  for (const task of changed) needsFullCheck.add(task);
  return incomplete;
};

const belongsTo = ({ name, route }: ServiceProgress, task: Task | undefined): boolean =>
  task === undefined ||
  (isTaskGroupOf(name, task.group) && parseFamily(task.taskDefinitionArn ?? "") === route.family);

/** What ECS does not show yet, although an event has told it or the task's status implies it. */
const findMissingDetail = (
  { taskArn, minVersion = 0, isReportedRunning = false }: TaskToCheck,
  task: Task | undefined,
  target: Target | undefined,
): string | undefined => {
  if (task === undefined) return isReportedRunning ? taskArn : undefined;
  if ((task.version ?? minVersion) < minVersion)
    return `version ${minVersion} of ${taskArn}, but ${task.version}`;
  if (isRunning(task) && target === undefined) return `address and port of ${taskArn}`;
  return undefined;
};

/** Whether the task is still in the state for which it was registered or deregistered. */
const isUnchangedSince = (lastChange: Change | undefined, task: Task | undefined, route: Route): boolean => {
  if (lastChange === undefined || task === undefined) return false;
  return lastChange === "registered"
    ? shouldBeRegistered(task)
    : !shouldBeRegistered(task) && holdsTarget(task, route);
};

/** A task that has never run has never had a target. */
const hasNeverRun = (task: Task | undefined): boolean => {
  if (task === undefined) return false;
  if (isDesiredRunning(task)) return statusesBeforeRunning.includes(task.lastStatus ?? "");
  return task.startedAt === undefined;
};

const describeTargetsOf = (changes: ServiceChanges, observed: readonly ObservedTask[]) => {
  // For a task that ECS has forgotten, an event has the address but nothing has the port: all targets are needed.
  if (observed.some(({ target, privateIp }) => target === undefined && privateIp !== undefined))
    return changes.describeTargets();
  const targets = observed.flatMap(({ target }) => target ?? []);
  return targets.length === 0 ? [] : changes.describeTargets(targets);
};

/**
 * Whether a full check by this execution environment began after the task and every earlier attempt had ended. A target
 * with the task's address then belongs to another task.
 */
const isCoveredByFullCheck = (
  { name, lastChanges }: ServiceProgress,
  { taskArn, endedAt, earlierAttemptEndedBy = 0 }: TaskToCheck,
  task: Task | undefined,
  { state }: InvocationContext,
): boolean => {
  if (lastChanges.has(taskArn)) return false;
  const taskEndedAt = task?.stoppingAt?.getTime() ?? endedAt ?? Number.POSITIVE_INFINITY;
  return Math.max(taskEndedAt, earlierAttemptEndedBy) + maxSkewMs < (state.lastFullChecks.get(name) ?? 0);
};
