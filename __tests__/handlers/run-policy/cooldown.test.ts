import type { Fault } from "../../../local/faults";
import { createWorld, mapping, mappingFile, mappingKey, securityHubEvent, type World } from "./world";

const minute = 60_000;
const hour = 60 * minute;
const mappings = [mapping({ match: { source: ["*"] } })];

const createHubWorld = async (more: object = {}, extra = {}, options = {}) => {
  const world = await createWorld(extra, options);
  await world.put(mappingKey, mappingFile(mappings.map((each) => ({ ...each, ...more }))));
  return world;
};

/** The nth update of one finding, an event of its own. */
const update = (number: number, bucket = "a") =>
  securityHubEvent(
    [{ id: "f1", buckets: [bucket], more: { UpdatedAt: `2026-01-01T00:00:${10 + number}Z` } }],
    {
      id: `update-${number}`,
    },
  );
const updates = Array.from({ length: 10 }, (_, number) => update(number));

const arnsOf = async (world: World, event: unknown) =>
  (await world.invoke(event)).runs.map((run) => "taskArn" in run && run.taskArn);

test("runs once for ten updates of a finding in a minute, one after the other", async () => {
  const world = await createHubWorld();
  const arns = [];
  for (const event of updates) {
    arns.push(...(await arnsOf(world, event)));
    await world.clock.advance(6_000);
  }
  expect(new Set(arns).size).toBe(1);
  expect(world.tasks()).toHaveLength(1);
  expect(world.counts("FindingsIgnored")).toEqual({ cooldown: 9 });
  expect(world.counts("Launches")).toEqual({ "": 1 });
});

test("runs once for ten updates of a finding at once, in ten environments", async () => {
  const world = await createHubWorld();
  const results = await Promise.all(
    updates.map((event, index) => world.startFunction().handler(event, world.context(`r${index}`))),
  );
  expect(results).toHaveLength(10);
  expect(world.tasks()).toHaveLength(1);
  expect(await world.takeDlqMessages()).toEqual([]);
});

test("runs again after the cooldown, and again once for several updates", async () => {
  const world = await createHubWorld();
  await world.invoke(update(0));
  await world.clock.advance(5 * minute - 1);
  await world.invoke(update(1));
  expect(world.tasks()).toHaveLength(1);
  await world.clock.advance(1);
  const later = [2, 3, 4].map((number) => world.invoke(update(number)));
  await Promise.all(later);
  expect(world.tasks()).toHaveLength(2);
});

test("has a cooldown for each resource and each mapping", async () => {
  const world = await createHubWorld();
  await world.invoke(update(0, "a"));
  await world.invoke(update(1, "b"));
  expect(world.tasks()).toHaveLength(2);
  await world.put(mappingKey, mappingFile([{ ...mappings[0], id: "other" }]));
  await world.clock.advance(minute);
  await world.invoke(update(2, "a"));
  expect(world.tasks()).toHaveLength(3);
});

test("has none when the mapping has none", async () => {
  const world = await createHubWorld({ cooldown_seconds: 0 });
  for (const event of updates.slice(0, 3)) await world.invoke(event);
  expect(world.tasks()).toHaveLength(3);
});

test("recognizes an update of the cooldown when it is delivered again, long after it", async () => {
  const world = await createHubWorld();
  const first = await arnsOf(world, update(0));
  await world.invoke(update(1));
  await world.clock.advance(10 * hour);
  expect(await arnsOf(world, update(1))).toEqual(first);
  expect(world.tasks().length).toBeLessThanOrEqual(1);
  expect(world.counts("Launches")).toEqual({ "": 1 });
});

test("lasts longer than the deduplication window and the memory of ECS", async () => {
  const world = await createHubWorld({ cooldown_seconds: 86_400 }, { DEDUPLICATION_WINDOW_HOURS: "1" });
  const first = await arnsOf(world, update(0));
  await world.clock.advance(23 * hour);
  expect(await arnsOf(world, update(1))).toEqual(first);
  expect(world.counts("Launches")).toEqual({ "": 1 });
});

describe("a crash", () => {
  // What the first launch of a cooldown asks for.
  const reads = [0, 1, 2, 3].map((skip) => ({
    service: "s3",
    action: "GetObject",
    skip,
    when: "before" as const,
  }));
  const writes = [
    { service: "s3", action: "PutObject", skip: 0 },
    { service: "ecs", action: "RunTask", skip: 0 },
    { service: "s3", action: "PutObject", skip: 1 },
  ].flatMap((call) => (["before", "after"] as const).map((when) => ({ ...call, when })));
  const crash = Symbol("crash");

  test.each([...reads, ...writes])(
    "$when call $skip of $service:$action loses nothing and doubles nothing",
    async ({ service, action, skip, when }) => {
      const world = await createHubWorld();
      const call = { service, action };
      const skipped: Fault[] = skip > 0 ? [{ ...call, fault: "none", times: skip }] : [];
      world.faults.set([...skipped, { ...call, fault: "crash", when, times: 1 }]);
      const { handler, crashed } = world.startFunction();
      const ended = await Promise.race([
        handler(update(0), world.context("r0")).then(() => "done"),
        crashed.then(() => crash),
      ]);
      world.faults.set([]);
      // Another update comes before the retry.
      await world.clock.advance(30_000);
      await world.startFunction().handler(update(1), world.context("r1"));
      expect(world.tasks().length).toBeGreaterThanOrEqual(1);
      await world.clock.advance(30_000);
      if (ended === crash) await world.startFunction().handler(update(0), world.context("r0"));
      expect(world.tasks()).toHaveLength(1);
      expect(await world.takeDlqMessages()).toEqual([]);
      expect(ended).toBe(crash);
    },
  );
});
