import { createWorld, mapping, mappingFile, mappingKey, testEvent, type World } from "./world";

const minute = 60_000;
const event = (id: string) => testEvent(`bucket-${id}`, { id });
const s3Down = { service: "s3", action: "GetObject", fault: "error", code: "SlowDown", status: 503 } as const;

const launchesWith = async (world: World, id: string) => {
  await world.invoke(event(id));
  return (await world.payloads()).at(-1)?.mapping;
};

test("is read again after a minute, not before", async () => {
  const world = await createWorld();
  expect(await launchesWith(world, "1")).toBe("s3-create-bucket");
  await world.put(mappingKey, mappingFile([mapping({ id: "new" })]));
  await world.clock.advance(59_000);
  expect(await launchesWith(world, "2")).toBe("s3-create-bucket");
  await world.clock.advance(1_000);
  expect(await launchesWith(world, "3")).toBe("new");
});

test.each([
  ["S3 fails", (world: World) => world.faults.set([s3Down])],
  ["the file is invalid", (world: World) => world.put(mappingKey, "{")],
])("its last good copy is used for 15 minutes when %s", async (_what, spoil) => {
  const world = await createWorld();
  await world.put(mappingKey, mappingFile([mapping({ match: { source: ["none"] } })]));
  await world.invoke(event("1"));
  await spoil(world);
  await world.clock.advance(14 * minute);
  expect(await world.invoke(event("2"))).toEqual({ runs: [] });
  expect(world.lines).toContainEqual(
    expect.objectContaining({
      level: "WARN",
      message: "mapping file cannot be used, its last good copy is",
      ageSeconds: 840,
    }),
  );
  await world.clock.advance(minute);
  await expect(world.invoke(event("3"))).rejects.toThrow(/policy-mappings\.json: /);
});

test("a copy that S3 confirms is good for another 15 minutes", async () => {
  const world = await createWorld();
  await world.put(mappingKey, mappingFile([mapping({ match: { source: ["none"] } })]));
  await world.invoke(event("1"));
  await world.clock.advance(10 * minute);
  await world.invoke(event("2"));
  world.faults.set([s3Down]);
  await world.clock.advance(14 * minute);
  expect(await world.invoke(event("3"))).toEqual({ runs: [] });
});

test("is not read for an event without findings", async () => {
  const world = await createWorld({ POLICY_MAPPING_KEY: "none.json" });
  const failed = testEvent("a", { detail: { ...testEvent("a").detail, errorCode: "AccessDenied" } });
  expect(await world.invoke(failed)).toEqual({ runs: [{ finding: "request-1", ignored: "failed_call" }] });
});
