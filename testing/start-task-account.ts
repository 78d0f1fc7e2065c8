import { CreateClusterCommand, ECSClient, RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Routes } from "../handlers/launch/route";
import { createBucket } from "../handlers/shared/bucket";
import { createInvokeAsync } from "../handlers/shared/invoke-async";
import type { WriteLine } from "../handlers/shared/log";
import { createSendMessage } from "../handlers/shared/send-message";
import type { StartTaskParts } from "../handlers/start-task/start-task";
import type { VirtualClock } from "../local/clock";
import { createLocalAws, type InProcessOptions } from "../local/create-local-aws";
import { lean, leanConfig } from "./lean-client";
import { receiveAll } from "./receive-all";

/** Maximum message size, in bytes, of queues that version 5 of the Terraform provider creates. */
const maxMessageBytes = 262_144;
// The retention of the block's queues.
const fourteenDays = "1209600";
const bucketName = "payloads-of-launcher";

type AccountOptions = InProcessOptions<VirtualClock> & {
  routes: Routes;
  /** Whether events are buffered in the inner queue. */
  buffer: boolean;
};

/** Creates local AWS with the resources of start-task, and clients that are fast enough for thousands of inputs. */
export const createAccount = async ({ routes, buffer, ...options }: AccountOptions) => {
  const local = createLocalAws(options);
  const { clock } = local;
  const sleep = (ms: number) => clock.sleep(ms);

  const clientsOver = (requestHandler: object) => {
    const config = { ...local.clientConfig, requestHandler: requestHandler as never };
    return {
      ecs: lean(new ECSClient({ ...config, ...leanConfig("ecs", sleep) })),
      sendMessage: createSendMessage({ ...config, sleep }),
      bucket: createBucket(bucketName, { ...config, sleep }),
      invokeAsync: createInvokeAsync({ ...config, sleep }),
    };
  };
  const requestHandler = local.requestHandler();
  const { ecs, bucket } = clientsOver(requestHandler);
  const elb = new ElasticLoadBalancingV2Client(local.clientConfig);
  const sqs = lean(new SQSClient({ ...local.clientConfig, requestHandler, ...leanConfig("sqs", sleep) }));

  await ecs.send(new CreateClusterCommand({ clusterName: "engines" }));
  for (const family of new Set(Object.values(routes).map((route) => route.family))) {
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        cpu: "256",
        memory: "512",
        containerDefinitions: [{ name: "main", image: "main" }],
      }),
    );
  }
  const createQueue = async (QueueName: string, more: Record<string, string> = {}) => {
    const Attributes = {
      MaximumMessageSize: String(maxMessageBytes),
      MessageRetentionPeriod: fourteenDays,
      ...more,
    };
    return (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? "";
  };
  const deadLetterQueue = await createQueue("dead-letters");
  const deadLetterTargetArn = "arn:aws:sqs:eu-west-1:123456789012:dead-letters";
  const innerQueue = await createQueue("inner", {
    VisibilityTimeout: "360",
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 10 }),
  });

  return {
    local,
    /** A client for tests. */
    sqs,
    bucket,
    deadLetterQueue,
    innerQueue,
    /** The parts of a function. */
    partsOver: (requestHandler: object, write: WriteLine): StartTaskParts => ({
      ...clientsOver(requestHandler),
      elb,
      environment: {
        ROUTES: routes,
        DEAD_LETTER_QUEUE_URL: deadLetterQueue,
        PAYLOAD_BUCKET: bucketName,
        LOG_LEVEL: "INFO",
        WAIT_FOR: "running",
        DEDUPLICATION_WINDOW_HOURS: 24,
        RETRY_QUEUE_URL: innerQueue,
        ...(buffer && { BUFFER_QUEUE_URL: innerQueue }),
      },
      now: () => clock.now().getTime(),
      sleep,
      write,
    }),
    /** Receives and deletes all messages of a queue. */
    take: (queueUrl: string): Promise<string[]> => receiveAll(sqs, queueUrl),
  };
};
