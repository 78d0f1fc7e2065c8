import { CreateClusterCommand, ECSClient, RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ConfiguredRetryStrategy } from "@smithy/core/retry";
import type { Route, Routes } from "../../../handlers/launch/route";
import { createBucket } from "../../../handlers/shared/bucket";
import { createSendMessage } from "../../../handlers/shared/send-message";
import type { StartTaskSettings } from "../../../handlers/start-task/environment";
import { createStartTask } from "../../../handlers/start-task/start-task";
import type { VirtualClock } from "../../../local/clock";
import { createLocalAws, type InProcessOptions } from "../../../local/create-local-aws";
import { receiveAll } from "../../../testing/receive-all";

export const region = "eu-west-1";
export const account = "123456789012";
export const functionArn = `arn:aws:lambda:${region}:${account}:function:start-task`;
const bucket = "payloads-of-launcher";

/** Tags of every task definition, which ECS propagates to its tasks. */
export const usersTags = ["service", "event-id", "try", "stopping"].map((key) => ({ key, value: "mine" }));

export const route = (family: string, more: Partial<Route> = {}): Route => ({
  cluster: "engines",
  family,
  container: "main",
  subnets: ["subnet-a", "subnet-b"],
  securityGroups: ["sg-1"],
  allowOverrides: [],
  ...more,
});

/** A message in the DLQ. */
export type DlqMessage = {
  version: string;
  requestContext: {
    requestId: string;
    functionArn: string;
    condition: string;
    approximateInvokeCount: number;
  };
  requestPayload: unknown;
  responsePayload: { errorType: string; errorMessage: string };
};

export type LogLine = Record<string, unknown>;

/** Optional settings of the function. */
export type ExtraSettings = Partial<
  Pick<
    StartTaskSettings,
    "TASK_WAIT_TIMEOUT" | "WAIT_FOR" | "DEDUPLICATION_WINDOW_HOURS" | "BUFFER_QUEUE_URL" | "RETRY_QUEUE_URL"
  >
>;

/** Local AWS with a cluster, the task definitions of all launch routes, a dead-letter queue, and functions to invoke. */
export const createWorld = async (
  routes: Routes,
  options: InProcessOptions<VirtualClock> = {},
  waits: ExtraSettings = {},
) => {
  const local = createLocalAws({ region, throttled: false, ...options });
  const lines: LogLine[] = [];
  const handedOn: unknown[] = [];
  const now = () => local.clock.now().getTime();

  const clientConfig = (requestHandler = local.requestHandler()) => ({
    ...local.clientConfig,
    requestHandler,
    // The SDK's standard strategy, without its waits.
    retryStrategy: new ConfiguredRetryStrategy(3, () => 0),
  });
  const ecs = new ECSClient(clientConfig());
  const elb = new ElasticLoadBalancingV2Client(clientConfig());
  const sqs = new SQSClient(clientConfig());
  const s3 = new S3Client({ ...clientConfig(), forcePathStyle: true });

  await ecs.send(
    new CreateClusterCommand({ clusterName: "engines", capacityProviders: ["FARGATE", "FARGATE_SPOT"] }),
  );
  const routeOf = new Map(Object.values(routes).map((each) => [each.family, each]));
  for (const [family, { capacity, networkMode = "awsvpc", ebsVolume }] of routeOf) {
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        networkMode,
        requiresCompatibilities: [/^FARGATE/.test(capacity ?? "FARGATE") ? "FARGATE" : "EC2"],
        cpu: "256",
        memory: "512",
        containerDefinitions: [{ name: "main", image: "main" }],
        tags: usersTags,
        ...(ebsVolume && { volumes: [{ name: ebsVolume.name, configuredAtLaunch: true }] }),
      }),
    );
  }
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "dead-letters" }));

  /** A fresh execution environment of the function, which a fault of kind `crash` ends. */
  const startFunction = (tamper: (ecs: ECSClient) => void = () => {}) => {
    const requestHandler = local.requestHandler();
    const config = clientConfig(requestHandler);
    const functionsEcs = new ECSClient(config);
    tamper(functionsEcs);
    const signed = { ...local.clientConfig, requestHandler, sleep: async () => {} };
    const handler = createStartTask({
      ecs: functionsEcs,
      elb: new ElasticLoadBalancingV2Client(config),
      sendMessage: createSendMessage(signed),
      bucket: createBucket(bucket, signed),
      invokeAsync: async (_functionName, event) => {
        handedOn.push(JSON.parse(event));
      },
      environment: {
        ROUTES: routes,
        DEAD_LETTER_QUEUE_URL: QueueUrl,
        PAYLOAD_BUCKET: bucket,
        LOG_LEVEL: "INFO",
        WAIT_FOR: "running",
        DEDUPLICATION_WINDOW_HOURS: 24,
        ...waits,
      },
      now,
      sleep: (ms) => local.clock.sleep(ms),
      write: (line) => lines.push(JSON.parse(line)),
    });
    return { handler, crashed: requestHandler.crashed };
  };
  const { handler } = startFunction();
  let requests = 0;

  /** The Lambda context of an invocation that begins now. */
  const context = (awsRequestId: string, timeoutMs = 900_000) => {
    const end = now() + timeoutMs;
    return {
      awsRequestId,
      functionName: "start-task",
      invokedFunctionArn: functionArn,
      getRemainingTimeInMillis: () => end - now(),
    };
  };

  return {
    ...local,
    queueUrl: QueueUrl,
    ecs,
    elb,
    sqs,
    s3,
    lines,
    /** The events with which the function has invoked itself. */
    handedOn,
    startFunction,
    context,
    /** Invokes the function, with a request id of its own unless one is given. */
    invoke: (event: unknown, awsRequestId = `request-${++requests}`, timeoutMs?: number) =>
      handler(event, context(awsRequestId, timeoutMs)),
    /**
     * Lets time pass until a promise is settled.
     * @param stepMs the smaller, the less time passes while a client is at work
     */
    settled: async <T>(promise: Promise<T>, stepMs = 500): Promise<T> => {
      let done = false;
      const settled = promise.finally(() => {
        done = true;
      });
      settled.catch(() => {});
      while (!done) await local.clock.advance(stepMs);
      return settled;
    },
    /** The RunTask requests of all tasks. */
    launches: () => local.tasks().map(({ launch }) => launch.input),
    /** The environment overrides of all tasks. */
    variables: () =>
      local
        .tasks()
        .map(({ launch }) =>
          Object.fromEntries(
            (launch.input.overrides?.containerOverrides?.[0]?.environment ?? []).map(({ name, value }) => [
              name,
              value,
            ]),
          ),
        ),
    /** Receives and deletes all DLQ messages. */
    takeDlqMessages: async (): Promise<DlqMessage[]> =>
      (await receiveAll(sqs, QueueUrl)).map((body) => JSON.parse(body)),
    /** The metrics in the log. */
    metrics: () => lines.filter((line) => "_aws" in line),
  };
};

export type World = Awaited<ReturnType<typeof createWorld>>;

/** An EventBridge event that names a service. */
export const startEvent = (service: string, id = "6f1c7ec4-0001", more: Record<string, unknown> = {}) => ({
  version: "0",
  id,
  "detail-type": "Start ECS Task",
  source: "custom.app",
  account,
  time: "2026-01-01T00:00:00Z",
  region,
  resources: [],
  detail: { service, ...more },
});
