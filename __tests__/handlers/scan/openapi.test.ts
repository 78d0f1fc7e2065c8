import Ajv2020 from "ajv/dist/2020";
import { createJobs } from "../../../handlers/jobs/jobs";
import openapi from "../../../handlers/jobs/openapi.json";
import { createResults } from "../../../handlers/results/results";
import { createScan } from "../../../handlers/scan/scan";
import { completeObject, type Database } from "../../../scan-database";
import { call, databaseSettings, restRequest } from "../../../testing/rest-request";
import { ScanDatabases } from "../../../testing/scan-database";
import { claim, createListedJob, finding } from "../../../testing/scan-job";

let databases: ScanDatabases;
let database: Database;
beforeAll(async () => {
  databases = await ScanDatabases.start();
  database = await databases.open();
});
afterAll(() => databases.stop());

const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(openapi, "openapi");

/** What a body breaks of a schema of the document. */
const errorsOf = (name: keyof typeof openapi.components.schemas, body: unknown): unknown => {
  const validate = ajv.getSchema(`openapi#/components/schemas/${name}`)!;
  return validate(body) ? [] : validate.errors;
};

/** An answer has no field that the document does not have. */
const expectBody = (name: keyof typeof openapi.components.schemas, body: object): void => {
  expect(errorsOf(name, body)).toEqual([]);
  const { properties } = openapi.components.schemas[name];
  expect(Object.keys(body).filter((field) => !Object.hasOwn(properties, field))).toEqual([]);
};

const parts = { now: Date.now, write: () => {} };

test("the answers of the functions are those of the OpenAPI document", async () => {
  const { jobId, objectIds } = await createListedJob(database, ["a", "b"]);
  const scan = await claim(database, objectIds[0]!);
  await completeObject(database, { ...scan, findings: [finding(1), finding(2)], detectorVersion: "1" });
  const jobs = createJobs({ ...parts, database, environment: databaseSettings });
  const results = createResults({ ...parts, database, environment: databaseSettings });
  const start = createScan({
    ...parts,
    database,
    invokeAsync: async () => {},
    environment: {
      ...databaseSettings,
      ALLOWED_BUCKETS: ["data"],
      LIST_OBJECTS_FUNCTION: "list",
      DEDUPLICATION_WINDOW_MINUTES: 10,
    },
  });
  const job = restRequest("GET", "/jobs/{job_id}", { pathParameters: { job_id: jobId } });
  expectBody("Job", (await call(jobs, job)).body);
  const page = restRequest("GET", "/results", { queryStringParameters: { limit: "1" } });
  expectBody("Results", (await call(results, page)).body);
  const body = JSON.stringify({ job_name: "a", s3_bucket: "data" });
  expectBody("ScanAnswer", (await call(start, restRequest("POST", "/scan", { body }))).body);
  expectBody("Error", (await call(start, restRequest("POST", "/scan"))).body);
});

test.each([
  [{ job_name: "a", s3_bucket: "data", s3_prefix: "in/" }, true],
  [{ job_name: "a", s3_bucket: "data", s3_prefix: null }, true],
  [{ job_name: "a", s3_bucket: "D" }, false],
  [{ job_name: "", s3_bucket: "data" }, false],
  [{ job_name: "a", s3_bucket: "data", s3_prefx: "in/" }, false],
  [{ job_name: "a" }, false],
])("the document takes the request %j: %s", (request, isTaken) => {
  expect(errorsOf("ScanRequest", request)).toEqual(
    isTaken ? [] : expect.arrayContaining([expect.anything()]),
  );
});
