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

// A hundred SDK calls take seconds on a busy machine.
jest.setTimeout(30_000);

const cluster = "engines";
const id = "0".repeat(32);

/** Makes these calls at once and counts the throttled ones. */
async function throttledOf(calls: (() => Promise<unknown>)[]): Promise<number> {
  const settled = await Promise.allSettled(calls.map((call) => call()));
  const names = settled.map((result) => (result.status === "rejected" ? result.reason.name : ""));
  return names.filter((name) => name === "ThrottlingException").length;
}

const times = (count: number, call: () => Promise<unknown>) => Array.from({ length: count }, () => call);

test("allows 100 reads of tasks and container instances together, and 20 more each second", async () => {
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

test("allows 20 writes and removals of tags, and 10 more each second", async () => {
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

test("allows StopTask 100 times, and 40 more times each second, together with RunTask", async () => {
  const { clock, ecs, run } = await account({ containers: () => ({}) });
  const [{ taskArn: task } = {}] = await run();
  const stop = () => ecs.send(new StopTaskCommand({ cluster, task }));
  expect(await throttledOf(times(100, stop))).toBe(1);
  await clock.advance(1000);
  expect(await throttledOf(times(41, stop))).toBe(1);
});

test("throttles the 21st RunTask in a second, and none in the next second", async () => {
  const { clock, run, tasks } = await account();
  expect(await throttledOf(times(21, () => run()))).toBe(1);
  await clock.advance(1000);
  await run();
  expect(tasks()).toHaveLength(21);
});

test("throttles launches above the burst of 100 although the calls are few", async () => {
  const { run } = await account();
  for (let call = 0; call < 10; call += 1) await run({ count: 10 });
  await expect(run()).rejects.toMatchObject({ name: "ThrottlingException", message: "Rate exceeded" });
});

test("has separate quotas in each region", async () => {
  const { clientConfig, ecs, requestHandler } = await account();
  const list = (client: ECSClient) => () => client.send(new ListTasksCommand({ cluster }));
  expect(await throttledOf(times(101, list(ecs)))).toBe(1);
  const elsewhere = { ...clientConfig, region: "eu-central-1", maxAttempts: 1 };
  const other = new ECSClient({ ...elsewhere, requestHandler: requestHandler() });
  expect(await throttledOf(times(100, list(other)))).toBe(0);
});

test("throttles nothing with throttled: false, and counts all calls", async () => {
  const { ecs, ecsCalls } = await account({ throttled: false });
  const run = () => ecs.send(new RunTaskCommand(launch));
  expect(await throttledOf(times(30, run))).toBe(0);
  expect(ecsCalls().RunTask).toEqual({ calls: 30, throttled: 0 });
});

test("counts calls and throttled calls by action", async () => {
  const { ecs, ecsCalls, run } = await account();
  await throttledOf(times(103, () => ecs.send(new ListTasksCommand({ cluster }))));
  await throttledOf(times(22, () => run()));
  expect(ecsCalls()).toMatchObject({
    ListTasks: { calls: 103, throttled: 3 },
    RunTask: { calls: 22, throttled: 2 },
  });
});
