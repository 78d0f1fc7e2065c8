import { createHash } from "node:crypto";
import fc from "fast-check";
import { hashFileKey } from "../../bottles/hash-file/hash-file";
import { parseHashFile } from "../../bottles/hash-file/parse-hash-file";
import { entryKeyOf } from "../../bottles/hash-file/to-entry";
import { blobKeyOf, indexKeyOf } from "../../bottles/names";
import { type BottleSyncWorld, createBottleSyncWorld } from "../../testing/bottle-sync";
import type { FaultScript } from "../../testing/homebrew";
import type { StoredObject } from "../../testing/object-store";
import { createMortalProcess } from "./bottle-sync/mortal-process";
import { randomFaults, scriptedKinds } from "./bottle-sync/random-faults";

/** Sizes of bottles, pieces and parts are those of Homebrew and S3 divided by 100. */
const scale = 0.01;
const { SEED = "2026", HISTORIES = "2000" } = process.env;
const seed = Number(SEED);

const concurrency = "10";

/** Looks at each object in the moment in which it becomes visible. */
const watch = () => {
  const wrong: string[] = [];
  let world: BottleSyncWorld | undefined;
  const onWrite = (key: string, { body }: StoredObject): void => {
    const digest = /\/blobs\/sha256:(.*)$/.exec(key)?.[1];
    if (digest !== undefined && createHash("sha256").update(body).digest("hex") !== digest)
      wrong.push(`${key} has other bytes`);
    if (key !== hashFileKey) return;
    const { file, problems } = parseHashFile(body.toString());
    wrong.push(...problems);
    for (const [name, { sha256, file_size: size, key: of }] of file.entries)
      if (of === undefined || !of.endsWith(sha256) || world?.bucket.objects.get(of)?.body.length !== size)
        wrong.push(`${name} is in the hash file, and not in the bucket`);
  };
  return {
    onWrite,
    wrong,
    of: (watched: BottleSyncWorld) => {
      world = watched;
    },
  };
};

/** Runs a sync until it ends or is killed. */
const runMortal = async (
  world: BottleSyncWorld,
  event: unknown,
  moments: number,
  isLastApplied: boolean,
): Promise<{
  result: Awaited<ReturnType<ReturnType<BottleSyncWorld["sync"]>>> | "killed";
  bytes: number;
}> => {
  const process = createMortalProcess(world.bucket, moments, isLastApplied);
  const { connection, http, timers } = process;
  const owner = `process with ${moments} moments`;
  const sync = world.sync({
    environment: { DOWNLOAD_CONCURRENCY: concurrency },
    connection,
    http,
    timers,
    owner,
  });
  const result = await Promise.race([sync(event, new AbortController().signal), process.died]);
  return { result, bytes: process.arrivedBytes() };
};

test("10,000 bottles through all faults and three kills: all objects are right at every moment", async () => {
  const watched = watch();
  const corpus = { seed, bottles: 10_000, scale };
  const world = await createBottleSyncWorld({
    corpus,
    objectStore: { onWrite: watched.onWrite, hasObjectLock: true },
  });
  try {
    watched.of(world);
    const { bottles, homebrew, bucket } = world;
    const corrupt = new Set(bottles.filter((_, index) => index % 2_000 === 7).map(({ sha256 }) => sha256));
    const gone = new Set(bottles.filter((_, index) => index % 3_000 === 11).map(({ sha256 }) => sha256));
    const atRandom = randomFaults(seed, 0.15, world.corpus);
    const faults: FaultScript = (request) => {
      const { place, sha256 = "" } = request;
      if (place === "storage" && corrupt.has(sha256)) return { kind: "corrupt" };
      if (place === "registry" && gone.has(sha256)) return { kind: "status", status: 404 };
      return atRandom(request);
    };
    homebrew.setFaults(faults);
    const event = await world.plan("run");
    for (const [moments, isLastApplied] of [
      [3_000, true],
      [9_000, false],
      [12_000, true],
    ] as const) {
      expect(await runMortal(world, event, moments, isLastApplied)).toMatchObject({ result: "killed" });
      expect(world.findWrongObjects()).toEqual([]);
    }
    const before = bucket.keys("v2/").length;
    expect(before).toBeGreaterThan(1_000);

    const { result } = await runMortal(world, event, Number.POSITIVE_INFINITY, true);
    if (result === "killed") throw new Error("it was not to be killed");
    expect(result).toMatchObject({ outcome: "incomplete", left: 0 });
    const failed = result.failed.map(({ bottle, kind }) => [bottle.sha256, kind]).sort();
    const expected = [
      ...[...corrupt].map((digest) => [digest, "corrupt"]),
      ...[...gone].map((digest) => [digest, "gone"]),
    ];
    expect(failed).toEqual(expected.sort());

    expect(watched.wrong).toEqual([]);
    expect(world.findWrongObjects()).toEqual([]);
    const stored = bottles.filter(({ sha256 }) => !corrupt.has(sha256) && !gone.has(sha256));
    expect(stored.filter((bottle) => !bucket.objects.has(blobKeyOf(bottle)))).toEqual([]);
    expect(bottles.filter((bottle) => !bucket.objects.has(indexKeyOf(bottle)))).toEqual([]);
    expect(bucket.keys("v2/").filter((key) => key.includes("/blobs/"))).toHaveLength(stored.length);
    // Nothing is left behind.
    expect([...bucket.uploads.values()]).toEqual([]);
    expect(bucket.keys("sync/uploads/")).toEqual([]);
    const { file } = parseHashFile(bucket.objects.get(hashFileKey)!.body.toString());
    expect([...file.entries.keys()].sort()).toEqual(stored.map(entryKeyOf).sort());

    // The faults have happened.
    for (const kind of scriptedKinds)
      expect([kind, homebrew.met.get(kind)]).toEqual([kind, expect.any(Number)]);
    expect(homebrew.withAuthorization).toEqual({ registry: expect.any(Number), storage: 0 });
    expect(homebrew.withAuthorization.registry).toBeGreaterThan(bottles.length);
  } finally {
    world.stop();
  }
}, 900_000);

const numRuns = Math.ceil(Number(HISTORIES) / 200);

/** Moments until a process dies: while large bottles are under way, which come first, or later. */
const moments = fc.oneof(fc.integer({ min: 8, max: 200 }), fc.integer({ min: 8, max: 700 }));

test(`after a kill less than a part is fetched twice for each connection: ${numRuns} moments`, async () => {
  // One bottle in five is larger than a part.
  const corpus = { seed, bottles: 200, scale: 5 * scale };
  let leftUploads = 0;
  await fc.assert(
    fc.asyncProperty(moments, fc.boolean(), async (untilDeath, isLastApplied) => {
      const world = await createBottleSyncWorld({ corpus, pieceScale: scale });
      try {
        const event = await world.plan("run");
        const total = world.bottles.reduce((sum, { size }) => sum + size, 0);
        const first = await runMortal(world, event, untilDeath, isLastApplied);
        leftUploads += world.bucket.uploads.size;
        const second = await runMortal(world, event, Number.POSITIVE_INFINITY, true);
        expect(second.result).toMatchObject({ outcome: "complete" });
        expect(world.missing()).toEqual([]);
        expect(world.findWrongObjects()).toEqual([]);
        expect(world.bucket.uploads.size).toBe(0);
        expect(first.bytes + second.bytes - total).toBeLessThanOrEqual(Number(concurrency) * world.partLimit);
      } finally {
        world.stop();
      }
    }),
    { numRuns, seed, endOnFailure: true },
  );
  // Some kills have left bottles that were half there.
  expect(leftUploads).toBeGreaterThan(numRuns);
}, 300_000);
