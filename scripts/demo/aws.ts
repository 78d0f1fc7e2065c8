import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { writeRunLog } from "../../cli/logs";
import type { Run } from "../../cli/run-history";
import { listRuns } from "../../cli/runs";
import { commandLineProgram } from "../../testing/command-line";
import { jsonLines } from "../json-lines";
import { clientConfig } from "../mutation/client-config";
import { command } from "./command";

/** What every stack with a launcher has. */
export interface LauncherOutputs {
  readonly cluster_name: string;
  readonly function_name: string;
  readonly function_arn: string;
  readonly dead_letter_queue_url: string;
}

/** A stack with a launcher as its users reach it: by AWS's own clients. */
export class Aws<Outputs extends LauncherOutputs = LauncherOutputs> {
  protected readonly lambda: LambdaClient;
  protected readonly ecs: ECSClient;
  protected readonly logs: CloudWatchLogsClient;
  private readonly sqs: SQSClient;

  constructor(
    protected readonly outputs: Outputs,
    protected readonly environment: Readonly<Record<string, string>>,
  ) {
    const config = clientConfig(environment);
    this.lambda = new LambdaClient(config);
    this.ecs = new ECSClient(config);
    this.logs = new CloudWatchLogsClient(config);
    this.sqs = new SQSClient(config);
  }

  /** Hands an event, or a message of the dead-letter queue, to the function asynchronously, as EventBridge does. */
  async deliver(event: object): Promise<void> {
    await this.lambda.send(
      new InvokeCommand({
        FunctionName: this.outputs.function_name,
        InvocationType: "Event",
        Payload: Buffer.from(JSON.stringify(event)),
      }),
    );
  }

  /** Hands an event to the function as a test in Lambda's console does, and returns its answer. */
  async invoke(event: object, FunctionName = this.outputs.function_name): Promise<unknown> {
    const { Payload } = await this.lambda.send(
      new InvokeCommand({
        FunctionName,
        Payload: Buffer.from(JSON.stringify(event)),
      }),
    );
    return JSON.parse(Buffer.from(Payload ?? []).toString() || "null");
  }

  /** Every task of the cluster, running or stopped, oldest first. */
  async tasks(): Promise<Task[]> {
    const cluster = this.outputs.cluster_name;
    const listed = await Promise.all(
      (["RUNNING", "STOPPED"] as const).map((desiredStatus) =>
        this.ecs.send(new ListTasksCommand({ cluster, desiredStatus })),
      ),
    );
    const tasks = listed.flatMap(({ taskArns = [] }) => taskArns);
    if (tasks.length === 0) return [];
    const { tasks: found = [] } = await this.ecs.send(new DescribeTasksCommand({ cluster, tasks }));
    return found.sort((a, b) => Number(a.createdAt) - Number(b.createdAt));
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

  /** What `npx cdktf-event-driven-ecs runs` lists. */
  async history(): Promise<Run[]> {
    const { lambda, ecs, logs } = this;
    return (await listRuns({ lambda, ecs, logs }, { since: 3_600_000 })).runs;
  }

  /** What `npx cdktf-event-driven-ecs logs` prints. */
  async runLog(run: string): Promise<string[]> {
    const { lambda, ecs, logs } = this;
    const lines: string[] = [];
    await writeRunLog({ lambda, ecs, logs }, run, {}, (line) => lines.push(line));
    return lines;
  }

  /** What the function wrote. */
  functionLog(name = this.outputs.function_name): Promise<string[]> {
    return this.logLines(`/aws/lambda/${name}`);
  }

  /** The sum of a metric, which the function writes to its log; with a reason, of that alone. */
  async sumOf(metric: string, reason?: string): Promise<number> {
    const entries = jsonLines(await this.functionLog()).filter(
      ({ Reason }) => reason === undefined || Reason === reason,
    );
    return entries.reduce((total, entry) => total + Number(entry[metric] ?? 0), 0);
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
    const QueueUrl = this.outputs.dead_letter_queue_url;
    await this.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    return message.Body ?? "";
  }

  /** Runs the operator's command line, and returns what it prints for programs. */
  async commandLine(...args: string[]): Promise<unknown> {
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, ...this.environment };
    const program = [commandLineProgram(), ...args, "--json"];
    return JSON.parse(await command(process.execPath, program, { cwd: process.cwd(), env }));
  }

  private async receive(VisibilityTimeout: number) {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.outputs.dead_letter_queue_url,
        MaxNumberOfMessages: 10,
        VisibilityTimeout,
      }),
    );
    return Messages;
  }
}

/** Why an event is in the dead-letter queue. */
export function reasonOf(letter: string): string {
  const { responsePayload } = JSON.parse(letter) as { responsePayload?: { errorMessage?: string } };
  return responsePayload?.errorMessage ?? letter;
}

export const exitCodeOf = ({ containers = [] }: Task): number | null => containers[0]?.exitCode ?? null;
