import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  paginateFilterLogEvents,
} from "@aws-sdk/client-cloudwatch-logs";
import { DescribeServicesCommand, ECSClient } from "@aws-sdk/client-ecs";
import {
  CopyObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { Client } from "pg";
import type { LocalAws } from "../../local";
import { bundleWorker } from "../../scripts/bundle/worker";
import { until } from "../../scripts/demo/until";
import { startTestAws, withSharedProvider } from "../../testing/local-aws";
import { applyRoot, region, writeModuleRoot } from "../../testing/module-root";
import { createCorpus, type Planted } from "../../testing/scan/corpus";
import { poisonLine } from "../../testing/scan/poison-lines";
import { scanFile } from "../../testing/scan/scan-text";
import { emptyRoot, plan } from "../../testing/terraform";

const image = "ghcr.io/acme/scanner-worker:1.0.0";

interface Outputs {
  readonly api_url: string;
  readonly cluster_name: string;
  readonly data_bucket_name: string;
  readonly database_address: string;
  readonly database_secret_arn: string;
  readonly scan_jobs_queue_url: string;
  readonly scan_jobs_dead_letter_queue_url: string;
  readonly worker_service_name: string;
}

let localAws: LocalAws;
let root: string;
let outputs: Outputs;
let config: {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
};
const lines: string[] = [];

beforeAll(async () => {
  const worker = join(emptyRoot("data-scanner-worker"), "main.js");
  await bundleWorker("worker/main.ts", worker);
  root = writeModuleRoot({
    folder: "data-scanner",
    module: "systems/data-scanner",
    name: "scanner",
    inputs: {
      name: "aws-data-scanner",
      image,
      dataBucket: { forceDestroy: true },
      database: { deletionProtection: false, finalSnapshot: false },
      createMonitoring: false,
      createNetwork: false,
      existingNetwork: {
        vpcId: "${aws_vpc.this.id}",
        subnetIds: ["${aws_subnet.a.id}", "${aws_subnet.b.id}"],
      },
    },
    outputs: [
      "api_url",
      "cluster_name",
      "data_bucket_name",
      "database_address",
      "database_secret_arn",
      "scan_jobs_queue_url",
      "scan_jobs_dead_letter_queue_url",
      "worker_service_name",
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
    await startTestAws({
      images: { [image]: `"${process.execPath}" "${worker}"` },
      log: (line) => lines.push(line),
    }),
    root,
  );
  config = {
    endpoint: localAws.endpoint,
    region,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  outputs = await applyRoot(root, localAws);
}, 590_000);

afterAll(() => localAws?.stop());

/** A request to the API, signed as local AWS reads signatures. */
const request = async (method: string, path: string, body?: object) => {
  const { pathname } = new URL(outputs.api_url);
  const [id] = new URL(outputs.api_url).host.split(".");
  const response = await fetch(`${localAws.endpoint}/restapis/${id}${pathname}/_user_request_${path}`, {
    method,
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/execute-api/aws4_request, SignedHeaders=host, Signature=0`,
      "content-type": "application/json",
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

const answers: unknown[] = [];
const planted: Planted[] = [];
/** The findings of each file, scanned here. */
const expected = new Map<string, string[]>();

const upload = async (s3: S3Client, Key: string, Body: Buffer): Promise<void> => {
  await s3.send(new PutObjectCommand({ Bucket: outputs.data_bucket_name, Key, Body }));
  const { findings } = await scanFile(Body);
  expected.set(
    Key,
    findings.map(({ type, lineNumber, columnStart }) => `${type} ${lineNumber}:${columnStart}`).sort(),
  );
};

const results = async (jobId: string): Promise<Record<string, unknown>[]> => {
  const found: Record<string, unknown>[] = [];
  let cursor: unknown;
  do {
    const { status, body } = await request(
      "GET",
      `/results?job_id=${jobId}&limit=50${cursor ? `&cursor=${encodeURIComponent(String(cursor))}` : ""}`,
    );
    expect(status).toBe(200);
    answers.push(body);
    found.push(...(body.findings as Record<string, unknown>[]));
    cursor = body.next_cursor;
  } while (cursor);
  return found;
};

let jobId: string;

test("an API call scans the bucket: workers come from zero, and every finding is stored once", async () => {
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const ecs = new ECSClient(config);
  for (let seed = 1; seed <= 6; seed++) {
    const corpus = createCorpus({ seed, bytes: 20_000, bytesPerValue: 500, decoysPerValue: 1 });
    planted.push(...corpus.planted);
    await upload(s3, `in/${seed}.log`, corpus.text);
    if (seed === 1) await upload(s3, "in/copy.log.gz", gzipSync(corpus.text));
  }
  await upload(s3, "in/poison.txt", poisonLine("a.a@"));
  await upload(s3, "in/image.bin", Buffer.from([0, 1, 2, 0, 3, 0, 0, 9]));
  const services = () =>
    ecs.send(
      new DescribeServicesCommand({ cluster: outputs.cluster_name, services: [outputs.worker_service_name] }),
    );
  expect((await services()).services?.[0]).toMatchObject({ desiredCount: 0, runningCount: 0 });

  const started = await request("POST", "/scan", {
    job_name: "nightly",
    s3_bucket: outputs.data_bucket_name,
    s3_prefix: "in/",
  });
  expect(started).toMatchObject({ status: 202, body: { job_id: expect.any(String), status: "pending" } });
  jobId = String(started.body.job_id);
  const job = await until(
    () => request("GET", `/jobs/${jobId}`),
    ({ body }) => body.status === "completed" || body.status === "failed",
  );
  answers.push(job.body);
  expect(job.body).toMatchObject({
    status: "completed",
    total_objects: 9,
    completed_objects: 8,
    skipped_objects: 1,
    failed_objects: 0,
    total_findings: [...expected.values()].flat().length,
  });
  expect((await services()).services?.[0]).toMatchObject({ desiredCount: 1, runningCount: 1 });

  const found = await results(jobId);
  const byKey = new Map<string, string[]>([...expected.keys()].map((key) => [key, []]));
  for (const { s3_key, finding_type, line_number, column_start } of found)
    byKey.get(String(s3_key))!.push(`${finding_type} ${line_number}:${column_start}`);
  for (const [key, values] of byKey) expect([key, values.sort()]).toEqual([key, expected.get(key)]);
  expect(found.length).toBeGreaterThan(200);
}, 200_000);

test("a second message for an object changes nothing", async () => {
  const sqs = new SQSClient(config);
  const QueueUrl = outputs.scan_jobs_queue_url;
  for (const object_id of ["1", "2", "3"])
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ object_id }) }));
  await until(
    async () => (await query("SELECT count(*)::int AS n FROM job_objects WHERE status = 'scanning'"))[0]!.n,
    (count) => count === 0,
  );
  expect((await results(jobId)).length).toBe([...expected.values()].flat().length);
});

test("the same request again gives the same job, and a bucket that is not listed is refused", async () => {
  const body = { job_name: "nightly", s3_bucket: outputs.data_bucket_name, s3_prefix: "in/" };
  expect(await request("POST", "/scan", body)).toMatchObject({ body: { job_id: jobId, duplicate: true } });
  expect(await request("POST", "/scan", { ...body, s3_bucket: "theirs" })).toMatchObject({ status: 403 });
});

const query = async (statement: string): Promise<Record<string, unknown>[]> => {
  const secrets = new SecretsManagerClient(config);
  const { SecretString } = await secrets.send(
    new GetSecretValueCommand({ SecretId: outputs.database_secret_arn }),
  );
  const { username: user, password } = JSON.parse(SecretString!);
  const client = new Client({
    host: outputs.database_address,
    database: "scanner",
    user,
    password,
    ssl: { ca: readFileSync(localAws.certificateAuthority, "utf8") },
  });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
};

test("no value that was found is in the database, the queues, the logs or an answer", async () => {
  const logs = new CloudWatchLogsClient(config);
  const sqs = new SQSClient(config);
  const texts: string[] = [JSON.stringify(answers), lines.join("\n")];
  for (const table of ["jobs", "job_objects", "findings"])
    texts.push(JSON.stringify(await query(`SELECT * FROM ${table}`)));
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
  for (const { logGroupName } of logGroups)
    for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, { logGroupName }))
      texts.push(events.map(({ message }) => message).join("\n"));
  for (const QueueUrl of [outputs.scan_jobs_queue_url, outputs.scan_jobs_dead_letter_queue_url])
    texts.push(
      JSON.stringify(await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))),
    );
  const all = texts.join("\n");
  expect(all).toContain("object scanned");
  const values = new Set(planted.map(({ value }) => value));
  expect(values.size).toBeGreaterThan(150);
  expect([...values].filter((value) => all.includes(value))).toEqual([]);
});

test("an object comes back from one of its versions, by the commands of docs/operate.md", async () => {
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const Bucket = outputs.data_bucket_name;
  const Key = "in/1.log";
  const read = async () =>
    (await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) ?? "";
  const before = await read();
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: "overwritten" }));
  expect(await read()).toBe("overwritten");
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }));
  const earlier = Versions.find(({ IsLatest }) => !IsLatest);
  const CopySource = `${Bucket}/${Key}?versionId=${earlier?.VersionId}`;
  await s3.send(new CopyObjectCommand({ Bucket, Key, CopySource }));
  expect(await read()).toBe(before);
});

test("a second plan changes nothing", async () => {
  const changes = await plan(root, localAws.environment);
  expect(
    changes
      .filter(({ change }) => change.actions.join() !== "no-op")
      .map(({ address, change }) => [address, change.actions]),
  ).toEqual([]);
}, 60_000);
