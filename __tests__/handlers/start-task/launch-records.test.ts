import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { createLaunchId } from "../../../handlers/launch/launch-id";
import { createWorld, route, startEvent, type World } from "./world";

const routes = { auth: route("auth-api"), pdf: route("pdf-creator") };
const hours = 3_600_000;
const object = {
  Bucket: "payloads-of-launcher",
  Key: `launches/${createLaunchId({ eventId: "e1", service: "auth", attempt: 1 })}.json`,
};

const recordIn = async (world: World) =>
  JSON.parse(await (await world.s3.send(new GetObjectCommand(object))).Body!.transformToString());

test("writes a launch record with everything that a retry needs", async () => {
  const world = await createWorld(routes);
  await world.invoke(startEvent("auth", "e1"));
  expect(await recordIn(world)).toEqual({
    taskArn: world.tasks()[0]?.arn,
    eventId: "e1",
    service: "auth",
    attempt: 1,
    earlierEnds: { unstarted: 0, failed: 0, interrupted: 0 },
    launchedAt: "2026-01-01T00:00:00.000Z",
    event: startEvent("auth", "e1"),
  });
});

test.each([2, 12, 23])(
  "starts nothing for the same event %d hours later, when ECS has forgotten its token",
  async (later) => {
    const world = await createWorld(routes);
    const first = await world.invoke(startEvent("auth", "e1"));
    await world.clock.advance(later * hours);
    expect(await world.invoke(startEvent("auth", "e1"))).toEqual({ ...(first as object), duplicate: true });
    // ECS no longer shows the first task, and a second one would be shown.
    expect(world.tasks()).toEqual([]);
  },
);

test("launches an event again after the deduplication window and records it", async () => {
  const world = await createWorld(routes, {}, { DEDUPLICATION_WINDOW_HOURS: 48 });
  await world.invoke(startEvent("auth", "e1"));
  await world.clock.advance(47 * hours);
  expect(await world.invoke(startEvent("auth", "e1"))).toMatchObject({ duplicate: true });
  await world.clock.advance(2 * hours);
  expect(await world.invoke(startEvent("auth", "e1"))).toMatchObject({ duplicate: false });
  await world.clock.advance(2 * hours);
  expect(await world.invoke(startEvent("auth", "e1"))).toMatchObject({ duplicate: true });
});

test.each(["not json", "{}", '{"eventId":"e1"}', "null"])(
  "ignores and replaces a damaged record (%s)",
  async (Body) => {
    const world = await createWorld(routes);
    await world.s3.send(new PutObjectCommand({ ...object, Body }));
    expect(await world.invoke(startEvent("auth", "e1"))).toMatchObject({ duplicate: false });
    expect(await recordIn(world)).toMatchObject({ taskArn: world.tasks()[0]?.arn });
    expect(world.lines).toContainEqual(expect.objectContaining({ level: "WARN", key: object.Key }));
  },
);

test("launches several services for one event, each once", async () => {
  const world = await createWorld(routes);
  const event = startEvent("auth", "e1");
  for (const service of ["auth", "pdf", "auth", "pdf"]) await world.invoke({ service, event });
  expect(world.tasks()).toHaveLength(2);
});

test("creates different launch ids for different sub-keys and attempts", () => {
  const key = { eventId: "e1", service: "auth", attempt: 1 };
  const ids = [key, { ...key, subKey: "a" }, { ...key, subKey: "b" }, { ...key, attempt: 2 }].map(
    createLaunchId,
  );
  expect(new Set(ids).size).toBe(4);
  expect(createLaunchId({ ...key, subKey: "" })).toBe(createLaunchId(key));
});

test("launches nothing when S3 cannot be read", async () => {
  const world = await createWorld(routes);
  world.faults.set([
    { service: "s3", action: "GetObject", fault: "error", code: "AccessDenied", status: 403 },
  ]);
  await expect(world.invoke(startEvent("auth", "e1"))).rejects.toThrow("S3 answered 403");
  expect(world.tasks()).toEqual([]);
});
