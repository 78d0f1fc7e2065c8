import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { type HandlerName, zipPath } from "../../../scripts/bundle/handler";
import { restRequest } from "../../../testing/rest-request";
import { master, ScanDatabases } from "../../../testing/scan-database";
import { largeBucket, listingXml } from "../../../testing/simulated-bucket";

let databases: ScanDatabases;
let server: Server;
const folder = mkdtempSync(join(tmpdir(), "bundle-"));
const calls: string[] = [];
const bodies: string[] = [];

/** Secrets Manager, S3, SQS, ECS and Lambda, as far as the functions call them. */
const answer = (target: string, url: string, body: string): string => {
  if (target.endsWith("GetSecretValue")) return JSON.stringify({ SecretString: JSON.stringify(master) });
  if (target.endsWith("SendMessageBatch"))
    return JSON.stringify({ Failed: [{ Id: "0", Code: "InternalError" }] });
  if (url.includes("list-type=2")) return listingXml(largeBucket(1), "", "");
  bodies.push(body);
  return "{}";
};

beforeAll(async () => {
  databases = await ScanDatabases.start();
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { url = "" } = request;
    const target = String(request.headers["x-amz-target"] ?? "");
    calls.push(target === "" ? `${request.method} ${url.split("?")[0]}` : target);
    response.end(answer(target, url, body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
  await databases.stop();
});

/** Runs the zip's handler once in a process of its own, as Lambda would. */
const runZip = async (name: HandlerName, database: string, event: unknown): Promise<string> => {
  const { DB_PORT, DB_CA_FILE, ...settings } = databases.settingsOf(database);
  const env = {
    ...settings,
    DB_PORT: String(DB_PORT),
    // What Node.js trusts, as in Lambda.
    NODE_EXTRA_CA_CERTS: DB_CA_FILE,
    DB_SECRET_ARN: "arn:secret",
    ALLOWED_BUCKETS: "data",
    LIST_OBJECTS_FUNCTION: "list-objects",
    SQS_QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/123456789012/scan-jobs",
    ECS_CLUSTER: "scanner",
    ECS_SERVICE: "worker",
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "role",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
  const { "index.js": code } = unzipSync(readFileSync(zipPath(name)));
  writeFileSync(join(folder, "index.js"), code!);
  const program = `require("./index.js").handler(${JSON.stringify(event)}, { awsRequestId: "1", functionName: "f", invokedFunctionArn: "arn", getRemainingTimeInMillis: () => 90_000 })
    .then((result) => console.log("result " + JSON.stringify(result)), (error) => console.log("thrown " + error.message)).finally(() => process.exit())`;
  const child = spawn(process.execPath, ["-e", program], { cwd: folder, env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  await once(child, "close");
  return output;
};

test("the zips migrate the database, create a job, list it and tell its state", async () => {
  const name = await databases.createEmpty();
  const job = (id: string) => restRequest("GET", "/jobs/{job_id}", { pathParameters: { job_id: id } });
  const unknown = "00000000-0000-4000-8000-000000000000";
  expect(await runZip("jobs", name, job(unknown))).toContain('"errorType":"SchemaOutdated"');
  expect(await runZip("migrate-database", name, { tf: { action: "create" } })).toContain(
    'result {"from":0,"to":1,"applied":["001-create-tables"]}',
  );
  expect(await runZip("jobs", name, job(unknown))).toContain("Job not found");
  const body = JSON.stringify({ job_name: "a", s3_bucket: "data" });
  expect(await runZip("scan", name, restRequest("POST", "/scan", { body }))).toContain('"statusCode":202');
  expect(calls).toContain("POST /2015-03-31/functions/list-objects/invocations");
  const event = JSON.parse(bodies.at(-1)!);
  expect(await runZip("list-objects", name, event)).toContain('result {"outcome":"complete","objects":1}');
  expect(calls).toContain("AmazonSQS.SendMessageBatch");
  expect(await runZip("jobs", name, job(event.job_id))).toContain('\\"total_objects\\":1');
  expect(await runZip("results", name, restRequest("GET", "/results"))).toContain('\\"count\\":0');
}, 60_000);
