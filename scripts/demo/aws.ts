import { request } from "node:http";
import { text } from "node:stream/consumers";
import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Layout } from "./layout";

/** An event as EventBridge hands it to a function. */
export type DeliveredEvent = Readonly<Record<string, unknown>> & { readonly id: string };

/** A target of a service, as the load balancer sees it. */
export type Target = { readonly service: string; readonly target: string; readonly health: string };

/** The layout as its users reach it: by AWS's own clients. */
export class Aws {
  private readonly events: EventBridgeClient;
  private readonly lambda: LambdaClient;
  private readonly ecs: ECSClient;
  private readonly logs: CloudWatchLogsClient;
  private readonly sqs: SQSClient;
  private readonly elb: ElasticLoadBalancingV2Client;

  constructor(
    private readonly layout: Layout,
    private readonly environment: Readonly<Record<string, string>>,
  ) {
    const config = {
      endpoint: environment.AWS_ENDPOINT_URL,
      region: environment.AWS_REGION,
      credentials: {
        accessKeyId: environment.AWS_ACCESS_KEY_ID!,
        secretAccessKey: environment.AWS_SECRET_ACCESS_KEY!,
      },
    };
    this.events = new EventBridgeClient(config);
    this.lambda = new LambdaClient(config);
    this.ecs = new ECSClient(config);
    this.logs = new CloudWatchLogsClient(config);
    this.sqs = new SQSClient(config);
    this.elb = new ElasticLoadBalancingV2Client(config);
  }

  /** Puts an event, if not told otherwise a "Start ECS Task"; resolves with the event as rules get it. */
  async put(
    detail: object,
    { source, detailType } = { source: "custom.app", detailType: "Start ECS Task" },
  ): Promise<DeliveredEvent> {
    // EventBridge keeps whole seconds.
    const time = new Date(Math.floor(Date.now() / 1000) * 1000);
    const { Entries: [entry] = [] } = await this.events.send(
      new PutEventsCommand({
        Entries: [{ Source: source, DetailType: detailType, Detail: JSON.stringify(detail), Time: time }],
      }),
    );
    if (!entry?.EventId) throw new Error(`EventBridge refused the event: ${JSON.stringify(entry)}`);
    const [, , , region, account] = this.layout.function_arn.split(":");
    return {
      version: "0",
      id: entry.EventId,
      "detail-type": detailType,
      source,
      account,
      time: time.toISOString().replace(".000Z", "Z"),
      region,
      resources: [],
      detail,
    };
  }

  /** Hands an event, or a message of the dead-letter queue, to the function asynchronously, as EventBridge does. */
  async deliver(event: object): Promise<void> {
    await this.lambda.send(
      new InvokeCommand({
        FunctionName: this.layout.function_name,
        InvocationType: "Event",
        Payload: Buffer.from(JSON.stringify(event)),
      }),
    );
  }

  /** Every task of the cluster, running or stopped. */
  async tasks(): Promise<Task[]> {
    const cluster = this.layout.cluster_name;
    const listed = await Promise.all(
      (["RUNNING", "STOPPED"] as const).map((desiredStatus) =>
        this.ecs.send(new ListTasksCommand({ cluster, desiredStatus })),
      ),
    );
    const tasks = listed.flatMap(({ taskArns = [] }) => taskArns);
    if (tasks.length === 0) return [];
    return (await this.ecs.send(new DescribeTasksCommand({ cluster, tasks }))).tasks ?? [];
  }

  /** Every target of every service, also one that is still draining. */
  async targets(): Promise<Target[]> {
    const found = await Promise.all(
      Object.entries(this.layout.routes).map(async ([service, { target_group_arn: TargetGroupArn }]) => {
        if (!TargetGroupArn) return [];
        const { TargetHealthDescriptions = [] } = await this.elb.send(
          new DescribeTargetHealthCommand({ TargetGroupArn }),
        );
        return TargetHealthDescriptions.map(({ Target, TargetHealth }) => ({
          service,
          target: `${Target?.Id}:${Target?.Port}`,
          health: TargetHealth?.State ?? "",
        }));
      }),
    );
    return found.flat();
  }

  /** What the load balancer answers at a path. Local AWS tells it from other services by its name. */
  async fetch(path: string): Promise<string> {
    const answer = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
      request(new URL(path, this.environment.AWS_ENDPOINT_URL), {
        headers: { host: this.layout.load_balancer_dns_name },
      })
        .once("response", resolve)
        .once("error", reject)
        .end(),
    );
    return text(answer);
  }

  /** What the task's container wrote, from where its task definition has it logged. */
  async outputOf({ taskDefinitionArn, taskArn = "" }: Task): Promise<string[]> {
    const { taskDefinition } = await this.ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: taskDefinitionArn }),
    );
    const [container] = taskDefinition?.containerDefinitions ?? [];
    const options = container?.logConfiguration?.options ?? {};
    const stream = [options["awslogs-stream-prefix"], container?.name, taskArn.split("/").pop()].join("/");
    return this.logLines(options["awslogs-group"] ?? "", stream);
  }

  /** What the function wrote. */
  functionLog(): Promise<string[]> {
    return this.logLines(`/aws/lambda/${this.layout.function_name}`);
  }

  private async logLines(logGroupName: string, stream?: string): Promise<string[]> {
    const lines: string[] = [];
    const pages = paginateFilterLogEvents(
      { client: this.logs },
      { logGroupName, logStreamNames: stream === undefined ? undefined : [stream] },
    );
    for await (const { events = [] } of pages)
      lines.push(...events.map(({ message = "" }) => message.trimEnd()));
    return lines;
  }

  /** The messages in the dead-letter queue, which stay there. */
  async deadLetters(): Promise<string[]> {
    return (await this.receive(0)).map(({ Body = "" }) => Body);
  }

  /** Takes the message whose reason contains a text out of the dead-letter queue. */
  async takeDeadLetter(reason: string): Promise<string> {
    const message = (await this.receive(0)).find(({ Body = "" }) => Body.includes(reason));
    if (!message) throw new Error(`The dead-letter queue has no message that says "${reason}".`);
    const QueueUrl = this.layout.dead_letter_queue_url;
    await this.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    return message.Body ?? "";
  }

  private async receive(VisibilityTimeout: number) {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.layout.dead_letter_queue_url,
        MaxNumberOfMessages: 10,
        VisibilityTimeout,
      }),
    );
    return Messages;
  }
}
