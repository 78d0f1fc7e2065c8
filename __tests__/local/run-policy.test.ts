import {
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  ListUserTagsCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { LocalAws } from "../../local";
import { startTestAws } from "../../testing/local-aws";
import { runPython } from "../../testing/policy-runs/python";
import { createPolicyRunner, type PolicyRunOutcome, readPolicy } from "../../testing/policy-runs/run";

type Ids = Record<string, [string, string]>;
type State = Record<string, Record<string, unknown>>;

let aws: LocalAws;
let run: Awaited<ReturnType<typeof createPolicyRunner>>;
let ids: Ids;
let client: {
  region: string;
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
};
beforeAll(async () => {
  aws = await startTestAws();
  client = {
    region: "us-east-1",
    endpoint: aws.endpoint,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  run = await createPolicyRunner(aws);
  ids = await runPython<Ids>("account.py", { argument: "make", environment: aws.environment });
}, 300_000);
afterAll(() => aws?.stop());

const readState = () => runPython<State>("account.py", { argument: "state", environment: aws.environment });

/** The resources that differ between two states. */
const changes = (before: State, after: State) =>
  Object.keys(after).flatMap((type) =>
    [...new Set([...Object.keys(before[type]!), ...Object.keys(after[type]!)])]
      .filter((id) => JSON.stringify(before[type]![id]) !== JSON.stringify(after[type]![id]))
      .map((id) => ({ type, id, is: after[type]![id] })),
  );

const examples: readonly { name: string; file: string; type: string; becomes: unknown; actions: number }[] = [
  {
    name: "s3",
    file: "s3-createbucket.yml",
    type: "AWS::S3::Bucket",
    becomes: {
      block: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          IgnorePublicAcls: true,
          BlockPublicPolicy: true,
          RestrictPublicBuckets: true,
        },
      },
      encryption: expect.objectContaining({
        ServerSideEncryptionConfiguration: {
          Rules: [
            expect.objectContaining({ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }),
          ],
        },
      }),
    },
    actions: 2,
  },
  {
    name: "ec2",
    file: "ec2-public-instance.yml",
    type: "AWS::EC2::Instance",
    becomes: {
      state: "stopped",
      tokens: "required",
      tags: [{ Key: "security-finding", Value: "stopped" }],
    },
    actions: 3,
  },
  {
    name: "iam-user",
    file: "iam-user-compromised.yml",
    type: "AWS::IAM::User",
    becomes: { keys: ["Inactive"], password: false, tags: [] },
    actions: 2,
  },
  {
    name: "security-group",
    file: "security-group-open.yml",
    type: "AWS::EC2::SecurityGroup",
    becomes: [443],
    actions: 1,
  },
  {
    name: "rds",
    file: "rds-public-instance.yml",
    type: "AWS::RDS::DBInstance",
    becomes: { public: false, protected: true },
    actions: 1,
  },
];

describe("of two resources that violate a policy, the finding's one alone is changed", () => {
  let changed: ReturnType<typeof changes>;
  const outcomes: Record<string, PolicyRunOutcome> = {};
  beforeAll(async () => {
    const before = await readState();
    await Promise.all(
      examples.map(async ({ name, file, type }) => {
        outcomes[name] = await run({ policy: readPolicy(file), resource: { type, id: ids[name]![1] } });
      }),
    );
    changed = changes(before, await readState());
  }, 120_000);

  test.each(examples)("$name", ({ name, becomes, actions }) => {
    expect(changed.filter(({ type }) => type === name)).toEqual([
      { type: name, id: ids[name]![1], is: becomes },
    ]);
    const policies = readPolicy(examples.find((example) => example.name === name)!.file).match(/- name:/g)!;
    expect(outcomes[name]).toMatchObject({
      exitCode: 0,
      result: { status: "succeeded", resourcesProcessed: policies.length, actionsTaken: actions, errors: 0 },
      metrics: { ResourcesProcessed: policies.length, ActionsTaken: actions, Errors: 0 },
    });
  });
});

/** A policy for users that tags them, and then does more. */
const tagging = (more = "") => `
policies:
  - name: tag-users
    resource: aws.iam-user
    actions:
      - type: tag
        tags: { finding: "yes" }
${more}`;
const user = (id: string) => ({ type: "AWS::IAM::User", id });
const tagged = async () =>
  Object.entries((await readState())["iam-user"] as Record<string, { tags: unknown[] }>)
    .filter(([, { tags }]) => tags.length > 0)
    .map(([name]) => name);

test("runs a policy that has a mode, and deploys no function", async () => {
  const before = await readState();
  const policy = `
policies:
  - name: tag-users
    resource: aws.iam-user
    mode:
      type: cloudtrail
      role: arn:aws:iam::123456789012:role/custodian
      events: [CreateBucket]
    actions: [{ type: tag, tags: { mode: "yes" } }]`;
  expect(await run({ policy, resource: user("user-one") })).toMatchObject({ exitCode: 0 });
  const after = await readState();
  expect(after.lambda).toEqual([]);
  expect(changes(before, after)).toMatchObject([
    { type: "iam-user", id: "user-one", is: { tags: [{ Key: "mode", Value: "yes" }] } },
  ]);
}, 60_000);

test("takes no action in a dry run, nor when the resource is gone", async () => {
  const before = await readState();
  const [dry, gone] = await Promise.all([
    run({ policy: tagging(), resource: user("user-two"), dryRun: true }),
    run({ policy: tagging(), resource: user("user-nobody") }),
  ]);
  expect(dry).toMatchObject({
    exitCode: 0,
    result: { status: "succeeded", dryRun: true, resourcesProcessed: 1, actionsTaken: 0 },
  });
  expect(gone).toMatchObject({
    exitCode: 0,
    result: { status: "succeeded", resourcesProcessed: 0, actionsTaken: 0 },
  });
  expect(changes(before, await readState())).toEqual([]);
}, 60_000);

test("counts the action that was taken when the next one fails, and exits with 2", async () => {
  const policy = tagging(`
      - type: notify
        to: [security@example.com]
        transport: { type: sqs, queue: "arn:aws:sqs:us-east-1:123456789012:nowhere" }`);
  expect(await run({ policy, resource: user("user-two") })).toMatchObject({
    exitCode: 2,
    result: { status: "failed", resourcesProcessed: 1, actionsTaken: 1, exitCode: 2 },
    metrics: { ResourcesProcessed: 1, ActionsTaken: 1 },
  });
  expect(await tagged()).toContain("user-two");
}, 60_000);

test("exits with 1 when Cloud Custodian does not know an action", async () => {
  const outcome = await run({ policy: tagging("      - type: explode"), resource: user("user-two") });
  expect(outcome).toMatchObject({
    exitCode: 1,
    result: { status: "failed", resourcesProcessed: 0, actionsTaken: 0 },
  });
  expect(outcome.lines.map(({ line }) => line).join("\n")).toContain("explode");
}, 60_000);

test("runs the version that was selected when there is a newer one", async () => {
  const fake = 'for last; do :; done; cat "$last" >&2';
  const { lines } = await run({
    policy: tagging(),
    replacedBy: tagging().replace("tag-users", "other"),
    resource: user("user-two"),
    fake,
  });
  const only = { type: "value", key: "UserName", op: "in", value: ["user-two"] };
  expect(JSON.parse(String(lines.find(({ message }) => message === "custodian")?.line))).toEqual({
    policies: [
      {
        name: "tag-users",
        resource: "aws.iam-user",
        actions: [{ type: "tag", tags: { finding: "yes" } }],
        filters: [only, only],
      },
    ],
  });
});

test("says that an action was not complete when Cloud Custodian only logs it", async () => {
  const line = "2026-01-31 12:00:00,123: custodian.actions:ERROR AccessDenied";
  expect(
    await run({ policy: tagging(), resource: user("user-two"), fake: `echo '${line}' >&2` }),
  ).toMatchObject({
    exitCode: 0,
    result: { status: "incomplete", errors: 1 },
    metrics: { Errors: 1 },
  });
});

describe("refuses, and runs nothing,", () => {
  const elsewhere = { ...user("user-two"), account: "111122223333" };
  test.each<[string, Parameters<typeof run>[0], RegExp]>([
    [
      "a policy that has changed since it was selected",
      { policy: tagging(), resource: user("user-two"), sha256: "0".repeat(64) },
      /^s3:\/\/policies\/policies\/test-\d+\.yml: its SHA-256 is [0-9a-f]{64}, the selected policy had 0{64}: it has changed/,
    ],
    ["what is no YAML", { policy: "policies: [", resource: user("user-two") }, /not valid YAML/],
    [
      "a policy for another type of resource",
      { policy: tagging(), resource: { type: "AWS::S3::Bucket", id: "bucket-one" } },
      /the mapping selects the wrong policy/,
    ],
    [
      "a resource of another account without a role there",
      { policy: tagging(), resource: elsewhere },
      /^the finding is of the account 111122223333, the task runs in 123456789012: set MEMBER_ROLE_NAME/,
    ],
    [
      "a resource of another account without an ARN",
      {
        policy: tagging(),
        resource: { ...elsewhere, id: "AIDA1", idAttribute: "UserId" },
        environment: { MEMBER_ROLE_NAME: "custodian" },
      },
      /has no ARN, to which the session could be confined/,
    ],
  ])("%s", async (_, options, reason) => {
    const outcome = await run({ ...options, fake: "echo ran >&2" });
    expect(outcome).toMatchObject({
      exitCode: 1,
      result: {
        status: "refused",
        reason: expect.stringMatching(reason),
        resourcesProcessed: 0,
        actionsTaken: 0,
      },
    });
    expect(outcome.lines).toContainEqual(
      expect.objectContaining({ level: "ERROR", message: "policy run refused" }),
    );
    expect(JSON.stringify(outcome.lines)).not.toContain('"ran"');
  });

  test("a finding without a resource, unless the scope is the account", async () => {
    const { exitCode, lines, metrics } = await run({ policy: tagging(), fake: "echo ran >&2" });
    expect({ exitCode, metrics }).toEqual({ exitCode: 1, metrics: {} });
    expect(lines).toMatchObject([
      {
        message: "job failed",
        errorMessage: expect.stringMatching(/^finding: expected a resource, because the scope is "resource"/),
      },
    ]);
    const account = await run({ policy: tagging(), scope: "account", fake: "echo ran >&2" });
    expect(account).toMatchObject({ exitCode: 0, result: { scope: "account" } });
  });
});

test("changes all resources when the scope is the account", async () => {
  expect(await run({ policy: tagging(), scope: "account" })).toMatchObject({
    exitCode: 0,
    result: { scope: "account", resourcesProcessed: 2, actionsTaken: 2 },
  });
}, 60_000);

test("passes SIGTERM on, and exits with 143", async () => {
  const outcome = await run({
    policy: tagging(),
    resource: user("user-two"),
    fake: "echo started >&2; exec sleep 60",
    stopAt: "started",
  });
  expect(outcome).toMatchObject({ exitCode: 143, result: { status: "stopped", exitCode: 143 } });
});

test("takes a payload by reference, stores the output files and sends the result", async () => {
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const sqs = new SQSClient(client);
  await s3.send(new CreateBucketCommand({ Bucket: "output" }));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "notifications" }));
  const { exitCode, result } = await run({
    policy: tagging(),
    resource: user("user-one"),
    byReference: true,
    environment: { OUTPUT_BUCKET: "output", NOTIFICATION_QUEUE_URL: QueueUrl!, LAUNCH_ATTEMPT: "2" },
  });
  expect(exitCode).toBe(0);
  expect(result).toMatchObject({
    attempt: 2,
    output: expect.stringMatching(/^s3:\/\/output\/policies\/test-\d+\/[0-9a-f]{64}\/2\/$/),
  });
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: "output" }));
  const prefix = String(result.output).replace("s3://output/", "");
  expect(Contents?.map(({ Key }) => Key)).toEqual(
    ["custodian-run.log", "metadata.json", "resources.json"].map((file) => `${prefix}tag-users/${file}`),
  );
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  const { timestamp: _, level: __, message: ___, ...sent } = result;
  expect(Messages?.map(({ Body }) => JSON.parse(Body!))).toEqual([sent]);
}, 60_000);

test("keeps the exit code when output and result cannot be stored", async () => {
  const outcome = await run({
    policy: tagging(),
    resource: user("user-one"),
    fake: 'mkdir "$3"; echo "{}" > "$3/metadata.json"; exit 2',
    environment: { OUTPUT_BUCKET: "nowhere", NOTIFICATION_QUEUE_URL: `${aws.endpoint}/123456789012/nowhere` },
  });
  expect(outcome.exitCode).toBe(2);
  expect(outcome.lines.filter(({ level }) => level === "ERROR").map(({ message }) => message)).toEqual([
    "output not stored",
    "notification not sent",
  ]);
});

describe("of another account", () => {
  const account = "111122223333";
  const resource = { ...user("user-abroad"), account, arn: `arn:aws:iam::${account}:user/user-abroad` };
  const environment = { MEMBER_ROLE_NAME: "custodian", MEMBER_EXTERNAL_ID: "secret-of-both" };

  test("assumes the role with the external id, confined to the resource", async () => {
    const fake = 'echo "$@" >&2; for last; do :; done; cat "$(dirname "$last")/session-policy.json" >&2';
    const { lines } = await run({ policy: tagging(), resource, environment, fake });
    const [args, sessionPolicy] = lines
      .filter(({ message }) => message === "custodian")
      .map(({ line }) => line);
    expect(args).toContain(
      `-r us-east-1 --assume arn:aws:iam::${account}:role/custodian --external-id secret-of-both --session-policy `,
    );
    expect(JSON.parse(String(sessionPolicy))).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "iam:*",
          Resource: [resource.arn, `arn:aws:iam::${account}:user/*/user-abroad`],
        },
        {
          Effect: "Allow",
          Action: ["iam:Describe*", "iam:Get*", "iam:List*", "tag:Get*"],
          Resource: "*",
        },
      ],
    });
  });

  test("changes the resource there", async () => {
    const { Credentials } = await new STSClient(client).send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${account}:role/administrator`,
        RoleSessionName: "test",
      }),
    );
    const iam = new IAMClient({
      ...client,
      credentials: {
        accessKeyId: Credentials!.AccessKeyId!,
        secretAccessKey: Credentials!.SecretAccessKey!,
        sessionToken: Credentials!.SessionToken!,
      },
    });
    for (const UserName of ["user-abroad", "user-two"]) await iam.send(new CreateUserCommand({ UserName }));
    await iam.send(
      new CreateRoleCommand({
        RoleName: "custodian",
        AssumeRolePolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: "sts:AssumeRole",
              Principal: { AWS: "arn:aws:iam::123456789012:root" },
              Condition: { StringEquals: { "sts:ExternalId": environment.MEMBER_EXTERNAL_ID } },
            },
          ],
        }),
      }),
    );
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: "custodian",
        PolicyName: "all",
        PolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: ["iam:*", "tag:*"], Resource: "*" }],
        }),
      }),
    );
    expect(await run({ policy: tagging(), resource, environment })).toMatchObject({
      exitCode: 0,
      result: { status: "succeeded", actionsTaken: 1 },
    });
    const tagsOf = async (UserName: string) => (await iam.send(new ListUserTagsCommand({ UserName }))).Tags;
    expect(await tagsOf("user-abroad")).toEqual([{ Key: "finding", Value: "yes" }]);
    expect(await tagsOf("user-two")).toEqual([]);
  }, 60_000);
});
