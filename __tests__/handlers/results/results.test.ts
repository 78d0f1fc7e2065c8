import { createResults } from "../../../handlers/results/results";
import { completeObject, type Database, type FoundValue } from "../../../scan-database";
import { call, databaseSettings, restRequest } from "../../../testing/rest-request";
import { ScanDatabases } from "../../../testing/scan-database";
import { claim, createListedJob, finding } from "../../../testing/scan-job";

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

const unknown = "00000000-0000-4000-8000-000000000000";

const get = (queryStringParameters: Record<string, string> | null, of: Database = database) =>
  call(
    createResults({ database: of, environment: databaseSettings, now: Date.now, write: () => {} }),
    restRequest("GET", "/results", {
      queryStringParameters,
      multiValueQueryStringParameters:
        queryStringParameters &&
        Object.fromEntries(Object.entries(queryStringParameters).map(([name, value]) => [name, [value]])),
    }),
  );

const createJobWith = async (findings: readonly FoundValue[], key = "in/a.csv"): Promise<string> => {
  const { jobId, objectIds } = await createListedJob(database, [key]);
  const scan = await claim(database, objectIds[0]!);
  await completeObject(database, { ...scan, findings, detectorVersion: "1" });
  return jobId;
};
const lines = (count: number, more: Partial<FoundValue> = {}) =>
  Array.from({ length: count }, (_, index) => finding(index + 1, more));
const encode = (cursor: unknown): string => Buffer.from(JSON.stringify(cursor)).toString("base64url");

test("answers with findings, newest first", async () => {
  const jobId = await createJobWith([finding(1), finding(2, { accountId: "123456789012" })]);
  const { statusCode, body } = await get({ job_id: jobId });
  expect(statusCode).toBe(200);
  expect(body).toEqual({ findings: expect.any(Array), count: 2, has_more: false });
  expect(body.findings.map((each: { line_number: number }) => each.line_number)).toEqual([2, 1]);
  expect(body.findings[1]).toEqual({
    finding_id: expect.any(Number),
    job_id: jobId,
    s3_key: "in/a.csv",
    entry: null,
    finding_type: "ssn",
    value_hash: "1".padStart(64, "0"),
    line_number: 1,
    column_start: 3,
    column_end: 14,
    byte_offset: 20,
    context: "ssn=[ssn:11]",
    confidence: "high",
    note: null,
    account_id: null,
    detected_at: expect.stringMatching(/Z$/),
  });
});

test("works without a query, which is null", async () => {
  expect(await get(null)).toMatchObject({
    statusCode: 200,
    body: { findings: [], count: 0, has_more: false },
  });
  await createJobWith(lines(101));
  expect(await get(null)).toMatchObject({ body: { count: 100, has_more: true } });
});

test("its cursor leads through all pages of a filter", async () => {
  const jobId = await createJobWith([...lines(7), ...lines(5, { type: "email" })]);
  await createJobWith(lines(3));
  const seen: number[] = [];
  let cursor: string | undefined;
  do {
    const { body } = await get({ job_id: jobId, finding_type: "ssn", limit: "3", ...(cursor && { cursor }) });
    seen.push(...body.findings.map((each: { line_number: number }) => each.line_number));
    expect("next_cursor" in body).toBe(body.has_more);
    cursor = body.next_cursor;
  } while (cursor !== undefined);
  expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1]);
});

test("a limit above 1,000 is 1,000", async () => {
  await createJobWith(lines(1_001));
  for (const limit of ["1000", "1001", "99999999999999999999"])
    expect(await get({ limit })).toMatchObject({ body: { count: 1000, has_more: true } });
});

test.each<[string, Record<string, string>, string]>([
  ["the limit 0", { limit: "0" }, 'limit: expected a whole number above 0, found "0"'],
  ["a negative limit", { limit: "-1" }, "limit"],
  ["a text as limit", { limit: "abc" }, "limit"],
  ["an empty limit", { limit: "" }, "limit"],
  ["half a limit", { limit: "1.5" }, "limit"],
  ["an exponent", { limit: "1e2" }, "limit"],
  ["NaN", { limit: "NaN" }, "limit"],
  ["no UUID", { job_id: "7" }, "job_id: expected a UUID"],
  ["an empty job_id", { job_id: "" }, "job_id"],
  ["an unknown type", { finding_type: "passport" }, "finding_type"],
  ["a prototype as type", { finding_type: "constructor" }, "finding_type"],
  ["an empty cursor", { cursor: "" }, "cursor"],
  ["a cursor that is no base64", { cursor: "%%%" }, "cursor"],
  ["a cursor that is no JSON", { cursor: "aGFsbG8" }, "cursor"],
  [
    "a cursor with a text",
    { cursor: encode({ finding_id: "x", job_id: null, finding_type: null }) },
    "cursor",
  ],
  ["a cursor with 0", { cursor: encode({ finding_id: 0, job_id: null, finding_type: null }) }, "cursor"],
  [
    "a cursor with a fraction",
    { cursor: encode({ finding_id: 1.5, job_id: null, finding_type: null }) },
    "cursor",
  ],
  [
    "a cursor with 2^63",
    { cursor: encode({ finding_id: 2 ** 63, job_id: null, finding_type: null }) },
    "cursor",
  ],
  ["a cursor without a filter", { cursor: encode({ finding_id: 1 }) }, "cursor"],
  ["a list as cursor", { cursor: encode([1]) }, "cursor"],
  [
    "a cursor of another job",
    { cursor: encode({ finding_id: 9, job_id: unknown, finding_type: null }) },
    "cursor: expected a cursor of the same job_id and finding_type",
  ],
  [
    "a cursor of another type",
    { finding_type: "ssn", cursor: encode({ finding_id: 9, job_id: null, finding_type: "email" }) },
    "cursor: expected a cursor of the same job_id and finding_type",
  ],
])("refuses %s", async (_what, query, error) => {
  await createJobWith(lines(3));
  const answer = await get(query);
  expect(answer.statusCode).toBe(400);
  expect(answer.body.error).toContain(error);
});

test("refuses a parameter that is given twice", async () => {
  const request = restRequest("GET", "/results", {
    queryStringParameters: { limit: "2" },
    multiValueQueryStringParameters: { limit: ["1", "2"] },
  });
  const handler = createResults({ database, environment: databaseSettings, now: Date.now, write: () => {} });
  expect(await call(handler, request)).toMatchObject({
    statusCode: 400,
    body: { error: "limit: expected one value, found 2" },
  });
});

test("a cursor is for the job however its id is written", async () => {
  const jobId = await createJobWith(lines(3));
  const { body } = await get({ job_id: jobId, limit: "1" });
  expect(await get({ job_id: jobId.toUpperCase(), cursor: body.next_cursor })).toMatchObject({
    body: { count: 2 },
  });
});

test("a page of long findings ends before the limit of Lambda's answer, and none is lost", async () => {
  const entry = (index: number) => `${index}-${"\u0001".repeat(60_000)}`;
  const jobId = await createJobWith(
    Array.from({ length: 40 }, (_, line) => finding(line, { entry: entry(line) })),
  );
  const seen: number[] = [];
  let cursor: string | undefined;
  do {
    const { body } = await get({ job_id: jobId, ...(cursor && { cursor }) });
    expect(JSON.stringify(JSON.stringify(body)).length).toBeLessThan(6_000_000);
    seen.push(...body.findings.map((each: { line_number: number }) => each.line_number));
    cursor = body.next_cursor;
  } while (cursor !== undefined);
  expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => 39 - index));
});

test("an unknown job has no findings", async () => {
  expect(await get({ job_id: unknown })).toMatchObject({ statusCode: 200, body: { findings: [] } });
});

test("a database that cannot be used is 503, never an empty page", async () => {
  const empty = databases.connect(await databases.createEmpty());
  expect(await get(null, empty)).toMatchObject({
    statusCode: 503,
    body: { error: "Service unavailable, please try again" },
  });
});
