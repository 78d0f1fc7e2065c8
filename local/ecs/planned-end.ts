/** How a fault makes a task end; a line of a fault script for `RunTask`. */
export type PlannedEnd = {
  /** default 0 */
  afterMs?: number;
  /** From when on `afterMs` counts: RUNNING, the default, or the launch; a task that ends before RUNNING never ran. */
  since?: "running" | "launch";
} & (
  | {
      /** The task stops: Spot takes it back, its host fails, somebody stops it, … */
      fault: "ends";
      /** Absent: the task has no stop code. */
      stopCode?: string;
      /** default: ECS's own words for the stop code, where they are known */
      reason?: string;
    }
  | {
      /** A container exits. */
      fault: "exits";
      exitCode: number;
      /** What ECS tells of the container's end, e.g. `OutOfMemoryError: …`. */
      reason?: string;
      /** default: the first essential container */
      container?: string;
    }
  | {
      /** The health check of a container fails: UNHEALTHY. The task runs on. */
      fault: "unhealthy";
      /** default: the first essential container */
      container?: string;
    }
);

export const PLANNED_ENDS = ["ends", "exits", "unhealthy"];

export function isPlannedEnd<T extends { fault: string }>(fault: T): fault is T & PlannedEnd {
  return PLANNED_ENDS.includes(fault.fault);
}
