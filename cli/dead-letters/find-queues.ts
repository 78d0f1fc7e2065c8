import { EventBridgeClient, ListTargetsByRuleCommand } from "@aws-sdk/client-eventbridge";
import {
  type GetFunctionConfigurationCommandOutput,
  GetPolicyCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { GetScheduleCommand, paginateListSchedules, SchedulerClient } from "@aws-sdk/client-scheduler";
import { GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { readFunctions } from "../deployment";

/** A dead-letter queue of a launcher, and the function that takes its messages again. */
export type DeadLetterQueue = {
  name: string;
  url: string;
  /** Messages are sent to it. */
  function: LauncherFunction;
  /** What the rule makes of an event for the function. EventBridge leaves the event itself in the queue. */
  inputTemplate?: string;
};

export type LauncherFunction = {
  name: string;
  arn: string;
  logGroup: string;
  /** Of long events. The registrar has none. */
  payloadBucket?: string;
  /** Whether it launches tasks. The registrar does not. */
  launches: boolean;
};

export type QueueClients = {
  lambda: LambdaClient;
  events: EventBridgeClient;
  scheduler: SchedulerClient;
  sqs: SQSClient;
};

export const createQueueClients = (): QueueClients => ({
  lambda: new LambdaClient(),
  events: new EventBridgeClient(),
  scheduler: new SchedulerClient(),
  sqs: new SQSClient(),
});

type Configuration = GetFunctionConfigurationCommandOutput;
type FoundQueue = Pick<DeadLetterQueue, "function" | "inputTemplate"> & { queue: string };

const toFunction = ({ FunctionName = "", FunctionArn = "", ...more }: Configuration): LauncherFunction => {
  const { PAYLOAD_BUCKET: payloadBucket } = more.Environment?.Variables ?? {};
  return {
    name: FunctionName,
    arn: FunctionArn,
    logGroup: more.LoggingConfig?.LogGroup ?? `/aws/lambda/${FunctionName}`,
    ...(payloadBucket !== undefined && { payloadBucket }),
    launches: payloadBucket !== undefined,
  };
};

/** The ARNs of the rules that may invoke a function. */
async function readRuleArns(lambda: LambdaClient, functionName: string): Promise<string[]> {
  try {
    const { Policy = "{}" } = await lambda.send(new GetPolicyCommand({ FunctionName: functionName }));
    return [...new Set(Policy.match(/arn:[\w-]+:events:[\w-]+:\d+:rule\/[^"]+/g))];
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return [];
    throw error;
  }
}

async function findRuleQueues(
  { lambda, events }: QueueClients,
  invoked: LauncherFunction,
): Promise<FoundQueue[]> {
  const found = await Promise.all(
    (await readRuleArns(lambda, invoked.name)).map(async (arn) => {
      const [bus = "default", Rule = ""] = /:rule\/(?:(.+)\/)?([^/]+)$/.exec(arn)?.slice(1) ?? [];
      const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule, EventBusName: bus }));
      return Targets.filter(({ Arn }) => Arn === invoked.arn);
    }),
  );
  return found.flat().flatMap(({ DeadLetterConfig, InputTransformer }) => {
    const inputTemplate = InputTransformer?.InputTemplate;
    const queue = DeadLetterConfig?.Arn;
    if (queue === undefined) return [];
    return [{ function: invoked, queue, ...(inputTemplate !== undefined && { inputTemplate }) }];
  });
}

async function findScheduleQueues(
  { scheduler }: QueueClients,
  name: string,
  functions: readonly LauncherFunction[],
): Promise<FoundQueue[]> {
  const found: FoundQueue[] = [];
  const pages = paginateListSchedules({ client: scheduler }, { NamePrefix: `${name}-` });
  for await (const { Schedules = [] } of pages)
    for (const { Name, GroupName, Target } of Schedules) {
      const invoked = functions.find(({ arn }) => arn === Target?.Arn);
      if (invoked === undefined) continue;
      const schedule = await scheduler.send(new GetScheduleCommand({ Name, GroupName }));
      const queue = schedule.Target?.DeadLetterConfig?.Arn;
      if (queue !== undefined) found.push({ function: invoked, queue });
    }
  return found;
}

async function withUrl(sqs: SQSClient, { queue, ...found }: FoundQueue): Promise<DeadLetterQueue> {
  const name = queue.slice(queue.lastIndexOf(":") + 1);
  const { QueueUrl: url = "" } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
  return { ...found, name, url };
}

/**
 * The dead-letter queues of a launcher whose messages a function of it takes again: its own and that of the registrar, and
 * those of the rules and schedules that invoke them.
 */
export async function findDeadLetterQueues(clients: QueueClients, name: string): Promise<DeadLetterQueue[]> {
  const configurations = await readFunctions(clients.lambda, name);
  const functions = configurations.map(toFunction);
  const ownQueues = configurations.flatMap(({ Environment }, index) => {
    const url = Environment?.Variables?.DEAD_LETTER_QUEUE_URL;
    const own = { function: functions[index]!, url: url ?? "", name: url?.split("/").at(-1) ?? "" };
    return url === undefined ? [] : [own];
  });
  const others = await Promise.all([
    ...functions.map((each) => findRuleQueues(clients, each)),
    findScheduleQueues(clients, name, functions),
  ]);
  return [...ownQueues, ...(await Promise.all(others.flat().map((each) => withUrl(clients.sqs, each))))];
}
