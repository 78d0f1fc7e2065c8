import { classifyOutcome, type TaskEndDetails } from "../../../handlers/launch/task-outcome";

const ran = { startedAt: "2026-01-01T00:00:00Z", stopCode: "EssentialContainerExited" };
const main = (more: object) => ({ name: "main", ...more });

test.each<[string, TaskEndDetails, string, string | undefined]>([
  ["exits with 0", { ...ran, containers: [main({ exitCode: 0 })] }, "succeeded", undefined],
  ["exits with 3", { ...ran, containers: [main({ exitCode: 3 })] }, "failed", "ExitCode"],
  [
    "is out of memory",
    {
      ...ran,
      containers: [main({ exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" })],
    },
    "failed",
    "OutOfMemory",
  ],
  [
    "fails its health check",
    { ...ran, containers: [main({ exitCode: 0, healthStatus: "UNHEALTHY" })] },
    "failed",
    "Unhealthy",
  ],
  ["leaves no exit code", { ...ran, containers: [main({})] }, "failed", "NoExitCode"],
  [
    "has another container that fails",
    { ...ran, containers: [{ name: "sidecar", exitCode: 1 }, main({ exitCode: 0 })] },
    "succeeded",
    undefined,
  ],
  [
    "has no container of the names that the route knows",
    {
      ...ran,
      containers: [
        { name: "a", exitCode: 0 },
        { name: "b", exitCode: 2 },
      ],
    },
    "failed",
    "ExitCode",
  ],
  [
    "is stopped by a user and killed",
    { ...ran, stopCode: "UserInitiated", containers: [main({ exitCode: 137 })] },
    "stopped",
    undefined,
  ],
  ["is stopped by an ECS service", { ...ran, stopCode: "ServiceSchedulerInitiated" }, "stopped", undefined],
  ["is stopped before it ran", { stopCode: "UserInitiated" }, "stopped", undefined],
  ["is taken back by Spot", { ...ran, stopCode: "SpotInterruption" }, "interrupted", "SpotInterruption"],
  ["loses its host", { ...ran, stopCode: "TerminationNotice" }, "interrupted", "TerminationNotice"],
  ["has a stop code of next year", { ...ran, stopCode: "SomethingNew" }, "interrupted", "SomethingNew"],
  [
    "has a stop code that no metric can take",
    { ...ran, stopCode: "a\n".repeat(99) },
    "interrupted",
    "Unknown",
  ],
  ["has no stop code", { startedAt: ran.startedAt }, "interrupted", "Unknown"],
  ["cannot start", { stopCode: "TaskFailedToStart" }, "unstarted", "TaskFailedToStart"],
  ["is taken back by Spot before it ran", { stopCode: "SpotInterruption" }, "unstarted", "TaskFailedToStart"],
])("a task that %s", (_what, task, end, cause) => {
  expect(classifyOutcome(task, { container: "main" })).toEqual(cause ? { end, cause } : { end });
});

const proxy = (more: object) => ({ name: "proxy", ...more });

test.each<[string, object[], string, string | undefined]>([
  ["exits with 0 first", [main({ exitCode: 143 }), proxy({ exitCode: 0 })], "failed", "ExitCode"],
  [
    "exits with 1, and main on SIGTERM with 0",
    [main({ exitCode: 0 }), proxy({ exitCode: 1 })],
    "failed",
    "ExitCode",
  ],
  ["is stopped after main", [main({ exitCode: 0 }), proxy({ exitCode: 143 })], "succeeded", undefined],
  ["is killed after main", [main({ exitCode: 0 }), proxy({ exitCode: 137 })], "succeeded", undefined],
  ["is stopped after main failed", [main({ exitCode: 3 }), proxy({ exitCode: 143 })], "failed", "ExitCode"],
  [
    "is out of memory",
    [main({ exitCode: 0 }), proxy({ exitCode: 137, reason: "OutOfMemoryError: Container killed" })],
    "failed",
    "OutOfMemory",
  ],
  [
    "fails its health check",
    [main({ exitCode: 0 }), proxy({ healthStatus: "UNHEALTHY" })],
    "failed",
    "Unhealthy",
  ],
  ["exits with 0, and main leaves no exit code", [main({}), proxy({ exitCode: 0 })], "failed", "NoExitCode"],
  ["leaves no exit code", [main({ exitCode: 0 }), proxy({})], "succeeded", undefined],
])("a task whose essential sidecar %s", (_what, containers, end, cause) => {
  const route = { container: "main", essential: ["main", "proxy"] };
  expect(classifyOutcome({ ...ran, containers }, route)).toEqual(cause ? { end, cause } : { end });
});

test("stopped containers fail when none of them has the name of the launch route", () => {
  const containers = [
    { name: "a", exitCode: 0 },
    { name: "b", exitCode: 143 },
  ];
  const outcome = classifyOutcome(
    { ...ran, containers },
    { container: "main", essential: ["main", "proxy"] },
  );
  expect(outcome).toEqual({ end: "failed", cause: "ExitCode" });
});
