import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PolicyRunner, type PolicyRunnerProps } from "../../src/systems/policy-runner";
import { evaluate } from "../local/permissions";
import { policiesOfRole } from "./role-policies";
import { only, synthesize } from "./synth";

const example = join(__dirname, "../../examples/policy-runner");

const folder = mkdtempSync(join(tmpdir(), "policy-runner-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a file into the folder of this test, and returns its path. */
const written = (file: string, text: string | Buffer): string => {
  const path = join(folder, file);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
  return path;
};

const runner = (
  props: Partial<PolicyRunnerProps> = {},
  look: (made: PolicyRunner) => void = () => undefined,
) =>
  synthesize((stack) =>
    look(
      new PolicyRunner(stack, "custodian", {
        name: "custodian",
        network: { availabilityZones: ["eu-west-1a", "eu-west-1b"] },
        image: "ghcr.io/acme/custodian-worker:1",
        sources: { hub: { preset: "security_hub" } },
        policiesFolder: join(example, "policies"),
        mappingsFile: join(example, "policy-mappings.json"),
        ...props,
      }),
    ),
  );

type Made = ReturnType<typeof runner>;

const objectKeys = (made: Made) => Object.values(made.aws_s3_object!).map(({ key }) => key);
const policiesOf = (made: Made): Record<string, string> =>
  Object.fromEntries(
    Object.values(made.aws_iam_role_policy!).map(({ name, policy }) => [String(name), String(policy)]),
  );
/** Variables of the container, without what is in tokens. */
const variablesOf = (made: Made): Record<string, string> => {
  const { container_definitions } = only(made, "aws_ecs_task_definition");
  const text = String(container_definitions).replace(/\$\{.*?\}/g, "");
  const variables = [...text.matchAll(/\{"name":"([A-Z_]+)","value":"(.*?)"\}/g)];
  return Object.fromEntries(variables.map(([, name, value]) => [name, value]));
};

test("puts the policies and the mapping file into the policy bucket", () => {
  const made = runner();
  expect(objectKeys(made).sort()).toEqual([
    "config/policy-mappings.json",
    "policies/ec2-public-instance.yml",
    "policies/iam-user-compromised.yml",
    "policies/rds-public-instance.yml",
    "policies/s3-createbucket.yml",
    "policies/security-group-open.yml",
  ]);
});

test("puts policies in folders under their path, and nothing that is no policy", () => {
  written("nested/s3/a.yaml", "policies: []");
  written("nested/b.json", "{}");
  written("nested/README.md", "none");
  const mappingsFile = written("nested.json", '{"version":"2.0","mappings":[]}');
  const made = runner({ policiesFolder: join(folder, "nested"), mappingsFile });
  expect(objectKeys(made).sort()).toEqual([
    "config/policy-mappings.json",
    "policies/b.json",
    "policies/s3/a.yaml",
  ]);
});

test("has a rule for each source, which sends findings as they are", () => {
  const sources: PolicyRunnerProps["sources"] = {
    hub: { preset: "security_hub", minimumSeverity: "HIGH" },
    buckets: { preset: "cloudtrail", source: ["aws.s3"], eventNames: ["CreateBucket"] },
  };
  const made = runner({ sources }, ({ eventRuleArns }) =>
    expect(Object.keys(eventRuleArns)).toEqual(["buckets", "hub"]),
  );
  const rules = Object.values(made.aws_cloudwatch_event_rule!);
  expect(rules.map(({ name, state }) => [name, state])).toEqual(
    expect.arrayContaining([
      ["custodian-buckets", "ENABLED"],
      ["custodian-hub", "ENABLED"],
      ["custodian-task-failed", "ENABLED"],
    ]),
  );
  for (const target of Object.values(made.aws_cloudwatch_event_target!))
    expect(target.input_transformer).toBeUndefined();
});

test("disables the rules of all sources by one switch, but not the one for ended tasks", () => {
  const rules = Object.values(runner({ enabled: false }).aws_cloudwatch_event_rule!);
  expect(Object.fromEntries(rules.map(({ name, state }) => [name, state]))).toEqual({
    "custodian-hub": "DISABLED",
    "custodian-task-failed": "ENABLED",
  });
});

test("a crash is retried once by default", () => {
  const settings = (props: Partial<PolicyRunnerProps>) => {
    const { environment } = only(runner(props), "aws_lambda_function") as {
      environment: { variables: Record<string, string> };
    };
    return JSON.parse(environment.variables.ECS_LAUNCH_SETTINGS!).onFailure;
  };
  expect(settings({})).toEqual({ action: "retry", maxAttempts: 2, backoffSeconds: 60 });
  expect(settings({ onFailure: { backoffSeconds: 5 } })).toEqual({
    action: "retry",
    maxAttempts: 2,
    backoffSeconds: 5,
  });
  expect(settings({ onFailure: { action: "alarm" } })).toBeUndefined();
});

test("the container gets its job, and nothing that was not asked for", () => {
  expect(variablesOf(runner())).toEqual({ JOB: "run-policy", LOG_LEVEL: "INFO" });
});

test("the task role may read the policies and what is asked for, and change only resources of that type", () => {
  expect(Object.keys(policiesOf(runner())).filter((name) => name.startsWith("runner-"))).toEqual([
    "runner-read-policies",
  ]);
  const policies = policiesOf(runner({ permissions: ["iam-user"] }));
  expect(policies["runner-iam-user"]).toContain('"iam:UpdateAccessKey"],"Effect":"Allow","Resource":"arn:');
  expect(policies["runner-iam-user"]).toContain(":iam::*:user/*");
});

test("findings of member accounts are acted on with exactly their roles", () => {
  const memberAccounts = {
    accountIds: ["111122223333", "222233334444"],
    roleName: "remediation",
    externalId: "runner-7",
  };
  const made = runner({ memberAccounts });
  expect(variablesOf(made)).toMatchObject({
    MEMBER_ROLE_NAME: "remediation",
    MEMBER_EXTERNAL_ID: "runner-7",
  });
  const policy = policiesOf(made)["runner-assume-member-roles"]!;
  expect(policy.match(/iam::\d+:role\/remediation"/g)).toEqual([
    'iam::111122223333:role/remediation"',
    'iam::222233334444:role/remediation"',
  ]);
  const { environment } = only(made, "aws_lambda_function") as {
    environment: { variables: Record<string, string> };
  };
  expect(environment.variables.MEMBER_ACCOUNTS).toBe("111122223333,222233334444");
  expect(environment.variables.WORKER_ROLES).toContain("iam::222233334444:role/remediation");
});

describe("permissions", () => {
  const account = "123456789012";
  const ecs = (resource: string) => `arn:aws:ecs:eu-west-1:${account}:${resource}`;
  const role = (name: string, of = account) => `arn:aws:iam::${of}:role/${name}`;
  const policyBucket = "arn:aws:s3:::custodian-policy-1";
  const payloadBucket = "arn:aws:s3:::custodian-payload-1";
  const outputBucket = "arn:aws:s3:::custodian-output-1";
  const otherBucket = "arn:aws:s3:::orders";
  const onCluster = { "ecs:cluster": ecs("cluster/custodian") };
  const toTasks = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };
  const definition = ecs("task-definition/custodian-custodian-worker:1");
  const instance = `arn:aws:ec2:eu-west-1:${account}:instance/i-0a1b2c3d4e5f60718`;
  const logOf = (group: string) => `arn:aws:logs:eu-west-1:${account}:log-group:${group}:log-stream:a`;

  const made = runner({
    image: `${account}.dkr.ecr.eu-west-1.amazonaws.com/custodian-worker:1`,
    permissions: ["s3"],
    memberAccounts: { accountIds: ["111122223333"], roleName: "remediation" },
    createOutputBucket: true,
  });
  const decide = (name: string, action: string, resource: string, context: Record<string, string>) =>
    evaluate({ roleArn: role(name), documents: policiesOfRole(made, name) }, action, resource, context);

  type Request = [what: string, action: string, resource: string, context?: Record<string, string>];
  const roles: Record<string, { allowed: Request[]; denied: Request[] }> = {
    "custodian-run-policy": {
      allowed: [
        ["run its task", "ecs:RunTask", definition, onCluster],
        ["pass the task role", "iam:PassRole", role("custodian-custodian-worker-task"), toTasks],
        ["pass the execution role", "iam:PassRole", role("custodian-custodian-worker-execution"), toTasks],
        ["read the mapping file", "s3:GetObject", `${policyBucket}/config/policy-mappings.json`],
        ["read a policy", "s3:GetObject", `${policyBucket}/policies/a.yml`],
        ["write a payload", "s3:PutObject", `${payloadBucket}/payloads/a.json`],
      ],
      denied: [
        ["run another task", "ecs:RunTask", ecs("task-definition/orders:1"), onCluster],
        [
          "run its task on another cluster",
          "ecs:RunTask",
          definition,
          { "ecs:cluster": ecs("cluster/orders") },
        ],
        ["stop a task", "ecs:StopTask", ecs("task/custodian/a"), onCluster],
        ["change a task definition", "ecs:RegisterTaskDefinition", "*"],
        ["pass another role", "iam:PassRole", role("administrator"), toTasks],
        ["pass its own role", "iam:PassRole", role("custodian-run-policy"), toTasks],
        [
          "pass the task role to a function",
          "iam:PassRole",
          role("custodian-custodian-worker-task"),
          { "iam:PassedToService": "lambda.amazonaws.com" },
        ],
        ["assume the role of members", "sts:AssumeRole", role("remediation", "111122223333")],
        ["write the mapping file", "s3:PutObject", `${policyBucket}/config/policy-mappings.json`],
        ["write a policy", "s3:PutObject", `${policyBucket}/policies/a.yml`],
        ["delete a policy", "s3:DeleteObject", `${policyBucket}/policies/a.yml`],
        ["read output files", "s3:GetObject", `${outputBucket}/policies/a/resources.json`],
        ["read another bucket", "s3:GetObject", `${otherBucket}/a`],
        ["change a bucket as the policies do", "s3:PutBucketPublicAccessBlock", otherBucket],
        [
          "invoke another function",
          "lambda:InvokeFunction",
          `arn:aws:lambda:eu-west-1:${account}:function:orders`,
        ],
      ],
    },
    "custodian-custodian-worker-task": {
      allowed: [
        ["read a policy in a version", "s3:GetObjectVersion", `${policyBucket}/policies/a.yml`],
        ["read its payload", "s3:GetObject", `${payloadBucket}/payloads/a.json`],
        ["write output files", "s3:PutObject", `${outputBucket}/policies/a/resources.json`],
        ["block public access to a bucket", "s3:PutBucketPublicAccessBlock", otherBucket],
        ["assume the role of members", "sts:AssumeRole", role("remediation", "111122223333")],
      ],
      denied: [
        ["read a policy without naming its version", "s3:GetObject", `${policyBucket}/policies/a.yml`],
        ["read the mapping file", "s3:GetObjectVersion", `${policyBucket}/config/policy-mappings.json`],
        ["write the mapping file", "s3:PutObject", `${policyBucket}/config/policy-mappings.json`],
        ["write a policy", "s3:PutObject", `${policyBucket}/policies/a.yml`],
        ["delete a policy", "s3:DeleteObject", `${policyBucket}/policies/a.yml`],
        ["write a payload", "s3:PutObject", `${payloadBucket}/payloads/a.json`],
        ["read launch records", "s3:GetObject", `${payloadBucket}/launches/a.json`],
        ["read output files", "s3:GetObject", `${outputBucket}/policies/a/resources.json`],
        ["delete output files", "s3:DeleteObject", `${outputBucket}/policies/a/resources.json`],
        ["read objects of the buckets that it changes", "s3:GetObject", `${otherBucket}/a`],
        ["write objects into the buckets that it changes", "s3:PutObject", `${otherBucket}/a`],
        ["change the policy of a bucket", "s3:PutBucketPolicy", otherBucket],
        ["delete a bucket", "s3:DeleteBucket", otherBucket],
        ["change what was not asked for", "ec2:StopInstances", instance],
        ["run tasks", "ecs:RunTask", definition, onCluster],
        ["pass its role", "iam:PassRole", role("custodian-custodian-worker-task"), toTasks],
        ["assume another role of a member", "sts:AssumeRole", role("administrator", "111122223333")],
        ["assume a role of another account", "sts:AssumeRole", role("remediation", "222233334444")],
        ["assume a role of its own account", "sts:AssumeRole", role("remediation")],
      ],
    },
    "custodian-custodian-worker-execution": {
      allowed: [
        ["write the task's log", "logs:PutLogEvents", logOf("/ecs/custodian-custodian-worker")],
        [
          "pull the image",
          "ecr:BatchGetImage",
          `arn:aws:ecr:eu-west-1:${account}:repository/custodian-worker`,
        ],
      ],
      denied: [
        ["write the function's log", "logs:PutLogEvents", logOf("/aws/lambda/custodian-run-policy")],
        ["pull another image", "ecr:BatchGetImage", `arn:aws:ecr:eu-west-1:${account}:repository/orders`],
        ["push an image", "ecr:PutImage", `arn:aws:ecr:eu-west-1:${account}:repository/custodian-worker`],
        ["read a policy", "s3:GetObject", `${policyBucket}/policies/a.yml`],
        [
          "read a secret",
          "secretsmanager:GetSecretValue",
          `arn:aws:secretsmanager:eu-west-1:${account}:secret:a-abcdef`,
        ],
      ],
    },
  };

  describe.each(Object.entries(roles))("the role %s", (name, { allowed, denied }) => {
    test.each(allowed)("is allowed to %s", async (_what, action, resource, context = {}) => {
      expect(await decide(name, action, resource, context)).toBe("Allowed");
    });

    test.each(denied)("is not allowed to %s", async (_what, action, resource, context = {}) => {
      expect(await decide(name, action, resource, context)).toBe("ImplicitlyDenied");
    });
  });
});

test("an output bucket, a repository and a queue of results are there when asked for", () => {
  const made = runner({
    createOutputBucket: true,
    createRepository: true,
    repository: { keepImages: 7 },
    notificationQueue: {
      url: "https://sqs.eu-west-1.amazonaws.com/123456789012/results",
      arn: "arn:aws:sqs:eu-west-1:123456789012:results",
    },
  });
  expect(Object.keys(variablesOf(made)).sort()).toEqual([
    "JOB",
    "LOG_LEVEL",
    "NOTIFICATION_QUEUE_URL",
    "OUTPUT_BUCKET",
  ]);
  expect(only(made, "aws_ecr_repository").name).toBe("custodian-custodian-worker");
  expect(Object.keys(policiesOf(made))).toEqual(
    expect.arrayContaining(["grant-output", "grant-notifications"]),
  );
});

const document = (...statements: object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = { Effect: "Allow", Resource: "*" };

test.each<[string, Partial<PolicyRunnerProps>, string]>([
  ["no source", { sources: {} }, "sources is empty; give at least one source of findings."],
  [
    "a source of a reserved name",
    { sources: { "task-failed": { preset: "macie" } } },
    'sources names "task-failed"; a source\'s name has 1 to 35',
  ],
  [
    "a severity that a source does not have",
    { sources: { rules: { preset: "config", minimumSeverity: "HIGH" } } },
    'sources.rules.minimumSeverity is "HIGH" with preset "config"',
  ],
  [
    "cloudtrail without calls",
    { sources: { calls: { preset: "cloudtrail" } } },
    'sources.calls.preset "cloudtrail" has source [] and eventNames []',
  ],
  [
    "unknown permissions",
    { permissions: ["lambda"] as never },
    'permissions is "lambda"; allowed are "ec2", "iam-user", "rds", "s3", "security-group".',
  ],
  [
    "a policy with the name of the system's own",
    { policies: { "runner-s3": document() } },
    'policies names "runner-s3"; names that begin with "runner-"',
  ],
  [
    "a policy that allows everything",
    { policies: { all: document({ ...allow, Action: "*" }) } },
    'policies has "all", which allows all actions, or all but some; name the actions',
  ],
  [
    "a policy that allows everything among others",
    { policies: { all: document({ ...allow, Action: ["s3:GetObject", "*:*"] }) } },
    'policies has "all", which allows all actions',
  ],
  [
    "a policy that allows all but some",
    { policies: { most: document({ ...allow, NotAction: "iam:*" }) } },
    'policies has "most", which allows all actions, or all but some',
  ],
  [
    "an account without 12 digits",
    { memberAccounts: { accountIds: ["1"], roleName: "remediation" } },
    'memberAccounts.accountIds is "1"; it takes at least one ID',
  ],
  [
    "no account",
    { memberAccounts: { accountIds: [], roleName: "remediation" } },
    "memberAccounts.accountIds is empty; it takes at least one ID",
  ],
  [
    "a role by its ARN",
    { memberAccounts: { accountIds: ["111122223333"], roleName: "arn:aws:iam::111122223333:role/a" } },
    "memberAccounts.roleName is",
  ],
  [
    "an external id with spaces",
    { memberAccounts: { accountIds: ["111122223333"], roleName: "a", externalId: "a b" } },
    'memberAccounts.externalId is "a b"; it has 2 to 1224',
  ],
  ["EC2", { capacity: "EC2" }, 'capacity is "EC2"; allowed are "FARGATE", "FARGATE_SPOT", and the name of a'],
  [
    "a capacity provider that the created cluster does not have",
    { capacity: "gpu" },
    'capacity is "gpu", and the created cluster has the capacity providers "FARGATE", "FARGATE_SPOT"; give an existingCluster that has it.',
  ],
  [
    "an output bucket whose objects expire at once",
    { createOutputBucket: true, outputExpirationDays: 0 },
    "outputExpirationDays is 0; it takes whole numbers from 1.",
  ],
  [
    "a repository that keeps nothing",
    { createRepository: true, repository: { keepImages: 0 } },
    "repository.keepImages is 0; it takes whole numbers from 1.",
  ],
  [
    "a default policy that is asked to act and is absent",
    { useDefaultPolicy: true },
    "useDefaultPolicy is true and defaultPolicy is absent; give the key of the policy.",
  ],
  [
    "a default policy that is in no file",
    { defaultPolicy: "policies/none.yml" },
    'defaultPolicy is "policies/none.yml", which is not in policiesFolder; the policies are "policies/ec2',
  ],
  [
    "a network that is neither created nor given",
    { createNetwork: false },
    "createNetwork is false and existingNetwork is absent",
  ],
  [
    "a folder that is not there",
    { policiesFolder: "/nowhere" },
    'policiesFolder is "/nowhere", which has no file that ends with .yml, .yaml or .json',
  ],
  ["a mapping file that is not there", { mappingsFile: "/nowhere.json" }, 'mappingsFile: "/nowhere.json"'],
])("refuses %s", (_what, props, message) => {
  expect(() => runner(props)).toThrow(message);
});

const entry = (id: string, key: string) => ({ id, match: { source: ["aws.s3"] }, policy: { key } });

test.each<[string, string, string]>([
  ["is no JSON", "{", "mapping file: Expected property name"],
  ["has another version", '{"version":"3.0"}', 'version: expected "2.0" or "1.0", found "3.0".'],
  [
    "has an id twice",
    JSON.stringify({
      version: "2.0",
      mappings: [entry("a", "policies/s3-createbucket.yml"), entry("a", "policies/s3-createbucket.yml")],
    }),
    'mappings[1].id: expected an id that no earlier entry has, found "a".',
  ],
  [
    "names a policy that is not there",
    JSON.stringify({ version: "2.0", mappings: [entry("a", "policies/s3.yml")] }),
    'policy file "policies/s3.yml" is missing.',
  ],
])("refuses a mapping file that %s", (_what, text, message) => {
  const mappingsFile = written("mappings.json", text);
  expect(() => runner({ mappingsFile })).toThrow(`mappingsFile is "${mappingsFile}"; line 1: ${message}`);
});

test("warns of a mapping that is never reached", () => {
  const mappings = ["a", "b"].map((id) => entry(id, "policies/s3-createbucket.yml"));
  const mappingsFile = written("shadowed.json", JSON.stringify({ version: "2.0", mappings }));
  const warnings: string[] = [];
  runner({ mappingsFile }, ({ node }) => warnings.push(...node.metadata.map(({ data }) => String(data))));
  expect(warnings).toEqual([
    expect.stringContaining(`mappingsFile is "${mappingsFile}"; line 1: entry "b" is never reached`),
  ]);
});

test("refuses a policy that is no text", () => {
  written("binary/a.yml", Buffer.from([0xff, 0xfe, 0xff]));
  expect(() => runner({ policiesFolder: join(folder, "binary") })).toThrow(
    `policiesFolder: "${join(folder, "binary", "a.yml")}" cannot be read as text`,
  );
});

test("adopts the layout of docs/migrate.md", () => {
  const guide = readFileSync(join(__dirname, "../../docs/migrate.md"), "utf8");
  const [, example = ""] = guide.split("## From a Cloud Custodian layout with a Python function");
  const pairsAfter = (text: string): Record<string, string> =>
    Object.fromEntries(
      [
        ...example
          .split(text)[1]!
          .split("}")[0]!
          .matchAll(/^ +['"](.+)['"]: "(.+)",$/gm),
      ].map(([, address, value]) => [address, value]),
    );
  const adopted = pairsAfter("adoptFrom(");
  expect(Object.values(adopted)).toEqual(
    expect.arrayContaining(["aws_ecs_cluster.custodian", "aws_ecs_task_definition.custodian_worker"]),
  );
  const resources = Object.values(adopted).map((address) => {
    const [type, name] = address.split(".");
    return { mode: "managed", type, name, instances: [{ attributes: {} }] };
  });
  const state = written("before.tfstate", JSON.stringify({ version: 4, resources }));
  const made = runner({ names: pairsAfter("names:") }, (custodian) =>
    custodian.adoptFrom(adopted, { state }),
  );
  expect(only(made, "aws_ecs_cluster").name).toBe("custodian-cluster");
  expect(only(made, "aws_ecs_task_definition").family).toBe("custodian-worker");
});

describe("with workers", () => {
  const served = () => runner({ mode: "service", workers: { min: 2 } });

  test("the function sends runs to the queue and may not run tasks", () => {
    const made = served();
    expect(made.aws_iam_policy).toBeUndefined();
    const actions = Object.values(policiesOf(made)).join();
    expect(actions).not.toMatch(/ecs:RunTask|iam:PassRole/);
    expect(policiesOf(made).policies).toContain('"sqs:SendMessage"');
  });

  test("the worker takes runs, claims and reports them, and has no other permission of a queue", () => {
    const { "custodian-take-runs": text } = policiesOf(served());
    expect([...text!.matchAll(/"Action":(\[.*?\]|".*?")/g)].map(([, action]) => action)).toEqual([
      '["sqs:ReceiveMessage","sqs:DeleteMessage","sqs:ChangeMessageVisibility"]',
      '"sqs:SendMessage"',
      '["s3:PutObject","s3:GetObject"]',
    ]);
    expect(text).toContain("/claims/*");
  });

  test("the task runs the job that takes runs from the queue", () => {
    expect(variablesOf(served()).JOB).toBe("run-queued-policies");
    expect(variablesOf(runner()).JOB).toBe("run-policy");
    expect(only(served(), "aws_appautoscaling_target")).toMatchObject({ min_capacity: 2, max_capacity: 4 });
  });

  test.each([
    [{ mode: "queue" as "task" }, 'mode is "queue"; allowed are "task", "service".'],
    [{ workers: { min: 5 } }, "workers.min is 5 and workers.max is 4; both take whole numbers"],
    [{ workers: { runsPerWorker: 0.5 } }, "workers.runsPerWorker is 0.5; it takes whole numbers from 1."],
  ])("refuses %j", (props, message) => expect(() => runner(props)).toThrow(message));
});
