import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { projectRoot } from "../../testing/terraform";

function startDemo(...args: string[]): ChildProcess {
  return spawn(process.execPath, ["scripts/demo.cjs", ...args], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

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
  const demo = startDemo();
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

describe("the demo in both forms at once", () => {
  test.concurrent.each([
    ["the CDKTF app", []],
    ["the HCL root", ["--hcl"]],
  ])(
    "%s",
    async (_, args) => {
      const demo = startDemo("--json", ...args);
      const [stdout, stderr, [status]] = await Promise.all([
        text(demo.stdout!),
        text(demo.stderr!),
        once(demo, "close"),
      ]);
      expect({ status, stderr }).toEqual({
        status: 0,
        stderr: expect.stringContaining("What has come of them"),
      });
      // One line only.
      expect(stdout.trimEnd()).not.toContain("\n");
      const arn = expect.stringMatching(/^arn:aws:ecs:[a-z0-9-]+:\d{12}:task\/demo\/[0-9a-f]{32}$/);
      expect(JSON.parse(stdout)).toEqual({
        events: 6,
        tasks: expect.arrayContaining([
          { service: "auth", taskArn: arn, exitCode: 0 },
          { service: "pdf", taskArn: arn, exitCode: 0 },
        ]),
        targets: expect.arrayContaining(
          ["auth", "pdf"].map((service) => ({
            service,
            target: expect.stringMatching(/^10\.0\.\d+\.\d+:[89]080$/),
            health: "healthy",
            answer: expect.stringContaining(`"service":"${service}"`),
          })),
        ),
        targetsAfterStop: 0,
        duplicates: 1,
        failedJob: { tasksFailed: 1, exitCodes: [3, 0], reason: expect.stringContaining("exited with 3") },
        deadLetters: expect.arrayContaining([
          { reason: expect.stringContaining("detail.service: expected a string") },
          { reason: expect.stringContaining('"billing" is unknown') },
        ]),
        seconds: expect.objectContaining({ apply: expect.any(Number), total: expect.any(Number) }),
      });
      expect(JSON.parse(stdout).tasks).toHaveLength(2);
      expect(JSON.parse(stdout).deadLetters).toHaveLength(2);
    },
    900_000,
  );
});
