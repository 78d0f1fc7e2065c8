import { setTimeout as sleep } from "node:timers/promises";
import { ECSClient, type Task } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Fault, LocalAws } from "../../../local";
import { type DeliveredEvent, LayoutAws } from "../../../scripts/demo/event-driven-ecs/aws";
import { clientConfig } from "../../../scripts/mutation/client-config";
import type { AppliedLayout } from "../../../testing/layout";

export async function until<T>(ask: () => Promise<T>, done: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (done(answer)) return answer;
    if (Date.now() > deadline)
      throw new Error(`The condition was not met in time; last answer: ${JSON.stringify(answer, null, 2)}`);
    await sleep(200);
  }
}

const reasonOf = (message: string): string => JSON.parse(message).responsePayload.errorMessage;

/** The layout as applied from one of its forms, in its own emulated account. */
export class Form {
  readonly aws: LayoutAws;
  readonly ecs: ECSClient;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly lambda: LambdaClient;
  private readonly sqs: SQSClient;

  constructor(
    readonly folder: string,
    readonly localAws: LocalAws,
    readonly layout: AppliedLayout,
  ) {
    const config = clientConfig(localAws.environment);
    this.aws = new LayoutAws(layout, localAws.environment);
    this.ecs = new ECSClient(config);
    this.elb = new ElasticLoadBalancingV2Client(config);
    this.lambda = new LambdaClient(config);
    this.sqs = new SQSClient(config);
  }

  start(service: string): Promise<DeliveredEvent> {
    return this.aws.put({ service });
  }

  stop(detail: object): Promise<DeliveredEvent> {
    return this.aws.put(detail, { source: "custom.app", detailType: "Stop ECS Tasks" });
  }

  /** Runs the registrar's sweep and returns its response. */
  async sweep(): Promise<{ services: Record<string, { missing: number; stale: number }> }> {
    const { Payload } = await this.lambda.send(
      new InvokeCommand({
        FunctionName: this.layout.registrar_function_name,
        Payload: Buffer.from(JSON.stringify({ "detail-type": "Sweep" })),
      }),
    );
    return JSON.parse(Buffer.from(Payload ?? []).toString());
  }

  async under<T>(faults: Fault[], play: () => Promise<T>): Promise<T> {
    this.localAws.faults.set(faults);
    try {
      return await play();
    } finally {
      this.localAws.faults.set([]);
    }
  }

  async tasksOf(eventId: string): Promise<Task[]> {
    const isOf = ({ startedBy = "" }: Task) => startedBy === eventId || startedBy.startsWith(`${eventId}/`);
    return (await this.aws.tasks()).filter(isOf);
  }

  /** Waits until the one task of an event has `status`. */
  async taskAt(status: "RUNNING" | "STOPPED", eventId: string): Promise<Task> {
    const tasks = await until(
      () => this.tasksOf(eventId),
      (found) => found.length > 0 && found.every(({ lastStatus }) => lastStatus === status),
    );
    expect(tasks).toHaveLength(1);
    return tasks[0]!;
  }

  /** Addresses and ports of a service's targets with their health. */
  async targetsOf(service: string): Promise<string[]> {
    const targets = (await this.aws.targets()).filter((target) => target.service === service);
    return targets.map(({ target, health }) => `${target} ${health}`).sort();
  }

  untilTargets(service: string, expected: readonly string[]): Promise<string[]> {
    return until(
      () => this.targetsOf(service),
      (found) => found.join() === expected.join(),
    );
  }

  /** Starts a task of a service and waits until the load balancer reaches it. */
  async serving(service: string): Promise<Task> {
    const task = await this.taskAt("RUNNING", (await this.start(service)).id);
    const healthy = `${addressOf(task)} healthy`;
    await until(
      () => this.targetsOf(service),
      (found) => found.includes(healthy),
    );
    return task;
  }

  /** The reasons in the launcher's DLQ. */
  async reasons(): Promise<string[]> {
    return (await this.aws.deadLetters()).map(reasonOf);
  }

  /** The reasons in the registrar's DLQ. */
  async registrarReasons(): Promise<string[]> {
    const QueueName = `${this.layout.registrar_function_name}-dead-letter`;
    const { QueueUrl } = await this.sqs.send(new GetQueueUrlCommand({ QueueName }));
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
    );
    return Messages.map(({ Body = "" }) => reasonOf(Body));
  }
}

const ports: Readonly<Record<string, number>> = { "route-users": 8080, "route-fa": 9090 };

/** Address and port of a task behind the load balancer. */
export function addressOf({ attachments = [], group = "" }: Task): string {
  const details = attachments.flatMap((attachment) => attachment.details ?? []);
  return `${details.find(({ name }) => name === "privateIPv4Address")?.value}:${ports[group]}`;
}
