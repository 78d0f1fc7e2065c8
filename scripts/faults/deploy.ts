import { gzipSync } from "node:zlib";
import { CreateClusterCommand, ECSClient, RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import {
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
} from "@aws-sdk/client-lambda";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Route } from "../../handlers/launch/route";
import { type Account, accountId, region } from "./account";

export const service = "auth";
export const eventSource = "custom.app";
export const port = 8080;
const cluster = "engines";
const subnets = ["subnet-1"];
/** The default of AWS. */
const drainSeconds = 300;
const queueBytes = 262_144;

/** The settings of a service, and of the functions that start it. */
export type ServiceSettings = {
  /** An engine serves requests and runs until it is stopped. A job ends by itself. */
  kind: "engine" | "job";
  /** Whether events are buffered in a queue until they are launched. The usual function for engines has no buffer. */
  buffer?: boolean;
  /** Whether events stop engines. */
  stops?: boolean;
  /** How long a function waits for an engine. Default 20. */
  waitSeconds?: number;
  /** Whether register-targets registers the targets, instead of start-task that waits for the engine. */
  registrar?: boolean;
  onFailure?: Route["onFailure"];
};

/** An account with deployed functions. */
export type Deployed = {
  account: Account;
  settings: ServiceSettings;
  /** The function that starts tasks. */
  functionName: string;
  /** URL of the buffer queue, if there is one. */
  bufferUrl: string | undefined;
  /** How a burst of events is sent. Local AWS runs few asynchronous invocations at once, Lambda a thousand. */
  burstSource: "rule" | "waiting callers";
  deadLetterQueueUrls: string[];
  targetGroup: string;
};

/** Deploys one kind of functions. */
export type Deploy = (account: Account, settings: ServiceSettings) => Promise<Deployed>;

const ruleArn = (name: string) => `arn:aws:events:${region}:${accountId}:rule/${name}`;
const queueArn = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`;
const functionArn = (name: string) => `arn:aws:lambda:${region}:${accountId}:function:${name}`;

/** Creates the resources of both sides: a cluster, a service, a target group and a DLQ. Returns functions that create more. */
const prepare = async ({ config }: Account) => {
  const ecs = new ECSClient(config);
  const elb = new ElasticLoadBalancingV2Client(config);
  const events = new EventBridgeClient(config);
  const lambda = new LambdaClient(config);
  const sqs = new SQSClient(config);

  const createQueue = async (name: string, attributes: Record<string, string> = {}): Promise<string> => {
    const Attributes = { MaximumMessageSize: String(queueBytes), ...attributes };
    const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
    return QueueUrl;
  };
  const timeoutSeconds = 120;
  const createFunction = async (FunctionName: string, variables: Record<string, string>): Promise<void> => {
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        // Local AWS requires this runtime. The runtime of the account decides what runs.
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role: `arn:aws:iam::${accountId}:role/${FunctionName}`,
        Code: { ZipFile: Buffer.from(FunctionName) },
        Environment: { Variables: variables },
        Timeout: timeoutSeconds,
        MemorySize: 256,
      }),
    );
  };
  const sendFailuresTo = async (FunctionName: string, queue: string): Promise<void> => {
    const DestinationConfig = { OnFailure: { Destination: queueArn(queue) } };
    await lambda.send(new PutFunctionEventInvokeConfigCommand({ FunctionName, DestinationConfig }));
  };
  const createRule = async (
    Name: string,
    what: { pattern: object } | { schedule: string },
    target: string,
  ): Promise<void> => {
    const when =
      "pattern" in what
        ? { EventPattern: JSON.stringify(what.pattern) }
        : { ScheduleExpression: what.schedule };
    await events.send(new PutRuleCommand({ Name, ...when }));
    await events.send(new PutTargetsCommand({ Rule: Name, Targets: [{ Id: "target", Arn: target }] }));
  };
  /** Creates a queue that moves a message to the DLQ after `maxReceiveCount` receives. */
  const createWorkQueue = (name: string, deadLetterQueue: string, maxReceiveCount: number, rule?: string) =>
    createQueue(name, {
      // AWS recommends six times the function's timeout.
      VisibilityTimeout: String(6 * timeoutSeconds),
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn(deadLetterQueue), maxReceiveCount }),
      ...(rule && {
        Policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "events.amazonaws.com" },
              Action: "sqs:SendMessage",
              Resource: queueArn(name),
              Condition: { ArnEquals: { "aws:SourceArn": ruleArn(rule) } },
            },
          ],
        }),
      }),
    });
  const read = async (
    queue: string,
    FunctionName: string,
    more: Partial<CreateEventSourceMappingCommand["input"]>,
  ): Promise<void> => {
    const EventSourceArn = queueArn(queue);
    await lambda.send(new CreateEventSourceMappingCommand({ EventSourceArn, FunctionName, ...more }));
  };

  await ecs.send(
    new CreateClusterCommand({ clusterName: cluster, capacityProviders: ["FARGATE", "FARGATE_SPOT"] }),
  );
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: service,
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      cpu: "256",
      memory: "512",
      containerDefinitions: [{ name: "main", image: "main", portMappings: [{ containerPort: port }] }],
    }),
  );
  const { TargetGroups = [] } = await elb.send(
    new CreateTargetGroupCommand({
      Name: service,
      TargetType: "ip",
      Protocol: "HTTP",
      Port: port,
      VpcId: "vpc-1",
    }),
  );
  const TargetGroupArn = TargetGroups[0]?.TargetGroupArn ?? "";
  const drain = [{ Key: "deregistration_delay.timeout_seconds", Value: String(drainSeconds) }];
  await elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes: drain }));
  const deadLetterQueueUrl = await createQueue("dead-letter");
  return {
    targetGroup: TargetGroupArn,
    deadLetterQueueUrl,
    createFunction,
    createQueue,
    createRule,
    createWorkQueue,
    read,
    sendFailuresTo,
  };
};

const startPattern = { source: [eventSource], "detail-type": ["Start ECS Task"] };
const stopPattern = { source: [eventSource], "detail-type": ["Stop ECS Tasks"] };

/** Deploys the usual functions as tutorials show. */
export const deployUsual: Deploy = async (account, settings) => {
  const { kind, stops = false, waitSeconds = 20 } = settings;
  const buffer = kind === "job" && settings.buffer;
  const aws = await prepare(account);
  const { targetGroup } = aws;
  const services = { [service]: { cluster, family: service, container: "main", subnets, port, targetGroup } };
  const variables = { SERVICES: JSON.stringify(services), TASK_WAIT_TIMEOUT: String(waitSeconds) };
  const functionName = kind === "engine" ? "engine-starter" : buffer ? "queue-consumer" : "job-starter";
  let bufferUrl: string | undefined;

  await aws.createFunction(functionName, variables);
  if (buffer) {
    bufferUrl = await aws.createWorkQueue("buffer", "dead-letter", 3, "start");
    await aws.read("buffer", functionName, { BatchSize: 10 });
  } else {
    await aws.sendFailuresTo(functionName, "dead-letter");
  }
  const target = buffer ? queueArn("buffer") : functionArn(functionName);
  await aws.createRule("start", { pattern: startPattern }, target);
  if (stops) {
    await aws.createFunction("engine-stopper", variables);
    await aws.sendFailuresTo("engine-stopper", "dead-letter");
    await aws.createRule("stop", { pattern: stopPattern }, functionArn("engine-stopper"));
  }
  const deadLetterQueueUrls = [aws.deadLetterQueueUrl];
  const burstSource = "waiting callers";
  return { account, settings, functionName, bufferUrl, burstSource, deadLetterQueueUrls, targetGroup };
};

const packed = (routes: object): string => gzipSync(JSON.stringify(routes)).toString("base64");
const groups = [{ prefix: "route-" }, { prefix: "route:" }];
const batches = { FunctionResponseTypes: ["ReportBatchItemFailures" as const] };

/** Deploys the functions of this project as the modules `launcher` and `registrar` do. */
export const deployOurs: Deploy = async (account, settings) => {
  const { kind, buffer = false, stops = false, registrar = false, waitSeconds = 20, onFailure } = settings;
  const aws = await prepare(account);
  const { targetGroup } = aws;
  const waits = kind === "engine" && !registrar;
  const needsQueue = buffer || onFailure?.action === "retry";
  const route = { cluster, family: service, container: "main" };
  const target = { port, targetGroup, targetType: "ip" };
  const deadLetterQueueUrls = [aws.deadLetterQueueUrl];
  const bufferUrl = needsQueue ? await aws.createWorkQueue("buffer", "dead-letter", 10) : undefined;

  const routes = {
    [service]: { ...route, subnets, securityGroups: [], onFailure, ...(kind === "engine" && target) },
  };
  await aws.createFunction("start-task", {
    ROUTES: packed(routes),
    DEAD_LETTER_QUEUE_URL: aws.deadLetterQueueUrl,
    PAYLOAD_BUCKET: "payloads",
    ...(bufferUrl && { RETRY_QUEUE_URL: bufferUrl }),
    ...(bufferUrl && buffer && { BUFFER_QUEUE_URL: bufferUrl }),
    ...(waits && { TASK_WAIT_TIMEOUT: String(waitSeconds) }),
  });
  await aws.sendFailuresTo("start-task", "dead-letter");
  if (bufferUrl) {
    const ScalingConfig = { MaximumConcurrency: 20 };
    await aws.read("buffer", "start-task", { BatchSize: 10, ScalingConfig, ...batches });
  }
  await aws.createRule("start", { pattern: startPattern }, functionArn("start-task"));
  const changes = (lastStatus: string[]) => ({
    pattern: {
      source: ["aws.ecs"],
      "detail-type": ["ECS Task State Change"],
      detail: { group: groups, lastStatus },
    },
  });
  await aws.createRule("task-ended", changes(["STOPPED"]), functionArn("start-task"));

  if (registrar) {
    deadLetterQueueUrls.push(await aws.createQueue("register-targets-dead-letter"));
    const queue = "register-targets-recheck";
    const rule = "state-change";
    const recheckUrl = await aws.createWorkQueue(queue, "register-targets-dead-letter", 5, rule);
    await aws.createFunction("register-targets", {
      ROUTES: packed({ [service]: { ...route, ...target, drainSeconds } }),
      DEAD_LETTER_QUEUE_URL: deadLetterQueueUrls[1] ?? "",
      RECHECK_QUEUE_URL: recheckUrl,
    });
    await aws.sendFailuresTo("register-targets", "register-targets-dead-letter");
    const statuses = ["RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"];
    await aws.createRule(rule, changes(statuses), queueArn(queue));
    const many = { BatchSize: 100, MaximumBatchingWindowInSeconds: 1 };
    await aws.read(queue, "register-targets", {
      ...many,
      ScalingConfig: { MaximumConcurrency: 2 },
      ...batches,
    });
    await aws.createRule("sweep", { schedule: "rate(5 minutes)" }, functionArn("register-targets"));
    if (stops) await aws.createRule("stop", { pattern: stopPattern }, functionArn("register-targets"));
  }
  const [functionName, burstSource] = ["start-task", "rule" as const];
  return { account, settings, functionName, bufferUrl, burstSource, deadLetterQueueUrls, targetGroup };
};
