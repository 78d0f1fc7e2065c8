import { CreateClusterCommand, ECSClient, RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createBucket } from "../handlers/shared/bucket";
import { createInvokeAsync } from "../handlers/shared/invoke-async";
import { createSendMessage } from "../handlers/shared/send-message";
import { createVersionedBucket, type VersionedBucket } from "../handlers/shared/versioned-bucket";
import type { VirtualClock } from "../local/clock";
import { createLocalAws, type InProcessOptions } from "../local/create-local-aws";
import { lean, leanConfig } from "./lean-client";
import { receiveAll } from "./receive-all";

/** Maximum message size, in bytes, of queues that version 5 of the Terraform provider creates. */
const maxMessageBytes = 262_144;
// The retention of the block's queues.
const fourteenDays = "1209600";
export const payloadBucket = "payloads-of-launcher";

type LaunchAccountOptions = InProcessOptions<VirtualClock> & {
  cluster: string;
  /** The container of each family of task definitions. */
  families: Readonly<Record<string, string>>;
};

/** Creates local AWS with what every launch needs, and clients that are fast enough for thousands of inputs. */
export const createLaunchAccount = async ({ cluster, families, ...options }: LaunchAccountOptions) => {
  const local = createLocalAws(options);
  const { clock } = local;
  const sleep = (ms: number) => clock.sleep(ms);
  const configOver = (requestHandler: object) => ({
    ...local.clientConfig,
    requestHandler: requestHandler as never,
    sleep,
  });

  const clientsOver = (requestHandler: object) => {
    const { sleep: _, ...config } = configOver(requestHandler);
    return {
      ecs: lean(new ECSClient({ ...config, ...leanConfig("ecs", sleep) })),
      sendMessage: createSendMessage({ ...config, sleep }),
      bucket: createBucket(payloadBucket, { ...config, sleep }),
      invokeAsync: createInvokeAsync({ ...config, sleep }),
    };
  };
  const requestHandler = local.requestHandler();
  const { ecs, bucket } = clientsOver(requestHandler);
  const sqs = lean(new SQSClient({ ...local.clientConfig, requestHandler, ...leanConfig("sqs", sleep) }));

  await ecs.send(
    new CreateClusterCommand({ clusterName: cluster, capacityProviders: ["FARGATE", "FARGATE_SPOT"] }),
  );
  for (const [family, name] of Object.entries(families)) {
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        cpu: "256",
        memory: "512",
        containerDefinitions: [{ name, image: name }],
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
    /** The parts that functions that launch have in common. */
    partsOver: (requestHandler: object) => ({
      ...clientsOver(requestHandler),
      now: () => clock.now().getTime(),
      sleep,
    }),
    versionedBucketOver: (requestHandler: object, name: string): VersionedBucket =>
      createVersionedBucket(name, configOver(requestHandler)),
    /** Receives and deletes all messages of a queue. */
    take: (queueUrl: string): Promise<string[]> => receiveAll(sqs, queueUrl),
  };
};
