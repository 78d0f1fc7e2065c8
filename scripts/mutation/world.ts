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
import { LayoutAws } from "../demo/event-driven-ecs/aws";
import type { Layout } from "../demo/event-driven-ecs/layout";
import { clientConfig } from "./client-config";

/** The applied layout with a clock, for scenarios. */
export class World {
  readonly aws: LayoutAws;
  private readonly ecs: ECSClient;
  private readonly elb: ElasticLoadBalancingV2Client;
  private readonly events: EventBridgeClient;
  private readonly logs: CloudWatchLogsClient;
  private readonly sqs: SQSClient;
  private dlqMessages: string[] = [];

  constructor(
    private readonly localAws: LocalAws,
    layout: Layout,
    private readonly props: EventDrivenEcsProps,
  ) {
    const config = clientConfig(localAws.environment);
    this.aws = new LayoutAws(layout, localAws.environment);
    this.ecs = new ECSClient(config);
    this.elb = new ElasticLoadBalancingV2Client(config);
    this.events = new EventBridgeClient(config);
    this.logs = new CloudWatchLogsClient(config);
    this.sqs = new SQSClient(config);
  }

  /** Forgets the DLQ messages of earlier scenarios. */
  begin(): void {
    this.dlqMessages = [];
  }

  get services(): string[] {
    return Object.keys(this.props.services);
  }

  /** The services behind the load balancer, whose tasks run until they are stopped. */
  get serving(): string[] {
    return this.services.filter((service) => this.serves(service));
  }

  /** Resolves with the id of the event. */
  start(service: string, more: object = {}): Promise<string> {
    return this.put("Start ECS Task", { service, ...more });
  }

  /** Stops all current tasks of these services. Resolves with the id of the event. */
  stop(services: readonly string[]): Promise<string> {
    return this.put("Stop ECS Tasks", { services });
  }

  // Without a time: EventBridge uses its own, which differs from that of this process with a virtual clock.
  private async put(DetailType: string, detail: object): Promise<string> {
    const { Entries: [entry] = [] } = await this.events.send(
      new PutEventsCommand({
        Entries: [{ Source: "custom.app", DetailType, Detail: JSON.stringify(detail) }],
      }),
    );
    if (!entry?.EventId) throw new Error(`EventBridge refused the event: ${JSON.stringify(entry)}`);
    return entry.EventId;
  }

  /** Polls for about seventy virtual minutes. Rejects if nothing is found. */
  async until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    for (let tries = 0; tries < 120; tries++) {
      const found = await look();
      if (found !== undefined) return found;
      await this.pass(tries < 60 ? 10_000 : 60_000);
    }
    throw new Error(`timed out waiting for ${what}`);
  }

  /** Waits a moment of real time for processes, and advances the clock if it is virtual. */
  private async pass(ms: number): Promise<void> {
    await sleep(50);
    const { clock } = this.localAws;
    if (clock instanceof VirtualClock) await clock.advance(ms);
  }

  /** Plays something with a fault script. */
  async withFaults<T>(faults: Fault[], play: () => Promise<T>): Promise<T> {
    this.localAws.faults.set(faults);
    try {
      return await play();
    } finally {
      this.localAws.faults.set([]);
    }
  }

  /** Waits until the task of an event runs or has run. Rejects if the event is in a DLQ. */
  startedTask(eventId: string): Promise<Task> {
    return this.until(`the task of ${eventId}`, async () => {
      const message = await this.dlqMessage(eventId);
      if (message) throw new Error(`the event is in a DLQ: ${reasonOf(message)}`);
      const task = await this.taskOf(eventId);
      return task?.startedAt || task?.lastStatus === "STOPPED" ? task : undefined;
    });
  }

  /** Waits until the task of an event has exited; one that serves is stopped. Rejects if it has failed. */
  async doneTask(service: string, eventId: string): Promise<Task> {
    const started = await this.startedTask(eventId);
    if (this.serves(service)) await this.stopServing(started);
    const task = await this.stoppedTask(eventId);
    const exitCode = task.containers?.[0]?.exitCode;
    if (exitCode === 0) return task;
    const output = await this.aws.outputOf(task).catch(() => []);
    throw new Error(`task ended with ${exitCode}: ${task.stoppedReason} ${output.at(-1) ?? ""}`);
  }

  /** Stops a task after its first output: a process that is still starting does not handle SIGTERM. */
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

  /** Whether the task is a target that is not draining. */
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

  /** A message on an event in any DLQ, if there is one. */
  async dlqMessage(eventId: string): Promise<string | undefined> {
    const { QueueUrls = [] } = await this.sqs.send(new ListQueuesCommand());
    const queues = QueueUrls.filter((url) => /-(dead-letter|undelivered)$/.test(url));
    for (const QueueUrl of queues) await this.receiveAll(QueueUrl);
    return this.dlqMessages.find((message) => message.includes(eventId));
  }

  // A call returns ten messages at most.
  private async receiveAll(QueueUrl: string): Promise<void> {
    for (;;) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return;
      for (const { Body = "", ReceiptHandle } of Messages) {
        this.dlqMessages.push(Body);
        await this.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  }

  /** Resolves with a function that returns the lines that the registrar has logged since. */
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

  /** All tasks that an event has started. */
  async tasksOf(eventId: string): Promise<Task[]> {
    return (await this.aws.tasks()).filter(({ startedBy }) => startedBy?.startsWith(`${eventId}/`));
  }
}

function reasonOf(message: string): string {
  const { responsePayload } = JSON.parse(message) as { responsePayload?: { errorMessage?: string } };
  return responsePayload?.errorMessage ?? message;
}
