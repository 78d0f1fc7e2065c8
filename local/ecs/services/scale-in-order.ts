import type { Task } from "../task";

/**
 * The tasks to stop, at most `count`: never a protected one, first those that do not run yet, then from the zone with the most
 * tasks the newest one. AWS documents the balance of zones; which task of a zone it stops is not documented.
 */
export function tasksToStop(tasks: Task[], count: number, now: Date): Task[] {
  const left = [...tasks];
  const chosen: Task[] = [];
  while (chosen.length < count) {
    const next = left.filter((task) => !task.isProtected(now)).sort((a, b) => order(left, a, b))[0];
    if (!next) break;
    left.splice(left.indexOf(next), 1);
    chosen.push(next);
  }
  return chosen;
}

function order(all: Task[], a: Task, b: Task): number {
  const inZoneOf = ({ launch }: Task) =>
    all.filter((task) => task.launch.network?.zone === launch.network?.zone).length;
  return (
    Number(isRunning(a)) - Number(isRunning(b)) ||
    inZoneOf(b) - inZoneOf(a) ||
    createdAt(b) - createdAt(a) ||
    all.indexOf(b) - all.indexOf(a)
  );
}

const isRunning = ({ lastStatus }: Task): boolean => lastStatus === "RUNNING";

const createdAt = ({ times }: Task): number => times.createdAt?.getTime() ?? 0;
