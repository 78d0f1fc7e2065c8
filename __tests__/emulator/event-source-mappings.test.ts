import { AwsError } from "../../local/aws-error";
import { VirtualClock } from "../../local/clock";
import { httpRequest } from "../../local/http";
import { Throttled } from "../../local/lambda/async-invocations";
import { EventSourceMappings } from "../../local/lambda/event-source-mappings";
import type { DeployedFunction, Outcome } from "../../local/lambda/types";
import { type Accounts, identify } from "../../local/routing";
import { Sqs } from "../../local/sqs";

const ACCOUNT = "123456789012";
const FUNCTION_ARN = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:start`;
const QUEUE_ARN = `arn:aws:sqs:eu-west-1:${ACCOUNT}:work`;
const ok = (payload: unknown = null): Outcome => ({
  payload: JSON.stringify(payload),
  failed: false,
  logTail: "",
});
const failed: Outcome = { payload: '{"errorType":"Error","errorMessage":"no"}', failed: true, logTail: "" };

interface Batch {
  at: number;
  bodies: string[];
  ids: string[];
}

/** One queue and one function with the responses of `answer`. */
function world(answer: (batch: Batch, nth: number) => Outcome | Promise<Outcome> = () => ok()) {
  const clock = new VirtualClock(new Date(0));
  const sqs = new Sqs(clock, () => "http://127.0.0.1");
  const batches: Batch[] = [];
  const events: { Records: { messageId: string; body: string }[] }[] = [];
  const lines: string[] = [];
  let denied = false;
  const mappings = new EventSourceMappings({
    clock,
    queue: (arn) => sqs.queueByArn(arn),
    find: async (_caller, name) => {
      if (!name.endsWith("start")) throw new AwsError("ResourceNotFoundException", "Function not found", 404);
      return { deployed: { timeoutSeconds: 30 } as DeployedFunction, arn: FUNCTION_ARN };
    },
    authorize: async () => {
      if (denied) throw new AwsError("AccessDeniedException", "no permission to ReceiveMessage");
    },
    invoke: async (_arn, event) => {
      const { Records } = JSON.parse(event) as (typeof events)[number];
      events.push({ Records });
      const batch = {
        at: clock.now().getTime() / 1000,
        bodies: Records.map(({ body }) => body),
        ids: Records.map(({ messageId }) => messageId),
      };
      batches.push(batch);
      return answer(batch, batches.length);
    },
    log: (line) => lines.push(line),
  });
  const ask = async (method: string, path: string, input?: object, account = ACCOUNT) => {
    const accounts = { accountOf: () => account } as unknown as Accounts;
    const authorization = "AWS4-HMAC-SHA256 Credential=x/20260101/eu-west-1/lambda/aws4_request, x";
    const request = httpRequest(method, path, { authorization }, JSON.stringify(input));
    const response = await mappings.handle(identify(request, accounts));
    return JSON.parse(response?.body.toString() || "{}");
  };
  const create = (input: object = {}) =>
    ask("POST", "/2015-03-31/event-source-mappings/", {
      FunctionName: "start",
      EventSourceArn: QUEUE_ARN,
      ...input,
    });
  const queue = async (Attributes: Record<string, string> = {}, QueueName = "work") => {
    const call = { action: "CreateQueue", account: ACCOUNT, region: "eu-west-1" };
    await sqs.handle(call as never, { QueueName, Attributes });
    const made = sqs.queueByArn(QUEUE_ARN.replace(/work$/, QueueName));
    if (!made) throw new Error("no queue");
    return made;
  };
  const deny = (is: boolean) => {
    denied = is;
  };
  return { ask, batches, clock, create, deny, events, lines, queue };
}

const send = (queue: { send(message: { body: string }): unknown }, count: number) => {
  for (let n = 1; n <= count; n += 1) queue.send({ body: String(n) });
};

test("invokes the function with the message, and deletes the message when the function succeeds", async () => {
  const { clock, create, events, queue } = world();
  const work = await queue();
  await create();
  work.send({ body: "x", attributes: { colour: { DataType: "String", StringValue: "blue" } } });
  await clock.advance(1000);
  expect(events).toEqual([
    {
      Records: [
        {
          messageId: expect.any(String),
          receiptHandle: expect.any(String),
          body: "x",
          attributes: {
            ApproximateReceiveCount: "1",
            SentTimestamp: "0",
            SenderId: "AIDALOCAL",
            ApproximateFirstReceiveTimestamp: "0",
          },
          messageAttributes: {
            colour: { dataType: "String", stringValue: "blue", stringListValues: [], binaryListValues: [] },
          },
          md5OfBody: "9dd4e461268c8034f5c8564e155c67a6",
          md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
          eventSource: "aws:sqs",
          eventSourceARN: QUEUE_ARN,
          awsRegion: "eu-west-1",
        },
      ],
    },
  ]);
  expect(work.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});

test("invokes with a batch when it is full or its window is over", async () => {
  const { batches, clock, create, queue } = world();
  const work = await queue();
  await create({ BatchSize: 12, MaximumBatchingWindowInSeconds: 5 });
  send(work, 15);
  await clock.advance(4000);
  expect(batches.map(({ bodies }) => bodies.length)).toEqual([12]);
  await clock.advance(1000);
  expect(batches.map(({ at, bodies }) => [at, bodies.length])).toEqual([
    [0, 12],
    [5, 3],
  ]);
});

test("retries a failed message after its visibility timeout, and in the end moves it to the DLQ", async () => {
  const { batches, clock, create, queue } = world(() => failed);
  const dead = await queue({}, "dead");
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 });
  const work = await queue({ VisibilityTimeout: "60", RedrivePolicy });
  await create();
  send(work, 1);
  await clock.advance(180_000);
  expect(batches.map(({ at }) => at)).toEqual([0, 60]);
  expect(dead.counts().visible).toBe(1);
});

const reports = { FunctionResponseTypes: ["ReportBatchItemFailures"] };

test.each<[string, (batch: Batch) => unknown, number]>([
  ["nothing at all", () => null, 0],
  ["an empty list", () => ({ batchItemFailures: [] }), 0],
  ["the second message", ({ ids }) => ({ batchItemFailures: [{ itemIdentifier: ids[1] }] }), 1],
  ["a message that is not in the batch", () => ({ batchItemFailures: [{ itemIdentifier: "other" }] }), 3],
  ["an empty name", () => ({ batchItemFailures: [{ itemIdentifier: "" }] }), 3],
  ["a wrong key", ({ ids }) => ({ batchItemFailures: [{ id: ids[0] }] }), 3],
  ["no list", () => ({ batchItemFailures: "all" }), 3],
])("a report of failures that names %s", async (_what, answer, kept) => {
  const { clock, create, queue } = world((batch) => ok(answer(batch)));
  const work = await queue();
  send(work, 3);
  await create(reports);
  await clock.advance(1000);
  expect(work.counts()).toEqual({ visible: 0, inFlight: kept, delayed: 0 });
});

test("ignores the response without ReportBatchItemFailures", async () => {
  const { clock, create, queue } = world(({ ids }) =>
    ok({ batchItemFailures: [{ itemIdentifier: ids[0] }] }),
  );
  const work = await queue();
  send(work, 3);
  await create();
  await clock.advance(1000);
  expect(work.counts().inFlight).toBe(0);
});

test("runs no more batches at once than the mapping allows; other messages wait in the queue", async () => {
  const release: (() => void)[] = [];
  const { batches, clock, create, queue } = world(
    () => new Promise((resolve) => release.push(() => resolve(ok()))),
  );
  const work = await queue();
  await create({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } });
  send(work, 3);
  await clock.advance(1000);
  expect(batches).toHaveLength(2);
  expect(work.counts()).toMatchObject({ visible: 1, inFlight: 2 });
  release[0]?.();
  await clock.advance(1000);
  expect(batches).toHaveLength(3);
});

test("retries a throttled batch while its messages are hidden, then they are visible in the queue", async () => {
  let throttles = 0;
  const { batches, clock, create, queue } = world((_batch, nth) => {
    if (nth <= 5) throttles += 1;
    if (nth <= 5) throw new Throttled();
    return ok();
  });
  const work = await queue({ VisibilityTimeout: "30" });
  await create();
  send(work, 1);
  await clock.advance(30_000);
  expect(throttles).toBe(5);
  expect(batches.map(({ at }) => at)).toEqual([0, 1, 3, 7, 15, 30]);
  expect(work.counts().inFlight).toBe(0);
});

test("receives nothing while disabled, receives waiting messages when enabled again, and ends when deleted", async () => {
  const { ask, batches, clock, create, queue } = world();
  const work = await queue();
  const { UUID } = await create({ Enabled: false });
  const path = `/2015-03-31/event-source-mappings/${UUID}`;
  send(work, 1);
  await clock.advance(60_000);
  expect(batches).toHaveLength(0);
  expect(await ask("PUT", path, { Enabled: true })).toMatchObject({ State: "Enabled" });
  await clock.advance(1000);
  expect(batches).toHaveLength(1);
  expect(await ask("DELETE", path)).toMatchObject({ State: "Deleting" });
  send(work, 1);
  await clock.advance(60_000);
  expect(batches).toHaveLength(1);
  expect(work.counts()).toMatchObject({ visible: 1, inFlight: 0 });
  await expect(ask("GET", path)).rejects.toMatchObject({ code: "ResourceNotFoundException", status: 404 });
});

test("returns attributes, list and tags as they were written", async () => {
  const { ask, create, queue } = world();
  await queue();
  const made = await create({ ...reports, ScalingConfig: { MaximumConcurrency: 7 }, Tags: { a: "1" } });
  const path = `/2015-03-31/event-source-mappings/${made.UUID}`;
  expect(await ask("GET", path)).toEqual(made);
  expect(made).toMatchObject({
    BatchSize: 10,
    EventSourceArn: QUEUE_ARN,
    FunctionArn: FUNCTION_ARN,
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    ScalingConfig: { MaximumConcurrency: 7 },
    State: "Enabled",
  });
  const list = (query: string) => ask("GET", `/2015-03-31/event-source-mappings/?${query}`);
  expect(await list("FunctionName=start")).toEqual({ EventSourceMappings: [made] });
  expect(await list("FunctionName=other")).toEqual({ EventSourceMappings: [] });
  const tags = `/2017-03-31/tags/${encodeURIComponent(made.EventSourceMappingArn)}`;
  await ask("POST", tags, { Tags: { b: "2" } });
  await ask("DELETE", `${tags}?tagKeys=a`);
  expect(await ask("GET", tags)).toEqual({ Tags: { b: "2" } });
});

test("hides a mapping from other accounts", async () => {
  const { ask, create, queue } = world();
  await queue();
  const { UUID } = await create();
  await expect(
    ask("GET", `/2015-03-31/event-source-mappings/${UUID}`, undefined, "111111111111"),
  ).rejects.toMatchObject({ code: "ResourceNotFoundException" });
});

test.each<[string, object, RegExp]>([
  [
    "a concurrency of 1",
    { ScalingConfig: { MaximumConcurrency: 1 } },
    /MaximumConcurrency is 1; allowed: 2 to 1000/,
  ],
  [
    "large batches without a window",
    { BatchSize: 11 },
    /Maximum batch window in seconds must be greater than 0/,
  ],
  ["a queue that is not there", { EventSourceArn: `${QUEUE_ARN}x` }, /The queue .*workx/],
  ["a stream", { EventSourceArn: "arn:aws:kinesis:eu-west-1:1:stream/x" }, /SQS queues only/],
  ["a filter", { FilterCriteria: { Filters: [{ Pattern: "{}" }] } }, /does not support filters/],
])("%s is refused", async (_what, input, message) => {
  const { create, queue } = world();
  await queue();
  await expect(create(input)).rejects.toThrow(message);
});

test("rejects a queue whose visibility timeout is shorter than the function's timeout", async () => {
  const { create, queue } = world();
  await queue({ VisibilityTimeout: "29" });
  await expect(create()).rejects.toThrow(
    "Queue visibility timeout: 29 seconds is less than Function timeout: 30 seconds",
  );
});

test("rejects a second mapping of the same queue and function", async () => {
  const { create, queue } = world();
  await queue();
  await create();
  await expect(create()).rejects.toMatchObject({ code: "ResourceConflictException", status: 409 });
});

test("rejects a role without the permissions, and receives no more messages when the role loses them", async () => {
  const { batches, clock, create, deny, lines, queue } = world();
  const work = await queue();
  deny(true);
  await expect(create()).rejects.toMatchObject({
    code: "InvalidParameterValueException",
    message: expect.stringMatching(
      /execution role does not have permissions.*: no permission to ReceiveMessage/,
    ),
  });
  deny(false);
  await create();
  await clock.advance(1000);
  deny(true);
  send(work, 1);
  await clock.advance(60_000);
  expect(batches).toEqual([]);
  expect(lines[0]).toMatch(/receives no messages of .*work: no permission/);
  deny(false);
  await clock.advance(60_000);
  expect(batches).toHaveLength(1);
});
