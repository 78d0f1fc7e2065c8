import { spawnSync } from "node:child_process";

const ps = (...args: string[]): string[] =>
  spawnSync("ps", args, { encoding: "utf8" })
    .stdout.split("\n")
    .map((row) => row.trim())
    .filter(Boolean);

/** Whether a process runs; one that has ended and that nobody has asked for its exit code does not. */
export const isAlive = (pid: number): boolean =>
  ps("-o", "stat=", "-p", String(pid)).some((state) => !state.startsWith("Z"));

/** What a process was started with; nothing when it has ended. */
export const argumentsOf = (pid: number): string => ps("-o", "args=", "-p", String(pid)).join();

/** Process ids of everything that a process has started, and of what that has. */
export function descendants(pid: number): number[] {
  const pairs = ps("-eo", "pid=,ppid=").map((row) => row.split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    pairs.flatMap(([id = 0, ppid]) => (ppid === parent ? [id, ...below(id)] : []));
  return below(pid);
}

/** Process ids of whatever has a text among its arguments. */
export const processesWith = (text: string): number[] =>
  ps("-eo", "pid=,stat=,args=")
    .filter((row) => row.includes(text) && !/^\d+\s+Z/.test(row))
    .map((row) => Number.parseInt(row, 10));

/** Waits until something is so. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: () => string = () => "",
): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
