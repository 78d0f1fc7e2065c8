import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostEnvironment } from "../../local/host-environment";
import { killGroup } from "../../local/kill-group";
import { Watchdog } from "../../local/watchdog";
import { isAlive, until } from "../../testing/processes";

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) killGroup(child, "SIGKILL");
});

/** A process with a child, and the id of the child. */
async function family(): Promise<{ child: ChildProcess; grandchild: number }> {
  const child = spawn("/bin/sh", ["-c", "sleep 300 & echo $!; wait"], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  started.push(child);
  const grandchild = await new Promise<string>((resolve) =>
    child.stdout.setEncoding("utf8").once("data", resolve),
  );
  return { child, grandchild: Number(grandchild) };
}

test("kills running processes with their children, and removes the folder", async () => {
  const watchdog = new Watchdog();
  writeFileSync(join(watchdog.folder, "code.js"), "");
  const families = [await family(), await family(), await family()];
  for (const { child } of families) watchdog.watch(child);
  const pids = families.flatMap(({ child, grandchild }) => [child.pid ?? 0, grandchild]);
  expect(pids.every(isAlive)).toBe(true);
  await watchdog.stop();
  await until(() => !pids.some(isAlive));
  expect(existsSync(watchdog.folder)).toBe(false);
});

test("kills the children of a process that has ended, and no others", async () => {
  const watchdog = new Watchdog();
  const [first, second] = [await family(), await family()];
  watchdog.watch(first.child);
  watchdog.watch(second.child);
  first.child.kill("SIGKILL");
  await until(() => !isAlive(first.grandchild));
  expect(isAlive(second.grandchild)).toBe(true);
  await watchdog.stop();
  await until(() => !isAlive(second.grandchild));
});

test("allows local AWS to stop when the watchdog was killed", async () => {
  const watchdog = new Watchdog();
  const { child } = await family();
  (watchdog as unknown as { process: ChildProcess }).process.kill("SIGKILL");
  watchdog.watch(child);
  await watchdog.stop();
  expect(existsSync(watchdog.folder)).toBe(false);
});

test("creates a folder that no other user can read", async () => {
  const watchdog = new Watchdog();
  expect(statSync(watchdog.folder).mode & 0o077).toBe(0);
  await watchdog.stop();
});

test("gives a process PATH, LANG and a separate HOME, and no other variables", () => {
  expect(Object.keys(hostEnvironment("/home/task")).sort()).toEqual(["HOME", "LANG", "PATH"]);
  expect(hostEnvironment("/home/task").HOME).toBe("/home/task");
});
