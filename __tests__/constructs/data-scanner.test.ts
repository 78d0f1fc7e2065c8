import { TerraformVariable, Token } from "cdktf";
import { DataScanner, type DataScannerProps } from "../../src/systems/data-scanner";
import { evaluate } from "../local/permissions";
import { policiesOfRole, resolvedPolicy } from "./role-policies";
import { only, synthesize } from "./synth";

const scanner = (
  props: Partial<DataScannerProps> = {},
  look: (made: DataScanner) => void = () => undefined,
) =>
  synthesize((stack) =>
    look(
      new DataScanner(stack, "scanner", {
        name: "aws-data-scanner",
        network: { availabilityZones: ["eu-west-1a", "eu-west-1b"] },
        image: "scanner:1",
        ...props,
      }),
    ),
  );

type Made = ReturnType<typeof scanner>;

const existing = {
  createNetwork: false,
  existingNetwork: {
    vpcId: "vpc-0a1b2c3d4e5f60718",
    subnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"],
  },
  createCluster: false,
  existingCluster: { name: "shared", arn: "arn:aws:ecs:eu-west-1:123456789012:cluster/shared" },
};

const namesOf = (made: Made, type: string, attribute: string): string[] =>
  Object.values(made[type] ?? {})
    .map((resource) => String(resource[attribute]))
    .sort();

const variablesOf = (made: Made, name: string): Record<string, string> =>
  (
    only(made, "aws_lambda_function", { function_name: name }) as {
      environment: { variables: Record<string, string> };
    }
  ).environment.variables;

test("names everything after name and environment", () => {
  const made = scanner();
  expect(namesOf(made, "aws_lambda_function", "function_name")).toEqual([
    "aws-data-scanner-jobs-dev",
    "aws-data-scanner-list-objects-dev",
    "aws-data-scanner-migrate-database-dev",
    "aws-data-scanner-results-dev",
    "aws-data-scanner-scan-dev",
  ]);
  expect(namesOf(made, "aws_cloudwatch_log_group", "name")).toEqual(
    expect.arrayContaining([
      "/ecs/aws-data-scanner-scanner-worker-dev",
      "/aws/lambda/aws-data-scanner-scan-dev",
      "/aws/lambda/aws-data-scanner-jobs-dev",
      "/aws/lambda/aws-data-scanner-results-dev",
    ]),
  );
  for (const { retention_in_days } of Object.values(made.aws_cloudwatch_log_group!))
    expect(retention_in_days).toBe(7);
  expect(namesOf(scanner({ environment: "production" }), "aws_ecs_service", "name")).toEqual([
    "aws-data-scanner-scanner-worker-production",
  ]);
});

test("fits the longest name and environment into the names of all resources", () => {
  expect(() =>
    scanner({
      name: "abcdefghijklmnopqrst",
      environment: "production",
      createBastion: true,
      createRepository: true,
    }),
  ).not.toThrow();
});

test("gives each function its environment", () => {
  const made = scanner({ scanBucketNames: ["incoming"], createDataBucket: false, logLevel: "DEBUG" });
  expect(variablesOf(made, "aws-data-scanner-scan-dev")).toMatchObject({
    ALLOWED_BUCKETS: "incoming",
    LIST_OBJECTS_FUNCTION: "aws-data-scanner-list-objects-dev",
    DEDUPLICATION_WINDOW_MINUTES: "10",
    DB_PORT: "5432",
    DB_NAME: "scanner",
    LOG_LEVEL: "DEBUG",
    NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem",
  });
  expect(Object.keys(variablesOf(made, "aws-data-scanner-list-objects-dev"))).toEqual(
    expect.arrayContaining(["SQS_QUEUE_URL", "ECS_CLUSTER", "ECS_SERVICE"]),
  );
});

test("functions and workers are changed after the migration, which needs the network", () => {
  const made = scanner();
  const [migration] = Object.keys(made.aws_lambda_invocation!);
  const address = `aws_lambda_invocation.${migration}`;
  const after = (type: string) =>
    Object.values(made[type]!).filter(({ depends_on }) =>
      (depends_on as string[] | undefined)?.includes(address),
    );
  expect(after("aws_lambda_function").map(({ function_name }) => function_name)).not.toContain(
    "aws-data-scanner-migrate-database-dev",
  );
  expect(after("aws_lambda_function")).toHaveLength(4);
  expect(after("aws_ecs_service")).toHaveLength(1);
  const needed = only(made, "aws_lambda_invocation").depends_on as string[];
  for (const type of [
    "aws_db_instance",
    "aws_nat_gateway",
    "aws_vpc_security_group_ingress_rule",
    "aws_vpc_security_group_egress_rule",
    "aws_iam_role_policy",
  ])
    expect(needed.some((dependency) => dependency.startsWith(`${type}.`))).toBe(true);
  expect(needed).not.toContain(expect.stringMatching(/aws_ecs_service/));
});

test("the database is reached by workers, functions and the bastion, and nothing else is reached", () => {
  const clients = (made: Made) =>
    Object.values(made.aws_vpc_security_group_ingress_rule!)
      .map(({ description, from_port }) => `${description} ${from_port}`)
      .sort();
  const functions = ["jobs", "list-objects", "migrate-database", "results", "scan"];
  const of = (names: readonly string[]) => names.map((name) => `PostgreSQL from ${name} 5432`).sort();
  expect(clients(scanner())).toEqual(of([...functions, "worker"]));
  expect(clients(scanner({ createBastion: true }))).toEqual(of([...functions, "worker", "bastion"]));
});

test("the alarm of objects that were given up adds what the sweep and the workers count", () => {
  const made = scanner();
  const { metric_query } = only(made, "aws_cloudwatch_metric_alarm", {
    alarm_name: "aws-data-scanner-objects-given-up-dev",
  }) as { metric_query: { metric?: { dimensions: { Function: string } } }[] };
  const { container_definitions } = only(made, "aws_ecs_task_definition", {}) as {
    container_definitions: string;
  };
  const emitters = metric_query.flatMap(({ metric }) => (metric ? [metric.dimensions.Function] : []));
  expect(emitters[0]).toContain("aws_lambda_function");
  expect(emitters[1]).toBe("aws-data-scanner-scanner-worker-dev");
  expect(container_definitions).toContain(`"name":"WORKER_NAME","value":"${emitters[1]}"`);
});

test("a sweep runs every five minutes", () => {
  const schedule = only(scanner(), "aws_scheduler_schedule");
  expect(schedule).toMatchObject({
    schedule_expression: "rate(5 minutes)",
    target: { input: '{"sweep":true}', retry_policy: { maximum_event_age_in_seconds: 300 } },
  });
});

test("outputs what exists, and nothing of what does not", () => {
  scanner({}, (made) => {
    expect(made.repositoryUrl).toBeUndefined();
    expect(made.bastionCommands).toEqual({});
    expect(made.apiDomainTargetName).toBeUndefined();
    expect(made.scanBucketNames).toHaveLength(1);
  });
  scanner(
    { ...existing, createDataBucket: false, scanBucketNames: ["data"], createBastion: true },
    (made) => {
      expect(made.dataBucketName).toBeUndefined();
      expect(made.scanBucketNames).toEqual(["data"]);
      expect(Object.keys(made.bastionCommands)).toEqual(["database"]);
      expect(made.clusterName).toBe("shared");
    },
  );
});

test("takes numbers that only Terraform knows", () => {
  const made = synthesize((stack) => {
    const number = (id: string) => new TerraformVariable(stack, id, { type: "number" }).numberValue;
    new DataScanner(stack, "scanner", {
      name: "aws-data-scanner",
      network: { availabilityZones: ["eu-west-1a", "eu-west-1b"] },
      image: "scanner:1",
      maxFileSizeMib: number("size"),
      database: { port: number("port") },
    });
  });
  expect(String(only(made, "aws_ecs_task_definition").container_definitions)).toContain(
    "tostring(var.size * 1048576)",
  );
  expect(variablesOf(made, "aws-data-scanner-jobs-dev").DB_PORT).toBe("${var.port}");
});

test.each<[Partial<DataScannerProps>, string]>([
  [{ name: "aws--scanner" }, 'name is "aws--scanner"; a name has 1 to 20'],
  [{ name: "abcdefghijklmnopqrstu" }, "name has 21 characters"],
  [{ environment: "Dev" }, 'environment is "Dev"; it has 1 to 10 lower-case letters and digits'],
  [
    { scanBucketNames: ["arn:aws:s3:::data"] },
    'scanBucketNames is "arn:aws:s3:::data"; the name of a bucket',
  ],
  [{ createDataBucket: false }, "scanBucketNames is empty and createDataBucket is false"],
  [
    { scanBucketKmsKeyArns: ["alias/data"] },
    'scanBucketKmsKeyArns is "alias/data"; it takes ARNs of KMS keys',
  ],
  [{ maxFileSizeMib: 0.5 }, "maxFileSizeMib is 0.5; it takes whole numbers from 1."],
  [
    { deduplicationWindowMinutes: 2880 },
    "deduplicationWindowMinutes is 2880; it takes whole numbers from 1 to 1440.",
  ],
  [{ capacity: "EC2" }, 'capacity is "EC2"; allowed are "FARGATE", "FARGATE_SPOT", and the name of a'],
  [
    { capacity: "gpu" },
    'capacity is "gpu", and the created cluster has the capacity providers "FARGATE", "FARGATE_SPOT"; give an existingCluster that has it.',
  ],
  [{ logLevel: "debug" as "DEBUG" }, 'logLevel is "debug"; allowed are'],
  [{ api: { authorization: "COGNITO" as "NONE" } }, 'api.authorization is "COGNITO"; allowed are'],
  [
    { reservedConcurrency: { jobs: -2 } },
    "reservedConcurrency.jobs is -2; Lambda takes whole numbers from 0",
  ],
  [
    { database: { instanceClass: "t3.micro" } },
    'database.instanceClass is "t3.micro"; it takes a class of RDS',
  ],
  [{ workers: { min: 3, max: 2 } }, "workers.min is 3 and workers.max is 2"],
  [{ existingNetwork: existing.existingNetwork }, "createNetwork is true and existingNetwork is given"],
  [{ network: undefined }, "network is absent; give it with two or more availabilityZones"],
  [
    { scanBucketNames: Token.asList("${var.names}") },
    "scanBucketNames is a token that only Terraform resolves",
  ],
  [{ names: { "aws_sqs_queue.dead": "a" } }, 'names has "aws_sqs_queue.dead"'],
])("refuses %j", (props, message) => {
  expect(() => scanner(props)).toThrow(message);
});

describe("permissions", () => {
  const account = "123456789012";
  const made = scanner({ scanBucketNames: ["incoming"], createDataBucket: false });
  const name = (part: string) => `aws-data-scanner-${part}-dev`;
  const lambda = (part: string) => `arn:aws:lambda:eu-west-1:${account}:function:${name(part)}`;
  const queue = `arn:aws:sqs:eu-west-1:${account}:${name("scan-jobs")}`;
  const secret = `arn:aws:secretsmanager:eu-west-1:${account}:secret:rds!db-AbCdEf`;
  const service = (name: string) => `arn:aws:ecs:eu-west-1:${account}:service/cluster/${name}`;
  const keyPolicy = resolvedPolicy(made, String(only(made, "aws_kms_key").policy));
  const decide = (role: string, action: string, resource: string) =>
    evaluate(
      { roleArn: `arn:aws:iam::${account}:role/${role}`, documents: policiesOfRole(made, role) },
      action,
      resource,
      {},
      action.startsWith("kms:") ? keyPolicy : undefined,
    );

  const worker = `${name("scanner-worker")}-task`;
  test.each([
    ["scan", name("scan"), "lambda:InvokeFunction", lambda("list-objects")],
    ["scan", name("scan"), "secretsmanager:GetSecretValue", secret],
    ["list-objects", name("list-objects"), "s3:ListBucket", "arn:aws:s3:::incoming"],
    ["list-objects", name("list-objects"), "sqs:SendMessage", queue],
    ["list-objects", name("list-objects"), "sqs:GetQueueAttributes", queue],
    ["list-objects", name("list-objects"), "lambda:InvokeFunction", lambda("list-objects")],
    ["list-objects", name("list-objects"), "ecs:UpdateService", service(name("scanner-worker"))],
    ["jobs", name("jobs"), "secretsmanager:GetSecretValue", secret],
    ["results", name("results"), "secretsmanager:GetSecretValue", secret],
    ["migrate-database", name("migrate-database"), "secretsmanager:GetSecretValue", secret],
    ["a worker", worker, "s3:GetObject", "arn:aws:s3:::incoming/a.txt"],
    ["a worker", worker, "s3:GetObjectVersion", "arn:aws:s3:::incoming/a.txt"],
    ["a worker", worker, "s3:ListBucket", "arn:aws:s3:::incoming"],
    ["a worker", worker, "sqs:ReceiveMessage", queue],
    ["a worker", worker, "sqs:DeleteMessage", queue],
    ["a worker", worker, "sqs:ChangeMessageVisibility", queue],
    ["a worker", worker, "secretsmanager:GetSecretValue", secret],
    ["a worker", worker, "kms:GenerateMac", `arn:aws:kms:eu-west-1:${account}:key/made-here`],
    [
      "a worker",
      worker,
      "ecs:UpdateTaskProtection",
      `arn:aws:ecs:eu-west-1:${account}:task/aws-data-scanner-dev/1`,
    ],
  ])("%s: %s may %s on %s", async (_who, role, action, resource) => {
    expect(await decide(role, action, resource)).toBe("Allowed");
  });

  test.each([
    ["scan", name("scan"), "lambda:InvokeFunction", lambda("migrate-database")],
    ["scan", name("scan"), "sqs:SendMessage", queue],
    ["scan", name("scan"), "s3:ListBucket", "arn:aws:s3:::incoming"],
    ["list-objects", name("list-objects"), "s3:GetObject", "arn:aws:s3:::incoming/a.txt"],
    ["list-objects", name("list-objects"), "s3:ListBucket", "arn:aws:s3:::orders"],
    ["list-objects", name("list-objects"), "ecs:UpdateService", service("orders")],
    ["jobs", name("jobs"), "lambda:InvokeFunction", lambda("list-objects")],
    ["results", name("results"), "sqs:SendMessage", queue],
    ["a worker", worker, "s3:PutObject", "arn:aws:s3:::incoming/a.txt"],
    ["a worker", worker, "s3:GetObject", "arn:aws:s3:::orders/a.txt"],
    ["a worker", worker, "sqs:SendMessage", queue],
    ["a worker", worker, "kms:GenerateMac", `arn:aws:kms:eu-west-1:${account}:key/other`],
    ["a worker", worker, "kms:VerifyMac", `arn:aws:kms:eu-west-1:${account}:key/made-here`],
    ["a worker", worker, "secretsmanager:GetSecretValue", `${secret}-other`],
  ])("%s: %s may not %s on %s", async (_who, role, action, resource) => {
    expect(await decide(role, action, resource)).not.toBe("Allowed");
  });
});
