import { stopTask } from "../shared/stop-task";
import type { Stop } from "./input";
import type { InvocationContext } from "./invocation-context";
import { createCount } from "./metrics";
import { reconcileTasks } from "./reconcile-tasks";
import { OutOfTime, reserveMs } from "./remaining-time";
import { sendReminder } from "./reminder";
import { createReport, type Report } from "./report";
import type { RecordRefusal } from "./service-changes";
import { createServiceTasks } from "./service-tasks";
import { isMarkedBy, isStopping } from "./task-state";

/**
 * Stops the tasks of a service that are older than the event. A task that may have a target is first marked with a tag,
 * which is kept even if this function crashes. Its target is then deregistered, and a reminder stops the task when the
 * target has drained.
 * @returns `isComplete` false: not all tasks could be stopped or marked in the time of this invocation
 */
export const stopService = async (
  service: string,
  { id, createdUntil, hop }: Stop,
  context: InvocationContext,
  recordRefusal: RecordRefusal,
): Promise<{ report: Report; isComplete: boolean }> => {
  const route = context.routes[service]!;
  const { ecs, calls, emit, getRemainingMs } = context;
  const tasks = createServiceTasks(ecs, service, route, calls);
  // Each hop marks tasks as its own, so that it sends reminders for these alone.
  const markId = hop === 0 ? id : `${id}/${hop}`;
  const stopped: string[] = [];
  const marked: string[] = [];
  let isComplete = true;
  for (const task of await tasks.list()) {
    const { taskArn = "", createdAt, lastStatus } = task;
    if (isStopping(task)) {
      // An earlier attempt marked it, and may have failed before it could deregister the target.
      if (isMarkedBy(task, markId)) marked.push(taskArn);
    } else if ((createdAt?.getTime() ?? 0) > createdUntil) {
      // Created after the event.
    } else if (getRemainingMs() < reserveMs) {
      isComplete = false;
    } else if (route.targetGroup === undefined || lastStatus !== "RUNNING") {
      await calls.other(() => stopTask(ecs, route.cluster, taskArn, `Stopped by the event ${id}`));
      emit([createCount("stopped", service)]);
      stopped.push(taskArn);
    } else {
      try {
        await tasks.mark(taskArn, markId);
        marked.push(taskArn);
      } catch (error) {
        if (!(error instanceof OutOfTime)) throw error;
        isComplete = false;
      }
    }
  }
  if (marked.length === 0) return { report: { ...createReport(), stopped }, isComplete };

  const { reports, errors } = await reconcileTasks(
    marked.map((taskArn) => ({ service, taskArn, isReportedRunning: true, recordRefusal })),
    context,
  );
  for (const error of errors.values()) throw error;
  const report = reports.get(service)!;
  await calls.other(() => sendReminder(context, service, route.drainSeconds, report.draining, 1));
  return { report: { ...report, stopped: [...stopped, ...report.stopped] }, isComplete };
};
