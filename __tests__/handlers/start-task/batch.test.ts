import type { Fault } from "../../../local/faults";
import { createWorld, route, startEvent, type World } from "./world";

const routes = { auth: route("auth-api") };
const seconds = 1_000;
const runTask = { service: "ecs", action: "RunTask" } as const;

/** Messages of the launcher's buffer: events as EventBridge leaves them there. */
const batchOf = (events: readonly { id: string }[], receiveCount = 1) => ({
  Records: events.map((event) => ({
    messageId: `message-of-${event.id}`,
    receiptHandle: "handle",
    body: JSON.stringify(event),
    attributes: { ApproximateReceiveCount: String(receiveCount) },
    eventSource: "aws:sqs",
  })),
});
const events = (count: number) => Array.from({ length: count }, (_each, n) => startEvent("auth", `e${n}`));

const deliver = (world: World, batch: unknown, timeoutMs = 60 * seconds) =>
  world.settled(world.invoke(batch, "request-1", timeoutMs), 10);

describe("beyond the rate that AWS allows", () => {
  test("a function launches the events of a batch one a second, the next batch's too", async () => {
    const world = await createWorld(routes);
    const before = world.clock.now().getTime();
    expect(await deliver(world, batchOf(events(3)))).toEqual({ batchItemFailures: [] });
    expect(await deliver(world, batchOf([startEvent("auth", "next")]))).toEqual({ batchItemFailures: [] });
    const seconds = world
      .tasks()
      .map(({ times }) => Math.round((times.createdAt!.getTime() - before) / 1_000));
    expect(seconds).toEqual([0, 1, 2, 3]);
  });

  test("a batch that is throttled waits in the function", async () => {
    const world = await createWorld(routes, { throttled: true });
    // Twenty launches use up what AWS allows in a second.
    for (let n = 0; n < 20; n++) await world.invoke(startEvent("auth", `before-${n}`));
    world.faults.set([{ ...runTask, fault: "throttle", times: 12 }]);
    expect(await deliver(world, batchOf(events(3)))).toEqual({ batchItemFailures: [] });
    expect(world.tasks()).toHaveLength(23);
  });

  test("what time does not suffice for is handed back, and launched by the next delivery", async () => {
    const world = await createWorld(routes);
    world.faults.set([
      { ...runTask, fault: "none", times: 1 },
      { ...runTask, fault: "throttle" },
    ]);
    const batch = batchOf(events(3));
    const before = world.clock.now().getTime();
    expect(await deliver(world, batch)).toEqual({
      batchItemFailures: [{ itemIdentifier: "message-of-e1" }, { itemIdentifier: "message-of-e2" }],
    });
    expect(world.clock.now().getTime() - before).toBeLessThan(60 * seconds);
    world.faults.set([]);
    expect(await deliver(world, batch)).toEqual({ batchItemFailures: [] });
    expect(world.tasks()).toHaveLength(3);
  });

  test("an event by itself is thrown at once: Lambda's queue is where it waits", async () => {
    const world = await createWorld(routes);
    world.faults.set([{ ...runTask, fault: "throttle" }]);
    const before = world.clock.now().getTime();
    await expect(world.invoke(startEvent("auth"))).rejects.toMatchObject({ name: "ThrottlingException" });
    expect(world.clock.now().getTime()).toBe(before);
  });
});

describe("a message that fails again and again", () => {
  const lasting: Fault = { ...runTask, fault: "failures", reason: "no capacity" };

  test.each([1, 2, 3, 4])("is handed back at delivery %d", async (receiveCount) => {
    const world = await createWorld(routes);
    world.faults.set([lasting]);
    expect(await deliver(world, batchOf(events(1), receiveCount))).toEqual({
      batchItemFailures: [{ itemIdentifier: "message-of-e0" }],
    });
    expect(await world.deadLetters()).toEqual([]);
  });

  test("is a dead letter with its reason at the fifth", async () => {
    const world = await createWorld(routes);
    world.faults.set([lasting]);
    const [event] = events(1);
    expect(await deliver(world, batchOf(events(1), 5))).toEqual({ batchItemFailures: [] });
    const [letter, ...others] = await world.deadLetters();
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      requestContext: {
        requestId: "message-of-e0",
        condition: "RetriesExhausted",
        approximateInvokeCount: 5,
      },
      requestPayload: event,
      responsePayload: {
        errorType: "CapacityUnavailable",
        errorMessage: expect.stringContaining("no capacity"),
      },
    });
    world.faults.set([]);
    expect(await world.invoke(letter)).toMatchObject({ duplicate: false });
  });

  test("is handed back when even the dead letter cannot be written", async () => {
    const world = await createWorld(routes);
    world.faults.set([
      lasting,
      { service: "sqs", action: "SendMessage", fault: "error", code: "InternalError", status: 500 },
    ]);
    expect(await deliver(world, batchOf(events(1), 5))).toEqual({
      batchItemFailures: [{ itemIdentifier: "message-of-e0" }],
    });
  });
});
