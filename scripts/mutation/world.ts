import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import type { Task } from "@aws-sdk/client-ecs";
import {
  DeleteMessageCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { type Fault, type LocalAws, VirtualClock } from "../../local";
import { type Aws, type LauncherOutputs, reasonOf } from "../demo/aws";
import { clientConfig } from "./client-config";

/** Real milliseconds that a function may take for what is polled, beside the virtual ones. */
const functionLimitMs = 15_000;
/** Real milliseconds that workers and functions may take for a step. */
const stepLimitMs = 60_000;
/** By how much the times of logs are ahead of the machine's clock at most: local AWS limits them, since moto does. */
const logsAheadMs = 2 * 3_600_000 - 60_000;
/** Real milliseconds that a task may take to end. */
const taskLimitMs = 180_000;

/** An applied system with a clock, for scenarios. */
export class World {
  protected readonly sqs: SQSClient;
  private readonly cloudWatchLogs: CloudWatchLogsClient;
  private dlqMessages: string[] = [];
  /** When the scenario began, by the clock and in logs. */
  private since = new Date(0);
  private logsSince = 0;

  constructor(protected readonly localAws: LocalAws) {
    const config = clientConfig(localAws.environment);
    this.sqs = new SQSClient(config);
    this.cloudWatchLogs = new CloudWatchLogsClient(config);
  }

  /** Forgets what earlier scenarios have left. Their last lines are in the logs before. */
  async begin(): Promise<void> {
    await this.pass(1_000, 200);
    this.dlqMessages = [];
    this.since = this.localAws.clock.now();
    this.logsSince = Math.min(this.since.getTime(), Date.now() + logsAheadMs);
  }

  /** Polls for about seventy virtual minutes or more. Rejects if nothing is found. */
  async until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    const deadline = Date.now() + functionLimitMs;
    for (let tries = 0; tries < 120 || Date.now() < deadline; tries++) {
      const found = await look();
      if (found !== undefined) return found;
      await this.pass(tries < 60 ? 10_000 : 60_000);
    }
    throw new Error(`timed out waiting for ${what}`);
  }

  /**
   * Polls while functions and workers work. The clock moves little: processes do not become faster by it. Rejects at once
   * if something was denied.
   */
  async step<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    const deadline = Date.now() + stepLimitMs;
    for (;;) {
      const found = await look();
      await this.rejectDenied();
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`timed out waiting for ${what}`);
      await this.pass(500, 250);
    }
  }

  /** Rejects if something was denied in this scenario. */
  async rejectDenied(): Promise<void> {
    const line = (await this.tellDenials(this.since)).find((each) =>
      /not authorized to perform|AccessDenied/.test(each),
    );
    if (line) throw new Error(/User: .*? on resource: \S+/.exec(line)?.[0] ?? line);
  }

  /** Lines that tell what was denied since a time, among others. */
  protected async tellDenials(_since: Date): Promise<string[]> {
    return [];
  }

  /** The lines that a log group has got in this scenario. */
  async linesOf(logGroupName: string): Promise<string[]> {
    const lines: string[] = [];
    const pages = paginateFilterLogEvents(
      { client: this.cloudWatchLogs },
      { logGroupName, startTime: this.logsSince },
    );
    for await (const { events = [] } of pages) lines.push(...events.map(({ message = "" }) => message));
    return lines;
  }

  /** Moves the clock by seconds. */
  async wait(seconds: number): Promise<void> {
    await this.pass(seconds * 1000);
  }

  /** Waits a moment of real time for processes, and advances the clock if it is virtual. */
  protected async pass(ms: number, realMs = 50): Promise<void> {
    await sleep(realMs);
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

  /** A message in any DLQ that contains a text, such as the id of its event, if there is one. */
  async dlqMessage(text: string): Promise<string | undefined> {
    const { QueueUrls = [] } = await this.sqs.send(new ListQueuesCommand());
    const queues = QueueUrls.filter((url) => /-(dead-letter|undelivered|failed-events(-\w+)?)$/.test(url));
    for (const QueueUrl of queues) this.dlqMessages.push(...(await this.takeMessages(QueueUrl)));
    return this.dlqMessages.find((message) => message.includes(text));
  }

  /** Receives and deletes all messages of a queue. */
  async takeMessages(QueueUrl: string): Promise<string[]> {
    const taken: string[] = [];
    for (;;) {
      // A call returns ten messages at most.
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
      );
      if (Messages.length === 0) return taken;
      for (const { Body = "", ReceiptHandle } of Messages) {
        taken.push(Body);
        await this.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  }
}

/** An applied system with a launcher. */
export class LauncherWorld<Client extends Aws<LauncherOutputs>> extends World {
  constructor(
    localAws: LocalAws,
    readonly aws: Client,
  ) {
    super(localAws);
  }

  /** Waits until the task of an event runs or has run. Rejects if the event is in a DLQ. */
  startedTask(eventId: string): Promise<Task> {
    return this.until(`the task of ${eventId}`, async () => {
      const message = await this.dlqMessage(eventId);
      if (message) throw new Error(`the event is in a DLQ: ${reasonOf(message)}`);
      const [task] = await this.tasksOf(eventId);
      return task?.startedAt || task?.lastStatus === "STOPPED" ? task : undefined;
    });
  }

  /**
   * Waits until the task of an event has stopped. The clock moves little: processes do not become faster by it, and ECS
   * kills those that take long to stop.
   */
  async endedTask(eventId: string): Promise<Task> {
    const deadline = Date.now() + taskLimitMs;
    for (;;) {
      const [task] = await this.tasksOf(eventId);
      if (task?.lastStatus === "STOPPED") return task;
      if (Date.now() > deadline) throw new Error(`timed out waiting for the end of the task of ${eventId}`);
      await this.pass(500, 250);
    }
  }

  /** Waits until the function has handled the end of a task. */
  async handledEnd({ taskArn = "" }: Task): Promise<void> {
    await this.until(`the function to handle the end of ${taskArn}`, async () => {
      const lines = await this.aws.functionLog();
      return lines.some((line) => line.includes("task has ended") && line.includes(taskArn)) || undefined;
    });
  }

  /** All tasks that an event has started. */
  async tasksOf(eventId: string): Promise<Task[]> {
    return (await this.aws.tasks()).filter(({ startedBy }) => startedBy?.startsWith(`${eventId}/`));
  }
}
