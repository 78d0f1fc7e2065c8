import type { LocalAws } from "../../local";
import { startTestAws } from "../../testing/local-aws";
import { runPython } from "../../testing/policy-runs/python";
import { createPolicyRunner, type PolicyRunOutcome, readPolicy } from "../../testing/policy-runs/run";

type Ids = Record<string, [string, string]>;
type State = Record<string, Record<string, unknown>>;

let aws: LocalAws;
let run: Awaited<ReturnType<typeof createPolicyRunner>>;
let ids: Ids;
beforeAll(async () => {
  aws = await startTestAws();
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
