import fc from "fast-check";
import { packagesPathOf } from "../../../bottles/api-files/api-paths";
import type { Formula } from "../../../bottles/catalogue/formula";
import { catalogueKey, writeStoredCatalogue } from "../../../bottles/catalogue/stored-catalogue";
import { blobKeyOf, indexKeyOf } from "../../../bottles/names";
import { sweep } from "../../../bottles/retention/sweep";
import { unreferencedKey } from "../../../bottles/retention/unreferenced";
import { createStore } from "../../../bottles/store/store";
import { createLog } from "../../../handlers/shared/log";
import { createSigner, toPackages } from "../../../testing/homebrew";
import { connectionTo, ObjectStore } from "../../../testing/object-store";

const dayMs = 86_400_000;

const digest = (number: number): string => number.toString(16).padStart(64, "0");

const formula = (name: string, version: string, number: number): Formula => ({
  name,
  version,
  rebuild: 0,
  files: {
    arm64_tahoe: {
      url: `https://ghcr.io/v2/homebrew/core/${name}/blobs/sha256:${digest(number)}`,
      sha256: digest(number),
    },
  },
});

const keysOf = ({ name, version, rebuild, files }: Formula): string[] => [
  blobKeyOf({ formula: name, sha256: files.arm64_tahoe!.sha256 }),
  indexKeyOf({ formula: name, version, rebuild }),
];

const setUp = () => {
  const clock = { now: Date.parse("2026-11-29T03:00:00Z") };
  const objects = new ObjectStore({ now: () => clock.now });
  const store = createStore("mirror", connectionTo(objects));
  const lines: string[] = [];
  return {
    objects,
    store,
    lines,
    after: (days: number) => {
      clock.now += days * dayMs;
    },
    mirror: (...formulae: Formula[]) => {
      for (const key of formulae.flatMap(keysOf)) objects.put(key, Buffer.from("bytes"));
    },
    catalogue: (...formulae: Formula[]) =>
      writeStoredCatalogue(store, { url: "https://example.com", etag: undefined, formulae }),
    sweep: (retentionDays = 30) =>
      sweep({
        store,
        now: () => clock.now,
        retentionDays,
        log: createLog("INFO", (line) => lines.push(line)),
      }),
    mirrored: () => objects.keys("v2/"),
  };
};

const old = formula("curl", "8.0", 1);
const current = formula("curl", "8.1", 2);

test("removes bottle and index that no catalogue refers to, when the time is over", async () => {
  const world = setUp();
  world.mirror(old, current);
  await world.catalogue(current);
  expect(await world.sweep()).toMatchObject({ removed: [], waiting: 2 });
  world.after(29);
  expect(await world.sweep()).toMatchObject({ removed: [], waiting: 2 });
  world.after(1);
  const { removed, removedBottles, waiting } = await world.sweep();
  expect(removed.toSorted()).toEqual(keysOf(old).toSorted());
  expect(removedBottles).toEqual(new Set([digest(1)]));
  expect(waiting).toBe(0);
  expect(world.mirrored()).toEqual(keysOf(current).toSorted());
});

test("the time starts again when a catalogue refers to a bottle in between", async () => {
  const world = setUp();
  world.mirror(old, current);
  await world.catalogue(current);
  await world.sweep();
  world.after(20);
  await world.catalogue(old, formula("wget", "1", 3));
  await world.sweep();
  world.after(20);
  await world.catalogue(current);
  await world.sweep();
  expect(world.mirrored()).toHaveLength(4);
});

test("a bottle that was mirrored again is kept for the whole time", async () => {
  const world = setUp();
  world.mirror(old, current);
  await world.catalogue(current);
  await world.sweep();
  world.after(25);
  world.mirror(old);
  world.after(10);
  expect((await world.sweep()).removed).toEqual([]);
});

test("without a catalogue nothing is removed, whatever is known", async () => {
  const world = setUp();
  world.mirror(old);
  await world.catalogue(current);
  await world.sweep();
  world.after(400);
  for (const damage of [
    () => world.objects.objects.delete(catalogueKey),
    () => world.objects.put(catalogueKey, Buffer.from("x")),
  ]) {
    damage();
    expect((await world.sweep()).removed).toEqual([]);
  }
  await world.catalogue();
  expect((await world.sweep()).removed).toEqual([]);
  expect(world.mirrored()).toHaveLength(2);
});

test.each([
  "",
  "text",
  '{"schema_version": 2, "since": {}}',
  '{"schema_version": 1, "since": {"a": "soon"}}',
])("a list of earlier runs that cannot be read (%j) starts the time again", async (text) => {
  const world = setUp();
  world.mirror(old, current);
  await world.catalogue(current);
  await world.sweep();
  world.after(400);
  world.objects.put(unreferencedKey, Buffer.from(text));
  expect((await world.sweep()).removed).toEqual([]);
  world.after(31);
  expect((await world.sweep()).removed).toHaveLength(2);
});

test("what the mirror's own API files name is kept, also if they are older than the catalogue", async () => {
  const world = setUp();
  world.mirror(old, current);
  const file = createSigner().sign(toPackages([old], "arm64_tahoe"));
  world.objects.put(`api/${packagesPathOf("arm64_tahoe")}`, Buffer.from(file));
  await world.catalogue(current);
  await world.sweep();
  world.after(400);
  expect(await world.sweep()).toMatchObject({ removed: [], waiting: 2 });
  world.objects.put(`api/${packagesPathOf("arm64_tahoe")}`, Buffer.from("damaged"));
  await expect(world.sweep()).rejects.toThrow("expected a signed file, found other content");
  expect(world.mirrored()).toHaveLength(4);
});

test("own files and those of others are never removed", async () => {
  const world = setUp();
  await world.catalogue(current);
  for (const key of ["bottles_hash.json", "api/formula.jws.json", "notes.txt", "v2/other/x"])
    world.objects.put(key, Buffer.from("{}"));
  await world.sweep();
  world.after(400);
  await world.sweep();
  expect(world.objects.keys().filter((key) => !key.startsWith("sync/"))).toHaveLength(4);
});

test("whatever the history of catalogues, nothing is removed that one of the last 30 days refers to", async () => {
  const week = fc.record({
    // Which version of each of four formulae the catalogue has; 0: it has none.
    versions: fc.array(fc.nat({ max: 3 }), { minLength: 4, maxLength: 4 }),
    days: fc.integer({ min: 1, max: 20 }),
    isMirrored: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(week, { minLength: 2, maxLength: 12 }), async (weeks) => {
      const world = setUp();
      const seen: { at: number; keys: Set<string> }[] = [];
      let day = 0;
      for (const { versions, days, isMirrored } of weeks) {
        const formulae = versions.flatMap((version, index) =>
          version === 0 ? [] : [formula(`f${index}`, String(version), index * 10 + version)],
        );
        if (formulae.length === 0) continue;
        world.after(days);
        day += days;
        await world.catalogue(...formulae);
        if (isMirrored) world.mirror(...formulae);
        seen.push({ at: day, keys: new Set(formulae.flatMap(keysOf)) });
        const before = new Set(world.mirrored());
        const { removed } = await world.sweep();
        const recent = seen.filter(({ at }) => day - at < 30);
        for (const key of removed) expect(recent.some(({ keys }) => keys.has(key))).toBe(false);
        expect(new Set([...world.mirrored(), ...removed])).toEqual(before);
      }
    }),
    { numRuns: 100 },
  );
});
