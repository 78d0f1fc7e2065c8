/** How a fault of `RunTask` ends a task. */
export type PlannedEnd = {
  /** default 0 */
  afterMs?: number;
  /** The start of `afterMs`: RUNNING (default) or the launch. A task that ends before RUNNING never ran. */
  since?: "running" | "launch";
} & (
  | {
      /** The task stops: Spot interrupts it, its host fails, a user stops it, … */
      fault: "ends";
      /** Absent: the task has no stop code. */
      stopCode?: string;
      /** default: the reason that ECS gives with the stop code, if it is known */
      reason?: string;
    }
  | {
      /** A container exits. */
      fault: "exits";
      exitCode: number;
      /** `reason` of the container, e.g. `OutOfMemoryError: …`. */
      reason?: string;
      /** default: the first essential container */
      container?: string;
    }
  | {
      /** The health check of a container fails: UNHEALTHY. The task keeps running. */
      fault: "unhealthy";
      /** default: the first essential container */
      container?: string;
    }
);

export const PLANNED_ENDS = ["ends", "exits", "unhealthy"];

export function isPlannedEnd<T extends { fault: string }>(fault: T): fault is T & PlannedEnd {
  return PLANNED_ENDS.includes(fault.fault);
}
