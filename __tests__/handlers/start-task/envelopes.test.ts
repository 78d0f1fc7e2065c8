import { createWorld, functionArn, route, startEvent } from "./world";

const routes = { auth: route("auth-api") };

/** What Lambda writes to an on-failure destination. */
const destinationRecord = (requestPayload: unknown, requestId = "first-request") => ({
  version: "1.0",
  timestamp: "2026-01-01T00:00:00.000Z",
  requestContext: { requestId, functionArn, condition: "RetriesExhausted", approximateInvokeCount: 3 },
  requestPayload,
  responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
  responsePayload: { errorType: "ThrottlingException", errorMessage: "Rate exceeded", trace: [] },
});

/** An SQS batch; `bodies` by message id. */
const sqsBatch = (bodies: Record<string, unknown>) => ({
  Records: Object.entries(bodies).map(([messageId, body]) => ({
    messageId,
    receiptHandle: "handle",
    body: typeof body === "string" ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: "2",
      SentTimestamp: "1767225600000",
      SenderId: "sender",
      ApproximateFirstReceiveTimestamp: "1767225600000",
    },
    messageAttributes: { ERROR_CODE: { stringValue: "SDK_CLIENT_ERROR", dataType: "String" } },
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:eu-west-1:123456789012:dead-letters",
    awsRegion: "eu-west-1",
  })),
});

const envelopes: [string, (event: unknown) => unknown][] = [
  ["as it is", (event) => event],
  ["in the record of Lambda's destination", (event) => destinationRecord(event)],
  ["in a record of a record", (event) => destinationRecord(destinationRecord(event), "second-request")],
  ["in SQS, as EventBridge's dead-letter queue holds it", (event) => sqsBatch({ m1: event })],
  [
    "in SQS, as the function's dead-letter queue holds it",
    (event) => sqsBatch({ m1: destinationRecord(event) }),
  ],
];

describe.each(envelopes)("an event %s", (_name, wrap) => {
  test("launches the same task", async () => {
    const world = await createWorld(routes);
    await world.invoke(wrap(startEvent("auth")));
    const plain = await createWorld(routes);
    await plain.invoke(startEvent("auth"));
    expect(world.launches()).toEqual(plain.launches());
    expect(world.launches()).toHaveLength(1);
  });

  test("launches nothing when the plain event was launched before", async () => {
    const world = await createWorld(routes);
    await world.invoke(startEvent("auth"));
    await world.invoke(wrap(startEvent("auth")));
    expect(world.tasks()).toHaveLength(1);
  });

  test("is sent to the DLQ without its old envelope after a permanent error", async () => {
    const world = await createWorld(routes);
    await world.invoke(wrap(startEvent("nobody")));
    expect(await world.takeDlqMessages()).toMatchObject([
      { requestPayload: startEvent("nobody"), responsePayload: { errorType: "UnknownService" } },
    ]);
  });
});

test("launches an event without id once when it is redriven", async () => {
  const world = await createWorld(routes);
  const event = { detail: { service: "auth" } };
  await world.invoke(event, "first-request");
  await world.invoke(destinationRecord(event), "later-request");
  await world.invoke(sqsBatch({ m1: destinationRecord(event) }));
  expect(world.tasks()).toHaveLength(1);
});

test("launches a redriven DLQ message when its cause is gone", async () => {
  const healing: Record<string, ReturnType<typeof route>> = { auth: route("auth-api") };
  const world = await createWorld(healing);
  await world.invoke(startEvent("pdf"));
  const [dlqMessage] = await world.takeDlqMessages();
  healing.pdf = route("auth-api");
  expect(await world.invoke(sqsBatch({ m1: dlqMessage }))).toEqual({ batchItemFailures: [] });
  expect(world.launches()).toMatchObject([{ group: "route-pdf" }]);
  expect(await world.takeDlqMessages()).toEqual([]);
});

describe("a batch", () => {
  test("reports only the messages that have to be retried", async () => {
    const world = await createWorld(routes);
    world.faults.set([
      { service: "ecs", action: "RunTask", fault: "none", times: 1 },
      { service: "ecs", action: "RunTask", fault: "error", code: "ServerException", status: 500, times: 3 },
    ]);
    const batch = sqsBatch({
      good: startEvent("auth", "e1"),
      broken: startEvent("auth", "e2"),
      bad: "not JSON",
      alsoGood: startEvent("auth", "e3"),
    });
    expect(await world.settled(world.invoke(batch))).toEqual({
      batchItemFailures: [{ itemIdentifier: "broken" }],
    });
    expect(world.launches().map(({ startedBy }) => startedBy?.split("/")[0])).toEqual(["e1", "e3"]);
    expect(await world.takeDlqMessages()).toMatchObject([
      {
        requestContext: { requestId: "bad", approximateInvokeCount: 2 },
        requestPayload: "not JSON",
        responsePayload: { errorMessage: 'event: expected an object, found "not JSON"' },
      },
    ]);

    expect(await world.settled(world.invoke(batch))).toEqual({ batchItemFailures: [] });
    expect(world.tasks()).toHaveLength(3);
  });

  test("is rejected when it has no SQS messages", async () => {
    const world = await createWorld(routes);
    expect(await world.invoke({ Records: [{ eventSource: "aws:s3", s3: {} }] })).toEqual({
      rejected: "detail: expected a value, found nothing",
    });
    expect(await world.takeDlqMessages()).toHaveLength(1);
  });
});
