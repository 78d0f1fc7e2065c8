import { createPublicKey } from "node:crypto";
import { join } from "node:path";
import { createHttp } from "../../bottles/http";
import { verifyMirror } from "../../bottles/verify-mirror/verify-mirror";
import type { LocalAws } from "../../local";
import { bundleWorker } from "../../scripts/bundle/worker";
import { BottleSyncAws, type StoredBottle } from "../../scripts/demo/bottle-sync/aws";
import { LocalHomebrew } from "../../scripts/demo/bottle-sync/homebrew";
import { image, type Outputs, platforms, vpcEndpointId } from "../../scripts/demo/bottle-sync/settings";
import { SlackWebhook } from "../../scripts/demo/bottle-sync/slack";
import { VpcEndpoint } from "../../scripts/demo/bottle-sync/vpc-endpoint";
import { startTestAws, withSharedProvider } from "../../testing/local-aws";
import { applyRoot, writeModuleRoot } from "../../testing/module-root";
import { emptyRoot, plan } from "../../testing/terraform";

let localAws: LocalAws;
let homebrew: LocalHomebrew;
let root: string;
let outputs: Outputs;
let aws: BottleSyncAws;
const slack = new SlackWebhook();
const vpcEndpoints: VpcEndpoint[] = [];

beforeAll(async () => {
  homebrew = await LocalHomebrew.start();
  await slack.start();
  const worker = join(emptyRoot("bottle-sync-worker"), "main.js");
  await bundleWorker("worker/main.ts", worker);
  root = writeModuleRoot({
    folder: "bottle-sync",
    module: "systems/bottle-sync",
    name: "bottle_sync",
    inputs: {
      name: "bottles",
      image,
      platforms,
      catalogueUrl: homebrew.catalogueUrl,
      api: { url: homebrew.apiUrl, publicKey: homebrew.publicKey },
      sizeThresholdGb: 0.02,
      mirrorBucket: { readerVpcEndpointIds: [vpcEndpointId], forceDestroy: true },
      onFailure: { action: "retry", maxAttempts: 3, backoffSeconds: 1 },
      createMonitoring: false,
      createNetwork: false,
      existingNetwork: {
        vpcId: "${aws_vpc.this.id}",
        subnets: { a: "${aws_subnet.a.id}", b: "${aws_subnet.b.id}" },
      },
    },
    outputs: [
      "cluster_name",
      "dead_letter_queue_url",
      "failed_events_queue_url",
      "launch_function_name",
      "mirror_bucket_name",
      "plan_function_name",
      "sync_function_name",
      "webhook_secret_name",
    ],
    resources: {
      aws_vpc: { this: { cidr_block: "10.0.0.0/16" } },
      aws_subnet: {
        a: { vpc_id: "${aws_vpc.this.id}", cidr_block: "10.0.10.0/24", availability_zone: "us-east-1a" },
        b: { vpc_id: "${aws_vpc.this.id}", cidr_block: "10.0.11.0/24", availability_zone: "us-east-1b" },
      },
    },
  });
  localAws = await withSharedProvider(
    await startTestAws({ images: { [image]: `"${process.execPath}" "${worker}"` } }),
    root,
  );
  outputs = await applyRoot(root, localAws);
  aws = new BottleSyncAws(outputs, localAws.environment);
  await aws.putWebhook(slack.url);
}, 590_000);

afterAll(async () => {
  for (const endpoint of vpcEndpoints) endpoint.stop();
  homebrew?.stop();
  slack.stop();
  await localAws?.stop();
});

/** URL of the mirror behind a VPC endpoint. */
const mirrorThrough = async (id: string): Promise<string> => {
  const endpoint = new VpcEndpoint(id, localAws.endpoint);
  vpcEndpoints.push(endpoint);
  return `${await endpoint.start()}/${outputs.mirror_bucket_name}`;
};

test("the function mirrors what is below the threshold, and a repeated run mirrors nothing", async () => {
  const planned = await aws.begin("2026-11-01T03:00:00Z");
  expect(planned).toMatchObject({ outcome: "function", bottles: expect.any(Number) });
  await aws.completed(planned.run);
  expect(await aws.tasks()).toEqual([]);
  const stored = await aws.bottles();
  expect(stored).toHaveLength(planned.bottles);
  expect(stored.filter(({ isRight }) => !isRight)).toEqual([]);

  const sent = homebrew.sentBytes;
  const again = await aws.begin("2026-11-08T03:00:00Z");
  expect(again).toMatchObject({ outcome: "nothing-new", bottles: 0 });
  await aws.completed(again.run);
  expect(homebrew.sentBytes).toBe(sent);
}, 240_000);

test("a task mirrors the rest; after an interruption another one goes on", async () => {
  homebrew.publish();
  localAws.faults.set([
    {
      service: "ecs",
      action: "RunTask",
      fault: "ends",
      stopCode: "SpotInterruption",
      afterMs: 3_000,
      times: 1,
    },
  ]);
  const requested = new Set<string>();
  let refused = 0;
  // Until the first task has ended, the registry is overloaded after some bottles.
  homebrew.setFaults(({ place, sha256 = "" }) => {
    if (place !== "storage" || requested.add(sha256).size < 40 || refused > 60) return undefined;
    refused++;
    return { kind: "status", status: 503, retryAfterSeconds: 1 };
  });
  const before = homebrew.sentBytes;
  const planned = await aws.begin("2026-11-15T03:00:00Z");
  expect(planned.outcome).toBe("task");
  const stopped = async () => (await aws.tasks()).filter(({ lastStatus }) => lastStatus === "STOPPED").length;
  while ((await stopped()) === 0) await new Promise((resolve) => setTimeout(resolve, 200));
  homebrew.setFaults(() => undefined);
  const ends = await aws.completed(planned.run);
  expect(ends.map(({ outcome }) => outcome)).toEqual(["stopped", "complete"]);
  // A part for each of the five connections, at most.
  expect(homebrew.sentBytes - before - planned.bytes).toBeLessThan(5 * 8 * 1024 * 1024);
  const stored = await aws.bottles();
  expect(stored.filter(({ isRight }) => !isRight)).toEqual([]);
  // Small bottles are put, large ones are copied.
  const isNamed = ({ fileName }: StoredBottle) => /^[\w.@+-]+\.bottle(\.\d+)?\.tar\.gz$/.test(fileName);
  expect(stored.filter((bottle) => !isNamed(bottle))).toEqual([]);
  expect(Math.max(...stored.map(({ bytes }) => bytes))).toBeGreaterThan(10 * 1024 * 1024);
  expect(await aws.deadLetters()).toEqual([]);
  expect(homebrew.leakedTokens).toBe(0);
}, 300_000);

test("clients install from the mirror through their endpoint, and see nothing of a run's own", async () => {
  const client = {
    http: createHttp({ connections: 4 }),
    publicKey: createPublicKey(homebrew.publicKey),
    platforms,
    sample: 20,
    concurrency: 4,
  };
  const mirrorUrl = await mirrorThrough(vpcEndpointId);
  expect(await verifyMirror({ ...client, mirrorUrl })).toMatchObject({ failures: [], warnings: [] });
  for (const [path, status] of [
    ["api/formula.jws.json", 200],
    ["bottles_hash.json", 403],
    ["sync/catalogue.json.gz", 403],
  ] as const)
    expect([path, (await fetch(`${mirrorUrl}/${path}`)).status]).toEqual([path, status]);

  const others = await verifyMirror({ ...client, mirrorUrl: await mirrorThrough("vpce-1") });
  expect(others.failures.length).toBeGreaterThan(0);
});

test("Slack gets one notice at the beginning and the end of each run, and no log has the webhook", async () => {
  const titles = slack.messages.map((message) => message.replace(/\. .*/, ""));
  expect(titles).toEqual([
    "Bottle sync started",
    "Bottle sync succeeded",
    expect.stringContaining("Bottle sync: nothing new"),
    "Bottle sync started",
    "Bottle sync succeeded",
  ]);
  expect((await aws.everyLog()).filter((line) => line.includes("secret-of-the-webhook"))).toEqual([]);
});

test("the second plan changes nothing", async () => {
  const changes = await plan(root, localAws.environment);
  expect(changes.filter(({ change }) => change.actions.join() !== "no-op")).toEqual([]);
}, 240_000);
