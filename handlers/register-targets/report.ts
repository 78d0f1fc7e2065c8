import type { Target } from "../shared/task-target";

export type TaskTarget = Target & { taskArn: string };

/** What the function found and did for one service. */
export type Report = {
  /** Running tasks without a target. Counted only when the whole service was checked. */
  missing: number;
  /** Targets without a running task. Counted only when the whole service was checked. */
  stale: number;
  registered: TaskTarget[];
  deregistered: Target[];
  /** ARNs of tasks. */
  stopped: string[];
  /** ARNs of tasks that will be stopped when their targets have drained. */
  draining: string[];
};

export const createReport = (): Report => ({
  missing: 0,
  stale: 0,
  registered: [],
  deregistered: [],
  stopped: [],
  draining: [],
});
