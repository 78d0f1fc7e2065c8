import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { hashFileKey } from "../../../bottles/hash-file/hash-file";
import { parseHashFile } from "../../../bottles/hash-file/parse-hash-file";
import { leaseKey } from "../../../bottles/sync/lease";
import { bundleWorker } from "../../../scripts/bundle/worker";
import { bucketName, createBottleSyncWorld } from "../../../testing/bottle-sync";
import { serveObjectStore } from "../../../testing/object-store";
import { syncBottles } from "../../../worker/jobs/sync-bottles";
import { runWorker } from "../../../worker/run";

const folder = mkdtempSync(join(tmpdir(), "worker-"));
const program = join(folder, "main.js");
beforeAll(() => bundleWorker("worker/main.ts", program));
afterAll(() => rmSync(folder, { recursive: true }));

/** The container of the job against stand-ins. */
const start = (endpoint: string, event: unknown) => {
  let output = "";
  const child = spawn(process.execPath, [program], {
    env: {
      JOB: "sync-bottles",
      EVENT_PAYLOAD: JSON.stringify(event),
      S3_BUCKET_NAME: bucketName,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "task",
      AWS_SECRET_ACCESS_KEY: "secret",
    },
  });
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const ended = once(child, "close").then(([code]) => code as number);
  return { child, ended, output: () => output };
};

test("exits with 1 at SIGTERM while bottles are left, and another task does the rest", async () => {
  let written = 0;
  let onBottle = (): void => {};
  const world = await createBottleSyncWorld({
    corpus: { seed: 5, bottles: 200, scale: 0.001 },
    objectStore: {
      onWrite: (key: string) => {
        if (!key.includes("/blobs/")) return;
        written += 1;
        onBottle();
      },
    },
  });
  const served = await serveObjectStore(world.bucket);
  try {
    const event = await world.plan("run");
    const first = start(served.endpoint, event);
    onBottle = () => {
      if (written === 20) first.child.kill("SIGTERM");
    };
    expect(await first.ended).toBe(1);
    const stored = written;
    expect(stored).toBeGreaterThanOrEqual(20);
    expect(stored).toBeLessThan(200);
    expect(first.output()).toContain('"outcome":"stopped"');
    const file = () => parseHashFile(world.bucket.objects.get(hashFileKey)!.body.toString()).file;
    expect(file().entries.size).toBe(stored);
    expect(JSON.parse(world.bucket.objects.get(leaseKey)!.body.toString())).toMatchObject({ expiresAt: 0 });

    const second = start(served.endpoint, event);
    expect(await second.ended).toBe(0);
    expect(second.output()).toContain('"outcome":"complete"');
    // Metrics are of the service, whoever runs it.
    expect(second.output()).toContain(`"Service":"sync-bottles","BottlesMirrored":${200 - stored}`);
    expect(world.missing()).toEqual([]);
    expect(world.findWrongObjects()).toEqual([]);
    expect(file().entries.size).toBe(200);
    expect(world.homebrew.requests.storage).toBe(200);
    expect(world.homebrew.withAuthorization.storage).toBe(0);
  } finally {
    served.stop();
    world.stop();
  }
});

test("exits with 1 when a bottle is corrupt", async () => {
  const world = await createBottleSyncWorld({ corpus: { seed: 5, bottles: 10, scale: 0.001 } });
  const [bad] = world.bottles;
  world.homebrew.setFaults(({ place, sha256 }) =>
    place === "storage" && sha256 === bad!.sha256 ? { kind: "corrupt" } : undefined,
  );
  const served = await serveObjectStore(world.bucket);
  try {
    const { ended, output } = start(served.endpoint, await world.plan("run"));
    expect(await ended).toBe(1);
    expect(world.homebrew.met.get("corrupt")).toBe(3);
    expect(output()).toContain("bottle failed");
    expect(output()).toContain('"BottlesFailed":1');
    expect(world.missing().map(({ sha256 }) => sha256)).toEqual([bad!.sha256]);
  } finally {
    served.stop();
    world.stop();
  }
});

test.each([
  ["DOWNLOAD_CONCURRENCY", "0", "expected downloads from 1"],
  ["PROGRESS_REPORT_INTERVAL", "59", "expected seconds from 60"],
  ["PROGRESS_REPORT_INTERVAL", "3601", "expected seconds up to 3600"],
  ["RETENTION_DAYS", "0", "expected days from 1"],
  ["API_URL", "formulae.brew.sh/api", "expected a URL that begins with https://"],
  ["API_FILES", "/etc/passwd", "expected a path below the API's URL"],
  ["API_PUBLIC_KEY", "no key", "public key: expected an RSA key in PEM"],
  ["S3_BUCKET_NAME", "", "expected a value"],
])("exits with 1 and says what is wrong when %s is %j", async (name, value, message) => {
  const lines: string[] = [];
  const code = await runWorker({
    jobs: { "sync-bottles": syncBottles },
    environment: { S3_BUCKET_NAME: bucketName, EVENT_PAYLOAD: "{}", [name]: value },
    s3: () => new S3Client({ region: "eu-west-1" }),
    signal: new AbortController().signal,
    write: (line) => lines.push(line),
  });
  expect(code).toBe(1);
  expect(lines.join()).toContain(message);
});
