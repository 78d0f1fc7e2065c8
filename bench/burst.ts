import { CreateClusterCommand, ECSClient, RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createBucket } from "../handlers/shared/bucket";
import { createSendMessage, type SendMessage } from "../handlers/shared/send-message";
import { createStartTask } from "../handlers/start-task/start-task";
import { createLocalAws } from "../local/create-local-aws";
import { QueuePoller } from "../local/lambda/queue-poller";
import { Queue } from "../local/sqs/queue";
import { DEFAULTS } from "../local/sqs/queue-attributes";

export type Burst = {
  events: number;
  launched: number;
  /** Messages in the DLQ. */
  dlqMessages: number;
  /** Events with more than one task. */
  duplicated: number;
  /** Launches a second, from the first launch to the last. */
  perSecond: number;
};

const events = 10_000;
/** One event in this many is longer than a message of the buffer can be. */
const longEvery = 100;
const longText = "x".repeat(300_000);
/** Typical latency of RunTask. */
const runTaskMs = 500;

// As the module launcher deploys them.
const functionTimeoutMs = 60_000;
const visibilityTimeoutSeconds = (6 * functionTimeoutMs) / 1000;
const batchSize = 10;
const maximumConcurrency = 20;

const account = "eu-west-1:123456789012";
const functionArn = `arn:aws:lambda:${account}:function:start-task`;
const bufferArn = `arn:aws:sqs:${account}:buffer`;
const bufferUrl = "https://sqs.eu-west-1.amazonaws.com/123456789012/buffer";

/**
 * Delivers ten thousand events at once to the function, which puts them into the launcher's buffer. RunTask is limited to
 * twenty a second, as on AWS. Uses the real SDK and local AWS in the same process with a virtual clock. The SDK's own
 * retries are off, since they wait by the real clock.
 */
export const measureBurst = async (): Promise<Burst> => {
  const aws = createLocalAws({
    faults: [{ service: "ecs", action: "RunTask", fault: "latency", ms: runTaskMs }],
  });
  const { clock } = aws;
  const now = () => clock.now().getTime();
  const config = { ...aws.clientConfig, requestHandler: aws.requestHandler(), maxAttempts: 1 };
  const ecs = new ECSClient(config);
  const sqs = new SQSClient(config);
  await ecs.send(new CreateClusterCommand({ clusterName: "engines" }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "auth",
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      containerDefinitions: [{ name: "main", image: "main" }],
    }),
  );
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "dead-letters" }));
  const route = {
    cluster: "engines",
    family: "auth",
    container: "main",
    subnets: ["subnet-1", "subnet-2"],
    securityGroups: ["sg-1"],
    allowOverrides: [],
  };
  const attributes = { ...DEFAULTS, VisibilityTimeout: String(visibilityTimeoutSeconds) };
  const buffer = new Queue("buffer", bufferArn, attributes, clock, () => undefined);
  // Local AWS in process has no event source mappings: messages to the buffer go to the poller's queue.
  const signed = { ...config, sleep: async () => {} };
  const sendToQueue = createSendMessage(signed);
  const sendMessage: SendMessage = async (queueUrl, body) => {
    if (queueUrl !== bufferUrl) return sendToQueue(queueUrl, body);
    buffer.send({ body });
  };
  const createFunction = () =>
    createStartTask({
      ecs,
      elb: new ElasticLoadBalancingV2Client(config),
      sendMessage,
      bucket: createBucket("payloads", signed),
      invokeAsync: async () => {},
      environment: {
        ROUTES: { auth: route },
        DEAD_LETTER_QUEUE_URL: QueueUrl,
        PAYLOAD_BUCKET: "payloads",
        LOG_LEVEL: "INFO",
        WAIT_FOR: "running",
        DEDUPLICATION_WINDOW_HOURS: 24,
        BUFFER_QUEUE_URL: bufferUrl,
      },
      now,
      sleep: (ms) => clock.sleep(ms),
      write: () => {},
    });

  // Idle execution environments of the function.
  const idle: ReturnType<typeof createFunction>[] = [];
  let invocations = 0;
  const invoke = async (event: unknown): Promise<unknown> => {
    const end = now() + functionTimeoutMs;
    const startTask = idle.pop() ?? createFunction();
    const result = await startTask(event, {
      awsRequestId: `request-${++invocations}`,
      functionName: "start-task",
      invokedFunctionArn: functionArn,
      getRemainingTimeInMillis: () => end - now(),
    });
    idle.push(startTask);
    return result;
  };

  const time = clock.now().toISOString();
  const envelope = { account: "123456789012", region: "eu-west-1", source: "custom.app", time };
  for (let n = 0; n < events; n++) {
    const detail = { service: "auth", ...(n % longEvery === 0 && { text: longText }) };
    await invoke({ ...envelope, id: `event-${n}`, "detail-type": "Start ECS Task", detail });
  }
  const poller = new QueuePoller(
    {
      clock,
      queue: () => buffer,
      invoke: async (_functionArn, event) => ({
        payload: JSON.stringify(await invoke(JSON.parse(event))),
        failed: false,
        logTail: "",
      }),
      authorize: async () => {},
      log: (line) => process.stderr.write(`${line}\n`),
    },
    {
      queueArn: bufferArn,
      functionArn,
      batchSize,
      windowSeconds: 0,
      maximumConcurrency,
      reportsBatchItemFailures: true,
    },
  );
  const countWaiting = () => {
    const { visible, inFlight } = buffer.counts();
    return visible + inFlight;
  };
  while (countWaiting() > 0) await clock.advance(1_000);
  poller.stop();

  const created = aws.tasks().map(({ times }) => times.createdAt!.getTime());
  const launchedOnce = new Set(aws.tasks().map(({ launch }) => launch.input.startedBy));
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  clock.stop();
  return {
    events,
    launched: launchedOnce.size,
    dlqMessages: Messages.length,
    duplicated: created.length - launchedOnce.size,
    perSecond: (created.length * 1000) / (Math.max(...created) - Math.min(...created)),
  };
};
