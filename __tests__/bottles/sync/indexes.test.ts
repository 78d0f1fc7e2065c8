import { createHash } from "node:crypto";
import { indexKeyOf } from "../../../bottles/names";
import { createBottleSyncWorld } from "../../../testing/bottle-sync";
import type { FaultScript } from "../../../testing/homebrew";
import { createRandom } from "../../../testing/homebrew/random";

const corpus = { seed: 5, bottles: 40, scale: 0.001 };

const syncWith = async (faults: FaultScript) => {
  const world = await createBottleSyncWorld({ corpus, pieceScale: 0.01, faults });
  try {
    const lines: string[] = [];
    const result = await world.sync({ lines })(await world.plan("run"), new AbortController().signal);
    return { result, world, lines };
  } finally {
    world.stop();
  }
};

test("mirrors each index once, as the registry has it, with the type that clients need", async () => {
  const written: string[] = [];
  const world = await createBottleSyncWorld({
    corpus,
    pieceScale: 0.01,
    objectStore: { onWrite: (key: string) => written.push(key) },
  });
  try {
    await world.sync()(await world.plan("run"), new AbortController().signal);
    const keys = new Set(world.bottles.map(indexKeyOf));
    expect(world.homebrew.requests.index).toBe(keys.size);
    for (const key of keys) {
      const { body, contentType } = world.bucket.objects.get(key)!;
      expect(contentType).toBe("application/vnd.oci.image.index.v1+json");
      expect(JSON.parse(body.toString())).toMatchObject({ schemaVersion: 2 });
    }
    // Clients read the index first, so it comes last.
    const lastBottle = written.findLastIndex((key) => key.includes("/blobs/"));
    expect(written.findIndex((key) => key.includes("/manifests/"))).toBeGreaterThan(lastBottle);
  } finally {
    world.stop();
  }
});

test("takes no index with other bytes than the registry says", async () => {
  const random = createRandom(1);
  const { result, world } = await syncWith(({ place, attempt }) => {
    if (place !== "index" || attempt > 3) return undefined;
    return random() < 0.5 ? { kind: "corrupt" } : { kind: "truncated", afterBytes: 10 };
  });
  expect(world.homebrew.met.get("corrupt")).toBeGreaterThan(0);
  expect(world.homebrew.met.get("truncated")).toBeGreaterThan(0);
  expect(result.outcome).toBe("complete");
  const clean = await syncWith(() => undefined);
  const digests = (of: typeof world) =>
    of.bottles.map((bottle) =>
      createHash("sha256")
        .update(
          of.bucket.objects
            .get(indexKeyOf(bottle))!
            .body.toString()
            .replaceAll(/127\.0\.0\.1:\d+/g, ""),
        )
        .digest("hex"),
    );
  expect(digests(world)).toEqual(digests(clean.world));
});

test("goes on without an index that the registry does not have", async () => {
  const { result, world, lines } = await syncWith(({ place }) =>
    place === "index" ? { kind: "status", status: 404 } : undefined,
  );
  expect(world.homebrew.met.get("status")).toBeGreaterThan(0);
  expect(result.outcome).toBe("complete");
  expect(lines.join()).toContain("index is gone");
});

test("leaves indexes to another run when the registry does not answer", async () => {
  const { result, world } = await syncWith(({ place }) =>
    place === "index" ? { kind: "status", status: 500 } : undefined,
  );
  expect(world.missing()).toEqual([]);
  expect(result).toMatchObject({ outcome: "unavailable", left: new Set(world.bottles.map(indexKeyOf)).size });
});
