import { account } from "./ecs-account";

const HOUR = 3_600_000;
const token = { clientToken: "t" };

test("starts one task when the request is repeated while the task runs", async () => {
  const { clock, run, tasks } = await account({ containers: () => ({}) });
  const [first] = await run(token);
  expect((await run(token))[0]?.taskArn).toBe(first?.taskArn);
  await clock.advance(23 * HOUR);
  expect((await run(token))[0]?.taskArn).toBe(first?.taskArn);
  expect(tasks()).toHaveLength(1);
});

test("forgets a token 24 hours after the launch although its task still runs", async () => {
  const { clock, run, tasks } = await account({ containers: () => ({}) });
  await run(token);
  await clock.advance(24 * HOUR);
  await run(token);
  expect(tasks()).toHaveLength(2);
});

test("forgets a token one hour after its task has stopped", async () => {
  const { clock, run, tasks } = await account({ containers: () => ({ durationMs: HOUR }) });
  const [first] = await run(token);
  await clock.advance(HOUR + 60_000);
  const { stoppedAt } = tasks()[0]?.times ?? {};
  const untilForgotten = (stoppedAt?.getTime() ?? 0) + HOUR - clock.now().getTime();
  await clock.advance(untilForgotten - 1);
  expect((await run(token))[0]?.taskArn).toBe(first?.taskArn);
  await clock.advance(1);
  expect((await run(token))[0]?.taskArn).not.toBe(first?.taskArn);
});

test("forgets the token of several tasks one hour after the last of them has stopped", async () => {
  const { clock, run, tasks } = await account({ containers: () => ({}) });
  const two = { ...token, count: 2 };
  const arns = (await run(two)).map(({ taskArn }) => taskArn);
  await clock.advance(1000);
  tasks()[0]?.stop("UserInitiated");
  await clock.advance(2 * HOUR);
  expect((await run(two)).map(({ taskArn }) => taskArn)).toEqual(arns);
});

test("answers a repeated launch of a stopped task with its ARN and its states only", async () => {
  const { clock, run } = await account();
  const [{ taskArn } = {}] = await run(token);
  await clock.advance(10_000);
  expect(await run(token)).toEqual([{ taskArn, desiredStatus: "STOPPED", lastStatus: "STOPPED" }]);
});

test("throws ConflictException with the existing task when another request has the same token", async () => {
  const { run } = await account();
  const [first] = await run(token);
  await expect(run({ ...token, startedBy: "other" })).rejects.toMatchObject({
    name: "ConflictException",
    resourceIds: [first?.taskArn],
  });
});

test("starts one task when two requests come at once", async () => {
  const { run, tasks } = await account();
  await Promise.all([run(token), run(token)]);
  expect(tasks()).toHaveLength(1);
});
