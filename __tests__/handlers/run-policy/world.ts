import { CreateClusterCommand, ECSClient, RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ConfiguredRetryStrategy } from "@smithy/core/retry";
import type { PolicyRun } from "../../../container-contract/policy-run";
import { type RunPolicyEnvironment, runPolicyEnvironment } from "../../../handlers/run-policy/environment";
import type { PolicyRuns } from "../../../handlers/run-policy/result";
import { createRunPolicy } from "../../../handlers/run-policy/run-policy";
import { createBucket } from "../../../handlers/shared/bucket";
import { parseEnvironment } from "../../../handlers/shared/schema";
import { createSendMessage } from "../../../handlers/shared/send-message";
import { createVersionedBucket } from "../../../handlers/shared/versioned-bucket";
import type { VirtualClock } from "../../../local/clock";
import { createLocalAws, type InProcessOptions } from "../../../local/create-local-aws";
import { receiveAll } from "../../../testing/receive-all";
import type { DlqMessage, LogLine } from "../start-task/world";

export const region = "us-east-1";
export const account = "123456789012";
export const functionArn = `arn:aws:lambda:${region}:${account}:function:run-policy`;
const payloadBucket = "payloads-of-launcher";
export const policyBucket = "policies-of-custodian";
export const mappingKey = "config/policy-mappings.json";

/** A mapping file for buckets that are created. */
export const mapping = (more: object = {}) => ({
  id: "s3-create-bucket",
  match: { event_name: ["CreateBucket"] },
  policy: { key: "policies/s3-createbucket.yml" },
  ...more,
});

export const mappingFile = (mappings: object[] = [mapping()], more: object = {}) =>
  JSON.stringify({ version: "2.0", mappings, ...more });

export const policyText = "policies: [{ name: s3-createbucket, resource: aws.s3 }]\n";

type Extra = Partial<RunPolicyEnvironment>;

/** Local AWS with a cluster, policies and queues, and the function. */
export const createWorld = async (extra: Extra = {}, options: InProcessOptions<VirtualClock> = {}) => {
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
  const sqs = new SQSClient(clientConfig());
  const s3 = new S3Client({ ...clientConfig(), forcePathStyle: true });

  await ecs.send(
    new CreateClusterCommand({ clusterName: "custodian", capacityProviders: ["FARGATE", "FARGATE_SPOT"] }),
  );
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "custodian-worker",
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      cpu: "256",
      memory: "512",
      containerDefinitions: [{ name: "custodian-worker", image: "custodian-worker" }],
    }),
  );
  const queue = async (QueueName: string) =>
    (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? "";
  const deadLetterQueue = await queue("dead-letters");
  const innerQueue = await queue("inner");
  const put = (Key: string, Body: string, Bucket = policyBucket) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  await put(mappingKey, mappingFile());
  await put("policies/s3-createbucket.yml", policyText);

  const environment = parseEnvironment(runPolicyEnvironment, {
    POLICY_BUCKET: policyBucket,
    POLICY_MAPPING_KEY: mappingKey,
    ECS_CLUSTER: "custodian",
    ECS_TASK_DEFINITION: "custodian-worker",
    ECS_SUBNETS: "subnet-a,subnet-b",
    ECS_SECURITY_GROUP: "sg-1",
    DEAD_LETTER_QUEUE_URL: deadLetterQueue,
    RETRY_QUEUE_URL: innerQueue,
    PAYLOAD_BUCKET: payloadBucket,
    ...extra,
    ...(extra.BUFFER_QUEUE_URL !== undefined && { BUFFER_QUEUE_URL: innerQueue }),
  });

  /** A fresh execution environment of the function, which a fault of kind `crash` ends. */
  const startFunction = () => {
    const requestHandler = local.requestHandler();
    const signed = { ...local.clientConfig, requestHandler, sleep: async () => {} };
    const handler = createRunPolicy({
      ecs: new ECSClient(clientConfig(requestHandler)),
      sendMessage: createSendMessage(signed),
      bucket: createBucket(payloadBucket, signed),
      cooldownBucket: createVersionedBucket(payloadBucket, signed),
      policies: createVersionedBucket(policyBucket, signed),
      invokeAsync: async (_functionName, event) => {
        handedOn.push(JSON.parse(event));
      },
      environment,
      now,
      sleep: (ms) => local.clock.sleep(ms),
      write: (line) => lines.push(JSON.parse(line)),
    });
    return { handler, crashed: requestHandler.crashed };
  };
  const { handler } = startFunction();
  let requests = 0;

  const context = (awsRequestId: string) => {
    const end = now() + 900_000;
    return {
      awsRequestId,
      functionName: "run-policy",
      invokedFunctionArn: functionArn,
      getRemainingTimeInMillis: () => end - now(),
    };
  };

  const readPayload = async (variables: Record<string, string | undefined>): Promise<PolicyRun> => {
    const { FINDING_PAYLOAD, FINDING_PAYLOAD_REF = "" } = variables;
    if (FINDING_PAYLOAD !== undefined) return JSON.parse(FINDING_PAYLOAD);
    const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(FINDING_PAYLOAD_REF) ?? [];
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return JSON.parse((await Body?.transformToString()) ?? "");
  };
  /** The environment overrides of all tasks. */
  const variables = (): Record<string, string | undefined>[] =>
    local
      .tasks()
      .map(({ launch }) =>
        Object.fromEntries(
          (launch.input.overrides?.containerOverrides?.[0]?.environment ?? []).map(({ name, value }) => [
            name,
            value,
          ]),
        ),
      );

  return {
    ...local,
    ecs,
    sqs,
    s3,
    innerQueue,
    lines,
    handedOn,
    put,
    startFunction,
    context,
    invoke: (event: unknown, awsRequestId = `request-${++requests}`) =>
      handler(event, context(awsRequestId)) as Promise<PolicyRuns>,
    launches: () => local.tasks().map(({ launch }) => launch.input),
    variables,
    /** The payloads of all tasks. */
    payloads: (): Promise<PolicyRun[]> => Promise.all(variables().map(readPayload)),
    /** Receives and deletes all DLQ messages. */
    takeDlqMessages: async (): Promise<DlqMessage[]> =>
      (await receiveAll(sqs, deadLetterQueue)).map((body) => JSON.parse(body)),
    /** How often a metric was counted, by reason. */
    counts: (name: string): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const line of lines.filter((each) => name in each)) {
        const reason = String(line.Reason ?? "");
        counts[reason] = (counts[reason] ?? 0) + Number(line[name]);
      }
      return counts;
    },
  };
};
export type World = Awaited<ReturnType<typeof createWorld>>;

/** The manual test event of a deployment: it has no id. */
export const testEvent = (bucketName = "test-security-bucket-123", more: object = {}) => ({
  source: "aws.s3",
  "detail-type": "AWS API Call via CloudTrail",
  detail: { eventName: "CreateBucket", requestParameters: { bucketName } },
  account,
  region,
  time: "2024-01-15T10:30:00Z",
  ...more,
});

/** An event of Security Hub about buckets. */
export const securityHubEvent = (
  findings: { id: string; buckets: string[]; more?: object }[],
  more: object = {},
) => ({
  version: "0",
  id: "event-of-security-hub",
  source: "aws.securityhub",
  "detail-type": "Security Hub Findings - Imported",
  account,
  region,
  time: "2026-01-01T00:00:00Z",
  resources: [],
  detail: {
    findings: findings.map(({ id, buckets, more: ofFinding }) => ({
      Id: id,
      AwsAccountId: account,
      Region: region,
      RecordState: "ACTIVE",
      Workflow: { Status: "NEW" },
      Severity: { Label: "HIGH" },
      Compliance: { Status: "FAILED", SecurityControlId: "S3.8" },
      Resources: buckets.map((bucket) => ({ Type: "AwsS3Bucket", Id: `arn:aws:s3:::${bucket}` })),
      ...ofFinding,
    })),
  },
  ...more,
});
