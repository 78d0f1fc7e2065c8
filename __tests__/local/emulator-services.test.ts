import { request } from "node:http";
import {
  APIGatewayClient,
  CreateBasePathMappingCommand,
  CreateDeploymentCommand,
  CreateDomainNameCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  GetResourcesCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  PutRestApiCommand,
} from "@aws-sdk/client-api-gateway";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  DeleteEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListTagsCommand,
} from "@aws-sdk/client-lambda";
import { CreateScheduleCommand, DeleteScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  ValidateStateMachineDefinitionCommand,
} from "@aws-sdk/client-sfn";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { strToU8, zipSync } from "fflate";
import type { LocalAws } from "../../local";
import { startTestAws } from "../../testing/local-aws";

jest.setTimeout(180_000);

const REGION = "us-east-1";
const ACCOUNTS = ["123456789012", "111111111111"];

// Sends its event to the queue "seen", fails if the event says so, and returns a response for API Gateway.
const FUNCTION = `
exports.handler = async (event) => {
  const { AWS_ACCESS_KEY_ID: key, AWS_REGION: region, AWS_ENDPOINT_URL: endpoint, SEEN: QueueUrl } = process.env;
  await fetch(endpoint, {
    method: "POST",
    headers: {
      authorization: "AWS4-HMAC-SHA256 Credential=" + key + "/20260101/" + region + "/sqs/aws4_request, x",
      "x-amz-target": "AmazonSQS.SendMessage",
    },
    body: JSON.stringify({ QueueUrl, MessageBody: JSON.stringify(event) }),
  });
  if (event.fail) throw Object.assign(new Error("no"), { name: event.fail });
  const bad = (event.Records ?? []).filter(({ body }) => body === "bad");
  if (event.Records) return { batchItemFailures: bad.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  return { statusCode: 200, body: JSON.stringify({ got: event.body ?? null }) };
};
`;

const lines: string[] = [];
let aws: LocalAws;

/** One account with the function "start", the queues "work" and "seen", and a role that is allowed everything but what a test denies. */
async function account(id: string) {
  const config = {
    endpoint: aws.endpoint,
    region: REGION,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  const { Credentials } = await new STSClient(config).send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${id}:role/ci`, RoleSessionName: "test" }),
  );
  const own = {
    ...config,
    credentials: { ...config.credentials, accessKeyId: Credentials?.AccessKeyId ?? "" },
  };
  const clients = {
    api: new APIGatewayClient(own),
    events: new EventBridgeClient(own),
    iam: new IAMClient(own),
    lambda: new LambdaClient({ ...own, maxAttempts: 1 }),
    scheduler: new SchedulerClient({ ...own, maxAttempts: 1 }),
    sfn: new SFNClient({ ...own, maxAttempts: 1 }),
    sqs: new SQSClient(own),
  };
  const { iam, lambda, sqs } = clients;
  const queueUrl = (name: string) => `${aws.endpoint}/${id}/${name}`;
  const role = async (name: string, service: string, actions: string[]) => {
    const trust = [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } }];
    const given = [{ Effect: "Allow", Action: actions, Resource: "*" }];
    const document = (Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
    await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: document(trust) }));
    if (actions.length > 0) {
      await iam.send(
        new PutRolePolicyCommand({ RoleName: name, PolicyName: "given", PolicyDocument: document(given) }),
      );
    }
    return `arn:aws:iam::${id}:role/${name}`;
  };
  for (const QueueName of ["work", "seen", "dead"]) await sqs.send(new CreateQueueCommand({ QueueName }));
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: "start",
      Role: await role("start", "lambda.amazonaws.com", ["sqs:*"]),
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Timeout: 5,
      Environment: { Variables: { SEEN: queueUrl("seen") } },
      Code: { ZipFile: zipSync({ "index.js": strToU8(FUNCTION) }) },
    }),
  );
  const receive = async (name: string) => {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl(name),
        WaitTimeSeconds: 10,
        VisibilityTimeout: 600,
        MessageAttributeNames: ["All"],
      }),
    );
    if (!Messages?.[0]) throw new Error(`nothing came to ${name}; local AWS says: ${lines.join("\n")}`);
    return Messages[0];
  };
  return {
    ...clients,
    functionArn: `arn:aws:lambda:${REGION}:${id}:function:start`,
    id,
    queueArn: (name: string) => `arn:aws:sqs:${REGION}:${id}:${name}`,
    role,
    send: (name: string, MessageBody: string) =>
      sqs.send(new SendMessageCommand({ QueueUrl: queueUrl(name), MessageBody })),
    /** The events of the function, or the messages of another queue. */
    seen: async () => JSON.parse((await receive("seen")).Body ?? ""),
    receive,
    left: async (name: string) => {
      const AttributeNames = [
        "ApproximateNumberOfMessages" as const,
        "ApproximateNumberOfMessagesNotVisible" as const,
      ];
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl(name), AttributeNames }),
      );
      return Object.values(Attributes ?? {}).reduce((sum, count) => sum + Number(count), 0);
    },
  };
}

let one: Awaited<ReturnType<typeof account>>;
let two: Awaited<ReturnType<typeof account>>;

beforeAll(async () => {
  aws = await startTestAws({ log: (line) => lines.push(line) });
  [one, two] = (await Promise.all(ACCOUNTS.map(account))) as [typeof one, typeof two];
});

afterAll(() => aws.stop());

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (
    const end = Date.now() + 10_000;
    Date.now() < end;
    await new Promise((resolve) => setTimeout(resolve, 50))
  ) {
    if (await holds()) return;
  }
  throw new Error(`waited in vain; local AWS says: ${lines.join("\n")}`);
}

describe("event source mapping", () => {
  test("invokes the function of its own account, and keeps failed messages", async () => {
    const mappings = await Promise.all(
      [one, two].map(({ lambda, queueArn }) =>
        lambda.send(
          new CreateEventSourceMappingCommand({
            FunctionName: "start",
            EventSourceArn: queueArn("work"),
            FunctionResponseTypes: ["ReportBatchItemFailures"],
            ScalingConfig: { MaximumConcurrency: 2 },
            Tags: { a: "b" },
          }),
        ),
      ),
    );
    await one.send("work", "good");
    await two.send("work", "bad");
    expect(await one.seen()).toMatchObject({
      Records: [{ body: "good", eventSourceARN: one.queueArn("work") }],
    });
    expect(await two.seen()).toMatchObject({
      Records: [{ body: "bad", eventSourceARN: two.queueArn("work") }],
    });
    await eventually(async () => (await one.left("work")) === 0);
    expect(await two.left("work")).toBe(1);
    const found = await one.lambda.send(new ListEventSourceMappingsCommand({ FunctionName: "start" }));
    expect(found.EventSourceMappings).toMatchObject([
      {
        UUID: mappings[0]?.UUID,
        State: "Enabled",
        ScalingConfig: { MaximumConcurrency: 2 },
        LastModified: expect.any(Date),
      },
    ]);
    const Resource = mappings[0]?.EventSourceMappingArn;
    expect(await one.lambda.send(new ListTagsCommand({ Resource }))).toMatchObject({ Tags: { a: "b" } });
    await one.lambda.send(new DeleteEventSourceMappingCommand({ UUID: mappings[0]?.UUID }));
    await two.lambda.send(new DeleteEventSourceMappingCommand({ UUID: mappings[1]?.UUID }));
    await one.send("work", "late");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await one.left("work")).toBe(1);
  });
});

describe("schedule", () => {
  const create = (target: { Arn: string; RoleArn: string }, more: object = {}) =>
    one.scheduler.send(
      new CreateScheduleCommand({
        Name: "often",
        ScheduleExpression: "rate(1 hour)",
        FlexibleTimeWindow: { Mode: "OFF" },
        Target: {
          ...target,
          Input: JSON.stringify({
            id: "<aws.scheduler.schedule-arn>",
            time: "<aws.scheduler.scheduled-time>",
          }),
          ...more,
        },
      }),
    );
  afterEach(() => one.scheduler.send(new DeleteScheduleCommand({ Name: "often" })));

  test("invokes a function when its role is allowed to", async () => {
    const RoleArn = await one.role("schedule", "scheduler.amazonaws.com", ["lambda:InvokeFunction"]);
    await create({ Arn: one.functionArn, RoleArn });
    expect(await one.seen()).toEqual({
      id: `arn:aws:scheduler:${REGION}:${one.id}:schedule/default/often`,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
  });

  test("sends its input to the DLQ when its role is not allowed to", async () => {
    const RoleArn = await one.role("powerless", "scheduler.amazonaws.com", ["sqs:SendMessage"]);
    await create({ Arn: one.functionArn, RoleArn }, { DeadLetterConfig: { Arn: one.queueArn("dead") } });
    expect((await one.receive("dead")).MessageAttributes).toMatchObject({
      ERROR_CODE: { StringValue: "AccessDeniedException" },
      ERROR_MESSAGE: {
        StringValue: expect.stringMatching(/not authorized to perform: lambda:InvokeFunction/),
      },
    });
  });
});

test("rejects a schedule whose role does not trust the scheduler", async () => {
  const RoleArn = await one.role("distrustful", "lambda.amazonaws.com", ["lambda:InvokeFunction"]);
  const refused = one.scheduler.send(
    new CreateScheduleCommand({
      Name: "never",
      ScheduleExpression: "rate(1 hour)",
      FlexibleTimeWindow: { Mode: "OFF" },
      Target: { Arn: one.functionArn, RoleArn },
    }),
  );
  await expect(refused).rejects.toMatchObject({
    name: "ValidationException",
    message: expect.stringMatching(/must allow AWS EventBridge Scheduler to assume the role/),
  });
});

describe("state machine", () => {
  const definition = JSON.stringify({
    StartAt: "Start",
    States: {
      Start: {
        Type: "Task",
        Resource: "arn:aws:states:::lambda:invoke",
        Parameters: { FunctionName: "start", "Payload.$": "$" },
        ResultPath: "$.result",
        Catch: [{ ErrorEquals: ["UnknownService"], ResultPath: "$.error", Next: "Report" }],
        Next: "Report",
      },
      Report: {
        Type: "Task",
        Resource: "arn:aws:states:::sqs:sendMessage",
        Parameters: { "QueueUrl.$": "$.report", MessageBody: { "error.$": "$.error.Error" } },
        ResultPath: null,
        End: true,
      },
    },
  });

  const ended = async (executionArn: string | undefined) => {
    let found: { status?: string; error?: string; cause?: string } = {};
    await eventually(async () => {
      found = await two.sfn.send(new DescribeExecutionCommand({ executionArn }));
      return found.status !== "RUNNING";
    });
    return found;
  };

  test("runs with its role, catches by the type of a function's error, sends events, and is started by a rule", async () => {
    expect(await two.sfn.send(new ValidateStateMachineDefinitionCommand({ definition }))).toMatchObject({
      result: "OK",
    });
    const roleArn = await two.role("machine", "states.amazonaws.com", [
      "lambda:InvokeFunction",
      "sqs:SendMessage",
    ]);
    const { stateMachineArn = "" } = await two.sfn.send(
      new CreateStateMachineCommand({ name: "launch", definition, roleArn }),
    );
    const RoleArn = await two.role("rule", "events.amazonaws.com", ["states:StartExecution"]);
    const pattern = { source: ["aws.states"], detail: { status: ["SUCCEEDED"], name: ["first"] } };
    await two.events.send(new PutRuleCommand({ Name: "again", EventPattern: JSON.stringify(pattern) }));
    const report = `${aws.endpoint}/${two.id}/dead`;
    const Input = JSON.stringify({ fail: "UnknownService", report, nth: 2 });
    await two.events.send(
      new PutTargetsCommand({ Rule: "again", Targets: [{ Id: "t", Arn: stateMachineArn, RoleArn, Input }] }),
    );
    const input = JSON.stringify({ fail: "UnknownService", report, nth: 1 });
    const { executionArn } = await two.sfn.send(
      new StartExecutionCommand({ stateMachineArn, name: "first", input }),
    );
    expect(await ended(executionArn)).toMatchObject({ status: "SUCCEEDED" });
    expect(await two.seen()).toMatchObject({ nth: 1 });
    expect(JSON.parse((await two.receive("dead")).Body ?? "")).toEqual({ error: "UnknownService" });
    expect(await two.seen()).toMatchObject({ nth: 2 });
  });

  test("fails with AWS's error when its role has no permission", async () => {
    const roleArn = await two.role("idle", "states.amazonaws.com", []);
    const { stateMachineArn } = await two.sfn.send(
      new CreateStateMachineCommand({ name: "idle", definition, roleArn }),
    );
    const { executionArn } = await two.sfn.send(new StartExecutionCommand({ stateMachineArn, input: "{}" }));
    expect(await ended(executionArn)).toMatchObject({
      status: "FAILED",
      error: "Lambda.AWSLambdaException",
      cause: expect.stringMatching(/not authorized to perform: lambda:InvokeFunction/),
    });
  });

  test("is invalid when a state has no next state", async () => {
    const wrong = definition.replace('"StartAt":"Start"', '"StartAt":"Nowhere"');
    expect(
      await two.sfn.send(new ValidateStateMachineDefinitionCommand({ definition: wrong })),
    ).toMatchObject({
      result: "FAIL",
      diagnostics: [{ severity: "ERROR" }],
    });
  });
});

describe("REST API", () => {
  const uri = () =>
    `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${one.functionArn}/invocations`;
  const permit = (restApiId: string | undefined) =>
    one.lambda.send(
      new AddPermissionCommand({
        FunctionName: "start",
        StatementId: `api-${restApiId}`,
        Action: "lambda:InvokeFunction",
        Principal: "apigateway.amazonaws.com",
        SourceArn: `arn:aws:execute-api:${REGION}:${one.id}:${restApiId}/*/POST/*`,
      }),
    );
  const post = async (restApiId: string | undefined, path: string, headers: Record<string, string> = {}) => {
    const url = `${aws.endpoint}/restapis/${restApiId}/prod/_user_request_${path}`;
    const response = await fetch(url, { method: "POST", headers, body: "x" });
    return [response.status, await response.json()];
  };
  // fetch does not allow to set Host.
  const statusOf = (path: string, host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const sent = request(aws.endpoint + path, { method: "POST", headers: { host } }, (reply) => {
        reply.resume();
        resolve(reply.statusCode);
      });
      sent.on("error", reject);
      sent.end("x");
    });
  const signature = `AWS4-HMAC-SHA256 Credential=local/20260101/${REGION}/execute-api/aws4_request, x`;

  test("answers as deployed by resources, with signatures and the permission of the function", async () => {
    const { id: restApiId } = await one.api.send(new CreateRestApiCommand({ name: "engines" }));
    const { items } = await one.api.send(new GetResourcesCommand({ restApiId }));
    const parentId = items?.[0]?.id;
    const httpMethod = "POST";
    for (const [pathPart, authorizationType] of [
      ["open", "NONE"],
      ["guarded", "AWS_IAM"],
    ] as const) {
      const { id: resourceId } = await one.api.send(
        new CreateResourceCommand({ restApiId, parentId, pathPart }),
      );
      const method = { restApiId, resourceId, httpMethod };
      await one.api.send(new PutMethodCommand({ ...method, authorizationType }));
      const integration = { type: "AWS_PROXY" as const, integrationHttpMethod: "POST", uri: uri() };
      await one.api.send(new PutIntegrationCommand({ ...method, ...integration }));
    }
    expect(await post(restApiId, "/open")).toEqual([403, { message: "Forbidden" }]);
    await one.api.send(new CreateDeploymentCommand({ restApiId, stageName: "prod" }));
    expect(await post(restApiId, "/open")).toEqual([500, { message: "Internal server error" }]);
    expect(lines.at(-1)).toMatch(/has no permission to invoke .*function:start/);
    await permit(restApiId);
    expect(await post(restApiId, "/open")).toEqual([200, { got: "x" }]);
    expect(await post(restApiId, "/guarded")).toEqual([403, { message: "Missing Authentication Token" }]);
    expect(await post(restApiId, "/guarded", { authorization: signature })).toEqual([200, { got: "x" }]);
    expect(await post(restApiId, "/none")).toEqual([403, { message: "Missing Authentication Token" }]);
    const domainName = "api.example.com";
    await one.api.send(new CreateDomainNameCommand({ domainName }));
    await one.api.send(new CreateBasePathMappingCommand({ domainName, restApiId, stage: "prod" }));
    expect(await statusOf("/open", domainName)).toBe(200);
    expect(await statusOf("/prod/open", `${restApiId}.execute-api.${REGION}.amazonaws.com`)).toBe(200);
  });

  test("answers as deployed by an OpenAPI document", async () => {
    const { id: restApiId } = await one.api.send(new CreateRestApiCommand({ name: "described" }));
    const integration = {
      "x-amazon-apigateway-integration": { type: "aws_proxy", httpMethod: "POST", uri: uri() },
    };
    const body = {
      openapi: "3.0.1",
      info: { title: "described", version: "1" },
      paths: {
        "/v1/services/{name}": { post: { responses: {}, ...integration } },
        "/v1/guarded": {
          "x-amazon-apigateway-any-method": {
            responses: {},
            ...integration,
            "x-amazon-apigateway-auth": { type: "AWS_IAM" },
          },
        },
      },
    };
    await one.api.send(
      new PutRestApiCommand({ restApiId, mode: "overwrite", body: Buffer.from(JSON.stringify(body)) }),
    );
    await one.api.send(new CreateDeploymentCommand({ restApiId, stageName: "prod" }));
    await permit(restApiId);
    expect(await post(restApiId, "/v1/services/auth")).toEqual([200, { got: "x" }]);
    expect(await post(restApiId, "/v1/guarded")).toEqual([403, { message: "Missing Authentication Token" }]);
    expect(await post(restApiId, "/v1/guarded", { authorization: signature })).toEqual([200, { got: "x" }]);
  });
});
