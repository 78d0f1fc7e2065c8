import { spawnSync } from "node:child_process";

const ps = (...args: string[]): string[] =>
  spawnSync("ps", args, { encoding: "utf8" })
    .stdout.split("\n")
    .map((row) => row.trim())
    .filter(Boolean);

/** Whether a process runs. A zombie does not. */
export const isAlive = (pid: number): boolean =>
  ps("-o", "stat=", "-p", String(pid)).some((state) => !state.startsWith("Z"));

/** The command line of a process; empty if it has ended. */
export const argumentsOf = (pid: number): string => ps("-o", "args=", "-p", String(pid)).join();

/** Process ids of all descendants of a process. */
export function descendants(pid: number): number[] {
  const pairs = ps("-eo", "pid=,ppid=").map((row) => row.split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    pairs.flatMap(([id = 0, ppid]) => (ppid === parent ? [id, ...below(id)] : []));
  return below(pid);
}

/** Process ids of processes with a text in their command line. */
export const processesWith = (text: string): number[] =>
  ps("-eo", "pid=,stat=,args=")
    .filter((row) => row.includes(text) && !/^\d+\s+Z/.test(row))
    .map((row) => Number.parseInt(row, 10));

/** Waits until a condition is true, for a minute at most. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: () => string = () => "",
): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`the condition was not met within a minute ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
