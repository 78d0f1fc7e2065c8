import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { Task } from "@aws-sdk/client-ecs";
import { readLastRuns, readRuns } from "../../cli/run-history";
import { formatRuns } from "../../cli/runs";
import { parseSince } from "../../cli/since";

const clusterArn = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines";
const routes = { auth: { cluster: clusterArn, family: "engines-auth", container: "main" } };
const launch = "A".repeat(43);
const id = (digit: number) => String(digit).repeat(32);
const time = (second: number) => `2026-01-02T03:04:${String(second).padStart(2, "0")}.000Z`;

/** An event of the run history: a task that ran from second 5 to 15. */
const ended = (digit: number, detail: object = {}) => ({
  "detail-type": "ECS Task State Change",
  detail: {
    taskArn: `${clusterArn.replace(":cluster/", ":task/")}/${id(digit)}`,
    clusterArn,
    taskDefinitionArn: "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth:1",
    group: "route-auth",
    startedBy: `event-1/${launch}`,
    version: 5,
    createdAt: time(1),
    startedAt: time(5),
    executionStoppedAt: time(15),
    stoppedAt: time(30),
    lastStatus: "STOPPED",
    stopCode: "EssentialContainerExited",
    stoppedReason: "Essential container in task exited",
    containers: [
      { name: "sidecar", exitCode: 0 },
      { name: "main", exitCode: 0 },
    ],
    ...detail,
  },
});

/** A line of the function's log. */
const counted = (digit: number, fields: object = {}) => ({
  message: "task has ended",
  taskArn: `${clusterArn.replace(":cluster/", ":task/")}/${id(digit)}`,
  service: "auth",
  eventId: "event:1",
  end: "succeeded",
  attempt: 1,
  launchedAt: time(0),
  ...fields,
});

type Line = { stream?: string; line: unknown };

/** CloudWatch Logs with these log groups. */
function logsOf(groups: Readonly<Record<string, readonly Line[]>>): CloudWatchLogsClient {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  return Object.assign(new CloudWatchLogsClient({ region: "eu-west-1", credentials }), {
    async send({ input }: { input: { logGroupName: string; filterPattern?: string } }) {
      const lines = groups[input.logGroupName];
      if (!lines) throw Object.assign(new Error("missing"), { name: "ResourceNotFoundException" });
      const events = lines.map(({ line, stream }, index) => ({
        timestamp: Date.parse(time(31)) + index,
        logStreamName: stream,
        message: typeof line === "string" ? line : JSON.stringify(line),
      }));
      const term = input.filterPattern?.slice(1, -1) ?? "";
      return { events: events.filter(({ message }) => message.includes(term)) };
    },
  });
}

const sources = {
  routes,
  runHistory: "history",
  functionLogGroup: "function",
  workerLogGroup: "worker",
  startTime: 0,
};
const lines = (...all: unknown[]): Line[] => all.map((line) => ({ line }));
const read = async (groups: Readonly<Record<string, readonly Line[]>>, running: Task[] = []) =>
  (await readRuns(logsOf({ function: [], worker: [], history: [], ...groups }), { ...sources, running }))
    .runs;

test("lists a task with what ECS and the function know of it", async () => {
  expect(await read({ history: lines(ended(1)), function: lines(counted(1)) })).toEqual([
    {
      task: id(1),
      service: "auth",
      outcome: "succeeded",
      attempt: 1,
      eventId: "event:1",
      startedAt: time(5),
      endedAt: time(15),
      seconds: 10,
      exitCode: 0,
      reason: null,
    },
  ]);
});

test("lists a task whose end the function has not handled", async () => {
  const containers = [{ name: "main", exitCode: 3 }];
  expect(await read({ history: lines(ended(1, { containers })) })).toEqual([
    expect.objectContaining({
      outcome: "failed",
      attempt: null,
      eventId: "event-1",
      exitCode: 3,
      reason: "Essential container in task exited; main exited with 3",
    }),
  ]);
});

test("lists a task that never started without a duration", async () => {
  const detail = {
    startedAt: undefined,
    stopCode: "TaskFailedToStart",
    stoppedReason: "no image",
    containers: [],
  };
  expect(await read({ history: lines(ended(1, detail)) })).toEqual([
    expect.objectContaining({
      outcome: "unstarted",
      startedAt: time(1),
      seconds: null,
      exitCode: null,
      reason: "no image",
    }),
  ]);
});

test("keeps the newest state of a task, whatever the order of its events", async () => {
  const early = ended(1, { version: 4, stoppedReason: "early", stopCode: "TaskFailedToStart" });
  const late = ended(1, { version: 6 });
  for (const history of [lines(early, late), lines(late, early, late)])
    expect(await read({ history })).toEqual([expect.objectContaining({ task: id(1), outcome: "succeeded" })]);
});

test("lists a task that the function's log alone has", async () => {
  const failed = counted(1, { end: "failed", reason: "main exited with 3", cause: "ExitCode" });
  expect(await read({ function: lines(failed) })).toEqual([
    expect.objectContaining({
      outcome: "failed",
      startedAt: time(0),
      seconds: 31,
      reason: "main exited with 3",
    }),
  ]);
});

test("leaves out tasks of other launchers, and lines that are no events of tasks", async () => {
  const others = [
    ended(1, { group: "route-shop" }),
    ended(2, { taskDefinitionArn: "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop-auth:1" }),
    ended(3, { group: "service:auth" }),
    { "detail-type": "other" },
    "no JSON",
  ];
  expect(await read({ history: lines(...others) })).toEqual([]);
});

test("lists the tasks that run, unless they have ended since", async () => {
  const task = (digit: number, more: Partial<Task> = {}): Task => ({
    taskArn: `arn:aws:ecs:eu-west-1:123456789012:task/engines/${id(digit)}`,
    clusterArn,
    taskDefinitionArn: "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth:1",
    group: "route-auth",
    startedBy: `event-2/${launch}`,
    createdAt: new Date(time(20)),
    ...more,
  });
  const environment = [{ name: "LAUNCH_ATTEMPT", value: "2" }];
  const running = [
    task(1),
    task(2),
    task(3, { startedAt: new Date(time(25)), overrides: { containerOverrides: [{ environment }] } }),
    task(4, { group: "service:auth" }),
  ];
  const runs = await read({ history: lines(ended(1)) }, running);
  expect(runs.map(({ task, outcome, attempt }) => [task, outcome, attempt])).toEqual([
    [id(1), "succeeded", null],
    [id(2), "running", 1],
    [id(3), "running", 2],
  ]);
  expect(runs[1]).toMatchObject({ startedAt: time(20), seconds: null, endedAt: null, eventId: "event-2" });
  expect(runs[2]!.seconds).toBeGreaterThan(0);
});

test("gives each policy run its own result, also when a finding is run twice", async () => {
  const result = (policy: string, actionsTaken: number, more: object = {}) => ({
    message: "policy run ended",
    finding: "f",
    resource: { id: "bucket" },
    mapping: "m",
    attempt: 1,
    policy,
    actionsTaken,
    exitCode: 0,
    ...more,
  });
  const finding = { finding: "f", resource: "bucket", mapping: "m" };
  const queued = `${launch}-1767323045000`;
  const runs = await read({
    function: lines(
      counted(1, finding),
      counted(2, { ...finding, launchedAt: time(10) }),
      counted(3, { ...finding, taskArn: `queued/${queued}`, launchedAt: time(20) }),
    ),
    worker: [
      { stream: `worker/main/${id(1)}`, line: result("first.yml", 1) },
      { stream: `worker/main/${id(2)}`, line: result("second.yml", 0) },
      { stream: `worker/main/${id(9)}`, line: result("third.yml", 2, { run: queued }) },
    ],
  });
  expect(runs.map(({ task, policy, actionsTaken }) => [task, policy, actionsTaken])).toEqual([
    [id(1), "first.yml", 1],
    [id(2), "second.yml", 0],
    [queued, "third.yml", 2],
  ]);
});

test("says whether there is a run history", async () => {
  const without = { function: lines(counted(1)), worker: [] };
  expect(await readRuns(logsOf(without), sources)).toMatchObject({
    isRecorded: false,
    runs: [{ task: id(1) }],
  });
  expect(await readRuns(logsOf({ ...without, history: [] }), sources)).toMatchObject({ isRecorded: true });
});

test("gives the last runs of each service, newest first", async () => {
  const history = lines(ended(1), ended(2, { executionStoppedAt: time(16), stopCode: "UserInitiated" }));
  const found = await readLastRuns(logsOf({ history }), { routes, runHistory: "history", startTime: 0 });
  expect([...found].map(([service, runs]) => [service, runs.map(({ outcome }) => outcome)])).toEqual([
    ["auth", ["stopped", "succeeded"]],
  ]);
});

test("prints a line for each run, with its ID for the command logs", async () => {
  const failing = ended(2, { startedAt: time(6), containers: [{ name: "main", exitCode: 3 }] });
  const runs = await read({ history: lines(ended(1), failing) });
  expect(formatRuns(runs)).toEqual([
    `2026-01-02 03:04:05  ${id(1)}  auth  succeeded    10 s  exit code 0  event-1`,
    `2026-01-02 03:04:06  ${id(2)}  auth  failed       9 s   exit code 3  event-1  Essential container in task exited; main exited with 3`,
    "",
    "2 runs, 1 failed or interrupted. Starts are in UTC; `logs RUN` prints the log of one.",
  ]);
});

test("refuses a time before 1970", () => {
  expect(parseSince("3653d")).toBe(3653 * 86_400_000);
  expect(() => parseSince("99999d")).toThrow('"99999d" goes back beyond 1970');
});
