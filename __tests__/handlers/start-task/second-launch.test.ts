import { CreateQueueCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { InProcessOptions } from "../../../local/create-local-aws";
import { stateChange } from "../../../testing/state-change";
import { createWorld, route, startEvent, type World } from "./world";

const minutes = 60_000;
const hours = 60 * minutes;

/** Tasks run for a minute and exit with these codes, one after the other, and then with 0. */
const exitingWith = (...exitCodes: number[]): InProcessOptions => ({
  containers: () => ({ durationMs: minutes, exitCode: exitCodes.shift() ?? 0 }),
});

/** The ECS events of the tasks that have stopped so far. */
const ends = (world: World) =>
  world.taskEvents.filter(({ detail }) => detail.lastStatus === "STOPPED").map(stateChange);

/** All writes to S3 fail until the faults are removed. */
const breakWrites = (world: World) =>
  world.faults.set([{ service: "s3", action: "PutObject", fault: "error", code: "SlowDown", status: 503 }]);

test("handles the end of a second launch after the window when its record is missing", async () => {
  const routes = { auth: route("auth-api", { onFailure: { action: "dead_letter" } }) };
  const world = await createWorld(routes, exitingWith(0, 3));
  const event = startEvent("auth");
  await world.invoke(event);
  await world.clock.advance(2 * minutes);
  await world.invoke(ends(world)[0]);
  await world.clock.advance(25 * hours);

  breakWrites(world);
  await expect(world.invoke(event)).rejects.toThrow("S3 answered 503");
  world.faults.set([]);
  await world.clock.advance(2 * minutes);
  expect(await world.invoke(ends(world)[1])).toEqual({
    rejected: expect.stringContaining("failed (ExitCode)"),
  });
  expect(await world.takeDlqMessages()).toMatchObject([
    { requestPayload: event, responsePayload: { attempt: 1 } },
  ]);
  // A second delivery of the end of the first task changes nothing.
  expect(await world.invoke(ends(world)[0])).toEqual({
    ignored: expect.stringContaining("launched again later"),
  });
});

test("counts retries correctly when only the first launch could write its record", async () => {
  const onFailure = { action: "retry" as const, maxAttempts: 3, backoffSeconds: 0 };
  const queue = "http://127.0.0.1:4566/123456789012/retries";
  const world = await createWorld({ auth: route("auth-api", { onFailure }) }, exitingWith(3, 3, 3, 3), {
    RETRY_QUEUE_URL: queue,
  });
  await world.sqs.send(new CreateQueueCommand({ QueueName: "retries" }));
  const event = startEvent("auth");
  await world.invoke(event);

  for (const attempt of [2, 3]) {
    await world.clock.advance(2 * minutes);
    expect(await world.invoke(ends(world).at(-1))).toEqual({ handedOn: "retry" });
    const { Messages: [message] = [] } = await world.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queue, VisibilityTimeout: 3600 }),
    );
    breakWrites(world);
    const record = { messageId: `m${attempt}`, body: message?.Body, eventSource: "aws:sqs" };
    expect(await world.invoke({ Records: [record] })).toEqual({
      batchItemFailures: [{ itemIdentifier: `m${attempt}` }],
    });
    world.faults.set([]);
  }
  await world.clock.advance(2 * minutes);
  expect(await world.invoke(ends(world).at(-1))).toEqual({
    rejected: expect.stringContaining("(attempt 3)"),
  });
  expect(world.tasks()).toHaveLength(3);
});
