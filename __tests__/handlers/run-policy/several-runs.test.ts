import {
  createWorld,
  functionArn,
  mapping,
  mappingFile,
  mappingKey,
  securityHubEvent,
  testEvent,
  type World,
} from "./world";

const hour = 3_600_000;
const event = securityHubEvent([
  { id: "f1", buckets: ["a", "b"] },
  { id: "f2", buckets: ["c", "d"] },
]);
const all = { source: ["*"] };

const createHubWorld = async (mappings = [mapping({ match: all })], extra = {}) => {
  const world = await createWorld(extra);
  await world.put(mappingKey, mappingFile(mappings));
  return world;
};

const resources = async (world: World) =>
  (await world.payloads()).map(({ finding }) => `${finding.id} ${finding.resource?.id}`).sort();

test("makes four runs of two findings with two resources each, however often the event is delivered", async () => {
  const world = await createHubWorld(undefined, { DEDUPLICATION_WINDOW_HOURS: "48" });
  const arns = async () => (await world.invoke(event)).runs.map((run) => "taskArn" in run && run.taskArn);
  const first = await arns();
  expect(await resources(world)).toEqual(["f1 a", "f1 b", "f2 c", "f2 d"]);
  expect(new Set(first).size).toBe(4);
  expect(await arns()).toEqual(first);
  // ECS has forgotten the tokens, and the cooldown is over.
  await world.clock.advance(26 * hour);
  expect(await arns()).toEqual(first);
  expect(world.counts("Launches")).toEqual({ "": 4 });
  expect(world.counts("Duplicates")).toEqual({ "": 8 });
});

test("makes four runs when the event comes at once from two sides", async () => {
  const world = await createHubWorld();
  await Promise.all([world.invoke(event), world.startFunction().handler(event, world.context("other"))]);
  expect(await resources(world)).toEqual(["f1 a", "f1 b", "f2 c", "f2 d"]);
});

describe("one run that fails permanently", () => {
  const policy = { key: "policies/none.yml" };
  const mappings = [
    mapping({ id: "broken", match: { resource_id: ["c"] }, policy }),
    mapping({ match: all }),
  ];

  test("goes to the DLQ alone, and the others go on", async () => {
    const world = await createHubWorld(mappings);
    const { runs } = await world.invoke(event);
    expect(runs).toMatchObject([
      { resource: "a", duplicate: false },
      { resource: "b", duplicate: false },
      { resource: "c", rejected: expect.stringContaining("does not exist") },
      { resource: "d", duplicate: false },
    ]);
    expect(await resources(world)).toEqual(["f1 a", "f1 b", "f2 d"]);
    expect(await world.takeDlqMessages()).toMatchObject([
      { requestPayload: { event, run: { finding: "f2", resource: "c", mapping: "broken" } } },
    ]);
  });

  test("is redriven alone", async () => {
    const world = await createHubWorld(mappings);
    await world.invoke(event);
    const [message] = await world.takeDlqMessages();
    await world.put(policy.key, "policies: []");
    expect((await world.invoke(message)).runs).toMatchObject([{ resource: "c", mapping: "broken" }]);
    expect(world.tasks()).toHaveLength(4);
  });

  test("says so when its mapping does not select it any more", async () => {
    const world = await createHubWorld(mappings);
    await world.invoke(event);
    const [message] = await world.takeDlqMessages();
    await world.put(mappingKey, mappingFile([mapping({ match: all })]));
    await world.clock.advance(60_000);
    const reason =
      'run: the mapping "broken" does not select a policy for the resource "c" of the finding "f2" any more';
    expect(await world.invoke(message)).toEqual({ rejected: reason });
    expect(await world.takeDlqMessages()).toMatchObject([
      { requestPayload: message?.requestPayload, responsePayload: { errorType: "RunNotSelected" } },
    ]);
  });

  test("waits for the retry of the event when another run fails for a moment", async () => {
    const world = await createHubWorld(mappings);
    world.faults.set([{ service: "ecs", action: "RunTask", fault: "throttle", times: 8 }]);
    await expect(world.invoke(event, "r")).rejects.toThrow(/rate exceeded/i);
    expect(await world.takeDlqMessages()).toEqual([]);
    await world.invoke(event, "r");
    expect(await resources(world)).toEqual(["f1 a", "f1 b", "f2 d"]);
    expect(await world.takeDlqMessages()).toHaveLength(1);
  });
});

test("retries the whole event after a transient error, and launches each run once", async () => {
  const world = await createHubWorld();
  world.faults.set([{ service: "ecs", action: "RunTask", fault: "throttle", times: 11 }]);
  await expect(world.invoke(event)).rejects.toThrow(/rate exceeded/i);
  expect(world.tasks()).toHaveLength(1);
  await world.invoke(event);
  expect(await resources(world)).toEqual(["f1 a", "f1 b", "f2 c", "f2 d"]);
});

test.each([
  ["resources", 501, [mapping({ match: all })], 1002],
  ["policy runs", 400, [mapping({ id: "dry", match: all, continue: true }), mapping({ match: all })], 1600],
])("refuses an event of too many %s", async (what, count, mappings, found) => {
  const world = await createHubWorld(mappings);
  const buckets = Array.from({ length: count }, (_, index) => `bucket-${index}`);
  const findings = ["f1", "f2"].map((id) => ({ id, buckets }));
  expect(await world.invoke(securityHubEvent(findings))).toEqual({
    rejected: `event: expected at most 1000 ${what}, found ${found}`,
  });
  expect(world.tasks()).toEqual([]);
});

/** What Lambda writes to an on-failure destination. */
const destinationRecord = (requestPayload: unknown) => ({
  version: "1.0",
  timestamp: "2026-01-01T00:00:00.000Z",
  requestContext: {
    requestId: "request-1",
    functionArn,
    condition: "RetriesExhausted",
    approximateInvokeCount: 3,
  },
  requestPayload,
  responsePayload: { errorType: "ThrottlingException", errorMessage: "Rate exceeded" },
});
const batch = (body: unknown) => ({
  Records: [{ messageId: "request-1", eventSource: "aws:sqs", body: JSON.stringify(body) }],
});

test.each<[string, (event: unknown) => unknown]>([
  ["as it is", (each) => each],
  ["in SQS, as EventBridge's dead-letter queue holds it", batch],
  ["in the record of Lambda's destination", destinationRecord],
  ["in SQS, as the function's dead-letter queue holds it", (each) => batch(destinationRecord(each))],
])("launches the same task for an event %s", async (_what, wrap) => {
  for (const each of [testEvent(), testEvent("a-bucket", { id: "e1" })]) {
    const world = await createWorld();
    await world.invoke(wrap(each));
    const plain = await createWorld();
    await plain.invoke(each);
    expect(world.launches()).toEqual(plain.launches());
    expect(world.launches()).toHaveLength(1);
  }
});

test("buffers an event of EventBridge, then launches it", async () => {
  const world = await createWorld({ BUFFER_QUEUE_URL: "inner" });
  const onBus = testEvent("a-bucket", { id: "e1" });
  expect(await world.invoke(onBus)).toEqual({ handedOn: "buffer" });
  expect(world.tasks()).toEqual([]);
  expect(await world.invoke(batch(onBus))).toEqual({ batchItemFailures: [] });
  expect(world.tasks()).toHaveLength(1);
});

test.each([1, 6, 8, 10, 100, 250, 500, 1_000])("passes an event of %d KB on whole", async (kilobytes) => {
  const world = await createWorld();
  const { detail } = testEvent();
  const large = testEvent("a-bucket", {
    id: "e1",
    detail: { ...detail, requestParameters: { bucketName: "a-bucket", text: 'ü"'.repeat(kilobytes * 250) } },
  });
  const result = await world.invoke(large);
  if ("handedOn" in result) await world.invoke(world.handedOn[0]);
  const [payload] = await world.payloads();
  expect(payload?.event).toEqual(large);
  expect(world.tasks()).toHaveLength(1);
});
