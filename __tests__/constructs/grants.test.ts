import { readFileSync } from "node:fs";
import { join } from "node:path";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { type TerraformStack, TerraformVariable } from "cdktf";
import { Bucket } from "../../src/bucket";
import { accesses, type Grant } from "../../src/core/grants";
import { Handler } from "../../src/handler";
import { Queue } from "../../src/queue";
import { Task, type TaskProps } from "../../src/task";
import { evaluate } from "../local/permissions";
import { only, synthesize } from "./synth";

const account = "eu-west-1:123456789012";
const bucket = "arn:aws:s3:::bottles";
const queue = `arn:aws:sqs:${account}:jobs`;
const secret = `arn:aws:secretsmanager:${account}:secret:engines/auth-AbCdEf`;
const parameter = `arn:aws:ssm:${account}:parameter/engines/licence`;
const table = `arn:aws:dynamodb:${account}:table/orders`;
const key = `arn:aws:kms:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

/** That of a new key: it allows what IAM policies of the account allow. */
const keyPolicy = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "kms:*", Resource: "*" },
  ],
};

const task = (props: Partial<TaskProps>, then: (task: Task, stack: TerraformStack) => void = () => {}) =>
  synthesize((stack) => {
    const made = new Task(stack, "auth", {
      name: "auth",
      clusterArn: "arn:aws:ecs:eu-west-1:123456789012:cluster/engines",
      vpcId: "vpc-0a1b2c3d4e5f60718",
      subnetIds: ["subnet-0a1b2c3d4e5f60718"],
      image: "ghcr.io/acme/auth:1",
      ...props,
    });
    then(made, stack);
  });

type Resources = ReturnType<typeof synthesize>;

const grantPolicies = (resources: Resources): Record<string, string> =>
  Object.fromEntries(
    Object.values(resources.aws_iam_role_policy!)
      .filter(({ name }) => String(name).startsWith("grant-"))
      .map(({ name, policy }) => [String(name), String(policy)]),
  );

const decisions = (resources: Resources) => {
  const documents = Object.entries(grantPolicies(resources)).map(([name, policy]) => ({
    name,
    policy: JSON.parse(policy) as object,
  }));
  const role = { roleArn: "arn:aws:iam::123456789012:role/auth-task", documents };
  return (action: string, resource: string, context: Record<string, string> = {}) =>
    evaluate(role, action, resource, context, resource === key ? keyPolicy : undefined);
};

/** What each grant allows, and the nearest things that it does not. */
const cases: [Grant, allowed: [string, string, object?][], denied: [string, string, object?][]][] = [
  [
    { access: "read-objects", arn: bucket, objects: "incoming/*", kmsKeyArn: key },
    [
      ["s3:GetObject", `${bucket}/incoming/a/b`],
      ["s3:ListBucket", bucket, { "s3:prefix": "incoming/" }],
      ["kms:Decrypt", key],
    ],
    [
      ["s3:GetObject", `${bucket}/other`],
      ["s3:GetObject", "arn:aws:s3:::bottles2/incoming/a"],
      ["s3:ListBucket", bucket],
      ["s3:ListBucket", bucket, { "s3:prefix": "" }],
      ["s3:PutObject", `${bucket}/incoming/a`],
      ["s3:DeleteObject", `${bucket}/incoming/a`],
      ["kms:GenerateDataKey", key],
    ],
  ],
  [
    { access: "read-objects", arn: bucket },
    [
      ["s3:GetObject", `${bucket}/a`],
      ["s3:ListBucket", bucket],
    ],
    [["s3:PutObject", `${bucket}/a`]],
  ],
  [
    { access: "put-objects", arn: bucket, objects: "reports/*", kmsKeyArn: key },
    [
      ["s3:PutObject", `${bucket}/reports/a`],
      ["s3:AbortMultipartUpload", `${bucket}/reports/a`],
      ["kms:GenerateDataKey", key],
      ["kms:Decrypt", key],
    ],
    [
      ["s3:PutObject", `${bucket}/a`],
      ["s3:GetObject", `${bucket}/reports/a`],
      ["s3:PutObjectAcl", `${bucket}/reports/a`],
      ["s3:DeleteObject", `${bucket}/reports/a`],
    ],
  ],
  [
    { access: "consume-messages", arn: queue, kmsKeyArn: key },
    [
      ["sqs:ReceiveMessage", queue],
      ["sqs:DeleteMessage", queue],
      ["sqs:ChangeMessageVisibility", queue],
      ["sqs:GetQueueAttributes", queue],
      ["kms:Decrypt", key],
    ],
    [
      ["sqs:SendMessage", queue],
      ["sqs:PurgeQueue", queue],
      ["sqs:ReceiveMessage", `${queue}2`],
      ["kms:GenerateDataKey", key],
    ],
  ],
  [
    { access: "send-messages", arn: queue, kmsKeyArn: key },
    [
      ["sqs:SendMessage", queue],
      ["kms:GenerateDataKey", key],
      ["kms:Decrypt", key],
    ],
    [
      ["sqs:ReceiveMessage", queue],
      ["sqs:DeleteMessage", queue],
    ],
  ],
  [
    { access: "read-secret", arn: secret, kmsKeyArn: key },
    [
      ["secretsmanager:GetSecretValue", secret],
      ["secretsmanager:DescribeSecret", secret],
      ["kms:Decrypt", key],
    ],
    [
      ["secretsmanager:PutSecretValue", secret],
      ["secretsmanager:GetSecretValue", `arn:aws:secretsmanager:${account}:secret:other-AbCdEf`],
    ],
  ],
  [
    { access: "read-parameter", arn: parameter, kmsKeyArn: key },
    [
      ["ssm:GetParameter", parameter],
      ["ssm:GetParameters", parameter],
      ["kms:Decrypt", key],
    ],
    [
      ["ssm:PutParameter", parameter],
      ["ssm:GetParameter", `${parameter}/more`],
    ],
  ],
  [
    { access: "read-table", arn: table, kmsKeyArn: key },
    [
      ["dynamodb:GetItem", table],
      ["dynamodb:BatchGetItem", table],
      ["dynamodb:Query", `${table}/index/by-date`],
      ["dynamodb:Scan", table],
      ["kms:Decrypt", key],
    ],
    [
      ["dynamodb:PutItem", table],
      ["dynamodb:DeleteTable", table],
      ["dynamodb:GetItem", `${table}2`],
      ["kms:Encrypt", key],
    ],
  ],
  [
    { access: "write-table", arn: table, kmsKeyArn: key },
    [
      ["dynamodb:PutItem", table],
      ["dynamodb:UpdateItem", table],
      ["dynamodb:DeleteItem", table],
      ["dynamodb:BatchWriteItem", table],
      ["kms:Encrypt", key],
    ],
    [
      ["dynamodb:GetItem", table],
      ["dynamodb:DeleteTable", table],
    ],
  ],
];

test("every kind of grant is evaluated", () => {
  expect([...new Set(cases.map(([{ access }]) => access))].sort()).toEqual([...accesses].sort());
});

test.each(cases)(
  "%j allows its actions on its resource, and nothing near them",
  async (grant, allowed, denied) => {
    const decide = decisions(task({ grants: { it: grant } }));
    for (const [action, resource, context] of allowed)
      expect([action, resource, await decide(action, resource, context as Record<string, string>)]).toEqual([
        action,
        resource,
        "Allowed",
      ]);
    for (const [action, resource, context] of denied)
      expect([action, resource, await decide(action, resource, context as Record<string, string>)]).toEqual([
        action,
        resource,
        "ImplicitlyDenied",
      ]);
  },
);

test("without a key, no use of a key is allowed", () => {
  for (const [{ kmsKeyArn: _, ...grant }] of cases)
    expect(JSON.stringify(grantPolicies(task({ grants: { it: grant } })))).not.toContain("kms:");
});

test("methods make the same policies as the prop", () => {
  const options = (name: string) => ({ key: name, kmsKeyArn: key });
  const byMethod = task({}, (made) => {
    made.grantRead(bucket, "incoming/*", options("a"));
    made.grantPut(bucket, "reports/*", options("b"));
    made.grantConsume(queue, options("c"));
    made.grantSend(queue, options("d"));
    made.grantSecret(secret, options("e"));
    made.grantParameter(parameter, options("f"));
    made.grantTableRead(table, options("g"));
    made.grantTableWrite(table, options("h"));
    made.grant("i", { access: "read-objects", arn: bucket });
  });
  const grants: Record<string, Grant> = {
    a: { access: "read-objects", arn: bucket, objects: "incoming/*", kmsKeyArn: key },
    b: { access: "put-objects", arn: bucket, objects: "reports/*", kmsKeyArn: key },
    c: { access: "consume-messages", arn: queue, kmsKeyArn: key },
    d: { access: "send-messages", arn: queue, kmsKeyArn: key },
    e: { access: "read-secret", arn: secret, kmsKeyArn: key },
    f: { access: "read-parameter", arn: parameter, kmsKeyArn: key },
    g: { access: "read-table", arn: table, kmsKeyArn: key },
    h: { access: "write-table", arn: table, kmsKeyArn: key },
    i: { access: "read-objects", arn: bucket },
  };
  expect(byMethod).toEqual(task({ grants }));
});

test("a construct gives its ARN, and the key of the grant", () => {
  const made = task({}, (auth, stack) => {
    auth.grantRead(new Bucket(stack, "incoming", { bucketPrefix: "in-", expirationDays: 7 }));
    auth.grantPut(new S3Bucket(stack, "reports"));
    auth.grantSend(new Queue(stack, "jobs", { name: "jobs" }));
    auth.grantSecret(secret);
  });
  const policies = grantPolicies(made);
  expect(Object.keys(policies).sort()).toEqual([
    "grant-put-objects-reports",
    "grant-read-objects-incoming",
    "grant-read-secret-auth-AbCdEf",
    "grant-send-messages-jobs",
  ]);
  expect(policies["grant-read-objects-incoming"]).toMatch(/aws_s3_bucket\.incoming_\w+\.arn/);
  expect(policies["grant-put-objects-reports"]).toContain("aws_s3_bucket.reports.arn");
  expect(policies["grant-send-messages-jobs"]).toMatch(/aws_sqs_queue\.jobs_\w+\.arn/);
});

test("the task definition is there only after the grants of its role", () => {
  const made = task({ grants: { jobs: { access: "send-messages", arn: queue } } }, (auth) =>
    auth.grantRead(bucket),
  );
  const { depends_on } = only(made, "aws_ecs_task_definition") as { depends_on: string[] };
  const ids = Object.entries(made.aws_iam_role_policy!)
    .filter(([, { name }]) => String(name).startsWith("grant-"))
    .map(([id]) => `aws_iam_role_policy.${id}`);
  expect(ids).toHaveLength(2);
  expect(depends_on).toEqual(expect.arrayContaining(ids));
});

test("a handler takes the same grants", () => {
  const grants: Record<string, Grant> = { jobs: { access: "consume-messages", arn: queue } };
  const made = synthesize((stack) => {
    const scan = new Handler(stack, "scan", {
      name: "scan",
      filename: join(__dirname, "../../modules/launcher/start-task.zip"),
      deadLetterQueueArn: queue,
      grants,
    });
    scan.grantRead(bucket, "incoming/*", { key: "in" });
  });
  expect(grantPolicies(made)).toEqual(
    grantPolicies(
      task({ grants: { ...grants, in: { access: "read-objects", arn: bucket, objects: "incoming/*" } } }),
    ),
  );
});

test("values that only Terraform knows are not checked", () => {
  task({}, (auth, stack) => {
    const arn = new TerraformVariable(stack, "arn", { type: "string" }).stringValue;
    auth.grantTableRead(arn, { key: "table", kmsKeyArn: arn });
  });
});

test.each<[Record<string, Grant>, string]>([
  [
    { "a b": { access: "read-objects", arn: bucket } },
    'grants names "a b"; a grant\'s key has 1 to 122 letters',
  ],
  [
    { a: { access: "read" as "read-table", arn: bucket } },
    'grants.a.access is "read"; allowed are "read-objects", "put-objects", "consume-messages", "send-messages", "read-secret", "read-parameter", "read-table", "write-table".',
  ],
  [
    { a: { access: "read-objects", arn: `${bucket}/incoming` } },
    `grants.a.arn is "${bucket}/incoming"; read-objects takes the ARN of an S3 bucket, such as "arn:aws:s3:::incoming"; give keys in objects.`,
  ],
  [
    { a: { access: "send-messages", arn: "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs" } },
    "send-messages takes the ARN of an SQS queue",
  ],
  [{ a: { access: "read-secret", arn: parameter } }, "read-secret takes the ARN of a Secrets Manager secret"],
  [{ a: { access: "read-parameter", arn: secret } }, "read-parameter takes the ARN of an SSM parameter."],
  [
    { a: { access: "write-table", arn: `${table}/index/b` } },
    "write-table takes the ARN of a DynamoDB table.",
  ],
  [
    { a: { access: "send-messages", arn: queue, objects: "a" } },
    'grants.a.objects is "a" with access "send-messages"; only read-objects and put-objects take objects.',
  ],
  [
    { a: { access: "read-objects", arn: bucket, objects: "" } },
    'grants.a.objects is ""; it takes keys of objects',
  ],
])("refuses %j", (grants, message) => {
  expect(() => task({ grants })).toThrow(message);
});

test("refuses a key that another grant or policy has", () => {
  const twice = (auth: Task) => {
    auth.grantRead(bucket, "a/*");
    auth.grantRead(bucket, "b/*");
  };
  expect(() => task({}, twice)).toThrow(
    'grants has two grants with the key "read-objects-bottles"; give one of them another key.',
  );
  expect(() =>
    task({ policies: { "grant-read-objects-bottles": "{}" } }, (auth) => auth.grantRead(bucket)),
  ).toThrow('grants has the key "read-objects-bottles" and policies the name "grant-read-objects-bottles"');
});

test("refuses an ARN that only Terraform knows without a key", () => {
  const granted = (auth: Task, stack: TerraformStack) =>
    auth.grantSecret(new TerraformVariable(stack, "arn", { type: "string" }).stringValue);
  expect(() => task({}, granted)).toThrow(
    "A grant of read-secret has an ARN that only Terraform knows, so it has no default key; give key.",
  );
});

test("the modules task and handler have the same grants", () => {
  const grants = (module: string) =>
    readFileSync(join(__dirname, `../../modules/${module}/grants.tf`), "utf8");
  expect(grants("handler")).toBe(grants("task"));
});
