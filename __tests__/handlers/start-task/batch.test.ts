import type { Fault } from "../../../local/faults";
import { createWorld, route, startEvent, type World } from "./world";

const routes = { auth: route("auth-api") };
const seconds = 1_000;
const runTask = { service: "ecs", action: "RunTask" } as const;

/** A batch of the buffer queue. */
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

describe("above the rate limit of ECS", () => {
  test("launches one event of all batches per second", async () => {
    const world = await createWorld(routes);
    const before = world.clock.now().getTime();
    expect(await deliver(world, batchOf(events(3)))).toEqual({ batchItemFailures: [] });
    expect(await deliver(world, batchOf([startEvent("auth", "next")]))).toEqual({ batchItemFailures: [] });
    const seconds = world
      .tasks()
      .map(({ times }) => Math.round((times.createdAt!.getTime() - before) / 1_000));
    expect(seconds).toEqual([0, 1, 2, 3]);
  });

  test("retries the throttled launches of a batch", async () => {
    const world = await createWorld(routes, { throttled: true });
    // Twenty launches reach the rate limit of ECS.
    for (let n = 0; n < 20; n++) await world.invoke(startEvent("auth", `before-${n}`));
    world.faults.set([{ ...runTask, fault: "throttle", times: 12 }]);
    expect(await deliver(world, batchOf(events(3)))).toEqual({ batchItemFailures: [] });
    expect(world.tasks()).toHaveLength(23);
  });

  test("reports the messages for which no time is left, and launches them at the next delivery", async () => {
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

  test("throws at once when a single event is throttled", async () => {
    const world = await createWorld(routes);
    world.faults.set([{ ...runTask, fault: "throttle" }]);
    const before = world.clock.now().getTime();
    await expect(world.invoke(startEvent("auth"))).rejects.toMatchObject({ name: "ThrottlingException" });
    expect(world.clock.now().getTime()).toBe(before);
  });
});

describe("a message with a lasting transient error", () => {
  const lasting: Fault = { ...runTask, fault: "failures", reason: "no capacity" };

  test.each([1, 2, 3, 4])("is retried after delivery %d", async (receiveCount) => {
    const world = await createWorld(routes);
    world.faults.set([lasting]);
    expect(await deliver(world, batchOf(events(1), receiveCount))).toEqual({
      batchItemFailures: [{ itemIdentifier: "message-of-e0" }],
    });
    expect(await world.takeDlqMessages()).toEqual([]);
  });

  test("is sent to the DLQ with its reason after the fifth delivery", async () => {
    const world = await createWorld(routes);
    world.faults.set([lasting]);
    const [event] = events(1);
    expect(await deliver(world, batchOf(events(1), 5))).toEqual({ batchItemFailures: [] });
    const [dlqMessage, ...others] = await world.takeDlqMessages();
    expect(others).toEqual([]);
    expect(dlqMessage).toMatchObject({
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
    expect(await world.invoke(dlqMessage)).toMatchObject({ duplicate: false });
  });

  test("is retried when the DLQ cannot be reached", async () => {
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
