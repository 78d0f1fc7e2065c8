import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { build } from "esbuild";
import { zipSync } from "fflate";
import type { LocalAws } from "../../local";
import { startTestAws } from "../../testing/local-aws";

jest.setTimeout(360_000);

const account = "us-east-1:123456789012";
const queueArn = (name: string) => `arn:aws:sqs:${account}:${name}`;

// With the real SDK, which sends the trace header on.
const source = `
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
const sqs = new SQSClient({});
const lambda = new LambdaClient({});
const s3 = new S3Client({ forcePathStyle: true });
const endOf = (call) => call.then(() => "done", (error) => error.name);
export const handler = async (event, { invokedFunctionArn }) => {
  if (event.get) return endOf(s3.send(new GetObjectCommand(event.get)));
  if (event.put) return endOf(s3.send(new PutObjectCommand({ ...event.put, Body: "x", IfNoneMatch: "*" })));
  console.log("hop");
  const { QUEUE_URL: QueueUrl } = process.env;
  if (event.Records) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "round" }));
  else if (event.start) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "round" }));
  else await lambda.send(new InvokeCommand({
    FunctionName: invokedFunctionArn, InvocationType: "Event", Payload: JSON.stringify(event),
  }));
};
`;

let aws: LocalAws;
let lambda: LambdaClient;
let sqs: SQSClient;
let s3: S3Client;
let iam: IAMClient;
const lines: string[] = [];

const allow = (Action: string | string[], Resource: string | string[], PolicyName: string) =>
  iam.send(
    new PutRolePolicyCommand({
      RoleName: "looping",
      PolicyName,
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action, Resource }],
      }),
    }),
  );

const invoke = async (event: object, InvocationType: "Event" | "RequestResponse" = "RequestResponse") => {
  const { Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: "looping", InvocationType, Payload: JSON.stringify(event) }),
  );
  return Payload?.length ? (JSON.parse(Buffer.from(Payload).toString()) as unknown) : undefined;
};

async function firstMessage(name: string): Promise<string> {
  const QueueUrl = `${aws.endpoint}/123456789012/${name}`;
  for (let attempt = 0; attempt < 30; attempt += 1) {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    if (Messages?.[0]?.Body) return Messages[0].Body;
  }
  throw new Error(`No message came to ${name}; local AWS says: ${lines.join("\n")}`);
}

beforeAll(async () => {
  aws = await startTestAws({ log: (line) => lines.push(line) });
  const config = {
    endpoint: aws.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  iam = new IAMClient(config);
  lambda = new LambdaClient(config);
  sqs = new SQSClient(config);
  s3 = new S3Client({ ...config, forcePathStyle: true });
  const bundled = await build({
    stdin: { contents: source, resolveDir: __dirname },
    bundle: true,
    platform: "node",
    format: "cjs",
    write: false,
  });
  const Principal = { Service: "lambda.amazonaws.com" };
  const Statement = [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }];
  await iam.send(
    new CreateRoleCommand({
      RoleName: "looping",
      AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
    }),
  );
  await allow("sqs:*", "*", "queues");
  const create = async (QueueName: string, Attributes: Record<string, string> = {}) =>
    (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? "";
  await create("failed");
  await create("dead");
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queueArn("dead"), maxReceiveCount: 1 });
  const QUEUE_URL = await create("work", { RedrivePolicy, VisibilityTimeout: "5" });
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: "looping",
      Role: "arn:aws:iam::123456789012:role/looping",
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Timeout: 5,
      Environment: { Variables: { QUEUE_URL } },
      Code: { ZipFile: zipSync({ "index.js": bundled.outputFiles[0]?.contents ?? new Uint8Array() }) },
    }),
  );
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: "looping",
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: queueArn("failed") } },
    }),
  );
});

afterAll(() => aws.stop());

test("stops a function over its own queue after 16 invocations, and moves the message to the queue's DLQ", async () => {
  const EventSourceArn = queueArn("work");
  await lambda.send(
    new CreateEventSourceMappingCommand({ FunctionName: "looping", EventSourceArn, BatchSize: 1 }),
  );
  await invoke({ start: true });
  expect(await firstMessage("dead")).toBe("round");
  expect(aws.metrics()).toMatchObject({ RecursiveInvocationsDropped: { looping: 1 } });
});

test("allows a function to invoke itself with its role's permission, and stops it after 16 invocations", async () => {
  await invoke({ n: 1 }, "Event");
  expect(JSON.parse(await firstMessage("failed"))).toMatchObject({
    requestContext: { condition: "RetriesExhausted" },
    responsePayload: { errorMessage: expect.stringContaining("lambda:InvokeFunction") },
  });
  await allow("lambda:InvokeFunction", `arn:aws:lambda:${account}:function:looping`, "itself");
  await invoke({ n: 2 }, "Event");
  expect(JSON.parse(await firstMessage("failed"))).toMatchObject({
    requestContext: { condition: "RecursiveInvocation" },
    requestPayload: { n: 2 },
  });
});

describe("objects", () => {
  const Bucket = "payload-bucket";
  const there = { Bucket, Key: "launches/1.json" };
  const missing = { Bucket, Key: "launches/2.json" };

  beforeAll(async () => {
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ ...there, Body: "x" }));
    await allow(["s3:GetObject", "s3:PutObject"], `arn:aws:s3:::${Bucket}/launches/*`, "objects");
  });

  test("answer 403 for a missing key to a role without permission to list the bucket", async () => {
    expect(await invoke({ get: there })).toBe("done");
    expect(await invoke({ get: missing })).toBe("AccessDenied");
    await allow("s3:ListBucket", `arn:aws:s3:::${Bucket}`, "list");
    expect(await invoke({ get: missing })).toBe("NoSuchKey");
  });

  test("are written once with If-None-Match when several callers write at once", async () => {
    const put = { Bucket, Key: "launches/3.json" };
    const ends = await Promise.all(Array.from({ length: 4 }, () => invoke({ put })));
    expect(ends.sort()).toEqual(["PreconditionFailed", "PreconditionFailed", "PreconditionFailed", "done"]);
  });
});
