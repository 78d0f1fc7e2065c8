import {
  CreateClusterCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from "@aws-sdk/client-ecs";
import {
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Route } from "../handlers/register-targets/environment";
import { createRegisterTargets } from "../handlers/register-targets/register-targets";
import { createSendMessage } from "../handlers/shared/send-message";
import { toTaskGroup } from "../handlers/shared/task-group";
import { findPrivateIp } from "../handlers/shared/task-target";
import { AwsError } from "../local/aws-error";
import { createLocalAws } from "../local/create-local-aws";
import type { TaskStateChange } from "../local/ecs";
import { TokenBucket } from "../local/ecs/token-bucket";
import { errorResponse } from "../local/http";
import { QueuePoller } from "../local/lambda/queue-poller";
import { Queue } from "../local/sqs/queue";
import { DEFAULTS } from "../local/sqs/queue-attributes";
import { lean, leanConfig } from "../testing/lean-client";

export type RegistrarFigures = {
  starts: number;
  /** DescribeTasks and ListTasks for each start, sweeps and retries included. */
  readsPerStart: number;
  /** TagResource for each start. */
  tagCallsPerStart: number;
  /** The share of the function's calls that was throttled, 0 to 1. */
  throttled: number;
  /** Messages in the DLQs; none is expected. */
  unexpectedDlqMessages: number;
  /** Seconds from RUNNING to the registration. */
  p50: number;
  p90: number;
  p99: number;
};

type BurstSettings = {
  starts: number;
  everyMs: number;
  services: number;
  /** Maximum number of messages in an invocation. */
  batchSize: number;
  /** Whether the quotas of Elastic Load Balancing apply, in addition to those of ECS. */
  loadBalancingLimits: boolean;
};

const minStartMs = 15_000;
const maxStartMs = 120_000;
const runMs = 60_000;

// Local AWS delivers events and answers calls at once. AWS guarantees no times; these are assumed, and rather slow. A
// Fargate task takes 10 to 25 seconds from stoppingAt to stoppedAt.
const minDeliveryMs = 100;
const maxDeliveryMs = 1500;
const callMs = 50;
const deprovisioningMs = 15_000;

// As the module registrar deploys them.
const functionTimeoutMs = 60_000;
const visibilityTimeoutSeconds = 120;
const windowSeconds = 1;
const maximumConcurrency = 2;
const maxReceiveCount = 10;
const sweepEveryMs = 300_000;
const deliveredStatuses = ["RUNNING", "DEACTIVATING", "DEPROVISIONING", "STOPPED"];

const port = 8080;
const account = "eu-west-1:123456789012";
const functionArn = `arn:aws:lambda:${account}:function:register-targets`;

/** Numbers that are distributed evenly from 0 to 1, in a mixed order. */
const spread = (n: number, step: number): number => (n * step) % 1;

const reads = ["DescribeTasks", "ListTasks", "DescribeContainerInstances"];
const registrations = ["RegisterTargets", "DeregisterTargets"];

/**
 * Measures the time from RUNNING to the registration, and the calls, when the registrar receives events through its queue:
 * with the real handler and SDK, against local AWS in the same process with a virtual clock. A start takes 15 to 120
 * seconds, a task runs for one minute, EventBridge takes 0.1 to 1.5 seconds and each call of the function 50 milliseconds.
 * The time of the function's own code and of cold starts is not included.
 */
export const playStarts = async ({
  starts,
  everyMs,
  services,
  batchSize,
  loadBalancingLimits,
}: BurstSettings) => {
  let started = 0;
  let follow: (change: TaskStateChange) => void = () => {};
  const aws = createLocalAws({
    throttled: false,
    taskTimings: { deprovisioning: deprovisioningMs },
    containers: () => ({
      startsAfterMs: minStartMs + spread(started++, 0.618) * (maxStartMs - minStartMs),
      durationMs: runMs,
    }),
    onTaskEvent: (change) => follow(change),
  });
  const { clock } = aws;
  const now = () => clock.now().getTime();
  const sleep = (ms: number) => clock.sleep(ms);
  const clientsWith = (requestHandler: object) => {
    const config = { ...aws.clientConfig, requestHandler: requestHandler as never };
    return {
      ecs: lean(new ECSClient({ ...config, ...leanConfig("ecs", sleep) })),
      elb: lean(
        new ElasticLoadBalancingV2Client({ ...config, ...leanConfig("elasticloadbalancing", sleep) }),
      ),
      sendMessage: createSendMessage({ ...config, sleep }),
    };
  };
  const requestHandler = aws.requestHandler();
  const { ecs, elb } = clientsWith(requestHandler);
  const sqs = lean(new SQSClient({ ...aws.clientConfig, requestHandler, ...leanConfig("sqs", sleep) }));

  await ecs.send(new CreateClusterCommand({ clusterName: "engines" }));
  const routes: Record<string, Route> = {};
  for (const service of Array.from({ length: services }, (_, n) => `service-${n + 1}`)) {
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: service,
        networkMode: "awsvpc",
        cpu: "256",
        memory: "512",
        containerDefinitions: [{ name: "main", image: "main" }],
      }),
    );
    const group = {
      Name: service,
      TargetType: "ip",
      Protocol: "HTTP",
      Port: port,
      VpcId: "vpc-1",
      // The maximum: health is not measured, and checks would take most of the time.
      HealthCheckIntervalSeconds: 300,
    } as const;
    const { TargetGroups = [] } = await elb.send(new CreateTargetGroupCommand(group));
    routes[service] = {
      cluster: "engines",
      family: service,
      container: "main",
      port,
      targetGroup: TargetGroups[0]?.TargetGroupArn,
      targetType: "ip",
      drainSeconds: 30,
    };
  }
  const createQueue = async (QueueName: string) =>
    (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? "";
  const deadLetterQueue = await createQueue("dead-letters");
  const recheckQueue = await createQueue("rechecks");

  const runningSince = new Map<string, number>();
  const lags: number[] = [];
  // Addresses of the running tasks: none of them must be deregistered.
  const running = new Set<string>();
  const wronglyDeregistered: string[] = [];
  const addressesIn = (form: URLSearchParams): string[] =>
    [...form].flatMap(([name, value]) => (/^Targets\.member\.\d+\.Id$/.test(name) ? value : []));
  const registered = (address: string) => {
    const since = runningSince.get(address);
    if (since === undefined) return;
    lags.push(now() - since);
    runningSince.delete(address);
  };

  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
  const ecsReads = new TokenBucket(clock, 100, 20);
  const ecsTags = new TokenBucket(clock, 20, 10);
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html
  const elbAll = new TokenBucket(clock, 40, 10);
  const elbRegistrations = new TokenBucket(clock, 20, 4);
  const isAllowed = (action: string): boolean => {
    if (reads.includes(action)) return ecsReads.take(1);
    if (action === "TagResource") return ecsTags.take(1);
    if (!loadBalancingLimits) return true;
    if (registrations.includes(action)) return elbRegistrations.take(1) && elbAll.take(1);
    return action === "DescribeTargetHealth" ? elbAll.take(1) : true;
  };
  const calls = new Map<string, number>();
  const throttled = new Map<string, number>();
  const countIn = (counts: Map<string, number>, action: string) =>
    counts.set(action, (counts.get(action) ?? 0) + 1);
  const limited = {
    handle: async (request: Parameters<typeof requestHandler.handle>[0]) => {
      await clock.sleep(callMs);
      const form = new URLSearchParams(String(request.body));
      const action = request.headers["x-amz-target"]?.split(".").pop() ?? form.get("Action") ?? "";
      countIn(calls, action);
      if (!isAllowed(action)) {
        countIn(throttled, action);
        const service = form.has("Action") ? "elasticloadbalancing" : "ecs";
        const answer = errorResponse(
          service,
          new AwsError("ThrottlingException", "Rate exceeded"),
          request.headers,
        );
        return { response: { statusCode: answer.status, headers: answer.headers, body: answer.body } };
      }
      const answer = await requestHandler.handle(request);
      if (action === "RegisterTargets") for (const address of addressesIn(form)) registered(address);
      if (action === "DeregisterTargets") {
        wronglyDeregistered.push(...addressesIn(form).filter((address) => running.has(address)));
      }
      return answer;
    },
  };
  const createFunction = () =>
    createRegisterTargets({
      ...clientsWith(limited),
      environment: {
        ROUTES: routes,
        DEAD_LETTER_QUEUE_URL: deadLetterQueue,
        RECHECK_QUEUE_URL: recheckQueue,
        LOG_LEVEL: "ERROR",
      },
      now,
      sleep,
      write: () => {},
    });
  // Idle execution environments of the function.
  const idle: ReturnType<typeof createFunction>[] = [];
  let invocations = 0;
  const invoke = async (event: unknown) => {
    const end = now() + functionTimeoutMs;
    const registerTargets = idle.pop() ?? createFunction();
    try {
      return await registerTargets(event, {
        awsRequestId: `request-${++invocations}`,
        functionName: "register-targets",
        invokedFunctionArn: functionArn,
        getRemainingTimeInMillis: () => end - now(),
      });
    } finally {
      idle.push(registerTargets);
    }
  };

  const arnOf = (name: string) => `arn:aws:sqs:${account}:${name}`;
  const queueDlq = new Queue(
    "queue-dead-letter",
    arnOf("queue-dead-letter"),
    DEFAULTS,
    clock,
    () => undefined,
  );
  const attributes = {
    ...DEFAULTS,
    VisibilityTimeout: String(visibilityTimeoutSeconds),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueDlq.arn, maxReceiveCount }),
  };
  const queue = new Queue("queue", arnOf("queue"), attributes, clock, () => queueDlq);
  const poller = new QueuePoller(
    {
      clock,
      queue: () => queue,
      invoke: async (_functionArn, event) => {
        const result = await invoke(JSON.parse(event));
        return { payload: JSON.stringify(result), failed: false, logTail: "" };
      },
      authorize: async () => {},
      log: (line) => process.stderr.write(`${line}\n`),
    },
    {
      queueArn: queue.arn,
      functionArn,
      batchSize,
      windowSeconds,
      maximumConcurrency,
      reportsBatchItemFailures: true,
    },
  );

  let delivered = 0;
  follow = ({ detailType, source, detail }) => {
    const address = findPrivateIp(detail) ?? "";
    if (detail.lastStatus === "RUNNING") running.add(address);
    if (detail.lastStatus === "DEACTIVATING") running.delete(address);
    if (!deliveredStatuses.includes(String(detail.lastStatus))) return;
    if (detail.lastStatus === "RUNNING") runningSince.set(address, now());
    const body = JSON.stringify({
      "detail-type": detailType,
      source,
      time: clock.now().toISOString(),
      detail,
    });
    const delay = minDeliveryMs + spread(delivered++, 0.7549) * (maxDeliveryMs - minDeliveryMs);
    clock.setTimer(delay, () => queue.send({ body }));
  };
  const names = Object.keys(routes);
  // One timer at a time: the clock iterates over all timers.
  const launchFrom = (start: number) => {
    if (start === starts) return;
    clock.setTimer(everyMs, () => launchFrom(start + 1));
    const service = names[start % names.length]!;
    void ecs.send(
      new RunTaskCommand({
        cluster: "engines",
        taskDefinition: service,
        launchType: "FARGATE",
        networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } },
        group: toTaskGroup(service),
      }),
    );
  };
  launchFrom(0);
  const durationMs = starts * everyMs + maxStartMs + runMs + 120_000;
  for (let at = sweepEveryMs; at < durationMs; at += sweepEveryMs) {
    clock.setTimer(at, () => void invoke({ "detail-type": "Scheduled Event", source: "aws.events" }));
  }
  await clock.advance(durationMs);
  poller.stop();

  const messages = (await sqs.send(new ReceiveMessageCommand({ QueueUrl: deadLetterQueue }))).Messages ?? [];
  const unexpectedDlqMessages = messages.length + queueDlq.counts().visible;
  clock.stop();
  if (lags.length !== starts) throw new Error(`${starts} starts caused ${lags.length} registrations`);
  if (wronglyDeregistered.length > 0)
    throw new Error(`${wronglyDeregistered.length} running tasks were deregistered`);
  lags.sort((a, b) => a - b);
  const quantile = (q: number): number => lags[Math.floor(q * starts)]! / 1000;
  const sum = (counts: Map<string, number>, actions: readonly string[] = [...counts.keys()]) =>
    actions.reduce((total, action) => total + (counts.get(action) ?? 0), 0);
  return {
    starts,
    readsPerStart: sum(calls, reads) / starts,
    tagCallsPerStart: sum(calls, ["TagResource"]) / starts,
    throttled: sum(throttled) / sum(calls),
    unexpectedDlqMessages,
    p50: quantile(0.5),
    p90: quantile(0.9),
    p99: quantile(0.99),
  };
};

export type BurstOfStarts = RegistrarFigures & {
  /**
   * The same with the quotas of Elastic Load Balancing: 4 registrations and deregistrations a second in the account. They
   * determine the lag then.
   */
  withLoadBalancingLimits: RegistrarFigures;
};

/** Measures ten thousand starts of five services with target groups, at twenty a second, the quota of RunTask. */
export const measureRegistrar = async (): Promise<BurstOfStarts> => {
  const burst = { everyMs: 50, services: 5 };
  return {
    ...(await playStarts({ ...burst, starts: 10_000, batchSize: 1_000, loadBalancingLimits: false })),
    withLoadBalancingLimits: await playStarts({
      ...burst,
      starts: 3_000,
      batchSize: 1_000,
      loadBalancingLimits: true,
    }),
  };
};
