import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { startDemo, testDemo } from "./demo";

/** The processes that `pid` started, with their children. */
function descendants(pid: number): number[] {
  const processes = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const childrenOf = (parent: number): number[] =>
    processes.filter(([, ppid]) => ppid === parent).flatMap(([child]) => [child, ...childrenOf(child)]);
  return childrenOf(pid);
}

/** The processes that still run. A process in state Z has ended. */
function running(pids: readonly number[]): string[] {
  const { stdout } = spawnSync("ps", ["-o", "stat=,args=", "-p", pids.join()], { encoding: "utf8" });
  return stdout
    .trim()
    .split("\n")
    .filter((line) => line && !line.startsWith("Z"));
}

test("leaves nothing running after Ctrl-C during the start", async () => {
  const demo = startDemo("--hcl");
  const ended = once(demo, "close");
  for await (const chunk of demo.stdout!) {
    if (/\d+ of \d+ made, now/.test(String(chunk))) break;
  }
  const started = descendants(demo.pid!);
  const commands = running(started).join("\n");
  expect(commands).toMatch(/terraform apply/);
  expect(commands).toMatch(/terraform-provider-aws/);
  expect(commands).toMatch(/moto/);

  demo.kill("SIGINT");
  expect(await ended).toEqual([130, null]);
  expect(running(started)).toEqual([]);
}, 360_000);

// __tests__/long/demo.test.ts runs the HCL root.
testDemo("the demo from the CDKTF app");
