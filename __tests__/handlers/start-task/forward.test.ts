import { createWorld, route, startEvent, type World } from "./world";

const routes = { auth: route("auth-api") };
/** The DLQ serves as the buffer queue, because tests can read it. */
const queue = "http://127.0.0.1:4566/123456789012/dead-letters";
const failures = ({ lines }: World) => ({
  logged: lines.filter(({ message }) => message === "event failed"),
  counted: lines.filter((line) => "Failures" in line).length,
});

describe("an event of 300 KB", () => {
  const event = startEvent("auth", "e1", { text: "x".repeat(300_000) });
  const reference = {
    eventReference: { key: expect.stringMatching(/^payloads/), bytes: expect.any(Number) },
  };

  test("is sent by reference to the function itself and then launched", async () => {
    const world = await createWorld(routes);
    expect(await world.invoke(event, "request-1")).toEqual({ handedOn: "reference" });
    expect(world.handedOn).toMatchObject([
      { requestContext: { requestId: "request-1" }, requestPayload: reference },
    ]);
    expect(await world.invoke(world.handedOn[0])).toMatchObject({ duplicate: false });
    expect(world.variables()).toMatchObject([{ EVENT_PAYLOAD_REF: expect.any(String) }]);
  });

  test("is sent by reference to the buffer queue", async () => {
    const world = await createWorld(routes, {}, { BUFFER_QUEUE_URL: queue });
    expect(await world.invoke(event)).toEqual({ handedOn: "buffer" });
    expect(world.handedOn).toEqual([]);
    const [message] = await world.takeDlqMessages();
    expect(message).toMatchObject(reference);
    const batch = { Records: [{ messageId: "m1", body: JSON.stringify(message), eventSource: "aws:sqs" }] };
    expect(await world.invoke(batch)).toEqual({ batchItemFailures: [] });
    expect(world.variables()).toMatchObject([{ EVENT_PAYLOAD_REF: expect.any(String) }]);
  });
});

describe("throws, logs and counts the failure when an event cannot be forwarded:", () => {
  test("a long event, and S3 fails", async () => {
    const world = await createWorld(routes);
    world.faults.set([{ service: "s3", action: "PutObject", fault: "error", code: "SlowDown", status: 503 }]);
    const event = startEvent("auth", "e1", { text: "x".repeat(300_000) });
    await expect(world.invoke(event)).rejects.toThrow("S3 answered 503");
    expect(failures(world)).toMatchObject({ logged: [{ eventId: "e1", level: "ERROR" }], counted: 1 });
    expect(world.handedOn).toEqual([]);
  });

  test("an event for the buffer queue, and SQS fails", async () => {
    const world = await createWorld(routes, {}, { BUFFER_QUEUE_URL: queue });
    world.faults.set([
      { service: "sqs", action: "SendMessage", fault: "error", code: "InternalError", status: 500 },
    ]);
    await expect(world.invoke(startEvent("auth", "e1"))).rejects.toThrow("InternalError");
    expect(failures(world)).toMatchObject({ logged: [{ eventId: "e1", level: "ERROR" }], counted: 1 });
  });
});
