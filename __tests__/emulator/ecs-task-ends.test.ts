import { OUT_OF_MEMORY } from "../../local/ecs/task-runner";
import type { Fault } from "../../local/faults";
import { account } from "./ecs-account";

const forever = () => ({});
const onLaunch = (fault: object) => [{ service: "ecs", action: "RunTask", ...fault } as Fault];

/** The last event and the description of the only task. */
async function endOf({ clock, describe, taskEvents, tasks }: Awaited<ReturnType<typeof account>>) {
  await clock.advance(60_000);
  const [description] = await describe(tasks()[0]?.arn);
  return { event: taskEvents.at(-1)?.detail, description };
}

describe("a container's end", () => {
  test.each<[string, object, object]>([
    ["an exit code", { exitCode: 3 }, { exitCode: 3 }],
    [
      "too little memory",
      OUT_OF_MEMORY,
      { exitCode: 137, reason: expect.stringMatching(/^OutOfMemoryError/) },
    ],
  ])("shows in the event and in the description: %s", async (_, exit, container) => {
    const aws = await account({ containers: () => ({ durationMs: 1000, ...exit }) });
    await aws.run();
    const expected = { stopCode: "EssentialContainerExited", containers: [container] };
    expect(await endOf(aws)).toMatchObject({ event: expected, description: expected });
  });

  test("has no reason when the script gives none", async () => {
    const aws = await account();
    await aws.run();
    const { event } = await endOf(aws);
    expect(event).toMatchObject({ containers: [expect.not.objectContaining({ reason: expect.anything() })] });
  });

  test("leaves the task running when the container is not essential", async () => {
    const aws = await account({
      containers: ({ container }) => (container.name === "log" ? { durationMs: 1000, exitCode: 9 } : {}),
    });
    await aws.define("pair", { name: "log", image: "log", essential: false }, { name: "app", image: "app" });
    await aws.run({ taskDefinition: "pair" });
    expect(await endOf(aws)).toMatchObject({
      description: { lastStatus: "RUNNING", containers: [{ name: "log", exitCode: 9 }, { name: "app" }] },
    });
  });

  test("has the exit code of the script after SIGTERM", async () => {
    const aws = await account({ containers: () => ({ stopExitCode: 0 }) });
    await aws.run();
    await aws.clock.advance(1000);
    aws.tasks()[0]?.stop("UserInitiated");
    expect(await endOf(aws)).toMatchObject({ event: { containers: [{ exitCode: 0 }] } });
  });
});

describe("a health check", () => {
  const healthCheck = { command: ["CMD-SHELL", "true"] };

  test("is UNKNOWN without one and HEALTHY with one that passes", async () => {
    const aws = await account({ containers: forever });
    await aws.define("checked", { name: "app", image: "app", healthCheck });
    await aws.run();
    await aws.run({ taskDefinition: "checked" });
    await aws.clock.advance(1000);
    expect(await aws.describe(...aws.tasks().map(({ arn }) => arn))).toMatchObject([
      { healthStatus: "UNKNOWN", containers: [{ healthStatus: "UNKNOWN" }] },
      { healthStatus: "HEALTHY", containers: [{ healthStatus: "HEALTHY" }] },
    ]);
  });

  test("makes the container UNHEALTHY when it fails, sends an event, and ends nothing", async () => {
    const aws = await account({ containers: () => ({ unhealthyAfterMs: 2000 }) });
    await aws.run();
    const unhealthy = { lastStatus: "RUNNING", containers: [{ healthStatus: "UNHEALTHY" }] };
    expect(await endOf(aws)).toMatchObject({
      event: unhealthy,
      description: { ...unhealthy, healthStatus: "UNHEALTHY" },
    });
  });

  test("keeps its last result when the task has ended", async () => {
    const aws = await account({ containers: () => ({ unhealthyAfterMs: 2000, durationMs: 5000 }) });
    await aws.run();
    expect(await endOf(aws)).toMatchObject({
      event: { lastStatus: "STOPPED", containers: [{ healthStatus: "UNHEALTHY", exitCode: 0 }] },
    });
  });
});

describe("a task's end", () => {
  test.each([
    ["SpotInterruption", "Your Spot Task was interrupted."],
    ["TerminationNotice", undefined],
    ["InfrastructureHealth", undefined],
    ["UserInitiated", "Task stopped by user"],
    ["ServiceSchedulerInitiated", undefined],
    ["MadeUpTomorrow", undefined],
    [undefined, undefined],
  ])("has the stop code %s", async (stopCode, stoppedReason) => {
    const aws = await account({ containers: forever });
    await aws.run();
    await aws.clock.advance(1000);
    aws.tasks()[0]?.stop(stopCode);
    const { event, description } = await endOf(aws);
    expect(event?.lastStatus).toBe("STOPPED");
    expect([event?.stopCode, event?.stoppedReason]).toEqual([stopCode, stoppedReason]);
    expect([description?.stopCode, description?.stoppedReason]).toEqual([stopCode, stoppedReason]);
    expect(event?.containers).toMatchObject([{ exitCode: 143 }]);
  });
});

describe("faults of RunTask", () => {
  test("ends: stops the task this long after RUNNING, with code and reason", async () => {
    const aws = await account({
      containers: forever,
      faults: onLaunch({ fault: "ends", afterMs: 5000, stopCode: "TerminationNotice", reason: "Host ends." }),
    });
    await aws.run();
    const { event } = await endOf(aws);
    expect(event).toMatchObject({ stopCode: "TerminationNotice", stoppedReason: "Host ends." });
    expect(Date.parse(String(event?.stoppingAt)) - Date.parse(String(event?.startedAt))).toBe(5000);
  });

  test("ends: stops a task before it runs when counted from the launch", async () => {
    const aws = await account({
      containers: forever,
      faults: onLaunch({ fault: "ends", since: "launch", stopCode: "InfrastructureHealth" }),
    });
    await aws.run();
    const { event } = await endOf(aws);
    expect(event).toMatchObject({ lastStatus: "STOPPED", stopCode: "InfrastructureHealth" });
    expect(event).not.toHaveProperty("startedAt");
  });

  test("exits: ends a container with this exit code instead of its own", async () => {
    const aws = await account({
      containers: forever,
      faults: onLaunch({ fault: "exits", afterMs: 100, ...OUT_OF_MEMORY }),
    });
    await aws.run();
    expect(await endOf(aws)).toMatchObject({
      event: { stopCode: "EssentialContainerExited", containers: [OUT_OF_MEMORY] },
    });
  });

  test("unhealthy: fails the health check", async () => {
    const aws = await account({ containers: forever, faults: onLaunch({ fault: "unhealthy" }) });
    await aws.run();
    expect(await endOf(aws)).toMatchObject({ event: { containers: [{ healthStatus: "UNHEALTHY" }] } });
  });

  test("apply to one family only when the script says so", async () => {
    const aws = await account({
      containers: forever,
      faults: onLaunch({ fault: "exits", exitCode: 3, where: { family: "pdf" } }),
    });
    const { taskDefinition } = await aws.define("pdf", { name: "app", image: "pdf" });
    for (const asked of ["auth", "auth:1", "pdf", "pdf:1", taskDefinition?.taskDefinitionArn])
      await aws.run({ taskDefinition: asked });
    await aws.clock.advance(60_000);
    expect(aws.tasks().map(({ containers }) => containers[0]?.exitCode)).toEqual([
      undefined,
      undefined,
      3,
      3,
      3,
    ]);
  });

  test.each([
    [{ fault: "ends", afterMs: -1 }, /fault 1: afterMs is -1; allowed: a number ≥ 0/],
    [{ fault: "ends", since: "stop" }, /fault 1: since is "stop"; allowed: running, launch/],
    [{ fault: "exits" }, /fault 1: exitCode is undefined; allowed: a whole number from 0 to 255/],
    [{ fault: "exits", exitCode: 256 }, /exitCode is 256/],
  ])("are refused when they are none: %j", async (fault, message) => {
    const { faults } = await account();
    expect(() => faults.set(onLaunch(fault))).toThrow(message);
  });
});
