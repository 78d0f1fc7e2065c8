import {
  CreateClusterCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from "@aws-sdk/client-ecs";
import {
  CreateTargetGroupCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
  type TargetTypeEnum,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { SQSBatchResponse } from "aws-lambda";
import type { Route } from "../../../handlers/register-targets/environment";
import type { Handled, Outcome, Rejected } from "../../../handlers/register-targets/outcomes";
import { createRegisterTargets, type Invocation } from "../../../handlers/register-targets/register-targets";
import { createSendMessage, type SendMessage } from "../../../handlers/shared/send-message";
import { toTaskGroup } from "../../../handlers/shared/task-group";
import type { VirtualClock } from "../../../local/clock";
import type { Core } from "../../../local/core";
import { createLocalAws, type InProcessOptions } from "../../../local/create-local-aws";
import type { Task } from "../../../local/ecs/task";
import { lean, leanConfig } from "../../../testing/lean-client";
import { receiveAll } from "../../../testing/receive-all";
import { stateChange } from "../../../testing/state-change";
import type { DlqMessage, LogLine } from "../start-task/world";

export const region = "eu-west-1";
export const account = "123456789012";
export const functionArn = `arn:aws:lambda:${region}:${account}:function:register-targets`;
export const port = 8080;
/** As the function is deployed. */
const timeoutMs = 60_000;
export const drainSeconds = 30;

export { stateChange };

/** A message as Lambda receives it from SQS. */
export const record = (messageId: string, event: unknown, receives = 1, firstReceivedAt = 0) => ({
  eventSource: "aws:sqs",
  messageId,
  body: JSON.stringify(event),
  attributes: {
    ApproximateReceiveCount: String(receives),
    ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
  },
});

export const sweep = { id: "sweep-1", "detail-type": "Scheduled Event", source: "aws.events", detail: {} };

export const stopEvent = (services?: string[], more: Record<string, unknown> = {}) => ({
  id: "stop-1",
  "detail-type": "Stop ECS Tasks",
  source: "custom.app",
  detail: services ? { services } : {},
  ...more,
});

/** The reports of a successful outcome. @throws Error for a rejected input */
export const served = (outcome: unknown): Handled["services"] => {
  const { services, rejected } = outcome as Partial<Handled & Rejected>;
  if (services === undefined) throw new Error(`not served: ${rejected}`);
  return services;
};

/** The AWS clients of a function, for a test to change. */
export type Clients = { ecs: ECSClient; elb: ElasticLoadBalancingV2Client; sendMessage: SendMessage };

/** Does something before each call of the clients, once for all its attempts. */
export const beforeEachCall = (clients: Clients, act: (action: string) => unknown): void => {
  for (const client of [clients.ecs, clients.elb]) {
    (client as ECSClient).middlewareStack.add(
      (next, { commandName = "" }) =>
        async (args) => {
          await act(commandName.replace("Command", ""));
          return next(args);
        },
      { step: "initialize" },
    );
  }
  const { sendMessage } = clients;
  clients.sendMessage = async (...message) => {
    await act("SendMessage");
    return sendMessage(...message);
  };
};

/** Local AWS with a cluster, a family and a target group for each service, two queues, and functions to invoke. */
export const createWorld = async (
  services: Record<string, Partial<Route>>,
  options: InProcessOptions<VirtualClock> = {},
) => {
  const local = createLocalAws({ region, throttled: false, containers: () => ({}), ...options });
  const lines: LogLine[] = [];
  // Number of calls by action.
  const calls: Record<string, number> = {};

  const sleep = (ms: number) => local.clock.sleep(ms);

  const createClients = (requestHandler: object): Clients => {
    const config = { ...local.clientConfig, requestHandler: requestHandler as never };
    return {
      ecs: lean(new ECSClient({ ...config, ...leanConfig("ecs", sleep) })),
      elb: lean(
        new ElasticLoadBalancingV2Client({ ...config, ...leanConfig("elasticloadbalancing", sleep) }),
      ),
      sendMessage: createSendMessage({ ...config, sleep }),
    };
  };
  const requestHandler = local.requestHandler();
  const { ecs, elb } = createClients(requestHandler);
  const sqs = lean(new SQSClient({ ...local.clientConfig, requestHandler, ...leanConfig("sqs", sleep) }));

  await ecs.send(new CreateClusterCommand({ clusterName: "engines" }));
  const createGroup = async (service: string, TargetType: TargetTypeEnum): Promise<string> => {
    const { TargetGroups = [] } = await elb.send(
      new CreateTargetGroupCommand({
        Name: service,
        TargetType,
        Protocol: "HTTP",
        Port: port,
        VpcId: "vpc-1",
      }),
    );
    const TargetGroupArn = TargetGroups[0]?.TargetGroupArn ?? "";
    const Attributes = [{ Key: "deregistration_delay.timeout_seconds", Value: String(drainSeconds) }];
    await elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
    return TargetGroupArn;
  };
  const routes: Record<string, Route> = {};
  for (const [service, given] of Object.entries(services)) {
    const family = given.family ?? `${service}-api`;
    const { targetType = "ip", networkMode = targetType === "ip" ? "awsvpc" : "bridge" } = given;
    const portMappings = [{ containerPort: port }];
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        networkMode,
        requiresCompatibilities: [networkMode === "awsvpc" ? "FARGATE" : "EC2"],
        cpu: "256",
        memory: "512",
        containerDefinitions: [{ name: "main", image: "main", portMappings }],
      }),
    );
    routes[service] = {
      cluster: "engines",
      family,
      container: "main",
      port,
      targetGroup: "targetGroup" in given ? undefined : await createGroup(service, targetType),
      targetType,
      drainSeconds,
      ...given,
    };
  }
  const queue = async (QueueName: string) =>
    (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? "";
  const deadLetterQueue = await queue("dead-letters");
  const recheckQueue = await queue("rechecks");
  const core: Core = Reflect.get(local.requestHandler(), "core");

  /**
   * A fresh execution environment of the function, which a fault of kind `crash` ends.
   * @param through a request handler. Absent: that of local AWS
   */
  const startFunction = (tamper: (clients: Clients) => void = () => {}, through?: object) => {
    const own = local.requestHandler();
    const clients = createClients(through ?? own);
    beforeEachCall(clients, (action) => {
      calls[action] = (calls[action] ?? 0) + 1;
    });
    tamper(clients);
    const handler = createRegisterTargets({
      ...clients,
      environment: {
        ROUTES: routes,
        DEAD_LETTER_QUEUE_URL: deadLetterQueue,
        RECHECK_QUEUE_URL: recheckQueue,
        LOG_LEVEL: "INFO",
      },
      now: () => local.clock.now().getTime(),
      sleep: (ms) => local.clock.sleep(ms),
      write: (line) => lines.push(JSON.parse(line)),
    });
    return { handler, crashed: own.crashed };
  };
  const { handler } = startFunction();
  let requests = 0;
  /** The Lambda context of an invocation that begins now. */
  const invocation = (awsRequestId = `request-${++requests}`): Invocation => {
    const end = local.clock.now().getTime() + timeoutMs;
    return {
      awsRequestId,
      functionName: "register-targets",
      invokedFunctionArn: functionArn,
      getRemainingTimeInMillis: () => end - local.clock.now().getTime(),
    };
  };

  const takeAll = (queueUrl: string): Promise<string[]> => receiveAll(sqs, queueUrl);

  /** Lets time pass until the work is done. */
  const finish = async <T>(work: Promise<T>): Promise<T> => {
    let done = false;
    const ended = work.finally(() => {
      done = true;
    });
    ended.catch(() => {});
    // Most work needs no time, only turns of the event loop.
    for (let turns = 0; !done; turns += 1) await local.clock.advance(turns < 20 ? 1 : 500);
    return ended;
  };

  const world = {
    ...local,
    ecs,
    elb,
    sqs,
    recheckQueue,
    /** The queue from which the function receives its messages. */
    messages: core.sqs.queueByUrl(recheckQueue, { account, region }),
    routes,
    lines,
    /** Counts the calls of functions during some work, by action. */
    callsOf: async (work: () => Promise<unknown>): Promise<Record<string, number>> => {
      const before = { ...calls };
      await work();
      const made = Object.entries(calls).map(([action, count]) => [action, count - (before[action] ?? 0)]);
      return Object.fromEntries(made.filter(([, count]) => count !== 0));
    },
    startFunction,
    finish,
    invocation,
    /** Invokes the function, by default with a new request id. Its delays pass at once. */
    invoke: (event: unknown, awsRequestId?: string) => finish(handler(event, invocation(awsRequestId))),
    /** Invokes the function with a batch of new messages. */
    invokeBatch: async (...events: unknown[]): Promise<string[]> => {
      const answer = (await finish(
        handler({ Records: events.map((event, n) => record(`m-${n + 1}`, event)) }, invocation()),
      )) as SQSBatchResponse;
      return answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    },
    /** Launches a task of a service. */
    launch: async (service: string, more: Record<string, unknown> = {}): Promise<Task> => {
      const { tasks: [task] = [] } = await ecs.send(
        new RunTaskCommand({
          cluster: "engines",
          taskDefinition: routes[service]!.family,
          launchType: "FARGATE",
          networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-a"] } },
          group: toTaskGroup(service),
          ...more,
        }),
      );
      return local.tasks().find(({ arn }) => arn === task?.taskArn)!;
    },
    /** Launches a task of a service and lets it start. */
    run: async (service: string, more?: Record<string, unknown>): Promise<Task> => {
      const task = await world.launch(service, more);
      await local.clock.advance(1000);
      return task;
    },
    /** The events of a task so far, oldest first. */
    eventsOf: ({ arn }: Task) =>
      local.taskEvents.filter(({ detail }) => detail.taskArn === arn).map(stateChange),
    /** The newest event of a task. */
    latestEventOf: ({ arn }: Task) =>
      stateChange(local.taskEvents.filter(({ detail }) => detail.taskArn === arn).at(-1)!),
    /** The targets of a service with their health: healthy, draining, … */
    members: async (service: string): Promise<Record<string, string>> => {
      const { TargetHealthDescriptions = [] } = await elb.send(
        new DescribeTargetHealthCommand({ TargetGroupArn: routes[service]!.targetGroup }),
      );
      return Object.fromEntries(
        TargetHealthDescriptions.map(({ Target, TargetHealth }) => [
          `${Target?.Id}:${Target?.Port}`,
          TargetHealth?.State ?? "",
        ]),
      );
    },
    /** The targets of a service that are not draining. */
    targets: async (service: string): Promise<string[]> =>
      Object.entries(await world.members(service))
        .filter(([, state]) => state !== "draining")
        .map(([target]) => target),
    /** Receives and deletes all DLQ messages. */
    takeDlqMessages: async (): Promise<DlqMessage[]> =>
      (await takeAll(deadLetterQueue)).map((body) => JSON.parse(body)),
    /** Receives and deletes all due messages of the recheck queue. */
    dueRechecks: async (): Promise<unknown[]> =>
      (await takeAll(recheckQueue)).map((body) => JSON.parse(body)),
    /** The values of one metric so far. */
    metric: (name: string) => lines.filter((line) => name in line).map((line) => line[name]),
  };
  return world;
};

export type World = Awaited<ReturnType<typeof createWorld>>;
export type { Outcome };

/** The target of a task as `address:port`. */
export const targetOf = (task: Task, at = port): string => `${task.launch.network?.privateIp}:${at}`;
