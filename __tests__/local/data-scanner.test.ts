import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { DeleteFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  RDSClient,
  RestoreDBInstanceToPointInTimeCommand,
  waitUntilDBInstanceAvailable,
} from "@aws-sdk/client-rds";
import {
  CopyObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { LocalAws } from "../../local";
import { bundleWorker } from "../../scripts/bundle/worker";
import { DataScannerAws, type Finding } from "../../scripts/demo/data-scanner/aws";
import type { Outputs } from "../../scripts/demo/data-scanner/settings";
import { until } from "../../scripts/demo/until";
import { clientConfig } from "../../scripts/mutation/client-config";
import { startTestAws, withSharedProvider } from "../../testing/local-aws";
import { applyRoot, readOutputs, writeModuleRoot } from "../../testing/module-root";
import { createCorpus, type Planted } from "../../testing/scan/corpus";
import { poisonLine } from "../../testing/scan/poison-lines";
import { scanFile } from "../../testing/scan/scan-text";
import { emptyRoot, plan, terraform } from "../../testing/terraform";

const image = "ghcr.io/acme/scanner-worker:1.0.0";

let localAws: LocalAws;
let root: string;
let outputs: Outputs & { database_instance_id: string; function_names: Record<string, string> };
let aws: DataScannerAws;
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
      "database_instance_id",
      "database_secret_arn",
      "scan_jobs_queue_url",
      "scan_jobs_dead_letter_queue_url",
      "worker_service_name",
      "worker_log_group_name",
      "function_names",
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
  outputs = await applyRoot(root, localAws);
  aws = new DataScannerAws(outputs, localAws);
}, 590_000);

afterAll(() => localAws?.stop());

const planted: Planted[] = [];
/** The findings of each file, scanned here. */
const expected = new Map<string, string[]>();

const upload = async (key: string, body: Buffer): Promise<void> => {
  await aws.upload(key, body);
  const { findings } = await scanFile(body);
  expected.set(
    key,
    findings.map(({ type, lineNumber, columnStart }) => `${type} ${lineNumber}:${columnStart}`).sort(),
  );
};

const results = async (jobId: string): Promise<Finding[]> => {
  const { findings, pages } = await aws.findings(jobId, 50);
  expect(pages).toBe(Math.max(1, Math.ceil(findings.length / 50)));
  return findings;
};

let jobId: string;

test("an API call scans the bucket: workers come from zero, and every finding is stored once", async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const corpus = createCorpus({ seed, bytes: 20_000, bytesPerValue: 500, decoysPerValue: 1 });
    planted.push(...corpus.planted);
    await upload(`in/${seed}.log`, corpus.text);
    if (seed === 1) await upload("in/copy.log.gz", gzipSync(corpus.text));
  }
  await upload("in/poison.txt", poisonLine("a.a@"));
  await upload("in/image.bin", Buffer.from([0, 1, 2, 0, 3, 0, 0, 9]));
  expect(await aws.workers()).toEqual({ desired: 0, running: 0 });

  const started = await aws.request("POST", "/scan", {
    job_name: "nightly",
    s3_bucket: outputs.data_bucket_name,
    s3_prefix: "in/",
  });
  expect(started).toMatchObject({ status: 202, body: { job_id: expect.any(String), status: "pending" } });
  jobId = String(started.body.job_id);
  const job = await until(
    () => aws.request("GET", `/jobs/${jobId}`),
    ({ body }) => body.status === "completed" || body.status === "failed",
  );
  expect(job.body).toMatchObject({
    status: "completed",
    total_objects: 9,
    completed_objects: 8,
    skipped_objects: 1,
    failed_objects: 0,
    total_findings: [...expected.values()].flat().length,
  });
  // More than one if the scan takes longer than the minute of the alarm.
  expect((await aws.workers()).running).toBeGreaterThanOrEqual(1);

  const found = await results(jobId);
  const byKey = new Map<string, string[]>([...expected.keys()].map((key) => [key, []]));
  for (const { s3_key, finding_type, line_number, column_start } of found)
    byKey.get(String(s3_key))!.push(`${finding_type} ${line_number}:${column_start}`);
  for (const [key, values] of byKey) expect([key, values.sort()]).toEqual([key, expected.get(key)]);
  expect(found.length).toBeGreaterThan(200);
}, 200_000);

test("a second message for an object changes nothing", async () => {
  for (const objectId of [1, 2, 3]) await aws.sendMessage(objectId);
  expect(
    await until(
      () => aws.messages(),
      (count) => count === 0,
    ),
  ).toBe(0);
  expect((await results(jobId)).length).toBe([...expected.values()].flat().length);
}, 150_000);

test("the same request again gives the same job, and a bucket that is not listed is refused", async () => {
  const body = { job_name: "nightly", s3_bucket: outputs.data_bucket_name, s3_prefix: "in/" };
  expect(await aws.request("POST", "/scan", body)).toMatchObject({
    body: { job_id: jobId, duplicate: true },
  });
  expect(await aws.request("POST", "/scan", { ...body, s3_bucket: "theirs" })).toMatchObject({ status: 403 });
});

test("no value that was found is in the database, the queues, the logs or an answer", async () => {
  const all = [await aws.allText(), ...lines].join("\n");
  expect(all).toContain("object scanned");
  const values = new Set(planted.map(({ value }) => value));
  expect(values.size).toBeGreaterThan(150);
  expect([...values].filter((value) => all.includes(value))).toEqual([]);
}, 60_000);

test("an object comes back from one of its versions, by the commands of docs/operate.md", async () => {
  const s3 = new S3Client({ ...clientConfig(localAws.environment), forcePathStyle: true });
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

const apply = (...options: string[]) =>
  terraform(root, ["apply", "-auto-approve", "-input=false", "-no-color", ...options], localAws.environment);

test("the database is restored to a point in time in place of the old one, by the commands of docs/operate.md", async () => {
  const rds = new RDSClient(clientConfig(localAws.environment));
  const id = outputs.database_instance_id;
  const address = "module.scanner.module.database.aws_db_instance.this";
  const describe = async (DBInstanceIdentifier: string) =>
    (await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }))).DBInstances![0]!;
  const available = (DBInstanceIdentifier: string) =>
    waitUntilDBInstanceAvailable(
      { client: rds, maxWaitTime: 120, minDelay: 1, maxDelay: 1 },
      { DBInstanceIdentifier },
    );
  const rename = async (DBInstanceIdentifier: string, NewDBInstanceIdentifier: string) => {
    await rds.send(
      new ModifyDBInstanceCommand({ DBInstanceIdentifier, NewDBInstanceIdentifier, ApplyImmediately: true }),
    );
    await available(NewDBInstanceIdentifier);
  };
  const found = await results(jobId);
  // A time in a request has whole seconds.
  await sleep(1_100);
  const RestoreTime = new Date(Math.floor(Date.now() / 1000) * 1000);
  await sleep(1_100);
  await aws.query("DELETE FROM findings");
  expect(await results(jobId)).toEqual([]);

  const old = await describe(id);
  await rds.send(
    new RestoreDBInstanceToPointInTimeCommand({
      SourceDBInstanceIdentifier: id,
      TargetDBInstanceIdentifier: "restored",
      RestoreTime,
      DBSubnetGroupName: old.DBSubnetGroup?.DBSubnetGroupName,
      VpcSecurityGroupIds: old.VpcSecurityGroups?.map(({ VpcSecurityGroupId = "" }) => VpcSecurityGroupId),
      DBParameterGroupName: old.DBParameterGroups?.[0]?.DBParameterGroupName,
      ManageMasterUserPassword: true,
    }),
  );
  await available("restored");
  await rename(id, "before");
  await rename("restored", id);
  expect((await describe(id)).Endpoint).toEqual(old.Endpoint);
  await terraform(root, ["state", "rm", address], localAws.environment);
  await terraform(root, ["import", "-input=false", "-no-color", address, id], localAws.environment);

  const changes = (await plan(root, localAws.environment)).filter(
    ({ change }) => change.actions.join() !== "no-op",
  );
  // The secret of the password is another one. A changed task definition is a new revision.
  expect(
    changes
      .filter(({ change }) => change.actions.join() !== "update")
      .map(({ address, change }) => [address, change.actions]),
  ).toEqual([["module.scanner.module.task.aws_ecs_task_definition.this", ["create", "delete"]]]);
  expect(new Set(changes.map(({ type }) => type))).toEqual(
    new Set([
      "aws_db_instance",
      "aws_ecs_service",
      "aws_ecs_task_definition",
      "aws_iam_role_policy",
      "aws_lambda_function",
    ]),
  );

  await apply("-replace=module.scanner.aws_lambda_invocation.migrate_database");
  outputs = await readOutputs(root, localAws);
  aws = new DataScannerAws(outputs, localAws);
  expect(await results(jobId)).toEqual(found);
  await rds.send(
    new DeleteDBInstanceCommand({
      DBInstanceIdentifier: "before",
      FinalDBSnapshotIdentifier: "before-restore",
    }),
  );
}, 400_000);

test("the infrastructure is deployed again by an apply, and the jobs are there", async () => {
  const lambda = new LambdaClient(clientConfig(localAws.environment));
  const found = await results(jobId);
  await lambda.send(new DeleteFunctionCommand({ FunctionName: outputs.function_names.results }));
  await expect(results(jobId)).rejects.toThrow("GET /results answered 5");
  await apply();
  expect(await results(jobId)).toEqual(found);
}, 150_000);

test("a second plan changes nothing", async () => {
  const changes = await plan(root, localAws.environment);
  expect(
    changes
      .filter(({ change }) => change.actions.join() !== "no-op")
      .map(({ address, change }) => [address, change.actions]),
  ).toEqual([]);
}, 60_000);
