import type { Task } from "../task";
import { taskHealth } from "../task-views";
import type { Deployment } from "./deployment";
import type { EcsService } from "./service";
import type { ServiceTargets } from "./service-targets";

/** The health of a task, as the scheduler of ECS services sees it. */
export interface TaskHealth {
  isHealthy: boolean;
  /** `stoppedReason`, if the scheduler must replace the task */
  replace?: string;
}

/** A task is healthy if it runs, and its container and its targets are healthy. */
export async function healthOf(
  task: Task,
  { settings }: EcsService,
  deployment: Deployment,
  targets: ServiceTargets,
  now: Date,
): Promise<TaskHealth> {
  if (task.lastStatus !== "RUNNING") return { isHealthy: false };
  if (taskHealth(task) === "UNHEALTHY")
    return { isHealthy: false, replace: "Task failed container health checks" };
  const { group, state } = await targets.health(task, deployment.settings.loadBalancers ?? []);
  if (state === "healthy") return { isHealthy: true };
  const graceMs = (settings.healthCheckGracePeriodSeconds ?? 0) * 1000;
  const age = now.getTime() - (task.times.startedAt ?? now).getTime();
  if (state !== "unhealthy" || age < graceMs) return { isHealthy: false };
  return { isHealthy: false, replace: `Task failed ELB health checks in (target-group ${group})` };
}
