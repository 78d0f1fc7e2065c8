import type { ChildProcess } from "node:child_process";

/** Signals a detached process and its own children: a command may be a script that started some. */
export function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone, which is what a signal is for.
  }
}
