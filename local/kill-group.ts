import type { ChildProcess } from "node:child_process";

/** Sends a signal to a detached process and its children: a command may be a script that has started processes. */
export function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has ended already.
  }
}
