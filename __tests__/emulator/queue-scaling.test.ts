import fc from "fast-check";
import type { Task } from "../../local/ecs/task";
import { queueDepthPolicies } from "../../src/ecs-service/queue-depth";
import { serviceWorld } from "./ecs-service-world";

/** The service scaled by the depth of the queue, with the policies that the block `ecs-service` makes. */
async function scaledByQueue({ min = 0, max = 5, emptyMinutes = 5, scaleOutCooldownSeconds = 60 } = {}) {
  const world = await serviceWorld();
  await world.createService({ desiredCount: min });
  const queueDepth = { queueName: "jobs", messagesPerTask: 5, emptyMinutes };
  const scaling = { min, max, queueDepth, scaleOutCooldownSeconds };
  await world.register(min, max);
  await world.putStepPolicies(queueDepthPolicies("worker", scaling, scaling.queueDepth));
  await world.advance(1);
  return world;
}

type World = Awaited<ReturnType<typeof scaledByQueue>>;

interface Message {
  ReceiptHandle: string;
}

async function receive({ ask, queueUrl }: World, count: number): Promise<string[]> {
  const input = { QueueUrl: queueUrl, MaxNumberOfMessages: Math.min(10, count) };
  const { Messages = [] } = await ask<{ Messages?: Message[] }>("sqs", "ReceiveMessage", input);
  const handles = Messages.map(({ ReceiptHandle }) => ReceiptHandle);
  return handles.length > 0 && handles.length < count
    ? [...handles, ...(await receive({ ask, queueUrl } as World, count - handles.length))]
    : handles;
}

async function remove({ ask, queueUrl }: World, handles: string[]): Promise<void> {
  for (const ReceiptHandle of handles)
    await ask("sqs", "DeleteMessage", { QueueUrl: queueUrl, ReceiptHandle });
}

/** Minutes until a task runs. */
async function minutesToRunning(world: World): Promise<number> {
  for (let seconds = 0; seconds < 3600; seconds += 10) {
    if (world.running() > 0) return seconds / 60;
    await world.clock.advance(10_000);
  }
  return Number.POSITIVE_INFINITY;
}

test("one message wakes one worker within two minutes", async () => {
  const world = await scaledByQueue();
  await world.advance(10);
  expect(world.tasks()).toEqual([]);
  await world.send(1);
  expect(await minutesToRunning(world)).toBeLessThanOrEqual(2);
  expect(world.living()).toHaveLength(1);
});

test("after six idle hours a message wakes a worker within 17 minutes, and not within two", async () => {
  const world = await scaledByQueue();
  await world.advance(6 * 60 + 1);
  await world.send(1);
  const minutes = await minutesToRunning(world);
  expect(minutes).toBeLessThanOrEqual(17);
  expect(minutes).toBeGreaterThan(2);
});

test.each([
  [1, 1],
  [5, 1],
  [6, 2],
  [10, 2],
  [11, 3],
  [15, 3],
  [16, 4],
  [20, 4],
  [21, 5],
  [100, 5],
])("%d messages get %d workers", async (messages, workers) => {
  const world = await scaledByQueue();
  await world.send(messages);
  await world.advance(2);
  expect(world.running()).toBe(workers);
});

test("messages in flight count as well", async () => {
  const world = await scaledByQueue();
  await world.send(6);
  await receive(world, 6);
  await world.advance(2);
  expect(world.running()).toBe(2);
});

test("the empty queue brings the count back to 0, and it stays there", async () => {
  const world = await scaledByQueue();
  await world.send(11);
  await world.advance(2);
  await remove(world, await receive(world, 11));
  await world.advance(4);
  expect(world.living()).toHaveLength(3);
  await world.advance(8);
  expect(world.living()).toHaveLength(0);
  const started = world.tasks().length;
  await world.advance(12 * 60);
  expect(await world.describeService()).toMatchObject({ desiredCount: 0, runningCount: 0 });
  expect(world.tasks().length).toBeLessThanOrEqual(started);
});

test("scales in only after the cooldown of the policy, and out at once", async () => {
  const world = await scaledByQueue({ scaleOutCooldownSeconds: 120 });
  const desired = async () => (await world.describeService()).desiredCount;
  await world.send(11);
  await world.advance(1);
  expect(await desired()).toBe(3);
  await remove(world, await receive(world, 10));
  await world.advance(1);
  expect(await desired()).toBe(3);
  await world.advance(1);
  expect(await desired()).toBe(1);
  await world.send(20);
  await world.advance(1);
  expect(await desired()).toBe(5);
});

/** A load: what happens in some seconds. */
const load = fc.record({
  sent: fc.oneof(fc.constant(0), fc.nat(12)),
  seconds: fc.integer({ min: 5, max: 200 }),
  /** Each busy worker is done with its message with this chance, in percent. */
  done: fc.array(fc.nat(99), { minLength: 5, maxLength: 5 }),
});

test("no worker that protects itself while it is busy is stopped, whatever the load", async () => {
  let taken = 0;
  let scaledIn = 0;
  const property = fc.asyncProperty(fc.array(load, { minLength: 20, maxLength: 20 }), async (loads) => {
    const world = await scaledByQueue({ emptyMinutes: 2 });
    const busy = new Map<Task, string>();
    for (const { done, seconds, sent } of loads) {
      await world.send(sent);
      for (const [index, [task, handle]] of [...busy].entries()) {
        if ((done[index] ?? 0) < 50) continue;
        await remove(world, [handle]);
        busy.delete(task);
        await world.protect([task], false);
      }
      for (const task of world.living()) {
        if (task.lastStatus !== "RUNNING" || busy.has(task)) continue;
        // A worker that cannot protect itself takes no message.
        const { failures } = await world.protect([task], true, 120);
        if (failures.length > 0) continue;
        const [handle] = await receive(world, 1);
        if (handle === undefined) await world.protect([task], false);
        else {
          busy.set(task, handle);
          taken += 1;
        }
      }
      await world.clock.advance(seconds * 1000);
      expect([...busy.keys()].filter(({ desiredStatus }) => desiredStatus === "STOPPED")).toEqual([]);
    }
    const stopped = world.tasks().filter(({ stopCode }) => stopCode === "ServiceSchedulerInitiated");
    scaledIn += stopped.length;
  });
  await fc.assert(property, { numRuns: 50, seed: 20261129, endOnFailure: true });
  // Otherwise the loads would show nothing.
  expect(taken).toBeGreaterThan(200);
  expect(scaledIn).toBeGreaterThan(50);
});
