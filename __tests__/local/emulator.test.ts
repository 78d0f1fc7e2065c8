import { execFileSync } from "node:child_process";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateClusterCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
} from "@aws-sdk/client-lambda";
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { strToU8, zipSync } from "fflate";
import { type LocalAws, startLocalAws } from "../../local";

jest.setTimeout(180_000);

const ACCOUNT = "111111111111";
const REGION = "eu-west-1";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/start`;

// No bundler and no SDK: the environment of a function is enough to make a call.
const FUNCTION = `
const call = (target, input) => fetch(process.env.AWS_ENDPOINT_URL, {
  method: "POST",
  headers: {
    authorization: "AWS4-HMAC-SHA256 Credential=" + process.env.AWS_ACCESS_KEY_ID + "/20260101/" + process.env.AWS_REGION + "/ecs/aws4_request, x",
    "x-amz-target": "AmazonEC2ContainerServiceV20141113." + target,
  },
  body: JSON.stringify(input),
}).then((response) => response.json());

let calls = 0;
exports.handler = async (event, context) => {
  calls += 1;
  const detail = event.detail ?? event;
  console.log(JSON.stringify({ requestId: context.awsRequestId, what: detail.do, left: context.getRemainingTimeInMillis() }));
  if (detail.do === "throw") throw new TypeError("not today");
  if (detail.do === "exit") process.exit(3);
  if (detail.do === "sleep") await new Promise((resolve) => setTimeout(resolve, 60_000));
  if (detail.do === "describe") return { calls, arn: context.invokedFunctionArn, environment: process.env };
  return call("RunTask", {
    cluster: "engines", taskDefinition: detail.task ?? "auth", launchType: "FARGATE", clientToken: event.id,
    networkConfiguration: { awsvpcConfiguration: { subnets: [process.env.SUBNET] } },
    overrides: { containerOverrides: [{ name: "app", environment: [{ name: "EVENT_ID", value: event.id }] }] },
  });
};
`;

let aws: LocalAws;
let config: {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
};
let ecs: ECSClient;
let lambda: LambdaClient;
let events: EventBridgeClient;
let sqs: SQSClient;
let subnet: string;
let logs: CloudWatchLogsClient;
const lines: string[] = [];

beforeAll(async () => {
  aws = await startLocalAws({
    images: {
      "example/worker:*": `sh -c 'echo "event $EVENT_ID of role \${AWS_ACCESS_KEY_ID:+known}"; exit 3'`,
      "example/secret:*": `sh -c 'echo "secret $PASSWORD, arguments $*"' sh`,
      "example/server:*": `sh -c 'trap "exit 9" TERM; while true; do sleep 0.05; done'`,
    },
    log: (line) => lines.push(line),
  });
  const sts = new STSClient({ endpoint: aws.endpoint, region: REGION, credentials: credentialsOf("local") });
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/ci`, RoleSessionName: "test" }),
  );
  config = {
    endpoint: aws.endpoint,
    region: REGION,
    credentials: credentialsOf(Credentials?.AccessKeyId ?? ""),
  };
  ecs = new ECSClient(config);
  lambda = new LambdaClient({ ...config, maxAttempts: 1 });
  events = new EventBridgeClient(config);
  sqs = new SQSClient(config);
  logs = new CloudWatchLogsClient(config);
  await createRole("start");
  const subnets = await query("ec2", { Action: "DescribeSubnets", Version: "2016-11-15" });
  subnet = /<subnetId>([^<]+)/.exec(subnets)?.[1] ?? "";
  await logs.send(new CreateLogGroupCommand({ logGroupName: "/ecs/auth" }));
  await ecs.send(new CreateClusterCommand({ clusterName: "engines" }));
  await registerTask("auth", "example/worker:1");
  await registerTask("server", "example/server:1");
  await registerTask("unknown", "example/unknown:1");
  await sqs.send(new CreateQueueCommand({ QueueName: "failed" }));
  await createFunction("start");
});

afterAll(() => aws.stop());

const credentialsOf = (accessKeyId: string) => ({ accessKeyId, secretAccessKey: "any" });

/** Calls a service that has no client among the dependencies. Signatures are not checked. */
async function query(service: string, parameters: Record<string, string>): Promise<string> {
  const authorization = `AWS4-HMAC-SHA256 Credential=${config.credentials.accessKeyId}/20260101/${REGION}/${service}/aws4_request, x`;
  const body = new URLSearchParams(parameters);
  const response = await fetch(aws.endpoint, { method: "POST", headers: { authorization }, body });
  expect(response.status).toBe(200);
  return response.text();
}

async function json(service: string, target: string, input: object): Promise<void> {
  const authorization = `AWS4-HMAC-SHA256 Credential=${config.credentials.accessKeyId}/20260101/${REGION}/${service}/aws4_request, x`;
  const headers = { authorization, "x-amz-target": target, "content-type": "application/x-amz-json-1.1" };
  const response = await fetch(aws.endpoint, { method: "POST", headers, body: JSON.stringify(input) });
  expect(response.status).toBe(200);
}

async function createRole(name: string): Promise<void> {
  const trust = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { Service: ["lambda.amazonaws.com", "ecs-tasks.amazonaws.com"] },
      },
    ],
  };
  const policy = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["ecs:RunTask", "iam:PassRole", "logs:*", "sqs:*", "ssm:GetParameters"],
        Resource: "*",
      },
    ],
  };
  await query("iam", {
    Action: "CreateRole",
    Version: "2010-05-08",
    RoleName: name,
    AssumeRolePolicyDocument: JSON.stringify(trust),
  });
  await query("iam", {
    Action: "PutRolePolicy",
    Version: "2010-05-08",
    RoleName: name,
    PolicyName: "actions-of-these-tests",
    PolicyDocument: JSON.stringify(policy),
  });
}

async function registerTask(
  family: string,
  image: string,
  more: object = {},
  group = "/ecs/auth",
): Promise<void> {
  const options = { "awslogs-group": group, "awslogs-region": REGION, "awslogs-stream-prefix": family };
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      requiresCompatibilities: ["FARGATE"],
      cpu: "256",
      memory: "512",
      taskRoleArn: ROLE,
      executionRoleArn: ROLE,
      containerDefinitions: [
        { name: "app", image, ...more, logConfiguration: { logDriver: "awslogs", options } },
      ],
    }),
  );
}

async function createFunction(FunctionName: string, more: object = {}): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: ROLE,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Timeout: 2,
      Environment: { Variables: { COLOUR: "blue", SUBNET: subnet } },
      Code: { ZipFile: zipSync({ "index.js": strToU8(FUNCTION) }) },
      ...more,
    }),
  );
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName,
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: `arn:aws:sqs:${REGION}:${ACCOUNT}:failed` } },
    }),
  );
}

async function createRule(name: string, target: string, permitted: boolean): Promise<void> {
  const rule = new PutRuleCommand({ Name: name, EventPattern: JSON.stringify({ source: [`test.${name}`] }) });
  const { RuleArn } = await events.send(rule);
  const dead = `arn:aws:sqs:${REGION}:${ACCOUNT}:dead-${name}`;
  const Policy = JSON.stringify({
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: dead,
      },
    ],
  });
  await sqs.send(new CreateQueueCommand({ QueueName: `dead-${name}`, Attributes: { Policy } }));
  const Arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${target}`;
  await events.send(
    new PutTargetsCommand({ Rule: name, Targets: [{ Id: "t", Arn, DeadLetterConfig: { Arn: dead } }] }),
  );
  if (!permitted) return;
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: target,
      StatementId: name,
      Action: "lambda:InvokeFunction",
      Principal: "events.amazonaws.com",
      SourceArn: RuleArn,
    }),
  );
}

async function put(rule: string, detail: object): Promise<string> {
  const { Entries } = await events.send(
    new PutEventsCommand({
      Entries: [{ Source: `test.${rule}`, DetailType: "Start", Detail: JSON.stringify(detail) }],
    }),
  );
  return Entries?.[0]?.EventId ?? "";
}

async function nextMessage(queue: string) {
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: `${aws.endpoint}/${ACCOUNT}/${queue}`,
      WaitTimeSeconds: 10,
      VisibilityTimeout: 600,
      MessageAttributeNames: ["All"],
    }),
  );
  return Messages?.[0];
}

async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 15_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited in vain; local AWS says: ${lines.join("\n")}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function invoke(payload: object, FunctionName = "start") {
  const answer = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(payload), LogType: "Tail" }),
  );
  const log = Buffer.from(answer.LogResult ?? "", "base64").toString();
  return {
    error: answer.FunctionError,
    log,
    payload: JSON.parse(Buffer.from(answer.Payload ?? []).toString()),
  };
}

async function logLines(logGroupName: string): Promise<string[]> {
  const { events: found } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
  return (found ?? []).map(({ message }) => message ?? "");
}

const stopped = (taskArn: string) =>
  eventually(async () => {
    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: "engines", tasks: [taskArn] }));
    return tasks?.[0]?.lastStatus === "STOPPED" ? tasks[0] : undefined;
  });

const runTask = async (taskDefinition: string) => {
  const { tasks } = await ecs.send(
    new RunTaskCommand({
      cluster: "engines",
      taskDefinition,
      launchType: "FARGATE",
      networkConfiguration: { awsvpcConfiguration: { subnets: [subnet] } },
    }),
  );
  return tasks?.[0]?.taskArn ?? "";
};

describe("from an event to a task", () => {
  beforeAll(() => createRule("launch", "start", true));

  test("launches the task by the deployed function, runs its process with override and role, keeps output and exit code", async () => {
    const id = await put("launch", {});
    const [taskArn = ""] = await eventually(async () => {
      const { taskArns } = await ecs.send(
        new ListTasksCommand({ cluster: "engines", family: "auth", desiredStatus: "STOPPED" }),
      );
      return taskArns?.length ? taskArns : undefined;
    });
    const task = await stopped(taskArn);
    expect(task).toMatchObject({ stopCode: "EssentialContainerExited", containers: [{ exitCode: 3 }] });
    expect(await logLines("/ecs/auth")).toContain(`event ${id} of role known`);
    expect((await logLines("/aws/lambda/start")).join("\n")).toMatch(/"requestId"/);
  });

  test.each([
    ["throw", { errorType: "TypeError", errorMessage: "not today" }],
    [
      "exit",
      {
        errorType: "Runtime.ExitError",
        errorMessage: expect.stringMatching(/exited with error: exit status 3$/),
      },
    ],
    [
      "sleep",
      { errorType: "Sandbox.Timedout", errorMessage: expect.stringMatching(/timed out after 2.00 seconds$/) },
    ],
  ])("reports a function that ends in %s to its destination", async (what, responsePayload) => {
    await put("launch", { do: what });
    const record = JSON.parse((await nextMessage("failed"))?.Body ?? "{}");
    expect(record).toMatchObject({
      requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 1 },
      requestPayload: { source: "test.launch", account: ACCOUNT, detail: { do: what } },
      responsePayload,
    });
  });

  test("launches exactly one task when a function crashes after RunTask and is retried", async () => {
    aws.faults.set([{ service: "ecs", action: "RunTask", times: 1, fault: "crash", when: "after" }]);
    await put("launch", { task: "server" });
    const record = JSON.parse((await nextMessage("failed"))?.Body ?? "{}");
    expect(record.responsePayload).toMatchObject({ errorType: "Runtime.ExitError" });
    const { payload } = await invoke(record.requestPayload);
    const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: "engines", family: "server" }));
    expect(taskArns).toEqual([payload.tasks[0].taskArn]);
  });
});

test("sends the event to the rule's DLQ when the rule has no permission", async () => {
  await createRule("forbidden", "start", false);
  await put("forbidden", {});
  const message = await nextMessage("dead-forbidden");
  expect(JSON.parse(message?.Body ?? "{}")).toMatchObject({ source: "test.forbidden" });
  expect(message?.MessageAttributes?.ERROR_CODE?.StringValue).toBe("NO_PERMISSIONS");
});

test("sends the event to the rule's DLQ when the function does not exist", async () => {
  await createRule("nobody", "nobody", false);
  await put("nobody", {});
  expect((await nextMessage("dead-nobody"))?.MessageAttributes?.ERROR_CODE?.StringValue).toBe("NO_RESOURCE");
});

describe("function", () => {
  test("has its deployed environment and its role's credentials, and no variables of this process", async () => {
    process.env.SECRET_OF_THE_TEST = "x";
    const { payload } = await invoke({ do: "describe" });
    expect(payload.arn).toBe(`arn:aws:lambda:${REGION}:${ACCOUNT}:function:start`);
    expect(payload.environment).toMatchObject({
      COLOUR: "blue",
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_LAMBDA_FUNCTION_NAME: "start",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/start",
      AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA/),
    });
    expect(payload.environment).not.toHaveProperty("SECRET_OF_THE_TEST");
  });

  test("is warm on its second invocation", async () => {
    const first = await invoke({ do: "describe" });
    const second = await invoke({ do: "describe" });
    expect(second.payload.calls).toBe(first.payload.calls + 1);
  });

  test("returns an error with its type and the tail of the log", async () => {
    const { error, log, payload } = await invoke({ do: "throw" });
    expect(error).toBe("Unhandled");
    expect(payload).toMatchObject({ errorType: "TypeError", errorMessage: "not today" });
    expect(log).toMatch(/START RequestId: .*\n\{"requestId".*TypeError: not today.*REPORT RequestId/s);
  });

  test("is throttled when no concurrency is left", async () => {
    await createFunction("busy");
    await lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: "busy", ReservedConcurrentExecutions: 0 }),
    );
    await expect(invoke({ do: "describe" }, "busy")).rejects.toMatchObject({
      name: "TooManyRequestsException",
    });
  });

  test("returns the settings that moto loses as deployed", async () => {
    const DeadLetterConfig = { TargetArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:failed` };
    const LoggingConfig = { LogGroup: "/other", LogFormat: "Text" as const };
    await createFunction("kept", { DeadLetterConfig, LoggingConfig });
    const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: "kept" }));
    expect(Configuration).toMatchObject({ DeadLetterConfig, LoggingConfig });
  });

  test("is rejected with its name when it has another runtime", async () => {
    await createFunction("snake", { Runtime: "python3.12" });
    await expect(invoke({}, "snake")).rejects.toThrow(/Node.js functions only; snake is python3.12/);
  });

  test("is not found when it does not exist", async () => {
    await expect(invoke({}, "nobody")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});

describe("task", () => {
  test("names the known images when its image has no command", async () => {
    expect(await stopped(await runTask("unknown"))).toMatchObject({
      stopCode: "TaskFailedToStart",
      stoppedReason:
        "CannotPullContainerError: local AWS has no command for image example/unknown:1; images with a command: example/worker:*, example/secret:*, example/server:*",
    });
  });

  test("runs with its secrets and its deployed command", async () => {
    await json("ssm", "AmazonSSM.PutParameter", {
      Name: "/db/password",
      Value: "open sesame",
      Type: "SecureString",
    });
    const secrets = [
      { name: "PASSWORD", valueFrom: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/db/password` },
    ];
    await registerTask("secret", "example/secret:1", { secrets, command: ["a b", "c"] });
    await stopped(await runTask("secret"));
    expect(await logLines("/ecs/auth")).toContain("secret open sesame, arguments a b c");
  });

  test.each<[string, object, string | undefined, RegExp]>([
    [
      "a secret",
      { secrets: [{ name: "X", valueFrom: "/none" }] },
      undefined,
      /unable to retrieve secret \/none/,
    ],
    ["a log group", {}, "/ecs/none", /failed to validate logger args: ResourceNotFoundException/],
  ])("does not start without %s", async (_what, more, group, reason) => {
    await registerTask("incomplete", "example/worker:1", more, group);
    expect(await stopped(await runTask("incomplete"))).toMatchObject({
      stopCode: "TaskFailedToStart",
      stoppedReason: expect.stringMatching(reason),
    });
  });

  test("gets SIGTERM when it is stopped, and keeps its own exit code", async () => {
    const taskArn = await runTask("server");
    await eventually(async () => {
      const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: "engines", tasks: [taskArn] }));
      return tasks?.[0]?.lastStatus === "RUNNING" ? true : undefined;
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await ecs.send(new StopTaskCommand({ cluster: "engines", task: taskArn }));
    expect(await stopped(taskArn)).toMatchObject({
      stopCode: "UserInitiated",
      containers: [{ exitCode: 9 }],
    });
  });
});

test("answers on this machine for a bucket that requires TLS", async () => {
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const Bucket = "tls-only";
  await s3.send(
    new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }),
  );
  const Policy = JSON.stringify({
    Statement: [
      {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: "*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "x" }));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: "a" }));
  expect(await Body?.transformToString()).toBe("x");
});

test("keeps descriptions of security group rules with any source", async () => {
  const group = await query("ec2", {
    Action: "CreateSecurityGroup",
    GroupName: "described",
    GroupDescription: "x",
    Version: "2016-11-15",
  });
  const GroupId = /<groupId>([^<]+)/.exec(group)?.[1] ?? "";
  await query("ec2", {
    Action: "AuthorizeSecurityGroupIngress",
    Version: "2016-11-15",
    GroupId,
    "IpPermissions.1.IpProtocol": "tcp",
    "IpPermissions.1.FromPort": "443",
    "IpPermissions.1.ToPort": "443",
    "IpPermissions.1.Groups.1.GroupId": GroupId,
    "IpPermissions.1.Groups.1.Description": "from & to itself",
  });
  const rules = await query("ec2", {
    Action: "DescribeSecurityGroupRules",
    Version: "2016-11-15",
    "Filter.1.Name": "group-id",
    "Filter.1.Value.1": GroupId,
  });
  expect([...rules.matchAll(/<description>([^<]*)</g)].map(([, text]) => text)).toEqual([
    "from &amp; to itself",
  ]);
});

test("answers an unsupported call at once, with a status that is not retried", async () => {
  const authorization = `AWS4-HMAC-SHA256 Credential=local/20260101/${REGION}/ecs/aws4_request, x`;
  const headers = {
    authorization,
    "x-amz-target": "AmazonEC2ContainerServiceV20141113.SubmitTaskStateChange",
  };
  const response = await fetch(aws.endpoint, { method: "POST", headers, body: "{}" });
  expect(response.status).toBe(501);
  expect(await response.json()).toMatchObject({
    __type: "NotImplemented",
    message: expect.stringMatching(/does not have ecs:SubmitTaskStateChange/),
  });
});

test("separates accounts", async () => {
  const other = new SQSClient({ ...config, credentials: credentialsOf("local") });
  const { QueueUrl } = await other.send(new CreateQueueCommand({ QueueName: "failed" }));
  expect(QueueUrl).toBe(`${aws.endpoint}/123456789012/failed`);
});

test("rejects a port in use with what to do, and leaves no moto running", async () => {
  const port = Number(new URL(aws.endpoint).port);
  await expect(startLocalAws({ port })).rejects.toThrow(
    `Port ${port} is in use on 127.0.0.1, perhaps by another local AWS: stop what listens there, or choose another port with --port.`,
  );
  expect(childrenOf(process.pid).filter((line) => line.includes("moto.server"))).toHaveLength(1);
});

test("rejects a folder without Python with its name", async () => {
  await expect(startLocalAws({ python: "/no/such/venv" })).rejects.toThrow(
    /No Python at \/no\/such\/venv\/bin\/python/,
  );
});

function childrenOf(pid: number): string[] {
  const rows = execFileSync("ps", ["-eo", "ppid=,args="], { encoding: "utf8" }).split("\n");
  return rows.filter((row) => Number.parseInt(row, 10) === pid);
}
