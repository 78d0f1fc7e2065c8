import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateClusterCommand,
  ECSClient,
  ListClustersCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { strToU8, zipSync } from "fflate";
import type { LocalAws } from "../local";
import { startTestAws } from "./local-aws";

export const REGION = "us-east-1";
export const SECRET = "the content of a private object";

/** The credential scope of a signature for a service. */
export const scope = (service: string): string => `local/20260101/${REGION}/${service}/aws4_request`;

export interface AttackedAws {
  aws: LocalAws;
  port: number;
  /** the log of local AWS */
  lines: string[];
  /** parameters of RunTask that start the task */
  runTask: string;
  /** configuration of SDK clients */
  config: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
  /** Everything that was changed or run since the start, also tasks, although time stands still. */
  changes(): Promise<string[]>;
  stop(): Promise<void>;
}

/**
 * Local AWS with resources that an attacker would guess: a task, a function, a queue, an object.
 *
 * @param pages more objects, of type text/html, from the endpoint and the parameters of RunTask
 */
export async function startAttackedAws(
  pages: (endpoint: string, runTask: string) => Record<string, string> = () => ({}),
): Promise<AttackedAws> {
  const marks = mkdtempSync(join(tmpdir(), "attacked-aws-"));
  const lines: string[] = [];
  const aws = await startTestAws({
    images: { "example/worker:*": `touch ${join(marks, "task")}` },
    clock: "virtual",
    log: (line) => lines.push(line),
  });
  const config = {
    endpoint: aws.endpoint,
    region: REGION,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  const ecs = new ECSClient(config);
  const lambda = new LambdaClient(config);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const sqs = new SQSClient(config);
  await ecs.send(new CreateClusterCommand({ clusterName: "engines" }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "worker",
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      cpu: "256",
      memory: "512",
      containerDefinitions: [{ name: "app", image: "example/worker:1" }],
    }),
  );
  const trust = {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } },
    ],
  };
  await new IAMClient(config).send(
    new CreateRoleCommand({ RoleName: "start", AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  const code = `
    const mark = require("node:path").join(${JSON.stringify(marks)}, "function");
    exports.handler = async () => {
      require("node:fs").writeFileSync(mark, "");
      return { statusCode: 200, headers: { "access-control-allow-origin": "*" }, body: "started" };
    };
  `;
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: "start",
      Role: "arn:aws:iam::123456789012:role/start",
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Timeout: 10,
      Code: { ZipFile: zipSync({ "index.js": strToU8(code) }) },
    }),
  );
  const subnets = await fetch(aws.endpoint, {
    method: "POST",
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${scope("ec2")}, x` },
    body: new URLSearchParams({ Action: "DescribeSubnets", Version: "2016-11-15" }),
  });
  const subnet = /<subnetId>([^<]+)/.exec(await subnets.text())?.[1] ?? "";
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "work" }));
  await s3.send(new CreateBucketCommand({ Bucket: "private" }));
  const object = { Bucket: "private", Key: "object" };
  await s3.send(new PutObjectCommand({ ...object, Body: SECRET }));
  const runTask = JSON.stringify({
    cluster: "engines",
    taskDefinition: "worker",
    launchType: "FARGATE",
    networkConfiguration: { awsvpcConfiguration: { subnets: [subnet] } },
  });
  for (const [Key, Body] of Object.entries(pages(aws.endpoint, runTask)))
    await s3.send(new PutObjectCommand({ Bucket: "private", Key, Body, ContentType: "text/html" }));
  const startedAt = aws.clock.now().getTime();

  /** The current state of everything that can change. */
  const state = async (): Promise<Record<string, unknown>> => {
    const tasks = await Promise.all(
      (["RUNNING", "STOPPED"] as const).map((desiredStatus) =>
        ecs.send(new ListTasksCommand({ cluster: "engines", desiredStatus })),
      ),
    );
    const queue = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
    );
    return {
      marks: readdirSync(marks),
      tasks: tasks.flatMap(({ taskArns }) => taskArns),
      clusters: (await ecs.send(new ListClustersCommand())).clusterArns,
      definitions: (await ecs.send(new ListTaskDefinitionsCommand())).taskDefinitionArns,
      functions: (await lambda.send(new ListFunctionsCommand())).Functions?.map((each) => each.FunctionName),
      queues: (await sqs.send(new ListQueuesCommand())).QueueUrls,
      messages: queue.Attributes?.ApproximateNumberOfMessages,
      objects: (await s3.send(new ListObjectsV2Command({ Bucket: "private" }))).Contents?.map(
        ({ Key }) => Key,
      ),
      object: await (await s3.send(new GetObjectCommand(object))).Body?.transformToString(),
      clock: aws.clock.now().getTime() - startedAt,
    };
  };
  const before = await state();

  return {
    aws,
    port: Number(new URL(aws.endpoint).port),
    lines,
    runTask,
    config,
    changes: async () => {
      // Gives started processes a moment to show an effect.
      await sleep(300);
      const now = await state();
      return Object.keys(now)
        .filter((name) => JSON.stringify(now[name]) !== JSON.stringify(before[name]))
        .map((name) => `${name}: ${JSON.stringify(now[name])}`);
    },
    stop: async () => {
      await aws.stop();
      rmSync(marks, { recursive: true });
    },
  };
}
