import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { ECSClient, StopTaskCommand, type Task } from "@aws-sdk/client-ecs";
import {
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import type { LocalAws } from "../../../local";
import type { EventDrivenEcsProps } from "../../../src/event-driven-ecs";
import { LayoutAws } from "../../demo/event-driven-ecs/aws";
import type { Layout } from "../../demo/event-driven-ecs/layout";
import { jsonLines } from "../../json-lines";
import { clientConfig } from "../client-config";
import { LauncherWorld } from "../world";

/** The applied layout. */
export class LayoutWorld extends LauncherWorld<LayoutAws> {
  private readonly ecs: ECSClient;
  private readonly elb: ElasticLoadBalancingV2Client;
  private readonly events: EventBridgeClient;
  private readonly logs: CloudWatchLogsClient;

  constructor(
    localAws: LocalAws,
    layout: Layout,
    private readonly props: EventDrivenEcsProps,
  ) {
    super(localAws, new LayoutAws(layout, localAws.environment));
    const config = clientConfig(localAws.environment);
    this.ecs = new ECSClient(config);
    this.elb = new ElasticLoadBalancingV2Client(config);
    this.events = new EventBridgeClient(config);
    this.logs = new CloudWatchLogsClient(config);
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

  /** Waits until the task of an event has exited; one that serves is stopped. Rejects if it has failed. */
  async doneTask(service: string, eventId: string): Promise<Task> {
    const started = await this.startedTask(eventId);
    if (this.serves(service)) await this.stopServing(started);
    const task = await this.endedTask(eventId);
    const exitCode = task.containers?.[0]?.exitCode;
    if (exitCode === 0) return task;
    const output = await this.aws.outputOf(task).catch(() => []);
    throw new Error(`task ended with ${exitCode}: ${task.stoppedReason} ${output.at(-1) ?? ""}`);
  }

  /** Stops a task after the first line of the worker: a process that is still starting does not handle SIGTERM. */
  private async stopServing(task: Task): Promise<void> {
    const linesOf = async () => jsonLines(await this.aws.outputOf(task).catch(() => []));
    await this.until("its first line", async () => (await linesOf())[0]);
    await this.ecs.send(new StopTaskCommand({ cluster: task.clusterArn, task: task.taskArn }));
  }

  /** Waits until the task of an event has stopped, also if it is drained for long before. */
  stoppedTask(eventId: string): Promise<Task> {
    return this.until(`the end of the task of ${eventId}`, async () => {
      const [task] = await this.tasksOf(eventId);
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
}
