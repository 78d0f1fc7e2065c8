import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateClusterCommand,
  DescribeTasksCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
} from "@aws-sdk/client-ecs";
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
} from "@aws-sdk/client-lambda";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { strToU8, zipSync } from "fflate";
import type { LocalAws } from "../../local";
import { startTestAws } from "../../testing/local-aws";

jest.setTimeout(180_000);

const ACCOUNT = "123456789012";
const REGION = "us-east-1";

// Makes the call in its event and returns the response.
const FUNCTION = `
exports.handler = async ({ service, target, method = "POST", path = "/", input, fail, key }) => {
  console.log("called", service);
  if (fail) throw new Error(fail);
  const { AWS_ACCESS_KEY_ID: own, AWS_REGION: region, AWS_ENDPOINT_URL: endpoint } = process.env;
  const response = await fetch(endpoint + path, {
    method,
    headers: {
      authorization: "AWS4-HMAC-SHA256 Credential=" + (key ?? own) + "/20260101/" + region + "/" + service + "/aws4_request, x",
      ...(target ? { "x-amz-target": target } : { "content-type": "application/x-www-form-urlencoded" }),
    },
    ...(input === undefined ? {} : { body: typeof input === "string" ? input : JSON.stringify(input) }),
  });
  return { status: response.status, body: await response.text() };
};
`;

let aws: LocalAws;
let iam: IAMClient;
let lambda: LambdaClient;
let ecs: ECSClient;
let sqs: SQSClient;
let logs: CloudWatchLogsClient;
let subnet: string;
const lines: string[] = [];

beforeAll(async () => {
  aws = await startTestAws({ images: { "*": "echo started" }, log: (line) => lines.push(line) });
  const config = {
    endpoint: aws.endpoint,
    region: REGION,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  iam = new IAMClient(config);
  lambda = new LambdaClient({ ...config, maxAttempts: 1 });
  ecs = new ECSClient(config);
  sqs = new SQSClient(config);
  logs = new CloudWatchLogsClient(config);
  await sqs.send(new CreateQueueCommand({ QueueName: "q" }));
  await ecs.send(new CreateClusterCommand({ clusterName: "engines" }));
  await logs.send(new CreateLogGroupCommand({ logGroupName: "/ecs/task" }));
  subnet = await anySubnet();
});

afterAll(() => aws.stop());

/** Creates a customer managed key and returns its ARN. */
async function createKey(): Promise<string> {
  const authorization = `AWS4-HMAC-SHA256 Credential=local/20260101/${REGION}/kms/aws4_request, x`;
  const headers = { authorization, "x-amz-target": "TrentService.CreateKey" };
  const response = await fetch(aws.endpoint, { method: "POST", headers, body: "{}" });
  return ((await response.json()) as { KeyMetadata: { Arn: string } }).KeyMetadata.Arn;
}

async function anySubnet(): Promise<string> {
  const authorization = `AWS4-HMAC-SHA256 Credential=local/20260101/${REGION}/ec2/aws4_request, x`;
  const body = new URLSearchParams({ Action: "DescribeSubnets", Version: "2016-11-15" });
  const response = await fetch(aws.endpoint, { method: "POST", headers: { authorization }, body });
  return /<subnetId>([^<]+)/.exec(await response.text())?.[1] ?? "";
}

const launch = (taskDefinition: string): RunTaskCommandInput => ({
  cluster: "engines",
  taskDefinition,
  launchType: "FARGATE",
  networkConfiguration: { awsvpcConfiguration: { subnets: [subnet] } },
});

const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const queueArn = (name = "q") => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;

async function createRole(name: string, trusted: string | object, actions: string[] = []): Promise<void> {
  const Principal = typeof trusted === "string" ? { Service: trusted } : trusted;
  const Statement = [{ Effect: "Allow", Action: "sts:AssumeRole", Principal }];
  await iam.send(
    new CreateRoleCommand({
      RoleName: name,
      AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
    }),
  );
  if (actions.length > 0) await allow(name, actions);
}

async function allow(
  RoleName: string,
  Action: string | string[],
  Resource = "*",
  name = "given",
): Promise<void> {
  const Statement = [{ Effect: "Allow", Action, Resource }];
  await iam.send(
    new PutRolePolicyCommand({
      RoleName,
      PolicyName: name,
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
    }),
  );
}

const forbid = (RoleName: string) => iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "given" }));

/** A function with a role of the same name. */
async function createFunction(name: string, actions: string[] = [], trusted = "lambda.amazonaws.com") {
  await createRole(name, trusted, actions);
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: roleArn(name),
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Timeout: 5,
      Code: { ZipFile: zipSync({ "index.js": strToU8(FUNCTION) }) },
    }),
  );
}

interface ApiCall {
  service: string;
  target?: string;
  method?: string;
  path?: string;
  input?: unknown;
  /** default: the function's own */
  key?: string;
}

async function call(name: string, what: ApiCall): Promise<{ status: number; body: string }> {
  const { Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(what) }),
  );
  return JSON.parse(Buffer.from(Payload ?? []).toString());
}

async function eventually<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = Date.now() + 15_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited in vain; local AWS says: ${lines.join("\n")}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const send = {
  service: "sqs",
  target: "AmazonSQS.SendMessage",
  input: { QueueUrl: `http://127.0.0.1/${ACCOUNT}/q`, MessageBody: "x" },
};
const refused = (user: string, action: string, resource: string) =>
  `User: arn:aws:sts::${ACCOUNT}:assumed-role/${user}/${user} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;

describe("a function's calls", () => {
  beforeAll(() => createFunction("caller"));
  afterEach(() => forbid("caller").catch(() => {}));

  test("are denied without a policy, allowed as soon as there is one, denied when it is deleted", async () => {
    const answer = await call("caller", send);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({
      __type: "AccessDeniedException",
      message: refused("caller", "sqs:SendMessage", queueArn()),
    });
    await allow("caller", "sqs:SendMessage", queueArn());
    expect(await call("caller", send)).toMatchObject({ status: 200 });
    await forbid("caller");
    expect(await call("caller", send)).toMatchObject({ status: 400 });
  });

  test("are allowed by attached policies, also by AWS managed ones", async () => {
    const attached = { RoleName: "caller", PolicyArn: "arn:aws:iam::aws:policy/AmazonSQSFullAccess" };
    await iam.send(new AttachRolePolicyCommand(attached));
    expect(await call("caller", send)).toMatchObject({ status: 200 });
    await iam.send(new DetachRolePolicyCommand(attached));
    expect(await call("caller", send)).toMatchObject({ status: 400 });
  });

  test("are allowed by the queue's policy, and denied by its deny", async () => {
    const policy = (Effect: string, queue: string) => ({
      Policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect,
            Principal: { AWS: roleArn("caller") },
            Action: "sqs:SendMessage",
            Resource: queueArn(queue),
          },
        ],
      }),
    });
    const QueueName = "own";
    const own = { ...send, input: { ...send.input, QueueUrl: `http://127.0.0.1/${ACCOUNT}/own` } };
    await sqs.send(new CreateQueueCommand({ QueueName, Attributes: policy("Allow", QueueName) }));
    expect(await call("caller", own)).toMatchObject({ status: 200 });
    await sqs.send(new CreateQueueCommand({ QueueName: "other", Attributes: policy("Deny", "other") }));
    await allow("caller", "sqs:*");
    const denied = { ...send, input: { ...send.input, QueueUrl: `http://127.0.0.1/${ACCOUNT}/other` } };
    expect((await call("caller", denied)).body).toContain("with an explicit deny in a resource-based policy");
  });

  test("require permissions on the customer managed key of a queue", async () => {
    const KmsMasterKeyId = await createKey();
    await sqs.send(new CreateQueueCommand({ QueueName: "locked", Attributes: { KmsMasterKeyId } }));
    const locked = { ...send, input: { ...send.input, QueueUrl: `http://127.0.0.1/${ACCOUNT}/locked` } };
    await allow("caller", ["sqs:*", "kms:Decrypt"]);
    expect((await call("caller", locked)).body).toContain(
      refused("caller", "kms:GenerateDataKey", KmsMasterKeyId),
    );
    await allow("caller", ["sqs:*", "kms:Decrypt", "kms:GenerateDataKey"], "*");
    expect(await call("caller", locked)).toMatchObject({ status: 200 });
  });

  test("are denied with the error of S3", async () => {
    const answer = await call("caller", { service: "s3", method: "GET", path: "/b/k" });
    expect(answer.status).toBe(403);
    expect(answer.body).toBe(
      `<Error><Code>AccessDenied</Code><Message>${refused("caller", "s3:GetObject", "arn:aws:s3:::b/k")}</Message></Error>`,
    );
  });

  test("are denied when their action is unknown", async () => {
    await allow("caller", "*");
    expect(
      (await call("caller", { service: "s3", method: "PUT", path: "/b?inventory", input: "" })).body,
    ).toMatch(/does not know which permission the call/);
  });

  test("of GetCallerIdentity are always allowed", async () => {
    const answer = await call("caller", {
      service: "sts",
      input: "Action=GetCallerIdentity&Version=2011-06-15",
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toContain(`arn:aws:sts::${ACCOUNT}:assumed-role/caller/`);
  });

  test("with an assumed role have that role's permissions, if its trust policy allows it", async () => {
    const assume = (name: string) => ({
      service: "sts",
      input: `Action=AssumeRole&Version=2011-06-15&RoleSessionName=s&RoleArn=${roleArn(name)}`,
    });
    await createRole("strange", "lambda.amazonaws.com", ["sqs:*"]);
    await createRole("near", { AWS: roleArn("caller") });
    await allow("caller", ["sts:AssumeRole", "sqs:*"]);
    expect(await call("caller", assume("strange"))).toMatchObject({ status: 403 });
    const { body } = await call("caller", assume("near"));
    const key = /<AccessKeyId>([^<]+)/.exec(body)?.[1];
    expect(await call("caller", { ...send, key })).toMatchObject({ status: 400 });
    await allow("near", "sqs:SendMessage");
    expect(await call("caller", { ...send, key })).toMatchObject({ status: 200 });

    const withPolicy = (Statement: object | string) =>
      call("caller", {
        ...assume("near"),
        input: `${assume("near").input}&Policy=${encodeURIComponent(
          typeof Statement === "string" ? Statement : JSON.stringify({ Version: "2012-10-17", Statement }),
        )}`,
      });
    const sendIn = async (Action: string) => {
      const answer = await withPolicy([{ Effect: "Allow", Action, Resource: "*" }]);
      return call("caller", { ...send, key: /<AccessKeyId>([^<]+)/.exec(answer.body)?.[1] });
    };
    expect(await sendIn("sqs:Send*")).toMatchObject({ status: 200 });
    expect((await sendIn("sqs:Receive*")).body).toContain(
      "because no session policy allows the sqs:SendMessage action",
    );
    expect(await withPolicy("{")).toMatchObject({
      status: 400,
      body: expect.stringContaining("MalformedPolicyDocument"),
    });
    expect(await withPolicy(" ".repeat(2049))).toMatchObject({ status: 400 });
  });
});

describe("RunTask", () => {
  const run = () =>
    call("launcher", {
      service: "ecs",
      target: "AmazonEC2ContainerServiceV20141113.RunTask",
      input: launch("task"),
    });

  beforeAll(async () => {
    await createFunction("launcher");
    await createRole("execution", "ecs-tasks.amazonaws.com", ["logs:*"]);
    await registerTask("task", { executionRoleArn: roleArn("execution") });
  });

  test("requires permissions to run the task and to pass its role", async () => {
    expect((await run()).body).toContain("is not authorized to perform: ecs:RunTask");
    await allow("launcher", "ecs:RunTask");
    expect((await run()).body).toContain(
      `is not authorized to perform: iam:PassRole on resource: ${roleArn("execution")}`,
    );
    await allow("launcher", "iam:PassRole", roleArn("execution"), "pass");
    expect((await run()).status).toBe(200);
  });
});

describe("Lambda with the role of a function", () => {
  const logOf = async (name: string) => {
    const { events = [] } = await logs
      .send(new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${name}` }))
      .catch(() => ({ events: [] }));
    return events.map(({ message }) => message);
  };

  test.each([
    ["CreateLogStream", ["logs:CreateLogGroup", "logs:PutLogEvents"]],
    ["PutLogEvents", ["logs:CreateLogGroup", "logs:CreateLogStream"]],
  ])("runs the function without a log when logs:%s is missing", async (missing, actions) => {
    const name = `silent-${missing}`;
    await createFunction(name, [...actions, "sqs:SendMessage"]);
    expect(await call(name, send)).toMatchObject({ status: 200 });
    expect(await logOf(name)).toEqual([]);
  });

  test("writes the log with both permissions", async () => {
    await createFunction("talks", ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]);
    await call("talks", send);
    expect(await logOf("talks")).toContain("called sqs");
  });

  test("loses the record without sqs:SendMessage on the destination, and logs it", async () => {
    await createFunction("fails");
    await sqs.send(new CreateQueueCommand({ QueueName: "failed" }));
    await lambda.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: "fails",
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnFailure: { Destination: queueArn("failed") } },
      }),
    );
    const fail = () =>
      lambda.send(
        new InvokeCommand({ FunctionName: "fails", InvocationType: "Event", Payload: '{"fail":"today"}' }),
      );
    await fail();
    const line = await eventually(() =>
      lines.find((each) => each.includes(`delivered to ${queueArn("failed")}`)),
    );
    expect(line).toContain("is not authorized to perform: sqs:SendMessage");
    await allow("fails", "sqs:SendMessage", queueArn("failed"));
    await fail();
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: `${aws.endpoint}/${ACCOUNT}/failed`, WaitTimeSeconds: 10 }),
    );
    expect(Messages?.[0]?.Body).toContain("today");
  });

  test("receives no messages without the permissions on the queue", async () => {
    await createFunction("consumer");
    await sqs.send(new CreateQueueCommand({ QueueName: "buffer" }));
    await expect(
      lambda.send(
        new CreateEventSourceMappingCommand({ FunctionName: "consumer", EventSourceArn: queueArn("buffer") }),
      ),
    ).rejects.toThrow(/sqs:ReceiveMessage/);
  });

  test("cannot assume a role that does not trust it", async () => {
    await createFunction("untrusted", [], "ecs-tasks.amazonaws.com");
    await expect(call("untrusted", send)).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: "The role defined for the function cannot be assumed by Lambda.",
    });
  });
});

async function registerTask(
  family: string,
  { image = "example/worker:1", ...more }: Record<string, unknown>,
) {
  const { secrets, ...definition } = more;
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      requiresCompatibilities: ["FARGATE"],
      cpu: "256",
      memory: "512",
      containerDefinitions: [
        {
          name: "app",
          image: String(image),
          secrets: secrets as { name: string; valueFrom: string }[] | undefined,
          logConfiguration: {
            logDriver: "awslogs",
            options: {
              "awslogs-group": "/ecs/task",
              "awslogs-region": REGION,
              "awslogs-stream-prefix": family,
            },
          },
        },
      ],
      ...definition,
    }),
  );
}

describe("ECS before a task starts", () => {
  async function stopped(family: string) {
    const { tasks } = await ecs.send(new RunTaskCommand(launch(family)));
    return eventually(async () => {
      const found = await ecs.send(
        new DescribeTasksCommand({ cluster: "engines", tasks: [tasks?.[0]?.taskArn ?? ""] }),
      );
      return found.tasks?.[0]?.lastStatus === "STOPPED" ? found.tasks[0] : undefined;
    });
  }

  const secret = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:s-abcdef`;

  test.each<[string, string[], Record<string, unknown>, RegExp]>([
    [
      "logs:CreateLogStream",
      ["logs:PutLogEvents"],
      {},
      /^ResourceInitializationError: failed to validate logger args: AccessDeniedException: User: .* logs:CreateLogStream on resource: /,
    ],
    [
      "ecr:GetAuthorizationToken",
      ["logs:*", "ecr:BatchGetImage"],
      { image: `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/worker:1` },
      /^ResourceInitializationError: unable to pull secrets or registry auth: .* ecr:GetAuthorizationToken on resource: \* /,
    ],
    [
      "ecr:BatchGetImage",
      [
        "logs:*",
        "ecr:GetAuthorizationToken",
        "ecr:BatchCheckLayerAvailability",
        "ecr:GetDownloadUrlForLayer",
      ],
      { image: `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/worker:1` },
      /^CannotPullContainerError: .*403 Forbidden: .* ecr:BatchGetImage on resource: arn:aws:ecr:us-east-1:123456789012:repository\/worker /,
    ],
    [
      "secretsmanager:GetSecretValue",
      ["logs:*"],
      { secrets: [{ name: "PASSWORD", valueFrom: `${secret}:password::` }] },
      /^ResourceInitializationError: unable to pull secrets .* secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:123456789012:secret:s-abcdef /,
    ],
    [
      "ssm:GetParameters",
      ["logs:*"],
      { secrets: [{ name: "PASSWORD", valueFrom: "/db/password" }] },
      /^ResourceInitializationError: unable to pull secrets .* ssm:GetParameters on resource: arn:aws:ssm:us-east-1:123456789012:parameter\/db\/password /,
    ],
  ])("needs %s", async (missing, actions, definition, reason) => {
    const name = missing.replace(":", "-");
    await createRole(name, "ecs-tasks.amazonaws.com", actions);
    await registerTask(name, { ...definition, executionRoleArn: roleArn(name) });
    expect(await stopped(name)).toMatchObject({
      stopCode: "TaskFailedToStart",
      stoppedReason: expect.stringMatching(reason),
    });
  });

  test("cannot assume a role that does not trust it", async () => {
    await createRole("for-lambda", "lambda.amazonaws.com", ["logs:*"]);
    await createRole("for-tasks", "ecs-tasks.amazonaws.com", ["logs:*"]);
    await registerTask("untrusted-execution", { executionRoleArn: roleArn("for-lambda") });
    await registerTask("untrusted-task", {
      executionRoleArn: roleArn("for-tasks"),
      taskRoleArn: roleArn("for-lambda"),
    });
    const unable = expect.stringMatching(/^ECS was unable to assume the role '.*:role\/for-lambda'/);
    expect(await stopped("untrusted-execution")).toMatchObject({ stoppedReason: unable });
    expect(await stopped("untrusted-task")).toMatchObject({ stoppedReason: unable });
  });

  test("has no role for the log of a Fargate task without an execution role", async () => {
    await registerTask("roleless", {});
    expect(await stopped("roleless")).toMatchObject({
      stoppedReason:
        "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
    });
  });
});
