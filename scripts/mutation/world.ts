import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { ECSClient, StopTaskCommand, type Task } from "@aws-sdk/client-ecs";
import {
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import {
  DeleteMessageCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { type Fault, type LocalAws, VirtualClock } from "../../local";
import type { EventDrivenEcsProps } from "../../src/event-driven-ecs";
import { Aws } from "../demo/aws";
import type { Layout } from "../demo/layout";
import { clientConfig } from "./client-config";

/** The applied layout, and time that can be pushed on: what scenarios play with. */
export class World {
  readonly aws: Aws;
  private readonly ecs: ECSClient;
  private readonly elb: ElasticLoadBalancingV2Client;
  private readonly events: EventBridgeClient;
  private readonly logs: CloudWatchLogsClient;
  private readonly sqs: SQSClient;
  private letters: string[] = [];

  constructor(
    private readonly localAws: LocalAws,
    layout: Layout,
    private readonly props: EventDrivenEcsProps,
  ) {
    const config = clientConfig(localAws.environment);
    this.aws = new Aws(layout, localAws.environment);
    this.ecs = new ECSClient(config);
    this.elb = new ElasticLoadBalancingV2Client(config);
    this.events = new EventBridgeClient(config);
    this.logs = new CloudWatchLogsClient(config);
    this.sqs = new SQSClient(config);
  }

  /** Forgets what came of an earlier scenario. */
  begin(): void {
    this.letters = [];
  }

  get services(): string[] {
    return Object.keys(this.props.services);
  }

  /** The services that the load balancer reaches; their tasks run until somebody stops them. */
  get serving(): string[] {
    return this.services.filter((service) => this.serves(service));
  }

  /** Resolves with the id of the event. */
  start(service: string, more: object = {}): Promise<string> {
    return this.put("Start ECS Task", { service, ...more });
  }

  /** Asks for the end of every task of these services that exists by now; resolves with the id of the event. */
  stop(services: readonly string[]): Promise<string> {
    return this.put("Stop ECS Tasks", { services });
  }

  // Without a time: EventBridge takes its own, which is not that of this process where the clock is virtual.
  private async put(DetailType: string, detail: object): Promise<string> {
    const { Entries: [entry] = [] } = await this.events.send(
      new PutEventsCommand({
        Entries: [{ Source: "custom.app", DetailType, Detail: JSON.stringify(detail) }],
      }),
    );
    if (!entry?.EventId) throw new Error(`EventBridge refused the event: ${JSON.stringify(entry)}`);
    return entry.EventId;
  }

  /** Looks again and again while time passes, about seventy virtual minutes. Rejects when nothing comes of it. */
  async until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    for (let tries = 0; tries < 120; tries++) {
      const found = await look();
      if (found !== undefined) return found;
      await this.pass(tries < 60 ? 10_000 : 60_000);
    }
    throw new Error(`waited in vain for ${what}`);
  }

  /** A moment of real time, in which processes get on, and more of the emulated accounts', if their clock is virtual. */
  private async pass(ms: number): Promise<void> {
    await sleep(50);
    const { clock } = this.localAws;
    if (clock instanceof VirtualClock) await clock.advance(ms);
  }

  /** Plays something under faults. */
  async under<T>(faults: Fault[], play: () => Promise<T>): Promise<T> {
    this.localAws.faults.set(faults);
    try {
      return await play();
    } finally {
      this.localAws.faults.set([]);
    }
  }

  /** The task of an event when it runs or has run; rejects as soon as it cannot come to that. */
  startedTask(eventId: string): Promise<Task> {
    return this.until(`the task of ${eventId}`, async () => {
      const letter = await this.deadLetter(eventId);
      if (letter) throw new Error(`dead letter: ${reasonOf(letter)}`);
      const task = await this.taskOf(eventId);
      return task?.startedAt || task?.lastStatus === "STOPPED" ? task : undefined;
    });
  }

  /** The task of an event when it has done its work, or, if it serves, was told to stop; rejects if it has failed. */
  async doneTask(service: string, eventId: string): Promise<Task> {
    const started = await this.startedTask(eventId);
    if (this.serves(service)) await this.stopServing(started);
    const task = await this.stoppedTask(eventId);
    const exitCode = task.containers?.[0]?.exitCode;
    if (exitCode === 0) return task;
    const output = await this.aws.outputOf(task).catch(() => []);
    throw new Error(`task ended with ${exitCode}: ${task.stoppedReason} ${output.at(-1) ?? ""}`);
  }

  /** Not before it serves: a process that is still starting knows no orderly end. */
  private async stopServing(task: Task): Promise<void> {
    await this.until("its first line", async () => (await this.aws.outputOf(task).catch(() => []))[0]);
    await this.ecs.send(new StopTaskCommand({ cluster: task.clusterArn, task: task.taskArn }));
  }

  stoppedTask(eventId: string): Promise<Task> {
    return this.until(`the end of the task of ${eventId}`, async () => {
      const task = await this.taskOf(eventId);
      return task?.lastStatus === "STOPPED" ? task : undefined;
    });
  }

  /** Whether the load balancer has the task for a target, and does not let it go. */
  async isTarget(task: Task): Promise<boolean> {
    const details = task.attachments?.flatMap((attachment) => attachment.details ?? []) ?? [];
    const address = details.find(({ name }) => name === "privateIPv4Address")?.value;
    const { TargetGroups = [] } = await this.elb.send(new DescribeTargetGroupsCommand());
    const targets = await Promise.all(
      TargetGroups.map(({ TargetGroupArn }) =>
        this.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn })),
      ),
    );
    return targets
      .flatMap(({ TargetHealthDescriptions = [] }) => TargetHealthDescriptions)
      .some(({ Target, TargetHealth }) => Target?.Id === address && TargetHealth?.State !== "draining");
  }

  get schedules(): string[] {
    return Object.keys(this.props.schedules ?? {}).map((name) => `${this.props.name}-${name}`);
  }

  /** A letter in any dead-letter queue that is about an event, if there is one. */
  async deadLetter(eventId: string): Promise<string | undefined> {
    const { QueueUrls = [] } = await this.sqs.send(new ListQueuesCommand());
    const queues = QueueUrls.filter((url) => /-(dead-letter|undelivered)$/.test(url));
    for (const QueueUrl of queues) await this.takeOut(QueueUrl);
    return this.letters.find((letter) => letter.includes(eventId));
  }

  // Many runs leave many letters, and a call shows ten.
  private async takeOut(QueueUrl: string): Promise<void> {
    for (;;) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return;
      for (const { Body = "", ReceiptHandle } of Messages) {
        this.letters.push(Body);
        await this.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  }

  /** Resolves with what tells the lines that the registrar has written since then. */
  async listenToRegistrar(): Promise<() => Promise<string[]>> {
    const before = new Set(await this.registrarLog());
    return async () => (await this.registrarLog()).filter((line) => !before.has(line));
  }

  private async registrarLog(): Promise<string[]> {
    const lines: string[] = [];
    const logGroupName = `/aws/lambda/${this.props.name}-register-targets`;
    for await (const { events = [] } of paginateFilterLogEvents({ client: this.logs }, { logGroupName }))
      lines.push(...events.map(({ message = "" }) => message));
    return lines;
  }

  private serves(service: string): boolean {
    return this.props.services[service]?.path !== undefined;
  }

  private async taskOf(eventId: string): Promise<Task | undefined> {
    return (await this.tasksOf(eventId))[0];
  }

  /** Every task that an event has started. */
  async tasksOf(eventId: string): Promise<Task[]> {
    return (await this.aws.tasks()).filter(({ startedBy }) => startedBy?.startsWith(`${eventId}/`));
  }
}

function reasonOf(letter: string): string {
  const { responsePayload } = JSON.parse(letter) as { responsePayload?: { errorMessage?: string } };
  return responsePayload?.errorMessage ?? letter;
}
