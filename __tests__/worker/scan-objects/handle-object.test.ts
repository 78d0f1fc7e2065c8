import { gzipSync } from "node:zlib";
import { S3Client } from "@aws-sdk/client-s3";
import type { Message } from "@aws-sdk/client-sqs";
import { createLog } from "../../../handlers/shared/log";
import { claimObject, type Database, findFindings, getJob } from "../../../scan-database";
import { ScanDatabases } from "../../../testing/scan-database";
import { createListedJob } from "../../../testing/scan-job";
import { type ServedBucket, serveBucket } from "../../../testing/served-bucket";
import { createHandleObject } from "../../../worker/jobs/scan-objects/handle-object";
import { scanObject } from "../../../worker/jobs/scan-objects/scan-object";
import type { Scanner } from "../../../worker/jobs/scan-objects/scan-thread";

const ssn = "ssn 536-22-8726\n";
const hashKey = Buffer.alloc(32, 7);
const never = new AbortController().signal;

let databases: ScanDatabases;
let bucket: ServedBucket;
let s3: S3Client;

beforeAll(async () => {
  databases = await ScanDatabases.start();
  bucket = await serveBucket();
  s3 = new S3Client({
    endpoint: bucket.endpoint,
    region: "eu-west-1",
    credentials: { accessKeyId: "worker", secretAccessKey: "secret" },
    forcePathStyle: true,
    maxAttempts: 1,
  });
});
afterEach(() => databases.closeAll());
afterAll(async () => {
  bucket.stop();
  await databases.stop();
});

const inProcess: Pick<Scanner, "scan"> = { scan: (request) => scanObject(s3, request) };

type World = {
  database: Database;
  jobId: string;
  objectIds: number[];
  lines: Record<string, unknown>[];
  counted: string[];
};

const createWorld = async (objects: Parameters<typeof createListedJob>[1]): Promise<World> => {
  const database = await databases.open({ maxConnections: 2 });
  return { database, ...(await createListedJob(database, objects)), lines: [], counted: [] };
};

const work = (
  { database, lines, counted }: World,
  body: unknown,
  { scanner = inProcess, signal = never, maxFileSize = 1_000_000, leaseSeconds = 60, lost = never } = {},
) =>
  createHandleObject({
    database,
    scanner,
    hashKey,
    worker: "worker-1",
    leaseSeconds,
    maxAttempts: 3,
    maxFileSize,
    log: createLog("INFO", (line) => lines.push(JSON.parse(line))),
    count: (metric) => counted.push(metric),
    signal,
  })({ MessageId: "m", Body: typeof body === "string" ? body : JSON.stringify(body) } as Message, lost);

const messageOf = ({ objectIds }: World, index = 0) => ({ object_id: String(objectIds[index]) });

const findingsOf = async ({ database, jobId }: World) =>
  (await findFindings(database, { jobId }, { limit: 1000 })).findings;

const jobOf = ({ database, jobId }: World) => getJob(database, jobId);

/** The status of the only object, and why. */
const stateOf = async ({ jobId }: World, name: string) => {
  const rows = await databases.asSuperuser(
    `SELECT status, skip_reason, error_message, attempts FROM job_objects WHERE job_id = '${jobId}'`,
    name,
  );
  return rows[0];
};
const databaseNameOf = async ({ database }: World): Promise<string> => {
  const { rows } = await database.read((query) =>
    query<{ name: string }>("SELECT current_database() AS name", []),
  );
  return rows[0]!.name;
};
const state = async (world: World) => stateOf(world, await databaseNameOf(world));

test("stores what it finds in the object, once, and ends the job", async () => {
  const world = await createWorld([bucket.put("a.txt", `name\n${ssn}`), bucket.put("b.txt", "nothing")]);
  expect(await work(world, messageOf(world))).toBe("done");
  expect(await work(world, messageOf(world, 1))).toBe("done");
  expect(await work(world, messageOf(world))).toBe("done");
  const found = await findingsOf(world);
  expect(found).toMatchObject([{ key: "a.txt", type: "ssn", lineNumber: 2, columnStart: 4, columnEnd: 15 }]);
  expect(JSON.stringify(found) + JSON.stringify(world.lines)).not.toContain("536-22-8726");
  expect(await jobOf(world)).toMatchObject({
    status: "completed",
    objectsByStatus: { completed: 2 },
    totalFindings: 1,
  });
});

test("counts an object that it has to give up as given up, and not as an object that could not be scanned", async () => {
  const world = await createWorld([bucket.put("a.txt", ssn)]);
  for (let deaths = 1; deaths <= 3; deaths++) {
    await claimObject(world.database, world.objectIds[0]!, {
      worker: "dies",
      leaseSeconds: 0,
      maxAttempts: 3,
    });
  }
  expect(await work(world, messageOf(world))).toBe("done");
  expect(world.counted).toEqual(["objectsGivenUp"]);
  expect(await state(world)).toMatchObject({ status: "failed", error_message: "worker died 3 times" });
});

test("reads compressed objects and objects whose connection breaks, all bytes of one version", async () => {
  const text = `${"x".repeat(70_000)}\n`.repeat(4) + ssn;
  const world = await createWorld([
    bucket.put("a.gz", gzipSync(ssn)),
    bucket.put("long.txt", text, { breaksAfter: 100_000 }),
  ]);
  await work(world, messageOf(world));
  await work(world, messageOf(world, 1));
  expect(await findingsOf(world)).toMatchObject([
    { key: "long.txt", lineNumber: 5 },
    { key: "a.gz", lineNumber: 1 },
  ]);
  const ranges = bucket.requests.filter(({ key }) => key === "long.txt").map(({ range }) => range);
  expect(ranges.length).toBeGreaterThan(2);
  expect(new Set(ranges).size).toBe(ranges.length);
});

test("scans the version that is there when the object was overwritten", async () => {
  const listed = bucket.put("a.txt", "536-22-8727 ssn\n");
  const world = await createWorld([listed]);
  bucket.put("a.txt", `new\n\n${ssn}`);
  expect(await work(world, messageOf(world))).toBe("done");
  expect(await findingsOf(world)).toMatchObject([{ lineNumber: 3 }]);
});

test("gives an object back that is overwritten again and again", async () => {
  const world = await createWorld([bucket.put("a.txt", ssn)]);
  let n = 0;
  const overwrite = () => bucket.put("a.txt", `${n++}`, { onRead: overwrite });
  overwrite();
  expect(await work(world, messageOf(world))).toEqual({ againAfterSeconds: 30 });
  expect(await state(world)).toMatchObject({ status: "pending", attempts: 1 });
});

const error = (status: number, code: string) => ({ error: { status, code } });

test.each<[string, string | Buffer, Parameters<ServedBucket["put"]>[2], object]>([
  [
    "is archived",
    ssn,
    error(403, "InvalidObjectState"),
    { status: "skipped", skip_reason: expect.stringContaining("Glacier") },
  ],
  [
    "may not be read",
    ssn,
    error(403, "AccessDenied"),
    { status: "failed", error_message: expect.stringContaining("not allowed (AccessDenied)") },
  ],
  [
    "has a key that is disabled",
    ssn,
    error(400, "KMS.DisabledException"),
    { status: "failed", error_message: expect.stringContaining("KMS.DisabledException") },
  ],
  [
    "is too large",
    "x".repeat(2_000_000),
    {},
    { status: "skipped", skip_reason: expect.stringContaining("2000000 bytes, more than 1000000") },
  ],
  [
    "is binary",
    Buffer.from([0, 1, 2, 0, 0, 5, 0, 9, 0]),
    {},
    { status: "skipped", skip_reason: expect.any(String) },
  ],
])("ends an object that %s, with the reason", async (_what, body, more, expected) => {
  const world = await createWorld([bucket.put("a.bin", body, more)]);
  expect(await work(world, messageOf(world))).toBe("done");
  expect(await state(world)).toMatchObject(expected);
  expect((await jobOf(world))?.status).toMatch(/completed|failed/);
});

test("skips an object that was deleted", async () => {
  const world = await createWorld([bucket.put("gone.txt", ssn)]);
  bucket.remove("gone.txt");
  expect(await work(world, messageOf(world))).toBe("done");
  expect(await state(world)).toMatchObject({ skip_reason: "the object was deleted after it was listed" });
});

test("tries again when S3 does not answer, and gives up with the object after three attempts", async () => {
  const world = await createWorld([bucket.put("a.txt", ssn, error(503, "SlowDown"))]);
  for (let attempt = 1; attempt <= 3; attempt++) {
    expect(await work(world, messageOf(world))).toEqual({ againAfterSeconds: 30 });
    expect(await state(world)).toMatchObject({ status: "pending", attempts: attempt });
  }
  expect(await work(world, messageOf(world))).toBe("done");
  expect(await state(world)).toMatchObject({ status: "failed" });
  expect(await jobOf(world)).toMatchObject({ status: "failed", objectsByStatus: { failed: 1 } });
});

/** A scan that lasts until it is aborted. */
const endless: Pick<Scanner, "scan"> = {
  scan: (_request, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () =>
        reject(Object.assign(new Error("aborted"), { name: "AbortError" })),
      );
    }),
};

test("gives the object back at once when ECS stops the worker, and counts no attempt", async () => {
  const world = await createWorld([bucket.put("a.txt", ssn)]);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 50);
  expect(await work(world, messageOf(world), { scanner: endless, signal: stop.signal })).toEqual({
    againAfterSeconds: 0,
  });
  expect(await state(world)).toMatchObject({ status: "pending", attempts: 0 });
});

test("keeps the claim while it scans, and stores nothing when it has lost it", async () => {
  const world = await createWorld([bucket.put("a.txt", ssn)]);
  const scanning = work(world, messageOf(world), { scanner: endless, leaseSeconds: 3 });
  await new Promise((resolve) => setTimeout(resolve, 3_500));
  const [objectId] = world.objectIds;
  const options = { worker: "worker-2", leaseSeconds: 60, maxAttempts: 3 };
  // Renewed: it would have run out by now.
  expect(await claimObject(world.database, objectId!, options)).toMatchObject({ outcome: "leased" });
  await databases.asSuperuser(
    `UPDATE job_objects SET lease_until = now() - interval '1 s' WHERE object_id = ${objectId}`,
    await databaseNameOf(world),
  );
  expect(await claimObject(world.database, objectId!, options)).toMatchObject({ outcome: "claimed" });
  expect(await scanning).toEqual({ againAfterSeconds: 3 });
  expect(await state(world)).toMatchObject({ status: "scanning", attempts: 2 });
});

test("leaves a message whose object another worker scans, and one whose object is not there yet", async () => {
  const world = await createWorld([bucket.put("a.txt", ssn)]);
  await claimObject(world.database, world.objectIds[0]!, { worker: "w", leaseSeconds: 20, maxAttempts: 3 });
  const later = (await work(world, messageOf(world))) as { againAfterSeconds: number };
  expect(later.againAfterSeconds).toBeGreaterThan(10);
  expect(await work(world, { object_id: "999999" })).toEqual({ againAfterSeconds: 30 });
});

test.each(["", "{}", '{"object_id":"x"}', '{"object_id":7}'])(
  "leaves the malformed message %j",
  async (body) => {
    const world = await createWorld([bucket.put("a.txt", ssn)]);
    await expect(work(world, body)).rejects.toThrow(/^(message|object_id): expected/);
  },
);

test("leaves the message when the database is down, and goes on when it is back", async () => {
  const world = await createWorld([bucket.put("a.txt", ssn)]);
  await databases.server.pause("immediate");
  await expect(work(world, messageOf(world))).rejects.toThrow();
  await databases.server.resume();
  expect(await work(world, messageOf(world))).toBe("done");
  expect(await findingsOf(world)).toHaveLength(1);
});
