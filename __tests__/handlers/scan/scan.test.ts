import { createScan } from "../../../handlers/scan/scan";
import { type Database, getJob } from "../../../scan-database";
import { call, databaseSettings, restRequest } from "../../../testing/rest-request";
import { ScanDatabases } from "../../../testing/scan-database";

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

const good = { job_name: "nightly", s3_bucket: "data", s3_prefix: "in/" };

const createWorld = (invokeAsync?: () => Promise<void>) => {
  const invocations: unknown[] = [];
  const lines: Record<string, unknown>[] = [];
  const handler = createScan({
    database,
    invokeAsync:
      invokeAsync ??
      (async (name, event) => {
        invocations.push([name, JSON.parse(event)]);
      }),
    environment: {
      ...databaseSettings,
      ALLOWED_BUCKETS: ["data", "other-data"],
      LIST_OBJECTS_FUNCTION: "list-objects",
      DEDUPLICATION_WINDOW_MINUTES: 10,
    },
    now: Date.now,
    write: (line) => lines.push(JSON.parse(line)),
  });
  const post = (body: unknown, more: Parameters<typeof restRequest>[2] = {}) =>
    call(
      handler,
      restRequest("POST", "/scan", { body: typeof body === "string" ? body : JSON.stringify(body), ...more }),
    );
  return { post, invocations, lines, handler };
};

test("creates a job and has its bucket listed", async () => {
  const { post, invocations } = createWorld();
  const { statusCode, body } = await post(good);
  expect(statusCode).toBe(202);
  expect(body).toEqual({ job_id: expect.any(String), status: "pending", duplicate: false });
  expect(invocations).toEqual([["list-objects", { job_id: body.job_id }]]);
  expect(await getJob(database, body.job_id)).toMatchObject({
    name: "nightly",
    bucket: "data",
    prefix: "in/",
  });
});

test.each([[undefined], [null], [""]])("the prefix %j is the whole bucket", async (s3_prefix) => {
  const { post } = createWorld();
  const { body } = await post({ ...good, s3_prefix });
  expect(await getJob(database, body.job_id)).toMatchObject({ prefix: null });
});

test("reads a body in base64", async () => {
  const body = Buffer.from(JSON.stringify({ ...good, job_name: "nächtlich" })).toString("base64");
  const answer = await createWorld().post(body, { isBase64Encoded: true });
  expect(answer.statusCode).toBe(202);
  expect(await getJob(database, answer.body.job_id)).toMatchObject({ name: "nächtlich" });
});

describe("the same request", () => {
  test.each(["Idempotency-Key", "idempotency-key", "IDEMPOTENCY-KEY"])(
    "by %s gets the same job",
    async (name) => {
      const { post, invocations } = createWorld();
      const headers = { [name]: "order-1" };
      const first = await post(good, { headers });
      const second = await post(JSON.stringify(good, null, 2), { headers });
      expect(second).toMatchObject({ statusCode: 202, body: { job_id: first.body.job_id, duplicate: true } });
      expect(invocations).toHaveLength(1);
    },
  );

  test("by its body gets the same job for ten minutes", async () => {
    const { post } = createWorld();
    const first = await post(good);
    expect(await post(good)).toMatchObject({ body: { job_id: first.body.job_id, duplicate: true } });
    await database.transaction((query) =>
      query("UPDATE jobs SET created_at = now() - interval '11 minutes'"),
    );
    expect(await post(good)).toMatchObject({ body: { duplicate: false } });
  });

  test("by its key gets the same job for a day", async () => {
    const { post } = createWorld();
    const multiValueHeaders = { "idempotency-key": ["order-1"] };
    const first = await post(good, { multiValueHeaders });
    await database.transaction((query) => query("UPDATE jobs SET created_at = now() - interval '23 hours'"));
    expect(await post(good, { multiValueHeaders })).toMatchObject({ body: { job_id: first.body.job_id } });
    await database.transaction((query) => query("UPDATE jobs SET created_at = now() - interval '25 hours'"));
    expect(await post(good, { multiValueHeaders })).toMatchObject({ body: { duplicate: false } });
  });

  test("says what became of the job", async () => {
    const { post } = createWorld();
    await post(good);
    await database.transaction((query) => query("UPDATE jobs SET status = 'running'"));
    expect(await post(good)).toMatchObject({ body: { status: "running", duplicate: true } });
  });

  test("of another caller is another job", async () => {
    const { post } = createWorld();
    const headers = { "Idempotency-Key": "order-1" };
    await post(good, { headers });
    expect(await post(good, { headers, userArn: "arn:other" })).toMatchObject({ body: { duplicate: false } });
    expect(await post(good, { userArn: "arn:other" })).toMatchObject({ body: { duplicate: false } });
  });

  test("with another body is a conflict", async () => {
    const { post } = createWorld();
    const headers = { "Idempotency-Key": "order-1" };
    await post(good, { headers });
    expect(await post({ ...good, s3_prefix: "out/" }, { headers })).toMatchObject({
      statusCode: 409,
      body: { error: expect.stringContaining("this key was used before with another body") },
    });
  });
});

test.each<[string, unknown, string]>([
  ["no body", "", "body: expected JSON such as"],
  ["malformed JSON", '{"job_name":', "body: expected JSON such as"],
  ["a text", '"text"', "body: expected an object"],
  ["a list", "[]", "body: expected an object"],
  ["null", "null", "body: expected an object, found null"],
  ["no name", { s3_bucket: "data" }, "job_name: expected a value, found nothing"],
  ["an empty name", { ...good, job_name: "" }, "job_name: expected a text that is not empty"],
  ["a number as name", { ...good, job_name: 7 }, "job_name: expected a string, found 7"],
  ["a long name", { ...good, job_name: "a".repeat(256) }, "job_name: expected at most 255 characters"],
  ["no bucket", { job_name: "a" }, "s3_bucket: expected a value"],
  [
    "a bucket that is none",
    { ...good, s3_bucket: "Data/../x" },
    "s3_bucket: expected the name of an S3 bucket",
  ],
  ["a long prefix", { ...good, s3_prefix: "a".repeat(1025) }, "s3_prefix: expected at most 1024 bytes"],
  [
    "a prefix of many bytes",
    { ...good, s3_prefix: "ä".repeat(600) },
    "s3_prefix: expected at most 1024 bytes",
  ],
  ["a misspelled prefix", { ...good, s3_prefx: "in/" }, "s3_prefx: expected no such field"],
  ["a prototype", '{"job_name":"a","s3_bucket":"data","__proto__":{"x":1}}', "__proto__"],
])("refuses %s", async (_what, body, error) => {
  const { post, invocations } = createWorld();
  const answer = await post(body);
  expect(answer.statusCode).toBe(400);
  expect(answer.body).toEqual({ error: expect.stringContaining(error) });
  expect(invocations).toEqual([]);
});

test("refuses a body in base64 that is not UTF-8, and a long key", async () => {
  const { post } = createWorld();
  expect(await post("gICA", { isBase64Encoded: true })).toMatchObject({
    statusCode: 400,
    body: { error: expect.stringContaining("bytes that are not UTF-8") },
  });
  expect(await post(good, { headers: { "Idempotency-Key": "a".repeat(256) } })).toMatchObject({
    statusCode: 400,
    body: { error: "Idempotency-Key: expected at most 255 characters, found 256" },
  });
});

test("forbids a bucket that is none of those that may be scanned", async () => {
  const { post, invocations } = createWorld();
  expect(await post({ ...good, s3_bucket: "payroll" })).toEqual({
    statusCode: 403,
    headers: expect.anything(),
    body: { error: 's3_bucket: "payroll" is none of the buckets that may be scanned' },
  });
  expect(invocations).toEqual([]);
});

test("keeps the job when its listing cannot be started: the sweep starts it", async () => {
  const { post, lines } = createWorld(async () => {
    throw new Error("Lambda answered 500");
  });
  const { statusCode, body } = await post(good);
  expect(statusCode).toBe(202);
  expect(await getJob(database, body.job_id)).toMatchObject({ status: "pending" });
  expect(lines).toContainEqual(expect.objectContaining({ ListingsNotStarted: 1, Service: "data-scanner" }));
});

test("a name with characters that the database cannot store is stored without them", async () => {
  const { body } = await createWorld().post({ ...good, job_name: "a\0b" });
  expect(await getJob(database, body.job_id)).toMatchObject({ name: "a\ufffdb" });
});

test("stores SQL as the text that it is", async () => {
  const job_name = "'; DROP TABLE jobs; --";
  const { body } = await createWorld().post({ ...good, job_name });
  expect(await getJob(database, body.job_id)).toMatchObject({ name: job_name });
});

test("another event than a request is an error of the deployment", async () => {
  const { handler, lines } = createWorld();
  expect(await call(handler, { Records: [] })).toMatchObject({
    statusCode: 500,
    body: { error: "Internal server error" },
  });
  expect(lines).toContainEqual(expect.objectContaining({ Failures: 1, Reason: "Error" }));
});
