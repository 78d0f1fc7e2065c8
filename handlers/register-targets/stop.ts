import { stopTask } from "../shared/stop-task";
import { emptyReport, type Refuse, type Report } from "./actions";
import type { Stop } from "./input";
import { count } from "./metrics";
import { OutOfTime, reserveMs } from "./pace";
import { remind } from "./reminder";
import { createServiceTasks, isMarkedBy, isStopping } from "./service-tasks";
import { settle } from "./settle";
import type { Work } from "./work";

/**
 * Stops the tasks of a service that are older than the event. One that may be serving is only marked, which survives
 * whatever happens to this function: its target is then taken out of the group, and a reminder stops the task once that
 * has drained.
 * @returns what was done, and whether it is all there was to do: marking has a rate, and an invocation an end
 */
export const stopService = async (
  service: string,
  { id, until, hop }: Stop,
  work: Work,
  refuse: Refuse,
): Promise<{ report: Report; finished: boolean }> => {
  const route = work.routes[service]!;
  const { ecs, calls, emit, remaining } = work;
  const tasks = createServiceTasks(ecs, service, route, calls);
  // What one invocation has no time for is another event, which sees to its own tasks alone.
  const mark = hop === 0 ? id : `${id}/${hop}`;
  const stopped: string[] = [];
  const marked: string[] = [];
  let finished = true;
  for (const task of await tasks.list()) {
    const { taskArn = "", createdAt, lastStatus } = task;
    if (isStopping(task)) {
      // Marked by an earlier try, which may not have come to what follows. Another event sees to its own.
      if (isMarkedBy(task, mark)) marked.push(taskArn);
    } else if ((createdAt?.getTime() ?? 0) > until) {
      // Made after the event.
    } else if (remaining() < reserveMs) {
      finished = false;
    } else if (route.targetGroup === undefined || lastStatus !== "RUNNING") {
      await calls.make(() => stopTask(ecs, route.cluster, taskArn, `The event ${id} asked for it`));
      emit([count("stopped", service)]);
      stopped.push(taskArn);
    } else {
      try {
        await tasks.mark(taskArn, mark);
        marked.push(taskArn);
      } catch (error) {
        if (!(error instanceof OutOfTime)) throw error;
        finished = false;
      }
    }
  }
  if (marked.length === 0) return { report: { ...emptyReport(), stopped }, finished };

  const { reports, errors } = await settle(
    marked.map((taskArn) => ({ service, taskArn, running: true, refuse })),
    work,
  );
  for (const error of errors.values()) throw error;
  const report = reports.get(service)!;
  await calls.make(() => remind(work, service, route.drainSeconds, report.draining, 1));
  return { report: { ...report, stopped: [...stopped, ...report.stopped] }, finished };
};
