import { TerraformVariable } from "cdktf";
import { BottleSync, type BottleSyncProps } from "../../src/systems/bottle-sync";
import { evaluate } from "../local/permissions";
import { policiesOfRole } from "./role-policies";
import { only, synthesize } from "./synth";

const bottles = (props: Partial<BottleSyncProps> = {}, look: (made: BottleSync) => void = () => undefined) =>
  synthesize((stack) =>
    look(
      new BottleSync(stack, "bottles", {
        name: "bottles",
        network: { availabilityZones: ["eu-west-1a", "eu-west-1b"] },
        image: "worker:1",
        ...props,
      }),
    ),
  );

type Made = ReturnType<typeof bottles>;

const publicKey = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n";

const variablesOf = (made: Made, name: string): Record<string, string> =>
  (
    only(made, "aws_lambda_function", { function_name: name }) as {
      environment: { variables: Record<string, string> };
    }
  ).environment.variables;

const containerOf = (made: Made): string =>
  String(only(made, "aws_ecs_task_definition").container_definitions);

test("runs on Sunday at three, with the scheduled time as the id of the run", () => {
  const schedule = only(bottles(), "aws_scheduler_schedule") as {
    schedule_expression: string;
    schedule_expression_timezone: string;
    state: string;
    target: { input: string };
  };
  expect(schedule).toMatchObject({
    schedule_expression: "cron(0 3 ? * SUN *)",
    schedule_expression_timezone: "UTC",
    state: "ENABLED",
  });
  expect(JSON.parse(schedule.target.input)).toEqual({ time: "<aws.scheduler.scheduled-time>" });
  expect(only(bottles({ enabled: false }), "aws_scheduler_schedule").state).toBe("DISABLED");
});

test("both functions and the task get their settings", () => {
  const made = bottles({ externalHashFile: { url: "https://mirror.example.com/bottles_hash.json" } });
  expect(variablesOf(made, "bottles-plan-sync")).toMatchObject({
    CATALOGUE_URL: "https://formulae.brew.sh/api/formula.json",
    TARGET_PLATFORMS: "arm64_tahoe,arm64_sequoia,arm64_sonoma",
    SIZE_THRESHOLD_GB: "20",
    DOWNLOAD_CONCURRENCY: "5",
    EXTERNAL_HASH_FILE_URL: "https://mirror.example.com/bottles_hash.json",
  });
  const sync = {
    DOWNLOAD_CONCURRENCY: "5",
    PROGRESS_REPORT_INTERVAL: "300",
    RETENTION_DAYS: "30",
    API_URL: "https://formulae.brew.sh/api",
    API_FILES:
      "internal/packages.arm64_tahoe.jws.json,internal/packages.arm64_sequoia.jws.json,internal/packages.arm64_sonoma.jws.json,formula.jws.json,cask.jws.json,formula_tap_migrations.jws.json,cask_tap_migrations.jws.json",
  };
  expect(variablesOf(made, "bottles-sync-bottles")).toMatchObject(sync);
  for (const [name, value] of Object.entries({ ...sync, JOB: "sync-bottles" }))
    expect(containerOf(made)).toContain(`{"name":"${name}","value":"${value}"}`);
  expect(containerOf(made)).toContain('"stopTimeout":120');
});

test("a file system and API files are made use of when asked for, and not otherwise", () => {
  expect(containerOf(bottles())).not.toMatch(/EFS_MOUNT_PATH|API_PUBLIC_KEY/);
  expect(bottles().aws_efs_file_system).toBeUndefined();
  const made = bottles({ createFileSystem: true, api: { publicKey } }, ({ clientEnvironment }) =>
    expect(Object.keys(clientEnvironment)).toContain("HOMEBREW_API_DOMAIN"),
  );
  expect(containerOf(made)).toMatch(/"name":"EFS_MOUNT_PATH","value":"\/mnt\/bottles"/);
  expect(containerOf(made)).toContain("API_PUBLIC_KEY");
});

test("without a secret there is nothing about notices", () => {
  const made = bottles({ createWebhookSecret: false }, ({ webhookSecretName }) =>
    expect(webhookSecretName).toBeUndefined(),
  );
  expect(JSON.stringify(made)).not.toMatch(/SLACK_WEBHOOK|secretsmanager/);
});

test("clients read bottles and API files through their endpoints, and nothing of a run's own", () => {
  const made = bottles({ mirrorBucket: { readerVpcEndpointIds: ["vpce-0a1b2c3d4e5f60718"] } });
  const policies = Object.values(made.aws_s3_bucket_policy!).map(({ policy }) => String(policy));
  const [ofMirror] = policies.filter((policy) => policy.includes("SourceVpce"));
  const allowed = ofMirror!.slice(ofMirror!.indexOf('"aws:SourceVpce"'));
  expect(allowed.match(/\/[a-z0-9]+\/\*/g)).toEqual(["/v2/*", "/api/*"]);
});

test("takes numbers that only Terraform knows", () => {
  const made = synthesize((stack) => {
    const number = (id: string) => new TerraformVariable(stack, id, { type: "number" }).numberValue;
    new BottleSync(stack, "bottles", {
      name: "bottles",
      network: { availabilityZones: ["eu-west-1a", "eu-west-1b"] },
      image: "worker:1",
      sizeThresholdGb: number("size"),
      downloadConcurrency: number("downloads"),
    });
  });
  expect(variablesOf(made, "bottles-plan-sync")).toMatchObject({
    SIZE_THRESHOLD_GB: "${var.size}",
    DOWNLOAD_CONCURRENCY: "${var.downloads}",
  });
});

const secretArn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack-AbCdEf";

test.each<[Partial<BottleSyncProps>, string]>([
  [{ name: "Bottles" }, 'name is "Bottles"; a name has 1 to 28'],
  [{ platforms: [] }, "platforms is empty; it takes at least one of Homebrew's tags"],
  [{ platforms: ["arm64-tahoe"] }, 'platforms is "arm64-tahoe"; it takes at least one'],
  [{ platforms: ["arm64__tahoe"] }, 'platforms is "arm64__tahoe"; it takes at least one'],
  [{ platforms: ["all"] }, 'platforms is "all"; it takes at least one'],
  [{ sizeThresholdGb: -1 }, "sizeThresholdGb is -1; it takes 0 or more."],
  [{ downloadConcurrency: 33 }, "downloadConcurrency is 33; it takes whole numbers from 1 to 32."],
  [{ progressReportIntervalSeconds: 1 }, "progressReportIntervalSeconds is 1; it takes whole numbers"],
  [{ retentionDays: 0 }, "retentionDays is 0; it takes whole numbers from 1."],
  [
    { catalogueUrl: "http://mirror.example.com/a" },
    'catalogueUrl is "http://mirror.example.com/a"; it takes',
  ],
  [{ api: { url: "http://mirror.example.com" } }, 'api.url is "http://mirror.example.com"; it takes'],
  [
    { api: { publicKey: publicKey.replaceAll("PUBLIC", "PRIVATE") } },
    "api.publicKey is no public key in PEM",
  ],
  [{ api: { files: ["../formula.json"] } }, 'api.files is "../formula.json"; it takes at least one path'],
  [{ api: { files: [] } }, "api.files is empty; it takes at least one path"],
  [
    { externalHashFile: { url: "https://a.example.com/b", bucket: "old", key: "b" } },
    "externalHashFile has url, bucket, key; give either its url, or its bucket and its key.",
  ],
  [{ externalHashFile: { bucket: "old" } }, "externalHashFile has bucket; give either its url"],
  [
    { externalHashFile: { url: "http://a.example.com" } },
    'externalHashFile.url is "http://a.example.com"; it',
  ],
  [
    { externalHashFile: { bucket: "arn:aws:s3:::old", key: "b" } },
    'externalHashFile.bucket is "arn:aws:s3:::old"; it takes the name of a bucket.',
  ],
  [
    { externalHashFile: { bucket: "old", key: "b", kmsKeyArn: "alias/old" } },
    'externalHashFile.kmsKeyArn is "alias/old"; it takes the ARN of a KMS key',
  ],
  [
    { createWebhookSecret: false, existingWebhookSecret: { name: "slack", arn: "slack" } },
    'existingWebhookSecret.arn is "slack"; it takes the ARN of a secret',
  ],
  [
    { existingWebhookSecret: { name: "slack", arn: secretArn } },
    "createWebhookSecret is true and existingWebhookSecret is given",
  ],
  [
    { mirrorBucket: { readerVpcEndpointIds: ["vpc-0a1b"] } },
    'mirrorBucket.readerVpcEndpointIds is "vpc-0a1b"; ',
  ],
  [{ createMirrorBucket: false }, "createMirrorBucket is false and existingMirrorBucket is absent"],
  [
    { createMirrorBucket: false, existingMirrorBucket: "arn:aws:s3:::old" },
    'existingMirrorBucket is "arn:aws:s3:::old"; it takes the name of a bucket.',
  ],
  [{ capacity: "EC2" }, 'capacity is "EC2"; allowed are "FARGATE", "FARGATE_SPOT", and the name of a'],
  [
    { capacity: "gpu" },
    'capacity is "gpu", and the created cluster has the capacity providers "FARGATE", "FARGATE_SPOT"; give an existingCluster that has it.',
  ],
  [{ logLevel: "debug" as "DEBUG" }, 'logLevel is "debug"; allowed are'],
  [{ scheduleExpression: "weekly" }, 'scheduleExpression is "weekly"; '],
  [
    { createFileSystem: true, fileSystem: { throughputMode: "provisioned" } },
    'fileSystem.provisionedThroughputMibps is not given with throughputMode "provisioned"',
  ],
  [{ cpu: 2048, memory: 2048 }, "memory is 2048 with cpu 2048;"],
  [{ network: undefined }, "network is absent; give it with two or more availabilityZones"],
  [{ names: { "aws_sqs_queue.dead": "a" } }, 'names has "aws_sqs_queue.dead"'],
])("refuses %j", (props, message) => {
  expect(() => bottles(props)).toThrow(message);
});

describe("permissions", () => {
  const account = "123456789012";
  const mirror = "arn:aws:s3:::mirror";
  const made = bottles({
    createMirrorBucket: false,
    existingMirrorBucket: "mirror",
    createWebhookSecret: false,
    existingWebhookSecret: { name: "slack", arn: secretArn },
    externalHashFile: { bucket: "old", key: "bottles_hash.json" },
  });
  const decide = (role: string, action: string, resource: string) =>
    evaluate(
      { roleArn: `arn:aws:iam::${account}:role/${role}`, documents: policiesOfRole(made, role) },
      action,
      resource,
      {},
    );
  const functionArn = (name: string) => `arn:aws:lambda:eu-west-1:${account}:function:bottles-${name}`;
  const blob = `${mirror}/v2/homebrew/core/curl/blobs/sha256:0`;

  test.each([
    ["bottles-plan-sync", "s3:ListBucket", mirror],
    ["bottles-plan-sync", "s3:PutObject", `${mirror}/sync/plans/1.jsonl.gz`],
    ["bottles-plan-sync", "s3:GetObject", `${mirror}/bottles_hash.json`],
    ["bottles-plan-sync", "s3:GetObject", "arn:aws:s3:::old/bottles_hash.json"],
    ["bottles-plan-sync", "lambda:InvokeFunction", functionArn("sync-bottles")],
    ["bottles-plan-sync", "lambda:InvokeFunction", functionArn("start-task")],
    ["bottles-plan-sync", "secretsmanager:GetSecretValue", secretArn],
    ["bottles-sync-bottles", "s3:PutObject", blob],
    ["bottles-sync-bottles", "s3:AbortMultipartUpload", blob],
    ["bottles-sync-bottles", "s3:ListMultipartUploadParts", blob],
    ["bottles-sync-bottles", "s3:ListBucketMultipartUploads", mirror],
    ["bottles-sync-bottles", "s3:DeleteObject", blob],
    ["bottles-sync-bottles", "s3:PutObject", `${mirror}/api/formula.jws.json`],
    ["bottles-sync-bottles", "lambda:InvokeFunction", functionArn("start-task")],
    ["bottles-task", "s3:PutObject", blob],
    ["bottles-task", "secretsmanager:GetSecretValue", secretArn],
  ])("%s may %s on %s", async (role, action, resource) => {
    expect(await decide(role, action, resource)).toBe("Allowed");
  });

  test.each([
    ["bottles-plan-sync", "s3:PutObject", blob],
    ["bottles-plan-sync", "s3:DeleteObject", `${mirror}/sync/plans/1.jsonl.gz`],
    ["bottles-plan-sync", "s3:GetObject", "arn:aws:s3:::old/other.json"],
    ["bottles-sync-bottles", "s3:PutObject", `${mirror}/other`],
    ["bottles-sync-bottles", "s3:DeleteObjectVersion", blob],
    ["bottles-sync-bottles", "lambda:InvokeFunction", functionArn("plan-sync")],
    ["bottles-task", "lambda:InvokeFunction", functionArn("start-task")],
    ["bottles-task", "s3:PutObject", "arn:aws:s3:::old/bottles_hash.json"],
    ["bottles-task", "secretsmanager:GetSecretValue", `${secretArn}-other`],
  ])("%s may not %s on %s", async (role, action, resource) => {
    expect(await decide(role, action, resource)).not.toBe("Allowed");
  });
});
