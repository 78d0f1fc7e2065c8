import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleWorker } from "../../../scripts/bundle/worker";
import { type ServedBucket, serveBucket } from "../../../testing/served-bucket";
import { createScanner, type Scanner } from "../../../worker/jobs/scan-objects/scan-thread";

const folder = mkdtempSync(join(tmpdir(), "scan-thread-"));
const environment = { ...process.env };
const never = new AbortController().signal;
let bucket: ServedBucket;
let scanner: Scanner;

beforeAll(async () => {
  bucket = await serveBucket();
  // The thread finds region, credentials and endpoint as in a container.
  Object.assign(process.env, {
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "worker",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL: bucket.endpoint,
  });
  const program = join(folder, "main.js");
  await bundleWorker("worker/main.ts", program);
  scanner = createScanner(program);
});
afterAll(async () => {
  await scanner.stop();
  process.env = environment;
  bucket.stop();
  rmSync(folder, { recursive: true });
});

const request = ({ key, etag, size }: ReturnType<ServedBucket["put"]>) => ({
  bucket: "data",
  key,
  etag,
  versionId: null,
  size,
  hashKey: Buffer.alloc(32, 7),
  maxFileSize: 1e9,
});

test("scans object after object in a thread, without delay for this one", async () => {
  const text = "no data here, only words and more words\n".repeat(250_000);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 10);
  const long = await scanner.scan(request(bucket.put("long.txt", `${text}ssn 536-22-8726\n`)), never);
  clearInterval(timer);
  expect(long).toMatchObject({ outcome: "scanned", findings: [{ type: "ssn", lineNumber: 250_001 }] });
  expect(ticks).toBeGreaterThan(3);
  for (let n = 0; n < 12; n++)
    expect(await scanner.scan(request(bucket.put("a.txt", "ssn 536-22-8726")), never)).toMatchObject({
      outcome: "scanned",
    });
});

test("ends a scan that is aborted, and scans the next object", async () => {
  const stop = new AbortController();
  const stuck = bucket.put("stuck.txt", "x".repeat(100), { onRead: () => stop.abort() });
  await expect(scanner.scan(request(stuck), stop.signal)).rejects.toThrow(/abort/);
  expect(await scanner.scan(request(bucket.put("b.txt", "words")), never)).toMatchObject({
    outcome: "scanned",
    findings: [],
  });
});

test("says why a scan failed", async () => {
  const busy = bucket.put("busy.txt", "x", { error: { status: 503, code: "SlowDown" } });
  await expect(scanner.scan(request(busy), never)).rejects.toMatchObject({ name: "SlowDown" });
});
