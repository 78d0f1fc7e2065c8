import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashFileKey } from "../../../bottles/hash-file/hash-file";
import { parseHashFile } from "../../../bottles/hash-file/parse-hash-file";
import { leaseKey } from "../../../bottles/sync/lease";
import { createBottleSyncWorld, hastyTimers } from "../../../testing/bottle-sync";
import { refuse, type S3Request } from "../../../testing/object-store";

const scale = 0.01;
const corpus = { seed: 5, bottles: 40, scale: 0.05 };

const createWorld = (objectStore = {}) => createBottleSyncWorld({ corpus, pieceScale: scale, objectStore });

const isPutOfBottle = ({ method, key }: S3Request): boolean => method === "PUT" && key.includes("/blobs/");

const recorded = (world: Awaited<ReturnType<typeof createWorld>>): number =>
  parseHashFile(world.bucket.objects.get(hashFileKey)!.body.toString()).file.entries.size;

test("stops when the host ends: state is written, the lease is free, and the next run does the rest", async () => {
  const world = await createWorld();
  try {
    const event = await world.plan("run");
    const stop = new AbortController();
    let puts = 0;
    const sync = world.sync({
      // A second, as fast as time passes here.
      graceMs: 100_000,
      connection: {
        intercept: (request) => {
          if (isPutOfBottle(request) && ++puts === 15) stop.abort();
          return undefined;
        },
      },
    });
    const first = await sync(event, stop.signal);
    expect(first.outcome).toBe("stopped");
    expect(first.mirrored).toBeGreaterThanOrEqual(15);
    // What is under way may end, and nothing new begins.
    expect(first.mirrored).toBeLessThanOrEqual(15 + 5);
    expect(first.left).toBeGreaterThanOrEqual(world.bottles.length - first.mirrored);
    expect(recorded(world)).toBe(first.mirrored);
    expect(world.bucket.keys("v2/").filter((key) => key.includes("/manifests/"))).toEqual([]);

    const second = await world.sync()(event, new AbortController().signal);
    expect(second).toMatchObject({
      outcome: "complete",
      mirrored: world.bottles.length - first.mirrored,
      left: 0,
    });
    expect(recorded(world)).toBe(world.bottles.length);
    const third = await world.sync()(event, new AbortController().signal);
    expect(third).toMatchObject({ outcome: "complete", mirrored: 0 });
    expect(world.homebrew.requests.storage).toBe(world.bottles.length);
  } finally {
    world.stop();
  }
});

test("ends downloads that take longer than the grace, and the next run goes on with them", async () => {
  const world = await createWorld();
  try {
    const event = await world.plan("run");
    const largest = [...world.bottles].sort((one, other) => other.size - one.size)[0]!;
    const stop = new AbortController();
    // The largest bottle comes to a halt within its third piece.
    world.homebrew.setFaults(({ place, sha256, attempt }) => {
      if (place !== "storage" || sha256 !== largest.sha256) return undefined;
      if (attempt === 1) return { kind: "reset", afterBytes: 3 * world.pieceBytes + 1_000 };
      if (attempt > 2) return undefined;
      stop.abort();
      return { kind: "silence" };
    });
    const first = await world.sync({ graceMs: 2_000 })(event, stop.signal);
    expect(world.homebrew.met.get("silence")).toBe(1);
    expect(first.outcome).toBe("stopped");
    expect(world.has(largest)).toBe(false);
    expect(world.bucket.keys("v2/").some((key) => key.includes(largest.sha256))).toBe(false);

    const starts: number[] = [];
    world.homebrew.setFaults(({ place, sha256, start }) => {
      if (place === "storage" && sha256 === largest.sha256) starts.push(start);
      return undefined;
    });
    const second = await world.sync()(event, new AbortController().signal);
    expect(second.outcome).toBe("complete");
    expect(starts).toEqual([3 * world.pieceBytes]);
    expect(world.findWrongObjects()).toEqual([]);
  } finally {
    world.stop();
  }
});

test("keeps large bottles in the folder of TEMP_STORAGE_PATH, and goes on with what is there", async () => {
  const folder = mkdtempSync(join(tmpdir(), "bottles-"));
  const world = await createWorld();
  try {
    const [largest, second] = [...world.bottles].sort((one, other) => other.size - one.size) as [
      (typeof world.bottles)[0],
      (typeof world.bottles)[0],
    ];
    const bytesOf = (bottle: typeof largest, length: number): Buffer => {
      const { read } = world.corpus.bottles.find(({ sha256 }) => sha256 === bottle.sha256)!;
      const pieces: Buffer[] = [];
      for (let at = 0; at < length; at += pieces.at(-1)!.length) pieces.push(read(at, length - at));
      return Buffer.concat(pieces);
    };
    writeFileSync(join(folder, `${largest.sha256}.part`), bytesOf(largest, 2 * world.pieceBytes + 77));
    // What is there is another thing: it is refused at the end, and fetched anew.
    writeFileSync(join(folder, `${second.sha256}.part`), Buffer.alloc(world.pieceBytes));
    const starts = new Map<string, number[]>();
    world.homebrew.setFaults(({ place, sha256 = "", start }) => {
      if (place === "storage") starts.set(sha256, [...(starts.get(sha256) ?? []), start]);
      return undefined;
    });
    const sync = world.sync({ environment: { TEMP_STORAGE_PATH: folder } });
    const result = await sync(await world.plan("run"), new AbortController().signal);
    expect(result).toMatchObject({ outcome: "complete", mirrored: world.bottles.length });
    expect(starts.get(largest.sha256)).toEqual([2 * world.pieceBytes]);
    expect(starts.get(second.sha256)).toEqual([world.pieceBytes, 0]);
    expect(world.findWrongObjects()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    world.stop();
    rmSync(folder, { recursive: true });
  }
});

test("says that the folder of TEMP_STORAGE_PATH cannot be written", async () => {
  const folder = mkdtempSync(join(tmpdir(), "bottles-"));
  const world = await createWorld();
  try {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const sync = world.sync({ environment: { TEMP_STORAGE_PATH: file } });
    const result = await sync(await world.plan("run"), new AbortController().signal);
    expect(result.outcome).toBe("unavailable");
    expect(result.reason).toContain(file);
  } finally {
    world.stop();
    rmSync(folder, { recursive: true });
  }
});

test("of two runs at once one mirrors, the other one says so", async () => {
  const world = await createWorld();
  try {
    const events = [await world.plan("one"), await world.plan("two")];
    const results = await Promise.all(
      events.map((event, index) =>
        world.sync({ owner: `process ${index}` })(event, new AbortController().signal),
      ),
    );
    // A short run may be over before the other one gives up.
    const outcomes = results.map(({ outcome }) => outcome).sort();
    expect([
      ["busy", "complete"],
      ["complete", "complete"],
    ]).toContainEqual(outcomes);
    expect(world.missing()).toEqual([]);
    expect(world.homebrew.requests.storage).toBe(world.bottles.length);
  } finally {
    world.stop();
  }
});

test("does nothing while another run renews its lease", async () => {
  const world = await createWorld();
  const renew = () =>
    world.store.write(
      leaseKey,
      JSON.stringify({ run: "other", owner: "it", expiresAt: hastyTimers.now() + 90_000 }),
    );
  await renew();
  const timer = setInterval(renew, 100);
  try {
    const result = await world.sync()(await world.plan("run"), new AbortController().signal);
    expect(result).toMatchObject({
      outcome: "busy",
      reason: "the run other is going on",
      left: world.bottles.length,
    });
    expect(world.homebrew.requests.registry).toBe(0);
  } finally {
    clearInterval(timer);
    world.stop();
  }
});

test("ends when another run has taken its lease", async () => {
  const world = await createWorld();
  try {
    let puts = 0;
    const sync = world.sync({
      connection: {
        intercept: async (request) => {
          if (!isPutOfBottle(request) || ++puts !== 3) return undefined;
          await world.store.write(
            leaseKey,
            JSON.stringify({ run: "other", owner: "it", expiresAt: hastyTimers.now() + 90_000 }),
          );
          // Until the lease is to be renewed, nobody knows.
          await new Promise((resolve) => setTimeout(resolve, 400));
          return undefined;
        },
      },
      environment: { DOWNLOAD_CONCURRENCY: "1" },
    });
    const result = await sync(await world.plan("run"), new AbortController().signal);
    expect(result).toMatchObject({ outcome: "busy", reason: "the lease was taken by the run other" });
    expect(JSON.parse(world.bucket.objects.get(leaseKey)!.body.toString())).toMatchObject({ run: "other" });
  } finally {
    world.stop();
  }
});

test.each([
  ["s3:PutObject", isPutOfBottle],
  ["s3:ListBucket", ({ method, key }: S3Request) => method === "GET" && key === ""],
  ["s3:ListBucketMultipartUploads", ({ query }: S3Request) => query.uploads === ""],
])("ends at once without the permission %s, with a notice that names it", async (permission, isMeant) => {
  const world = await createWorld();
  let refused = 0;
  const notices: string[] = [];
  try {
    const sync = world.sync({
      environment: { SLACK_WEBHOOK_SECRET_NAME: "webhook" },
      connection: {
        intercept: (request) => {
          const isRefused = request.method !== "POST" && isMeant(request);
          if (!isRefused) return undefined;
          refused += 1;
          return refuse(403, "AccessDenied");
        },
      },
      post: async (_url, body) => {
        notices.push(body);
        return { status: 200, text: "ok" };
      },
    });
    const run = sync(await world.plan("run"), new AbortController().signal);
    await expect(run).rejects.toMatchObject({
      name: "AccessDenied",
      message: expect.stringContaining(permission),
    });
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThanOrEqual(6);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain(permission);
    expect(world.bucket.keys("v2/")).toEqual([]);
  } finally {
    world.stop();
  }
});

test("writes into a bucket with an object lock", async () => {
  const world = await createWorld({ hasObjectLock: true });
  try {
    // The bucket does refuse what has no checksum.
    expect(() => world.bucket.put("key", Buffer.from(""))).toThrow("Object Lock");
    const result = await world.sync()(await world.plan("run"), new AbortController().signal);
    expect(result.outcome).toBe("complete");
  } finally {
    world.stop();
  }
});

test("goes on when S3 throttles, loses answers, or another run has written the object first", async () => {
  const world = await createWorld();
  try {
    let requests = 0;
    const sync = world.sync({
      connection: {
        intercept: (request) => {
          requests += 1;
          if (requests % 7 === 3) return refuse(503, "SlowDown");
          if (requests % 11 === 5) throw new Error("socket hang up");
          const digest = /sha256:(.*)$/.exec(request.key)?.[1];
          if (digest === undefined || request.method !== "PUT" || requests % 5 !== 0) return undefined;
          const bottle = world.corpus.bottles.find(({ sha256 }) => sha256 === digest)!;
          if (bottle.size <= world.partLimit) world.bucket.put(request.key, request.body);
          return undefined;
        },
      },
    });
    const result = await sync(await world.plan("run"), new AbortController().signal);
    expect(result).toMatchObject({ outcome: "complete", left: 0 });
    expect(world.missing()).toEqual([]);
    expect(world.findWrongObjects()).toEqual([]);
  } finally {
    world.stop();
  }
});
