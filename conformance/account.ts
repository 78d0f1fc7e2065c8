import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeTasksCommand,
  ECSClient,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { AwsCredentialIdentity } from "@smithy/types";
import { type WrongAnswers, wrongAnswersPlugin } from "./wrong-answers";

/** The outputs of `conformance/terraform/`. */
export interface Resources {
  readonly cluster: string;
  /** Source of the events that a rule of the checks matches. */
  readonly source: string;
  readonly jobWithoutRevision: string;
  readonly families: Readonly<Record<"job" | "absent" | "secrets" | "instances", string>>;
  readonly subnet: string;
  readonly securityGroup: string;
  readonly targetGroup: string;
  readonly queues: Readonly<Record<QueueName | "fifo", string>>;
  readonly queueArns: Readonly<Record<QueueName, string>>;
  readonly bucket: string;
  readonly function: string;
  readonly logGroup: string;
  readonly roles: Readonly<Record<"task" | "execution" | "caller" | "scheduler", string>>;
  readonly scheduleGroup: string;
}
type QueueName =
  | "task-events"
  | "events"
  | "transformed"
  | "forbidden"
  | "dead-letters"
  | "plain"
  | "brief"
  | "failed";

export interface Connection {
  readonly region: string;
  /** Default: that of AWS, or AWS_ENDPOINT_URL. */
  readonly endpoint?: string;
  /** Default: the SDK's chain of providers. */
  readonly credentials?: AwsCredentialIdentity;
}

export interface AccountOptions {
  readonly connection: Connection;
  readonly resources: Resources;
  /** Real time, or the virtual time of local AWS. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly now: () => Date;
  readonly wrong?: WrongAnswers;
}

export interface Message {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
}

/** A statement of a session policy, without its effect. */
interface AllowedActions {
  readonly Action: string | readonly string[];
  readonly Resource: string;
  readonly Condition?: object;
}

/** What a container exits with, for checks of exit codes. */
export const EXIT_CODE = 3;
const LONG = ["sleep", "90000"];
/** Virtual time can be over long before the process of a function has started. */
const PATIENCE_MS = 15_000;

const createClients = (connection: Connection, wrong: WrongAnswers) => {
  // Without retries: checks see each answer. Path style: local AWS has no host name for each bucket.
  const config = { ...connection, maxAttempts: 1, forcePathStyle: true };
  const clients = {
    ecs: new ECSClient(config),
    elb: new ElasticLoadBalancingV2Client(config),
    events: new EventBridgeClient(config),
    lambda: new LambdaClient(config),
    logs: new CloudWatchLogsClient(config),
    s3: new S3Client(config),
    scheduler: new SchedulerClient(config),
    sqs: new SQSClient(config),
  };
  for (const client of Object.values(clients)) client.middlewareStack.use(wrongAnswersPlugin(wrong) as never);
  return clients;
};
export type Clients = ReturnType<typeof createClients>;

/** An account with the resources of the checks, and what checks have in common. */
export class Account {
  readonly resources: Resources;
  readonly clients: Clients;
  private readonly received = new Map<string, Message[]>();

  constructor(private readonly options: AccountOptions) {
    this.resources = options.resources;
    this.clients = createClients(options.connection, options.wrong ?? {});
  }

  /** Waits; virtual time passes at once. */
  sleep = (seconds: number): Promise<void> => this.options.sleep(seconds * 1000);
  now = (): Date => this.options.now();

  /** A name that no other check has. */
  unique = (): string => randomBytes(8).toString("hex");

  /** Asks every second, or `every` seconds, until there is an answer. undefined if there is none in time. */
  async until<T>(seconds: number, ask: () => Promise<T | undefined>, every = 1): Promise<T | undefined> {
    const end = this.now().getTime() + seconds * 1000;
    const patientUntil = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = await ask();
      const late = this.now().getTime() >= end && Date.now() >= patientUntil;
      if (found !== undefined || late) return found;
      await this.sleep(every);
    }
  }

  /** Clients of a role with these permissions only. */
  async as(...Statement: readonly AllowedActions[]): Promise<Clients> {
    const sts = new STSClient(this.options.connection);
    const policy = {
      Version: "2012-10-17",
      Statement: Statement.map((each) => ({ Effect: "Allow", ...each })),
    };
    const input = {
      RoleArn: this.resources.roles.caller,
      RoleSessionName: "conformance",
      Policy: JSON.stringify(policy),
    };
    // A new role cannot be assumed for some seconds.
    const session = await this.until(60, () =>
      sts.send(new AssumeRoleCommand(input)).catch((error: Error) => {
        if (error.name !== "AccessDenied") throw error;
        return undefined;
      }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken } = session?.Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey) throw new Error("The role of the checks cannot be assumed.");
    const credentials = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    };
    return createClients({ ...this.options.connection, credentials }, this.options.wrong ?? {});
  }

  /** The request of a launch on Fargate. `command` replaces the container's, which sleeps. */
  launch({ command, ...more }: Partial<RunTaskCommandInput> & { command?: string[] } = {}): RunTaskCommand {
    const { cluster, families, securityGroup, subnet } = this.resources;
    return new RunTaskCommand({
      cluster,
      taskDefinition: families.job,
      launchType: "FARGATE",
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: [subnet],
          securityGroups: [securityGroup],
          assignPublicIp: "ENABLED",
        },
      },
      ...(command && { overrides: { containerOverrides: [{ name: "main", command }] } }),
      ...more,
    });
  }

  /** Launches a task and returns it as RunTask answers. */
  async run(options: Parameters<Account["launch"]>[0] = {}): Promise<Task & { taskArn: string }> {
    const { failures, tasks } = await this.clients.ecs.send(this.launch(options));
    const [task] = tasks ?? [];
    if (!task?.taskArn) throw new Error(`ECS has started no task: ${failures?.[0]?.reason}`);
    return { ...task, taskArn: task.taskArn };
  }

  async describe(taskArn: string, include: "TAGS"[] = []): Promise<Task | undefined> {
    const { cluster } = this.resources;
    const input = { cluster, tasks: [taskArn], include };
    return (await this.clients.ecs.send(new DescribeTasksCommand(input))).tasks?.[0];
  }

  async stop(taskArn: string): Promise<void> {
    await this.clients.ecs.send(new StopTaskCommand({ cluster: this.resources.cluster, task: taskArn }));
  }

  /** Waits until a task has this status. undefined if it does not get it in time. */
  async wait(taskArn: string, status: "RUNNING" | "STOPPED"): Promise<Task | undefined> {
    return this.until(300, async () => {
      const found = await this.describe(taskArn);
      return found?.lastStatus === status ? found : undefined;
    });
  }

  /** Waits until a task has this status, without which there is nothing to check. */
  async reached(taskArn: string, status: "RUNNING" | "STOPPED"): Promise<Task> {
    const task = await this.wait(taskArn, status);
    if (!task) throw new Error(`The task is not ${status} within five minutes.`);
    return task;
  }

  /** A task that runs as long as the checks do, with its launch; its request can be repeated. */
  readonly runningTask = this.once(async () => {
    const request = {
      clientToken: this.unique(),
      startedBy: "conformance",
      group: "route-conformance",
      tags: [{ key: "origin", value: "conformance" }],
      command: LONG,
    };
    return { request, task: await this.run(request) };
  });

  /** A task that has ended with EXIT_CODE, with its launch. */
  readonly endedTask = this.once(async () => {
    const request = {
      clientToken: this.unique(),
      tags: [{ key: "origin", value: "conformance" }],
      // Long enough for ECS to see it run.
      command: ["sh", "-c", `sleep 1; exit ${EXIT_CODE}`],
    };
    const { taskArn } = await this.run(request);
    return { request, taskArn, task: await this.reached(taskArn, "STOPPED") };
  });

  /** Receives from a queue until a message matches, and returns all that do. */
  async messages(
    queueUrl: string,
    matches: (message: Message) => boolean,
    { every = 1, seconds = 120 } = {},
  ): Promise<Message[]> {
    const all = this.received.get(queueUrl) ?? [];
    this.received.set(queueUrl, all);
    const find = async () => {
      if (!all.some(matches)) all.push(...(await this.receive(queueUrl)));
      return all.some(matches) || undefined;
    };
    await this.until(seconds, find, every);
    return all.filter(matches);
  }

  private async receive(QueueUrl: string): Promise<Message[]> {
    const { sqs } = this.clients;
    const input = { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input));
    for (const { ReceiptHandle } of Messages)
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    return Messages.map(({ Body = "", MessageAttributes = {} }) => ({
      body: Body,
      attributes: Object.fromEntries(
        Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
      ),
    }));
  }

  /** The events of a task, at least until it has stopped. */
  async taskEvents(taskArn: string): Promise<TaskEvent[]> {
    const detailOf = ({ body }: Message) => (JSON.parse(body) as { detail: TaskEvent }).detail;
    const isEnd = (message: Message) =>
      detailOf(message).taskArn === taskArn && detailOf(message).lastStatus === "STOPPED";
    const queue = this.resources.queues["task-events"];
    const [end] = await this.messages(queue, isEnd);
    assert.ok(end, "There is no event of STOPPED within two minutes.");
    const all = await this.messages(queue, (message) => detailOf(message).taskArn === taskArn);
    return all.map(detailOf);
  }

  private once<T>(make: () => Promise<T>): () => Promise<T> {
    let made: Promise<T> | undefined;
    return () => (made ??= make());
  }
}

/** The detail of an event `ECS Task State Change`. */
export interface TaskEvent {
  readonly taskArn: string;
  readonly lastStatus: string;
  readonly version: number;
  readonly stopCode?: string;
  readonly tags?: unknown;
  readonly containers?: readonly { exitCode?: number }[];
  readonly attachments?: readonly { type: string; details: readonly { name: string; value: string }[] }[];
}
