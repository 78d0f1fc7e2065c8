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
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createRegisterTargets } from "../handlers/register-targets/register-targets";
import { groupOf } from "../handlers/shared/routes";
import { addressOf } from "../handlers/shared/task-target";
import { createLocalAws } from "../local/create-local-aws";
import type { TaskStateChange } from "../local/ecs";

export type RegistrationLag = {
  launches: number;
  /** Seconds from a task's running to its registration. */
  p50: number;
  p90: number;
  p99: number;
};

const launches = 500;
// Seldom enough for a task to be registered by its own event; in a service with more to do, that of another comes first.
const launchEveryMs = 20_000;
const shortestStartMs = 15_000;
const longestStartMs = 120_000;

// Local AWS hands events over and answers calls at once. AWS promises no times; these are assumed, on the slow side of
// what is usual.
const shortestDeliveryMs = 100;
const longestDeliveryMs = 1500;
const callMs = 50;

const port = 8080;
const runMs = 60_000;
const followed = ["RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"];
const invocation = {
  awsRequestId: "bench",
  functionName: "register-targets",
  invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:register-targets",
  getRemainingTimeInMillis: () => 60_000,
};

/** Numbers that are spread evenly over 0 to 1, in an order that has nothing to do with their size. */
const spread = (n: number, step: number): number => (n * step) % 1;

/**
 * How late a task is registered after it runs, when the registrar follows events: with the real handler and SDK,
 * against local AWS in the same process, on a clock that does not wait. A start takes 15 to 120 seconds, EventBridge
 * 0.1 to 1.5 seconds and each call of the function 50 milliseconds; how long the function's own code takes is not
 * in it, nor is a cold start.
 */
export const measureRegistrationLag = async (): Promise<RegistrationLag> => {
  let started = 0;
  let follow: (change: TaskStateChange) => void = () => {};
  const aws = createLocalAws({
    throttled: false,
    containers: () => ({
      startsAfterMs: shortestStartMs + spread(started++, 0.618) * (longestStartMs - shortestStartMs),
      durationMs: runMs,
    }),
    onTaskEvent: (change) => follow(change),
  });
  const { clock } = aws;
  const now = () => clock.now().getTime();
  const config = { ...aws.clientConfig, requestHandler: aws.requestHandler() };
  const ecs = new ECSClient(config);
  const elb = new ElasticLoadBalancingV2Client(config);
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
  const group = { Name: "auth", TargetType: "ip", Protocol: "HTTP", Port: port, VpcId: "vpc-1" } as const;
  const { TargetGroups = [] } = await elb.send(new CreateTargetGroupCommand(group));
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "queue" }));

  const runningSince = new Map<string, number>();
  const lags: number[] = [];
  // By address, which only one task has at a time. The function registers one after the other here.
  const registered = (address: string | null) => {
    const since = runningSince.get(address ?? "");
    if (since === undefined) return;
    lags.push(now() - since);
    runningSince.delete(address ?? "");
  };
  const requestHandler = aws.requestHandler();
  const slowly = {
    ...config,
    requestHandler: {
      handle: async (request: Parameters<typeof requestHandler.handle>[0]) => {
        await clock.sleep(callMs);
        const answer = await requestHandler.handle(request);
        const form = new URLSearchParams(String(request.body));
        if (form.get("Action") === "RegisterTargets") registered(form.get("Targets.member.1.Id"));
        return answer;
      },
    },
  };
  const registerTargets = createRegisterTargets({
    ecs: new ECSClient(slowly),
    elb: new ElasticLoadBalancingV2Client(slowly),
    sqs,
    environment: {
      ROUTES: {
        auth: {
          cluster: "engines",
          family: "auth",
          container: "main",
          port,
          targetGroup: TargetGroups[0]?.TargetGroupArn,
          targetType: "ip",
          drainSeconds: 30,
        },
      },
      DEAD_LETTER_QUEUE_URL: QueueUrl,
      RECHECK_QUEUE_URL: QueueUrl,
      LOG_LEVEL: "ERROR",
    },
    now,
    sleep: (ms) => clock.sleep(ms),
    write: () => {},
  });

  let delivered = 0;
  follow = ({ detailType, source, detail }) => {
    if (!followed.includes(String(detail.lastStatus))) return;
    if (detail.lastStatus === "RUNNING") runningSince.set(addressOf(detail) ?? "", now());
    const event = { "detail-type": detailType, source, time: clock.now().toISOString(), detail };
    const delay = shortestDeliveryMs + spread(delivered++, 0.7549) * (longestDeliveryMs - shortestDeliveryMs);
    clock.setTimer(delay, () => void registerTargets(event, invocation));
  };
  for (let launch = 0; launch < launches; launch++) {
    clock.setTimer(
      launch * launchEveryMs,
      () =>
        void ecs.send(
          new RunTaskCommand({
            cluster: "engines",
            taskDefinition: "auth",
            launchType: "FARGATE",
            networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } },
            group: groupOf("auth"),
          }),
        ),
    );
  }
  await clock.advance(launches * launchEveryMs + longestStartMs + runMs + 60_000);

  if (lags.length !== launches) throw new Error(`${launches} launches made ${lags.length} registrations`);
  lags.sort((a, b) => a - b);
  const quantile = (q: number): number => lags[Math.floor(q * launches)]! / 1000;
  return { launches, p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99) };
};
