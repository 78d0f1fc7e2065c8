import { createJobs } from "../../../handlers/jobs/jobs";
import openapi from "../../../handlers/jobs/openapi.json";
import { completeObject, type Database } from "../../../scan-database";
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

const lines: Record<string, unknown>[] = [];
beforeEach(() => lines.splice(0));

const get = (pathParameters: Record<string, string> | null, of: Database = database) =>
  call(
    createJobs({
      database: of,
      environment: databaseSettings,
      now: Date.now,
      write: (line) => lines.push(JSON.parse(line)),
    }),
    restRequest("GET", "/jobs/{job_id}", { pathParameters }),
  );

test("answers with the state of the job", async () => {
  const { jobId, objectIds } = await createListedJob(database, ["a", "b", "c"]);
  const scan = await claim(database, objectIds[0]!);
  await completeObject(database, { ...scan, findings: [finding(1), finding(2)], detectorVersion: "1" });
  await claim(database, objectIds[1]!);
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(await get({ job_id: jobId })).toEqual({
    statusCode: 200,
    headers: { "content-type": "application/json" },
    body: {
      job_id: jobId,
      job_name: "nightly",
      s3_bucket: "data",
      s3_prefix: null,
      status: "running",
      error_message: null,
      listing_complete: true,
      total_objects: 3,
      objects_by_status: { pending: 1, scanning: 1, completed: 1, failed: 0, skipped: 0 },
      completed_objects: 1,
      failed_objects: 0,
      skipped_objects: 0,
      total_findings: 2,
      created_at: time,
      updated_at: time,
      completed_at: null,
    },
  });
});

test("finds a job by an id in upper case and percent-encoded", async () => {
  const { jobId } = await createListedJob(database, []);
  const encoded = jobId.toUpperCase().replaceAll("-", "%2D");
  expect(await get({ job_id: encoded })).toMatchObject({ statusCode: 200, body: { job_id: jobId } });
});

test.each<[string, Record<string, string> | null, number, string]>([
  ["no path parameters", null, 400, "Missing job_id in path"],
  ["no id", {}, 400, "Missing job_id in path"],
  ["an empty id", { job_id: "" }, 400, "Missing job_id in path"],
  ["a number", { job_id: "7" }, 400, "Invalid job_id format"],
  ["malformed percent-encoding", { job_id: "%E0%A4%A" }, 400, "Invalid job_id format"],
  ["SQL", { job_id: "' OR 1=1 --" }, 400, "Invalid job_id format"],
  ["more than a UUID", { job_id: "00000000-0000-4000-8000-000000000000\n" }, 400, "Invalid job_id format"],
  ["an unknown job", { job_id: "00000000-0000-4000-8000-000000000000" }, 404, "Job not found"],
])("answers %s with its error", async (_what, pathParameters, statusCode, error) => {
  expect(await get(pathParameters)).toMatchObject({ statusCode, body: { error } });
});

describe("a database that cannot be used is 503, never 404", () => {
  const unknown = { job_id: "00000000-0000-4000-8000-000000000000" };
  const unavailable = {
    statusCode: 503,
    headers: { "retry-after": "5" },
    body: { error: "Service unavailable, please try again" },
  };

  const expectUnavailable = async (of: Database, reason: string) => {
    expect(await get(unknown, of)).toMatchObject(unavailable);
    expect(lines).toContainEqual(expect.objectContaining({ level: "ERROR", errorType: reason }));
    expect(lines).toContainEqual(expect.objectContaining({ Failures: 1, Reason: reason }));
  };

  test("when it is down, and works again when it is back", async () => {
    await databases.server.pause();
    try {
      await expectUnavailable(database, "ConnectionLost");
    } finally {
      await databases.server.resume();
    }
    expect(await get(unknown)).toMatchObject({ statusCode: 404 });
  });

  test("when it has no connection left", async () => {
    const name = await databases.create();
    await databases.asSuperuser(`ALTER DATABASE ${name} CONNECTION LIMIT 0`);
    await expectUnavailable(databases.connect(name), "TooManyConnections");
  });

  test("when its schema is older", async () => {
    await expectUnavailable(databases.connect(await databases.createEmpty()), "SchemaOutdated");
  });

  test("when its schema is newer", async () => {
    const name = await databases.create();
    await databases.asSuperuser("INSERT INTO schema_migrations VALUES (2, '')", name);
    await expectUnavailable(databases.connect(name), "SchemaTooNew");
  });

  test("when its password is wrong", async () => {
    const wrong = { readCredentials: async () => ({ username: "scanner_master", password: "wrong" }) };
    await expectUnavailable(databases.connect(await databases.create(), wrong), "WrongPassword");
  });

  test.each([
    ["53100", "DiskFull"],
    ["25006", "ReadOnly"],
  ])("when it answers SQLSTATE %s", async (state, reason) => {
    const raise = `DO $$ BEGIN RAISE 'broken' USING ERRCODE = '${state}'; END $$`;
    const failing: Database = {
      ...database,
      read: (work) => database.read((query) => work(() => query(raise))),
    };
    await expectUnavailable(failing, reason);
  });

  test("but a bug is 500", async () => {
    const broken: Database = {
      ...database,
      read: () => database.read((query) => query("SELECT broken") as never),
    };
    expect(await get(unknown, broken)).toMatchObject({
      statusCode: 500,
      body: { error: "Internal server error" },
    });
  });
});

test("serves the OpenAPI document, without the database", async () => {
  const noDatabase = {} as Database;
  const answer = await call(
    createJobs({ database: noDatabase, environment: databaseSettings, now: Date.now, write: () => {} }),
    restRequest("GET", "/openapi.json"),
  );
  expect(answer).toMatchObject({ statusCode: 200, body: openapi });
});
