import fc from "fast-check";
import { ScanDatabases } from "../../testing/scan-database";
import {
  contentOf,
  createScanWorld,
  type Kind,
  maxAttempts,
  type ScanWorld,
  workers,
} from "./scan-jobs/world";

/** How many random histories of other properties: one of these takes as long as 100 of those. */
const { HISTORIES = "2000", SEED = "2026", HISTORY_PATH = "" } = process.env;
const numRuns = HISTORY_PATH === "" ? Math.ceil(Number(HISTORIES) / 100) : 1;

let databases: ScanDatabases;
beforeAll(async () => {
  databases = await ScanDatabases.start();
});
afterAll(() => databases.stop());

type Step = (world: ScanWorld) => Promise<unknown>;
type Named = { name: string; run: Step };

const ofWorker = (worker: number): fc.Arbitrary<Named> =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.constant({ name: "receive", run: (world: ScanWorld) => world.receive(worker) }),
    },
    { weight: 3, arbitrary: fc.constant({ name: "read", run: (world: ScanWorld) => world.read(worker) }) },
    {
      weight: 2,
      arbitrary: fc
        .boolean()
        .map((deletes) => ({ name: "finish", run: (world: ScanWorld) => world.finish(worker, deletes) })),
    },
    { weight: 1, arbitrary: fc.constant({ name: "renew", run: (world: ScanWorld) => world.renew(worker) }) },
    {
      weight: 1,
      arbitrary: fc.constant({ name: "release", run: (world: ScanWorld) => world.release(worker) }),
    },
    { weight: 1, arbitrary: fc.constant({ name: "crash", run: (world: ScanWorld) => world.crash(worker) }) },
  );

const around: fc.Arbitrary<Named> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(0, 1, 2, 9)
      .map((pages) => ({ name: `list ${pages} objects`, run: (world: ScanWorld) => world.list(pages) })),
  },
  { weight: 3, arbitrary: fc.constant({ name: "sweep", run: (world: ScanWorld) => world.sweep() }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(2, 6, 6, 20).map((minutes) => ({
      name: `pass ${minutes} minutes`,
      run: (world: ScanWorld) => world.passTime(minutes),
    })),
  },
  {
    weight: 3,
    arbitrary: fc
      .nat(5)
      .map((index) => ({ name: "overwrite", run: async (world: ScanWorld) => world.overwrite(index) })),
  },
  {
    weight: 1,
    arbitrary: fc.constant({ name: "lose messages", run: (world: ScanWorld) => world.loseMessages() }),
  },
  {
    weight: 2,
    arbitrary: fc
      .nat(5)
      .map((index) => ({ name: "double a message", run: (world: ScanWorld) => world.doubleMessage(index) })),
  },
  {
    weight: 2,
    arbitrary: fc.constant({ name: "lose connections", run: (world: ScanWorld) => world.loseConnections() }),
  },
  {
    weight: 1,
    arbitrary: fc.constant({
      name: "crash of the database",
      run: (world: ScanWorld) => world.crashDatabase(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(0, 1, 2).map((slow) => ({
      name: "a worker is overtaken",
      run: (world: ScanWorld) => world.overtake(slow, (slow + 1) % workers),
    })),
  },
  { weight: 2, arbitrary: fc.constant({ name: "nothing", run: async () => undefined }) },
);

/** What happens at once: something of every worker, and something around them. */
const moment = fc.tuple(around, ...Array.from({ length: workers }, (_, worker) => ofWorker(worker)));

const kinds = fc.array(fc.constantFrom<Kind>("plain", "plain", "plain", "plain", "bad", "image", "deadly"), {
  maxLength: 5,
});

const verify = async (world: ScanWorld, job: Awaited<ReturnType<ScanWorld["settle"]>>): Promise<void> => {
  const { objectRows, findingRows } = await world.rows();
  const count = (status: string): number => objectRows.filter((row) => row.status === status).length;
  expect(objectRows).toHaveLength(world.objects.length);
  expect(job).toMatchObject({
    listingComplete: true,
    totalObjects: objectRows.length,
    totalFindings: findingRows.length,
    objectsByStatus: {
      pending: 0,
      scanning: 0,
      completed: count("completed"),
      failed: count("failed"),
      skipped: count("skipped"),
    },
  });
  const areAllFailed = objectRows.length > 0 && count("failed") === objectRows.length;
  expect(job.status).toBe(areAllFailed ? "failed" : "completed");
  for (const row of objectRows) {
    const own = findingRows.filter((each) => each.object_id === row.object_id);
    expect(own).toHaveLength(row.findings_count);
    const { kind } = world.objects.find(({ key }) => key === row.s3_key)!;
    if (row.status === "failed" && row.error_message?.startsWith("worker died")) {
      expect(world.deaths.get(row.object_id)).toBeGreaterThanOrEqual(maxAttempts);
    } else {
      expect(row.status).toBe(
        { plain: "completed", bad: "failed", image: "skipped", deadly: "failed" }[kind],
      );
    }
    if (row.status !== "completed") {
      expect(own).toEqual([]);
      continue;
    }
    // Those of one pass over one version, each once.
    const version = Number(row.s3_etag.replaceAll('"', ""));
    const lines = new Set(contentOf(row.s3_key, version).map((each) => each.lineNumber));
    expect(own.map((each) => each.line_number)).toEqual([...lines].sort((a, b) => a! - b!));
    expect(own.every((each) => each.s3_etag === row.s3_etag)).toBe(true);
  }
};

test(
  `findings are those of one clean pass, counters are right and the job ends: ${numRuns} random histories`,
  async () => {
    await fc.assert(
      fc.asyncProperty(
        kinds,
        fc.array(moment, { maxLength: 20, size: "max" }),
        async (ofObjects, moments) => {
          const world = await createScanWorld(databases, ofObjects);
          try {
            await world.list(1);
            for (const steps of moments) await Promise.all(steps.map(({ run }) => run(world)));
            await verify(world, await world.settle());
          } finally {
            await databases.closeAll();
          }
        },
      ),
      {
        numRuns,
        seed: Number(SEED),
        path: HISTORY_PATH,
        endOnFailure: true,
      },
    );
  },
  Math.max(120_000, numRuns * 5_000),
);
