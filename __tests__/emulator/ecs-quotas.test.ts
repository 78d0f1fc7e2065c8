import {
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-ecs";
import { account, launch } from "./ecs-account";

// A hundred calls by the SDK take seconds on a busy machine.
jest.setTimeout(30_000);

const cluster = "engines";
const id = "0".repeat(32);

/** How many of these calls, made at the same instant, are throttled. */
async function throttledOf(calls: (() => Promise<unknown>)[]): Promise<number> {
  const settled = await Promise.allSettled(calls.map((call) => call()));
  const names = settled.map((result) => (result.status === "rejected" ? result.reason.name : ""));
  return names.filter((name) => name === "ThrottlingException").length;
}

const times = (count: number, call: () => Promise<unknown>) => Array.from({ length: count }, () => call);

test("reads of tasks and container instances share 100 calls, and 20 more each second", async () => {
  const { clock, ecs } = await account();
  const reads = [
    () => ecs.send(new ListTasksCommand({ cluster })),
    () => ecs.send(new DescribeTasksCommand({ cluster, tasks: [id] })),
    () => ecs.send(new DescribeContainerInstancesCommand({ cluster, containerInstances: [] })),
  ];
  expect(await throttledOf(reads.flatMap((read) => times(35, read)))).toBe(5);
  await clock.advance(1000);
  expect(await throttledOf(reads.flatMap((read) => times(10, read)))).toBe(10);
});

test("tags are written and taken away 20 times, and 10 more times each second", async () => {
  const { clock, ecs, run } = await account({ containers: () => ({}) });
  const [{ taskArn: resourceArn } = {}] = await run();
  const tags = [{ key: "a", value: "b" }];
  const writes = [
    () => ecs.send(new TagResourceCommand({ resourceArn, tags })),
    () => ecs.send(new UntagResourceCommand({ resourceArn, tagKeys: ["a"] })),
  ];
  expect(await throttledOf(writes.flatMap((write) => times(12, write)))).toBe(4);
  await clock.advance(1000);
  expect(await throttledOf(writes.flatMap((write) => times(6, write)))).toBe(2);
});

test("StopTask is let through 100 times, and 40 more times each second, together with RunTask", async () => {
  const { clock, ecs, run } = await account({ containers: () => ({}) });
  const [{ taskArn: task } = {}] = await run();
  const stop = () => ecs.send(new StopTaskCommand({ cluster, task }));
  expect(await throttledOf(times(100, stop))).toBe(1);
  await clock.advance(1000);
  expect(await throttledOf(times(41, stop))).toBe(1);
});

test("the 21st RunTask in a second is throttled, the next second's is not", async () => {
  const { clock, run, tasks } = await account();
  expect(await throttledOf(times(21, () => run()))).toBe(1);
  await clock.advance(1000);
  await run();
  expect(tasks()).toHaveLength(21);
});

test("launches above the burst of 100 are throttled although the calls are few", async () => {
  const { run } = await account();
  for (let call = 0; call < 10; call += 1) await run({ count: 10 });
  await expect(run()).rejects.toMatchObject({ name: "ThrottlingException", message: "Rate exceeded" });
});

test("each region has quotas of its own", async () => {
  const { clientConfig, ecs, requestHandler } = await account();
  const list = (client: ECSClient) => () => client.send(new ListTasksCommand({ cluster }));
  expect(await throttledOf(times(101, list(ecs)))).toBe(1);
  const elsewhere = { ...clientConfig, region: "eu-central-1", maxAttempts: 1 };
  const other = new ECSClient({ ...elsewhere, requestHandler: requestHandler() });
  expect(await throttledOf(times(100, list(other)))).toBe(0);
});

test("nothing is throttled with throttled: false, and all is counted either way", async () => {
  const { ecs, ecsCalls } = await account({ throttled: false });
  const run = () => ecs.send(new RunTaskCommand(launch));
  expect(await throttledOf(times(30, run))).toBe(0);
  expect(ecsCalls().RunTask).toEqual({ calls: 30, throttled: 0 });
});

test("calls and throttled calls are counted by action", async () => {
  const { ecs, ecsCalls, run } = await account();
  await throttledOf(times(103, () => ecs.send(new ListTasksCommand({ cluster }))));
  await throttledOf(times(22, () => run()));
  expect(ecsCalls()).toMatchObject({
    ListTasks: { calls: 103, throttled: 3 },
    RunTask: { calls: 22, throttled: 2 },
  });
});
