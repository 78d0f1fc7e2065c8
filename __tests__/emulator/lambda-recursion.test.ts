import { traceOfBatch, traceOfInvocation } from "../../local/lambda/lineage";
import type { Invocation } from "../../local/lambda/types";
import type { Queue } from "../../local/sqs";
import { FUNCTION_ARN, lambdaWorld, queueArn } from "./lambda-world";

const CONFIG = "/2024-08-31/functions/start/recursion-config";
const dropped = (count: number) => ({ RecursiveInvocationsDropped: { start: count } });

/** A function with a queue that invokes it and the DLQ of the queue. */
async function loop(code: (queue: Queue, invocation: Invocation, nth: number) => void, mapping: object = {}) {
  let queue: Queue | undefined;
  let nth = 0;
  const world = await lambdaWorld((invocation) => {
    nth += 1;
    if (queue) code(queue, invocation, nth);
  });
  const dead = await world.queue("dead");
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queueArn("dead"), maxReceiveCount: 2 });
  queue = await world.queue("work", { RedrivePolicy, VisibilityTimeout: "30" });
  const input = { FunctionName: "start", EventSourceArn: queueArn("work"), BatchSize: 1, ...mapping };
  await world.ask("POST", "/2015-03-31/event-source-mappings/", JSON.stringify(input));
  return { ...world, dead, work: queue };
}

/** Sends its message again with the trace header, as the SDK in a function does. Ends itself if Lambda does not stop it. */
const again = (queue: Queue, { event, trace }: Invocation, nth: number) => {
  if (nth >= 40) return;
  for (const { body } of JSON.parse(event).Records as { body: string }[])
    queue.send({ body, traceHeader: trace });
};

test("runs a function 16 times when it sends its message to its own queue, then the message is in the DLQ", async () => {
  const { clock, dead, invocations, metrics, work } = await loop(again);
  work.send({ body: "round" });
  await clock.advance(120_000);
  expect(invocations).toHaveLength(16);
  expect(await dead.receive(10)).toMatchObject([{ body: "round" }]);
  // Lambda stops the invocation each time that SQS delivers the message.
  expect(metrics.counted()).toEqual(dropped(2));
});

test("does not count messages that are not sent again", async () => {
  const { clock, invocations, metrics, work } = await loop(() => {});
  for (let n = 0; n < 40; n += 1) work.send({ body: String(n) });
  await clock.advance(60_000);
  expect(invocations).toHaveLength(40);
  expect(metrics.counted()).toEqual({});
});

test("counts a batch as its message with the most invocations", async () => {
  const { clock, dead, invocations, work } = await loop(() => {}, { BatchSize: 10 });
  const far = Array.from({ length: 16 }).reduce<string | undefined>(
    (trace) => traceOfInvocation(FUNCTION_ARN, trace),
    undefined,
  );
  work.send({ body: "far", traceHeader: far });
  work.send({ body: "fresh" });
  await clock.advance(120_000);
  expect(invocations).toEqual([]);
  expect(await dead.receive(10)).toHaveLength(2);
});

test("runs a function 16 times when it invokes itself asynchronously, then sends the event to the on-failure destination", async () => {
  const next: Invocation[] = [];
  const world = await lambdaWorld((invocation) => next.push(invocation));
  const failed = await world.queue("failed");
  await world.invoke("Event", '{"n":1}');
  for (let hop = 0; hop < 30; hop += 1) {
    await world.clock.advance(1);
    const invocation = next.shift();
    if (invocation) await world.invoke("Event", invocation.event, invocation.trace);
  }
  expect(world.invocations).toHaveLength(16);
  const [record] = await failed.receive(10);
  expect(JSON.parse(record?.body ?? "")).toMatchObject({
    requestContext: { condition: "RecursiveInvocation", approximateInvokeCount: 0 },
    requestPayload: { n: 1 },
  });
  expect(world.metrics.counted()).toEqual({ ...dropped(1), AsyncEventsDropped: { start: 1 } });
});

test("throws RecursiveInvocationException when a function invokes itself synchronously", async () => {
  const world = await lambdaWorld();
  let trace: string | undefined;
  for (let hop = 0; hop < 16; hop += 1) {
    await world.invoke("RequestResponse", "{}", trace);
    trace = world.invocations.at(-1)?.trace;
  }
  await expect(world.invoke("RequestResponse", "{}", trace)).rejects.toMatchObject({
    code: "RecursiveInvocationException",
  });
});

test("does not count a retry", async () => {
  const { clock, invocations, work } = await loop(() => {
    throw new Error("no");
  });
  work.send({ body: "x" });
  await clock.advance(120_000);
  expect(invocations.map(({ trace }) => /Lineage=\w+:(\d+)/.exec(trace ?? "")?.[1])).toEqual(["1", "1"]);
});

test("does not stop or count a loop with RecursiveLoop: Allow", async () => {
  const { ask, clock, invocations, metrics, work } = await loop(again);
  await ask("PUT", CONFIG, JSON.stringify({ RecursiveLoop: "Allow" }));
  expect(JSON.parse((await ask("GET", CONFIG)).body.toString())).toEqual({ RecursiveLoop: "Allow" });
  work.send({ body: "round" });
  await clock.advance(60_000);
  expect(invocations).toHaveLength(40);
  expect(metrics.counted()).toEqual({});
});

describe("the trace header", () => {
  const other = "arn:aws:lambda:eu-west-1:123456789012:function:other";

  test("keeps its root and counts each function separately", () => {
    const first = traceOfInvocation(FUNCTION_ARN, undefined) ?? "";
    const second = traceOfInvocation(other, first) ?? "";
    const third = traceOfInvocation(`${FUNCTION_ARN}:live`, second) ?? "";
    const root = /Root=1-[0-9a-f]{8}-[0-9a-f]{24}/.exec(first)?.[0];
    expect(root).toBeDefined();
    expect(third).toContain(root);
    expect(/Lineage=(.*)$/.exec(third)?.[1]).toMatch(/^[0-9a-f]{8}:2\|[0-9a-f]{8}:1$/);
  });

  test("is that of the message with the most invocations in a batch", () => {
    const once = traceOfInvocation(FUNCTION_ARN, undefined);
    const elsewhere = traceOfInvocation(other, traceOfInvocation(other, undefined));
    expect(traceOfBatch(FUNCTION_ARN, [undefined, elsewhere, once])).toBe(once);
  });
});
