import { createHash } from "node:crypto";
import { readPayload } from "../../../worker/payload";
import { createWorld, route, startEvent, type World } from "./world";

const routes = { auth: route("auth-api", { allowOverrides: ["command"] }) };
const limit = 8192;

const lengthOf = (overrides: unknown): number => JSON.stringify(overrides).length;
const inlineOverrides = (event: unknown) => ({
  containerOverrides: [
    { name: "main", environment: [{ name: "EVENT_PAYLOAD", value: JSON.stringify(event) }] },
  ],
});

/** An event whose inline overrides have exactly this length. */
const eventOfLength = (length: number) => {
  const bare = startEvent("auth", "1", { text: "" });
  return startEvent("auth", "1", { text: "x".repeat(length - lengthOf(inlineOverrides(bare))) });
};

/** The event as the worker of the container reads it. */
const received = async (world: World): Promise<unknown> =>
  readPayload(world.variables()[0] ?? {}, "EVENT_PAYLOAD", "event", () => world.s3);

test.each([7_900, 8_000, 8_100, 8_191, 8_192, 8_193, 8_200, 8_300, 200_000])(
  "passes an event of %d characters inline up to the limit of ECS, and by reference beyond",
  async (length) => {
    const world = await createWorld(routes);
    const event = eventOfLength(length);
    expect(await world.invoke(event)).toMatchObject({ service: "auth", duplicate: false });
    expect(Object.keys(world.variables()[0] ?? {})).toEqual(
      length <= limit ? ["EVENT_PAYLOAD"] : ["EVENT_PAYLOAD_REF", "EVENT_PAYLOAD_SHA256"],
    );
    expect(lengthOf(world.launches()[0]?.overrides)).toBeLessThanOrEqual(limit);
    expect(await received(world)).toEqual(event);
  },
);

test("counts characters beyond ASCII in bytes", async () => {
  const world = await createWorld(routes);
  const event = startEvent("auth", "1", { text: "é".repeat(4_500) });
  await world.invoke(event);
  expect(world.variables()[0]).toHaveProperty("EVENT_PAYLOAD_REF");
  expect(await received(world)).toEqual(event);
});

test("writes the same object at a redelivery and launches nothing", async () => {
  const world = await createWorld(routes);
  await world.invoke(eventOfLength(9_000));
  await world.clock.advance(60_000);
  expect(await world.invoke(eventOfLength(9_000))).toMatchObject({ duplicate: true });
  expect(world.variables()).toHaveLength(1);
  const sha256 = createHash("sha256")
    .update(JSON.stringify(eventOfLength(9_000)))
    .digest("hex");
  expect(world.variables()[0]?.EVENT_PAYLOAD_REF).toBe(`s3://payloads-of-launcher/payloads/${sha256}.json`);
});

test("throws and launches nothing when the payload cannot be stored", async () => {
  const world = await createWorld(routes);
  world.faults.set([
    { service: "s3", action: "PutObject", fault: "error", code: "AccessDenied", status: 403 },
  ]);
  await expect(world.invoke(eventOfLength(9_000))).rejects.toThrow(
    /s3:\/\/payloads-of-launcher.*403.*AccessDenied/s,
  );
  expect(world.tasks()).toHaveLength(0);
  expect(await world.takeDlqMessages()).toEqual([]);
});

test.each(["before", "after"] as const)("retries when the connection is reset %s the PUT", async (when) => {
  const world = await createWorld(routes);
  world.faults.set([{ service: "s3", action: "PutObject", fault: "reset", when, times: 2 }]);
  expect(await world.invoke(eventOfLength(9_000))).toMatchObject({ service: "auth" });
  expect(await received(world)).toEqual(eventOfLength(9_000));
});

test("throws after three attempts when S3 fails", async () => {
  const world = await createWorld(routes);
  world.faults.set([
    { service: "s3", action: "PutObject", fault: "error", code: "SlowDown", status: 503, times: 3 },
  ]);
  await expect(world.invoke(eventOfLength(9_000))).rejects.toThrow("503");
  expect(await world.invoke(eventOfLength(9_000))).toMatchObject({ service: "auth", duplicate: false });
});

test("sends an event to the DLQ when its overrides are too long", async () => {
  const world = await createWorld(routes);
  const result = await world.invoke(startEvent("auth", "1", { command: ["x".repeat(9_000)] }));
  expect(result).toEqual({ rejected: expect.stringMatching(/detail\.command.*9\d{3} bytes.*8192/) });
  expect(await world.takeDlqMessages()).toHaveLength(1);
});
