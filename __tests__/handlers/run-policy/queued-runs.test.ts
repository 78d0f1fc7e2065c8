import { CreateQueueCommand, type Message, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { createLog } from "../../../handlers/shared/log";
import type { Fault } from "../../../local/faults";
import { createClaims } from "../../../worker/jobs/run-queued-policies/claims";
import { createHandleRun } from "../../../worker/jobs/run-queued-policies/handle-run";
import { reportEnd } from "../../../worker/jobs/run-queued-policies/report-end";
import {
  createWorld,
  mapping,
  mappingFile,
  mappingKey,
  securityHubEvent,
  testEvent,
  type World,
} from "./world";

const runQueue = "http://127.0.0.1:4566/123456789012/runs";
const minute = 60_000;
const event = testEvent("a-bucket", { id: "e1" });
const retry = {
  ECS_LAUNCH_SETTINGS: JSON.stringify({
    onFailure: { action: "retry", maxAttempts: 2, backoffSeconds: 60 },
  }),
};

/** The world with a queue of runs, and a worker. */
const createQueuedWorld = async (more: object = {}) => {
  const world = await createWorld({ RUN_QUEUE_URL: runQueue, ...more });
  await world.sqs.send(new CreateQueueCommand({ QueueName: "runs" }));
  const now = () => world.clock.now().getTime();
  /** The environments of the runs that were made. */
  const runs: Record<string, string>[] = [];
  const receive = async (queueUrl: string): Promise<Message[]> =>
    (
      await world.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 120 }),
      )
    ).Messages ?? [];

  return {
    ...world,
    runs,
    receiveRuns: () => receive(runQueue),
    /** A worker whose runs exit with this code, or never end. */
    work: (message: Message, exitCode: number | "dies" = 0, signal = new AbortController().signal) =>
      createHandleRun({
        claims: createClaims(world.s3, 120_000, now),
        renewMs: minute,
        run: async (environment) => {
          runs.push({ ...environment });
          if (exitCode === "dies") throw new Error("the worker dies");
          return exitCode;
        },
        report: (launch, end) => reportEnd(world.sqs, launch, end),
        log: createLog("ERROR"),
        signal,
      })(message, new AbortController().signal),
    /** Invokes the function with what waits in its own queue. */
    deliver: async (): Promise<void> => {
      for (const { MessageId, Body } of await receive(world.innerQueue))
        await world.invoke({ Records: [{ eventSource: "aws:sqs", messageId: MessageId, body: Body }] });
    },
  };
};

const outcomesOf = (world: World, end: string): number =>
  world.lines.filter((line) => line.message === "task has ended" && line.end === end).length;

test("puts each run into the queue, starts no task, and counts its end", async () => {
  const world = await createQueuedWorld();
  const { runs } = await world.invoke(event);
  expect(runs).toEqual([expect.objectContaining({ taskArn: expect.stringMatching(/^queued\/.{43}-\d+$/) })]);
  expect(world.launches()).toEqual([]);
  const [message] = await world.receiveRuns();
  expect(await world.work(message!)).toBe("done");
  expect(world.runs).toEqual([
    {
      FINDING_PAYLOAD: expect.stringContaining('"a-bucket"'),
      POLICY_BUCKET: "policies-of-custodian",
      POLICY_KEY: "policies/s3-createbucket.yml",
      // Its line in the log of the worker is found by this.
      QUEUED_RUN: expect.stringMatching(/^.{43}-\d+$/),
    },
  ]);
  await world.deliver();
  expect(world.counts("TasksSucceeded")).toEqual({ "": 1 });
});

test("does not queue the run of a duplicate event", async () => {
  const world = await createQueuedWorld();
  await world.invoke(event);
  const again = await world.invoke(event);
  expect(again.runs).toEqual([expect.objectContaining({ duplicate: true })]);
  expect(await world.receiveRuns()).toHaveLength(1);
});

test("makes a run of which there are two messages once", async () => {
  const world = await createQueuedWorld();
  await world.invoke(event);
  const [message] = await world.receiveRuns();
  await world.work(message!);
  expect(await world.work({ ...message, MessageId: "another" })).toBe("done");
  expect(world.runs).toHaveLength(1);
});

test("makes the run of an event again that comes after the deduplication window", async () => {
  const world = await createQueuedWorld();
  for (let day = 0; day < 2; day++) {
    await world.invoke(event);
    // The message of the first day is not deleted, and must not be taken for the second one's.
    for (const message of await world.receiveRuns()) await world.work(message);
    await world.deliver();
    await world.clock.advance(25 * 60 * minute);
  }
  expect(world.runs).toHaveLength(2);
  expect(world.counts("TasksSucceeded")).toEqual({ "": 2 });
});

test("waits for a worker that may be alive, and retries the run of one that died", async () => {
  const world = await createQueuedWorld();
  await world.invoke(event);
  const [message] = await world.receiveRuns();
  await expect(world.work(message!, "dies")).rejects.toThrow("dies");
  expect(await world.work(message!)).toEqual({ againAfterSeconds: 120 });

  await world.clock.advance(3 * minute);
  expect(await world.work(message!)).toBe("done");
  await world.deliver();
  expect(world.counts("TasksInterrupted")).toEqual({ WorkerStopped: 1 });
  const second = (await world.receiveRuns()).find(({ MessageId }) => MessageId !== message!.MessageId);
  await world.work(second!);
  expect(world.runs.map(({ LAUNCH_ATTEMPT }) => LAUNCH_ATTEMPT)).toEqual([undefined, "2"]);
});

test("retries a run that ECS has stopped", async () => {
  const world = await createQueuedWorld();
  await world.invoke(event);
  const [message] = await world.receiveRuns();
  await world.work(message!, 143, AbortSignal.abort());
  await world.deliver();
  expect(world.counts("TasksInterrupted")).toEqual({ WorkerStopped: 1 });
});

test("retries a failed run after its delay, then sends its finding to the DLQ", async () => {
  const world = await createQueuedWorld(retry);
  await world.invoke(event);
  const [message] = await world.receiveRuns();
  await world.work(message!, 2);
  await world.deliver();
  await world.clock.advance(2 * minute);
  await world.deliver();
  const [second] = (await world.receiveRuns()).filter(({ MessageId }) => MessageId !== message!.MessageId);
  await world.work(second!, 2);
  await world.deliver();
  expect(await world.takeDlqMessages()).toEqual([
    expect.objectContaining({
      requestPayload: expect.objectContaining({ event }),
      responsePayload: expect.objectContaining({ errorType: "TaskFailed", attempt: 2 }),
    }),
  ]);
});

test("handles a report that arrives twice once", async () => {
  const world = await createQueuedWorld();
  await world.invoke(event);
  const [message] = await world.receiveRuns();
  await world.work(message!, 2);
  const [report] = await world.sqs
    .send(new ReceiveMessageCommand({ QueueUrl: world.innerQueue }))
    .then(({ Messages = [] }) => Messages);
  const record = { eventSource: "aws:sqs", messageId: "m", body: report!.Body };
  await world.invoke({ Records: [record] });
  await world.invoke({ Records: [record] });
  expect(outcomesOf(world as never, "failed")).toBe(1);
});

test("ignores reports where no queue of runs is configured", async () => {
  const world = await createQueuedWorld();
  await world.invoke(event);
  const [message] = await world.receiveRuns();
  await world.work(message!, 2);
  const other = await createWorld();
  const { Messages: [report] = [] } = await world.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: world.innerQueue }),
  );
  await other.invoke(JSON.parse(report!.Body!));
  expect(other.counts("TasksFailed")).toEqual({});
});

// The calls of an event with two runs.
const reads = [0, 1, 2, 3, 4].map((skip) => ({
  service: "s3",
  action: "GetObject",
  skip,
  when: "before" as const,
}));
const writes = [
  ...[0, 1, 2, 3].map((skip) => ({ service: "s3", action: "PutObject", skip })),
  ...[0, 1].map((skip) => ({ service: "sqs", action: "SendMessage", skip })),
].flatMap((call) => (["before", "after"] as const).map((when) => ({ ...call, when })));

test.each([...reads, ...writes])(
  "makes each run once when the function crashes $when call $skip of $service:$action",
  async ({ service, action, skip, when }) => {
    const world = await createQueuedWorld();
    const findings = securityHubEvent([{ id: "f1", buckets: ["a", "b"] }]);
    await world.put(mappingKey, mappingFile([mapping({ match: { source: ["*"] } })]));
    const crash = Symbol("crash");
    const call = { service, action };
    const skipped: Fault[] = skip > 0 ? [{ ...call, fault: "none", times: skip }] : [];
    world.faults.set([...skipped, { ...call, fault: "crash", when, times: 1 }]);
    const { handler, crashed } = world.startFunction();
    const ended = await Promise.race([
      handler(findings, world.context("r0")).then(() => "done"),
      crashed.then(() => crash),
    ]);
    expect(ended).toBe(crash);
    world.faults.set([]);
    await world.startFunction().handler(findings, world.context("r0"));

    for (const message of await world.receiveRuns()) await world.work(message);
    const made = world.runs.map(({ FINDING_PAYLOAD }) => JSON.parse(FINDING_PAYLOAD!).finding.resource.id);
    expect(made.sort()).toEqual(["a", "b"]);
    await world.deliver();
    expect(world.counts("TasksSucceeded")).toEqual({ "": 2 });
  },
);
