import { CreateClusterCommand, ECSClient, RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createBucket } from "../handlers/shared/bucket";
import { createSendMessage } from "../handlers/shared/send-message";
import { createStartTask } from "../handlers/start-task/start-task";
import { createLocalAws } from "../local/create-local-aws";
import { median } from "./measure";

const rounds = 7;
const launchesPerRound = 300;

const invocation = {
  awsRequestId: "bench",
  functionName: "start-task",
  invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:start-task",
  getRemainingTimeInMillis: () => 30_000,
};

/**
 * Measures how many events a second one execution environment of `start-task` launches, one after the other: with the real
 * SDK, against local AWS in the same process, without the quota of RunTask.
 */
export const measureLaunches = async (): Promise<number> => {
  const aws = createLocalAws({ throttled: false });
  const config = { ...aws.clientConfig, requestHandler: aws.requestHandler() };
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
    subnets: ["subnet-1"],
    securityGroups: ["sg-1"],
    allowOverrides: [],
  };
  const signed = { ...config, sleep: async () => {} };
  const startTask = createStartTask({
    ecs,
    elb: new ElasticLoadBalancingV2Client(config),
    sendMessage: createSendMessage(signed),
    bucket: createBucket("payloads", signed),
    invokeAsync: async () => {},
    environment: {
      ROUTES: { auth: route },
      DEAD_LETTER_QUEUE_URL: QueueUrl,
      PAYLOAD_BUCKET: "payloads",
      LOG_LEVEL: "INFO",
      WAIT_FOR: "running",
      DEDUPLICATION_WINDOW_HOURS: 24,
    },
    now: Date.now,
    sleep: async () => {},
    write: () => {},
  });

  let launched = 0;
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    for (let launch = 0; launch < launchesPerRound; launch++) {
      await startTask({ id: `event-${++launched}`, detail: { service: "auth" } }, invocation);
    }
    rates.push((launchesPerRound * 1000) / (performance.now() - began));
  }
  if (aws.tasks().length !== launched) {
    throw new Error(`${launched} events made ${aws.tasks().length} tasks`);
  }
  return median(rates);
};
