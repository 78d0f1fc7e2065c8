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

/** A process with a child of its own, which says its number. */
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

test("ends what still runs, with all that it started, and removes the folder", async () => {
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

test("a process that ends takes along what it left running, and others stay", async () => {
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

test("that was killed itself leaves the rest of local AWS able to stop", async () => {
  const watchdog = new Watchdog();
  const { child } = await family();
  (watchdog as unknown as { process: ChildProcess }).process.kill("SIGKILL");
  watchdog.watch(child);
  await watchdog.stop();
  expect(existsSync(watchdog.folder)).toBe(false);
});

test("the folder is nobody else's", async () => {
  const watchdog = new Watchdog();
  expect(statSync(watchdog.folder).mode & 0o077).toBe(0);
  await watchdog.stop();
});

test("a process is told of PATH, LANG and a home of its own, and of nothing else", () => {
  expect(Object.keys(hostEnvironment("/home/task")).sort()).toEqual(["HOME", "LANG", "PATH"]);
  expect(hostEnvironment("/home/task").HOME).toBe("/home/task");
});
