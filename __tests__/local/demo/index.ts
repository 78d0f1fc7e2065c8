import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { projectRoot } from "../../../testing/terraform";

export function startDemo(...args: string[]): ChildProcess {
  return spawn(process.execPath, ["scripts/demo.cjs", ...args], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs a demo that ends well, and returns what it reports. */
export async function runDemo(...args: string[]): Promise<Record<string, unknown>> {
  const demo = startDemo(...args, "--json");
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
  return JSON.parse(stdout);
}

/** Runs the demo and checks what it reports. */
export function testDemo(name: string, ...args: string[]): void {
  test(name, async () => {
    const reported = await runDemo(...args);
    const arn = expect.stringMatching(/^arn:aws:ecs:[a-z0-9-]+:\d{12}:task\/demo\/[0-9a-f]{32}$/);
    expect(reported).toEqual({
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
      failedJob: {
        tasksFailed: 1,
        exitCodes: [3, 0],
        reason: expect.stringContaining("exited with 3"),
        redriven: [{ outcome: "started", tasks: [arn] }],
      },
      deadLetters: expect.arrayContaining([
        { reason: expect.stringContaining("detail.service: expected a string") },
        { reason: expect.stringContaining('"billing" is unknown') },
      ]),
      runs: expect.arrayContaining([
        expect.objectContaining({
          service: "report",
          outcome: "failed",
          exitCode: 3,
          attempt: 1,
          reason: expect.stringContaining("exited with 3"),
        }),
      ]),
      failedRunLog: expect.arrayContaining([expect.stringContaining("attempt")]),
      seconds: expect.objectContaining({ apply: expect.any(Number), total: expect.any(Number) }),
    });
    expect(reported.tasks).toHaveLength(2);
    expect(reported.deadLetters).toHaveLength(2);
  }, 900_000);
}
