import { PermanentError } from "../shared/failures";
import { applyDescriptions, createServiceProgress, type ServiceProgress } from "./apply-descriptions";
import { describeTasks } from "./describe-tasks";
import { groupBy } from "./group-by";
import type { InvocationContext } from "./invocation-context";
import { NotSettled, reconcileService, staleRetryDelaysMs } from "./reconcile-service";
import type { Report } from "./report";
import { StaleDescription } from "./stale-description";
import { type TaskToCheck, toTaskKey } from "./tasks-to-check";

export type TaskResults = {
  /** By service. */
  reports: Map<string, Report>;
  /** Why a task could not be handled, by {@link toTaskKey}. */
  errors: Map<string, unknown>;
};

/** Delays before each check. The second check verifies what the first one changed, so it follows without delay. */
const checkDelaysMs = [0, 0, ...staleRetryDelaysMs];

/**
 * Reconciles target groups with these tasks: a running task is registered; a task that has ended or is marked as stopping
 * is deregistered; a marked task is stopped when its target has drained.
 *
 * The number of calls depends on these tasks alone: one DescribeTasks for each hundred, whatever their services, and one
 * more after a change, which shows whether the change was based on outdated data. A target is deregistered only while
 * its task holds the address, or after a check of the whole service has shown that no other task has the address.
 */
export const reconcileTasks = async (
  tasks: readonly TaskToCheck[],
  context: InvocationContext,
): Promise<TaskResults> => {
  const results: TaskResults = { reports: new Map(), errors: new Map() };
  const clusters = groupBy(tasks, ({ service }) => context.routes[service]!.cluster);
  await Promise.all(
    [...clusters].map(([cluster, ofCluster]) => reconcileCluster(cluster, ofCluster, context, results)),
  );
  return results;
};

const reconcileCluster = async (
  cluster: string,
  tasks: readonly TaskToCheck[],
  context: InvocationContext,
  { reports, errors }: TaskResults,
): Promise<void> => {
  const services = new Map<string, ServiceProgress>();
  for (const [name, ofService] of groupBy(tasks, ({ service }) => service)) {
    const progress = createServiceProgress(name, ofService, context);
    services.set(name, progress);
    reports.set(name, progress.report);
  }
  const fail = (failed: Iterable<TaskToCheck>, error: unknown) => {
    for (const { service, taskArn } of failed) errors.set(toTaskKey(service, taskArn), error);
  };

  /** Checks the tasks once. Resolves to those that have to be checked again. */
  const check = async (pending: readonly TaskToCheck[]): Promise<TaskToCheck[]> => {
    const arns = [...new Set(pending.map(({ taskArn }) => taskArn))];
    const described = await describeTasks(context.ecs, cluster, arns, context.calls.other);
    const checkAgain = await Promise.all(
      [...groupBy(pending, ({ service }) => service)].map(async ([name, ofService]) => {
        for (const task of ofService) {
          const error = described.errors.get(task.taskArn);
          if (error !== undefined) fail([task], toDescribeError(task, error));
        }
        const readable = ofService.filter(({ taskArn }) => !described.errors.has(taskArn));
        try {
          return await applyDescriptions(services.get(name)!, readable, described, context);
        } catch (error) {
          fail(readable, error);
          return [];
        }
      }),
    );
    return checkAgain.flat();
  };

  const findMissingDetail = (task: TaskToCheck) => services.get(task.service)!.missingDetails.get(task);

  let pending = [...tasks];
  for (const [index, delayMs] of checkDelaysMs.entries()) {
    if (pending.length === 0) break;
    if (index === 1 && pending.every((task) => findMissingDetail(task) !== undefined)) continue;
    if (delayMs > 0) await context.sleep(delayMs);
    pending = await check(pending);
  }
  for (const task of pending) {
    const { service } = task;
    const detail = findMissingDetail(task);
    fail([task], detail === undefined ? new NotSettled(service) : new StaleDescription(service, detail));
  }
  for (const progress of services.values()) {
    await checkWholeService(progress, tasks, context).catch((error) => fail(progress.needsFullCheck, error));
  }
};

const checkWholeService = async (
  { name, report, needsFullCheck }: ServiceProgress,
  tasks: readonly TaskToCheck[],
  context: InvocationContext,
): Promise<void> => {
  const [task] = needsFullCheck;
  if (task === undefined) return;
  // ListTasks may not list these tasks yet.
  const running = tasks.filter((each) => each.service === name && each.isReportedRunning);
  const runningTaskArns = running.map(({ taskArn }) => taskArn);
  const full = await reconcileService(name, context, task.recordRefusal, { runningTaskArns });
  report.missing = full.missing;
  report.stale = full.stale;
  report.registered.push(...full.registered);
  report.deregistered.push(...full.deregistered);
  report.stopped.push(...full.stopped);
  report.draining = [...new Set([...report.draining, ...full.draining])];
};

// ECS answers so to the ARN of a task of another account, for instance. A retry cannot change that.
const toDescribeError = ({ taskArn }: TaskToCheck, error: unknown): unknown =>
  error instanceof Error && error.name === "InvalidParameterException"
    ? new PermanentError(error.name, `DescribeTasks: ${taskArn}: ${error.message.slice(0, 300)}`)
    : error;
