import {
  EventBridgeClient,
  ListEventBusesCommand,
  ListRuleNamesByTargetCommand,
  ListTargetsByRuleCommand,
} from "@aws-sdk/client-eventbridge";
import { type GetFunctionConfigurationCommandOutput, LambdaClient } from "@aws-sdk/client-lambda";
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

async function listBuses(events: EventBridgeClient): Promise<string[]> {
  const { EventBuses = [] } = await events.send(new ListEventBusesCommand({ Limit: 100 }));
  return EventBuses.map(({ Name = "" }) => Name);
}

/** Of the rules on a bus that have the function as a target, also without the permission to invoke it. */
async function findRuleQueues(
  events: EventBridgeClient,
  EventBusName: string,
  invoked: LauncherFunction,
): Promise<FoundQueue[]> {
  const { RuleNames = [] } = await events.send(
    new ListRuleNamesByTargetCommand({ TargetArn: invoked.arn, EventBusName, Limit: 100 }),
  );
  const targets = await Promise.all(
    RuleNames.map((Rule) => events.send(new ListTargetsByRuleCommand({ Rule, EventBusName }))),
  );
  return targets
    .flatMap(({ Targets = [] }) => Targets.filter(({ Arn }) => Arn === invoked.arn))
    .flatMap(({ DeadLetterConfig, InputTransformer }) => {
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
  const buses = await listBuses(clients.events);
  const others = await Promise.all([
    ...buses.flatMap((bus) => functions.map((each) => findRuleQueues(clients.events, bus, each))),
    findScheduleQueues(clients, name, functions),
  ]);
  return [...ownQueues, ...(await Promise.all(others.flat().map((each) => withUrl(clients.sqs, each))))];
}
