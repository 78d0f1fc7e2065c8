import { gzipSync } from "node:zlib";
import type { SizedBottle } from "../../../bottles/bottle";
import { planKeyOf, toRunId } from "../../../bottles/plan/plan-key";
import { readPlan } from "../../../bottles/plan/read-plan";
import { createSyncEvent, parseSyncEvent } from "../../../bottles/plan/sync-event";
import { hashBytes, writePlan } from "../../../bottles/plan/write-plan";
import { createStore } from "../../../bottles/store/store";
import { connectionTo, ObjectStore } from "../../../testing/object-store";

const bottle = (more: Partial<SizedBottle> = {}): SizedBottle => ({
  formula: "libsigc++@2",
  version: "2.12.1_1",
  rebuild: 1,
  tag: "all",
  url: `https://ghcr.io/v2/homebrew/core/libsigcxx/2/blobs/sha256:${"ab".repeat(32)}`,
  sha256: "ab".repeat(32),
  size: 5,
  ...more,
});

const setUp = () => {
  const objects = new ObjectStore();
  return { objects, store: createStore("mirror", connectionTo(objects)) };
};

test("a plan is read back as it was written, also a size that is not known", async () => {
  const { store } = setUp();
  const bottles = [bottle(), bottle({ formula: "x265", version: "4.1-rc1", size: undefined })];
  const { reference, isNew } = await writePlan(store, "run-1", bottles);
  expect(isNew).toBe(true);
  expect(reference.key).toBe("sync/plans/run-1.jsonl.gz");
  expect((await readPlan(store, reference)).bottles).toEqual(bottles);
});

test("an empty plan has no bottles", async () => {
  const { store } = setUp();
  const { reference } = await writePlan(store, "run-1", []);
  expect(await readPlan(store, reference)).toEqual({ bottles: [] });
});

test("the first plan of a run stays", async () => {
  const { store } = setUp();
  const first = await writePlan(store, "run-1", [bottle()]);
  const second = await writePlan(store, "run-1", [bottle(), bottle({ tag: "tahoe" })]);
  expect(second).toEqual({ reference: first.reference, isNew: false });
  expect((await readPlan(store, second.reference)).bottles).toHaveLength(1);
});

const put = (objects: ObjectStore, bytes: Buffer) => {
  objects.put(planKeyOf("run-1"), bytes);
  return { key: planKeyOf("run-1"), sha256: hashBytes(bytes) };
};

test.each<[string, Buffer, string]>([
  ["no gzip", Buffer.from("text"), "expected gzip, found other bytes"],
  ["no JSON", gzipSync("text\n"), "run-1.jsonl.gz:1: line: expected an object, found "],
  [
    "a wrong digest",
    gzipSync(`${JSON.stringify(bottle())}\n${JSON.stringify(bottle({ sha256: "12" }))}\n`),
    'run-1.jsonl.gz:2: sha256: expected 64 hexadecimal digits, found "12"',
  ],
])("a plan with %s is refused", async (_what, bytes, message) => {
  const { objects, store } = setUp();
  await expect(readPlan(store, put(objects, bytes))).rejects.toMatchObject({
    name: "DamagedPlan",
    message: expect.stringContaining(message),
  });
});

test("another plan than the one that the event means is refused, and so is none", async () => {
  const { objects, store } = setUp();
  const reference = put(objects, gzipSync(""));
  await expect(readPlan(store, { ...reference, sha256: "cd".repeat(32) })).rejects.toThrow(
    `expected the SHA-256 ${"cd".repeat(32)}, found ${reference.sha256}`,
  );
  objects.objects.clear();
  await expect(readPlan(store, reference)).rejects.toMatchObject({ name: "MissingPlan" });
});

test("an event has what the launcher and the sync read of it", () => {
  const event = createSyncEvent("run-1", { key: "sync/plans/run-1.jsonl.gz", sha256: "ab".repeat(32) });
  expect(event).toMatchObject({ id: "run-1", detail: { service: "sync-bottles", run: "run-1" } });
  expect(parseSyncEvent(JSON.parse(JSON.stringify(event)))).toEqual(event);
  expect(() => parseSyncEvent({ ...event, detail: { ...event.detail, run: "../x" } })).toThrow(
    'detail.run: expected 1 to 128 letters, digits and . _ -, found "../x"',
  );
});

test("the id of a run is safe in a key", () => {
  expect(toRunId("2026-11-29T03:00:00Z")).toBe("2026-11-29T03-00-00Z");
  expect(toRunId(`arn:aws:x/../${"a".repeat(200)}`)).toMatch(/^[\w.-]{128}$/);
});
