import { claimListing, createJob, type Database, getJob, type NewJob } from "../../../scan-database";
import { bucketOf, createScanAccount, errorXml, type Intercept } from "../../../testing/scan-account";
import { ScanDatabases } from "../../../testing/scan-database";
import { largeBucket } from "../../../testing/simulated-bucket";

let databases: ScanDatabases;
let database: Database;
beforeAll(async () => {
  databases = await ScanDatabases.start();
});
beforeEach(async () => {
  database = await databases.open();
});
afterEach(() => databases.closeAll());
afterAll(() => databases.stop());

let keys = 0;
const job = async (more: Partial<NewJob> = {}): Promise<string> => {
  const { jobId } = await createJob(database, {
    name: "nightly",
    bucket: "data",
    prefix: undefined,
    idempotencyKey: `key-${++keys}`,
    requestHash: "hash",
    windowSeconds: 600,
    ...more,
  });
  return jobId;
};
const rowsOf = async (jobId: string) => {
  const { rows } = await database.read((query) =>
    query<{
      object_id: number;
      s3_key: string;
      status: string;
      skip_reason: string | null;
      enqueued_at: Date | null;
    }>("SELECT * FROM job_objects WHERE job_id = $1 ORDER BY object_id", [jobId]),
  );
  return rows;
};
const once = (
  service: string,
  action: string,
  answer: { status: number; body: string },
  times = 1,
): Intercept => {
  let left = times;
  return (name, called) => (name === service && called === action && left-- > 0 ? answer : undefined);
};

test("lists the objects below the prefix, and sends a message with the id of each", async () => {
  const bucket = bucketOf([{ key: "in/a.csv" }, { key: "in/b.csv", size: 7 }, { key: "out/c.csv" }]);
  const account = await createScanAccount(database, { bucket });
  const jobId = await job({ prefix: "in/" });
  expect(await account.invoke({ job_id: jobId })).toEqual({ outcome: "complete", objects: 2 });
  const rows = await rowsOf(jobId);
  expect(rows).toMatchObject([
    {
      s3_key: "in/a.csv",
      status: "pending",
      s3_etag: '"1"',
      file_size_bytes: 10,
      enqueued_at: expect.any(Date),
    },
    { s3_key: "in/b.csv", status: "pending", file_size_bytes: 7, enqueued_at: expect.any(Date) },
  ]);
  expect((await account.receive()).sort()).toEqual(rows.map((row) => row.object_id));
  expect(await getJob(database, jobId)).toMatchObject({
    status: "running",
    listingComplete: true,
    totalObjects: 2,
  });
  expect(account.metric("ObjectsListed")).toEqual([2]);
});

test("lists 20,000 objects by pages, each once", async () => {
  const account = await createScanAccount(database, { bucket: largeBucket(20_000) });
  const jobId = await job();
  expect(await account.invoke({ job_id: jobId })).toEqual({ outcome: "complete", objects: 20_000 });
  expect(account.calls.filter((call) => call === "s3:ListObjectsV2")).toHaveLength(20);
  expect(account.calls.filter((call) => call === "sqs:SendMessageBatch")).toHaveLength(2_000);
  expect(account.calls.filter((call) => call.startsWith("ecs:"))).toEqual([
    "ecs:DescribeServices",
    "ecs:UpdateService",
  ]);
  expect(await account.countMessages()).toBe(20_000);
  expect((await rowsOf(jobId)).filter((row) => row.enqueued_at === null)).toEqual([]);
  expect(await getJob(database, jobId)).toMatchObject({ totalObjects: 20_000 });
}, 60_000);

test("goes on in another invocation when its time is short", async () => {
  const account = await createScanAccount(database, { bucket: largeBucket(2_500) });
  const jobId = await job();
  let looks = 0;
  expect(await account.invoke({ job_id: jobId }, () => (++looks <= 2 ? 600_000 : 59_999))).toEqual({
    outcome: "continued",
    objects: 2_000,
  });
  expect(account.invocations).toEqual([{ job_id: jobId }]);
  expect(await getJob(database, jobId)).toMatchObject({ listingComplete: false, totalObjects: 2_000 });
  expect(await account.invoke(account.invocations[0])).toEqual({ outcome: "complete", objects: 500 });
  expect(await account.countMessages()).toBe(2_500);
  expect(await getJob(database, jobId)).toMatchObject({ listingComplete: true, totalObjects: 2_500 });
});

test("a listing that another invocation works on is left to it", async () => {
  const account = await createScanAccount(database, { bucket: largeBucket(3) });
  const jobId = await job();
  await claimListing(database, jobId, 60);
  expect(await account.invoke({ job_id: jobId })).toEqual({ outcome: "idle", objects: 0 });
  expect(account.calls).toEqual([]);
});

test("stops when the job is cancelled", async () => {
  const jobId = await job();
  const account = await createScanAccount(database, {
    bucket: largeBucket(5_000),
    intercept: () => undefined,
  });
  let pages = 0;
  const result = account.invoke({ job_id: jobId }, () => 900_000);
  account.state.bucket = {
    list: (prefix, after) => {
      pages += 1;
      return largeBucket(5_000).list(prefix, after);
    },
  };
  await database.transaction((query) =>
    query("UPDATE jobs SET status = 'cancelled' WHERE job_id = $1", [jobId]),
  );
  expect(await result).toMatchObject({ outcome: "idle" });
  expect(pages).toBeLessThan(5);
});

test("keys of all kinds arrive as they are", async () => {
  const odd = [
    "a b+c&<>\"'.csv",
    "ä/日本/😀.csv",
    "100%25.csv",
    "tab\there\u0001.csv",
    "..//x/",
    "  ",
    "a".repeat(1024),
  ];
  const account = await createScanAccount(database, { bucket: bucketOf(odd.map((key) => ({ key }))) });
  const jobId = await job();
  await account.invoke({ job_id: jobId });
  expect((await rowsOf(jobId)).map((row) => row.s3_key).sort()).toEqual([...odd].sort());
});

test("what cannot be scanned is skipped with the reason and not sent", async () => {
  const account = await createScanAccount(database, {
    bucket: bucketOf([
      { key: "in/", size: 0 },
      { key: "in/old.csv", storageClass: "DEEP_ARCHIVE" },
      { key: "in/instant.csv", storageClass: "GLACIER_IR" },
      { key: "in/a\0b.csv" },
    ]),
  });
  const jobId = await job();
  await account.invoke({ job_id: jobId });
  expect(Object.fromEntries((await rowsOf(jobId)).map((row) => [row.s3_key, row.skip_reason]))).toEqual({
    "in/": "a folder",
    "in/old.csv": "archived in the storage class DEEP_ARCHIVE",
    "in/instant.csv": null,
    "in/a\ufffdb.csv": "its key has the character U+0000, which the database cannot store",
  });
  expect(await account.receive()).toHaveLength(1);
  expect(await getJob(database, jobId)).toMatchObject({ objectsByStatus: { skipped: 3, pending: 1 } });
});

test("an empty bucket completes its job, and starts no worker", async () => {
  const account = await createScanAccount(database);
  const jobId = await job();
  expect(await account.invoke({ job_id: jobId })).toEqual({ outcome: "complete", objects: 0 });
  expect(await getJob(database, jobId)).toMatchObject({ status: "completed", totalObjects: 0 });
  expect(account.calls).toEqual(["s3:ListObjectsV2"]);
});

test.each([
  ["NoSuchBucket", 404, ""],
  ["AccessDenied", 403, ""],
  ["PermanentRedirect", 301, "<Region>us-east-1</Region>"],
])("a bucket that answers %s fails its job with the reason", async (code, status, more) => {
  const answer = { status, body: errorXml(code, more) };
  const account = await createScanAccount(database, {
    intercept: (service) => (service === "s3" ? answer : undefined),
  });
  const jobId = await job();
  expect(await account.invoke({ job_id: jobId })).toEqual({ outcome: "failed", objects: 0 });
  expect(await getJob(database, jobId)).toMatchObject({
    status: "failed",
    errorMessage: expect.stringContaining(`s3://data: S3 answered ${code}: It is so.`),
  });
  expect(account.lines).toContainEqual(expect.objectContaining({ ListingFailures: 1, Reason: code }));
});

test.each([
  ["SlowDown", 503],
  ["ExpiredToken", 400],
])("a listing that fails with %s is retried from where it was", async (code, status) => {
  const account = await createScanAccount(database, { bucket: largeBucket(1_500) });
  const jobId = await job();
  let pages = 0;
  account.state.intercept = (service) => {
    if (service !== "s3") return undefined;
    pages += 1;
    return pages === 1 ? undefined : { status, body: errorXml(code) };
  };
  await expect(account.invoke({ job_id: jobId })).rejects.toMatchObject({ name: code });
  expect(account.metric("Failures")).toEqual([1]);
  expect(await getJob(database, jobId)).toMatchObject({ status: "running", totalObjects: 1_000 });
  account.state.intercept = () => undefined;
  expect(await account.invoke({ job_id: jobId })).toEqual({ outcome: "complete", objects: 500 });
  expect(await account.countMessages()).toBe(1_500);
});

test("a message that SQS refuses stays unsent for the sweep", async () => {
  const account = await createScanAccount(database, { bucket: largeBucket(10) });
  account.state.intercept = (service, action, { Entries }) => {
    if (service !== "sqs" || action !== "SendMessageBatch") return undefined;
    const Failed = (Entries as { Id: string }[]).map(({ Id }) => ({
      Id,
      Code: "InternalError",
      SenderFault: false,
    }));
    return { status: 200, body: JSON.stringify({ Successful: [], Failed }) };
  };
  const jobId = await job();
  expect(await account.invoke({ job_id: jobId })).toMatchObject({ outcome: "complete" });
  expect((await rowsOf(jobId)).every((row) => row.enqueued_at === null)).toBe(true);
  expect(account.metric("MessagesNotSent")).toEqual([10]);
  expect(account.service.desiredCount).toBe(0);
});

test("a message whose checksum SQS does not confirm counts as unsent", async () => {
  const account = await createScanAccount(database, { bucket: largeBucket(1) });
  const Successful = [{ Id: "0", MessageId: "1", MD5OfMessageBody: "other" }];
  account.state.intercept = once("sqs", "SendMessageBatch", {
    status: 200,
    body: JSON.stringify({ Successful }),
  });
  const jobId = await job();
  await account.invoke({ job_id: jobId });
  expect(await rowsOf(jobId)).toMatchObject([{ enqueued_at: null }]);
});

test("what SQS has stored is marked when another batch fails, and the listing is retried", async () => {
  const account = await createScanAccount(database, { bucket: largeBucket(20) });
  const jobId = await job();
  let batches = 0;
  account.state.intercept = (service, action) => {
    if (service !== "sqs" || action !== "SendMessageBatch") return undefined;
    batches += 1;
    return batches === 1 ? undefined : { status: 403, body: '{"__type":"AccessDenied"}' };
  };
  await expect(account.invoke({ job_id: jobId })).rejects.toMatchObject({ name: "AccessDenied" });
  expect((await rowsOf(jobId)).filter((row) => row.enqueued_at !== null)).toHaveLength(10);
});

describe("the first worker", () => {
  test("is started when the ECS service has none", async () => {
    const account = await createScanAccount(database, { bucket: largeBucket(1) });
    await account.invoke({ job_id: await job() });
    expect(account.service.desiredCount).toBe(1);
  });

  test("is not started when there are some", async () => {
    const account = await createScanAccount(database, { bucket: largeBucket(1) });
    account.service.desiredCount = 3;
    await account.invoke({ job_id: await job() });
    expect(account.service.desiredCount).toBe(3);
    expect(account.calls).not.toContain("ecs:UpdateService");
  });

  test.each([
    ["ECS refuses", { status: 400, body: '{"__type":"AccessDeniedException"}' }],
    ["the ECS service does not exist", { status: 200, body: '{"services":[],"failures":[{}]}' }],
  ])("comes later when %s: the listing goes on", async (_what, answer) => {
    const account = await createScanAccount(database, { bucket: largeBucket(1) });
    account.state.intercept = (service) => (service === "ecs" ? answer : undefined);
    expect(await account.invoke({ job_id: await job() })).toMatchObject({ outcome: "complete" });
    expect(account.metric("WakeFailures")).toEqual([1]);
  });
});

test.each([[{}], [null], ["text"], [{ job_id: 7 }], [{ job_id: "no uuid" }], [{ sweep: false }]])(
  "refuses the event %j",
  async (event) => {
    const account = await createScanAccount(database);
    await expect(account.invoke(event)).rejects.toThrow('event: expected {"job_id"} or {"sweep": true}');
  },
);

test("an unknown job is nothing to list", async () => {
  const account = await createScanAccount(database);
  const unknown = "00000000-0000-4000-8000-000000000000";
  expect(await account.invoke({ job_id: unknown })).toEqual({ outcome: "idle", objects: 0 });
});
