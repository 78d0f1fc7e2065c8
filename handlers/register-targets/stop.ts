import type { Route } from "./environment";
import type { Stop } from "./input";
import { count } from "./metrics";
import { type ReconcileParts, type Report, reconcile } from "./reconcile";
import { createServiceTasks, isStopping } from "./service-tasks";

/**
 * Stops the tasks of a service that are older than the event. One that may be serving is only marked, which survives
 * whatever happens to this function: reconciling takes its target out of the group, and stops it once that has drained.
 */
export const stopService = async (
  service: string,
  route: Route,
  { id, until }: Stop,
  parts: ReconcileParts,
): Promise<Report> => {
  const tasks = createServiceTasks(parts.ecs, service, route);
  const stopped: string[] = [];
  for (const task of await tasks.list()) {
    const { taskArn = "", createdAt, desiredStatus, lastStatus } = task;
    if (desiredStatus !== "RUNNING" || isStopping(task) || (createdAt?.getTime() ?? 0) > until) continue;
    if (route.targetGroup !== undefined && lastStatus === "RUNNING") {
      await tasks.mark(taskArn, id);
    } else {
      await tasks.stop(taskArn, `The event ${id} asked for it`);
      parts.emit([count("stopped", service)]);
      stopped.push(taskArn);
    }
  }
  const report = await reconcile(service, route, parts);
  return { ...report, stopped: [...stopped, ...report.stopped] };
};
