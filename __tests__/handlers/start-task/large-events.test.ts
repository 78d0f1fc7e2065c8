import { CreateQueueCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { createWorld, route, startEvent, type World } from "./world";

const routes = { auth: route("auth-api") };
const limit = 262_144;
const bufferUrl = "https://sqs.eu-west-1.amazonaws.com/123456789012/buffer";
const onBus = (id: string, characters: number, service = "auth") =>
  startEvent(service, id, { text: "x".repeat(characters) });

/** Invokes the function, then with the reference that it sends to itself. */
const followThrough = async (world: World, event: unknown) => {
  expect(await world.invoke(event)).toEqual({ handedOn: "reference" });
  const [reference] = world.handedOn.splice(0);
  expect(JSON.stringify(reference).length).toBeLessThan(1_000);
  return world.invoke(reference);
};

test.each([300_000, 1_000_000])("launches an event of %d characters by reference", async (characters) => {
  const world = await createWorld(routes);
  const event = onBus("e1", characters);
  expect(await followThrough(world, event)).toMatchObject({ duplicate: false });
  // A second delivery is a duplicate.
  expect(await followThrough(world, event)).toMatchObject({ duplicate: true });
  expect(world.tasks()).toHaveLength(1);
  expect(world.variables()[0]).toMatchObject({ EVENT_PAYLOAD_REF: expect.stringMatching(/^s3:/) });
});

test("launches an event without id once when its invocation is retried", async () => {
  const world = await createWorld(routes);
  const event = { detail: { service: "auth", text: "x".repeat(300_000) } };
  await world.invoke(event, "request-a");
  await world.invoke(event, "request-a");
  for (const reference of world.handedOn) await world.invoke(reference);
  expect(world.tasks()).toHaveLength(1);
});

test("sends a long invalid event to the DLQ with its reason and a reference", async () => {
  const world = await createWorld(routes);
  const event = onBus("e1", 300_000, "nobody");
  expect(await followThrough(world, event)).toMatchObject({ rejected: expect.stringContaining("nobody") });
  const [dlqMessage] = await world.takeDlqMessages();
  expect(JSON.stringify(dlqMessage).length).toBeLessThan(limit);
  expect(dlqMessage).toMatchObject({
    requestPayload: { eventReference: { bytes: JSON.stringify(event).length } },
    responsePayload: { errorType: "UnknownService" },
  });
  // A redrive reads the stored event.
  expect(await world.invoke(dlqMessage)).toMatchObject({ rejected: expect.stringContaining("nobody") });
});

test.each([
  [
    "another object of the bucket",
    { key: "launches/x.json", sha256: "0".repeat(64) },
    /payloads\/<sha256>\.json/,
  ],
  ["nothing", { key: `payloads/${"0".repeat(64)}.json`, sha256: "0".repeat(64) }, /does not exist/],
  ["no hash", { key: `payloads/${"0".repeat(64)}.json` }, /sha256/],
])("rejects a reference to %s", async (_what, eventReference, reason) => {
  const world = await createWorld(routes);
  expect(await world.invoke({ eventReference })).toEqual({ rejected: expect.stringMatching(reason) });
  expect(await world.takeDlqMessages()).toMatchObject([{ requestPayload: { eventReference } }]);
});

describe("with a buffer", () => {
  const createBuffered = async () => {
    const world = await createWorld(routes, {}, { BUFFER_QUEUE_URL: bufferUrl });
    await world.sqs.send(
      new CreateQueueCommand({ QueueName: "buffer", Attributes: { MaximumMessageSize: `${limit}` } }),
    );
    const messages = async () => {
      const { Messages = [] } = await world.sqs.send(new ReceiveMessageCommand({ QueueUrl: bufferUrl }));
      return Messages.map(({ Body: body = "", MessageId: messageId = "" }) => ({
        eventSource: "aws:sqs",
        messageId,
        body,
      }));
    };
    return { world, messages };
  };

  test.each([10, 300_000, 1_000_000])(
    "buffers an event of %d characters, then launches it",
    async (characters) => {
      const { world, messages } = await createBuffered();
      expect(await world.invoke(onBus("e1", characters))).toEqual({ handedOn: "buffer" });
      expect(world.tasks()).toEqual([]);
      expect(await world.invoke({ Records: await messages() })).toEqual({ batchItemFailures: [] });
      expect(world.tasks()).toHaveLength(1);
    },
  );

  test("buffers an event of a rule that names the service", async () => {
    const { world, messages } = await createBuffered();
    const { detail: _, ...finding } = onBus("e1", 0);
    await world.invoke({ service: "auth", event: { ...finding, detail: {} } });
    await world.invoke({ Records: await messages() });
    expect(world.launches()).toMatchObject([{ group: "route-auth" }]);
  });

  test("launches a direct invocation at once", async () => {
    const { world } = await createBuffered();
    const { account: _, region: __, ...own } = startEvent("auth");
    expect(await world.invoke(own)).toMatchObject({ duplicate: false });
  });

  test("sends a malformed event of 300 KB to the DLQ by reference", async () => {
    const { world, messages } = await createBuffered();
    await world.invoke({ ...onBus("e1", 300_000), detail: { text: "x".repeat(300_000) } });
    await world.invoke({ Records: await messages() });
    expect(await world.takeDlqMessages()).toMatchObject([
      {
        requestPayload: { eventReference: { bytes: expect.any(Number) } },
        responsePayload: { errorType: "MalformedEvent" },
      },
    ]);
  });
});
