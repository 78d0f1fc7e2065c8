import { setTimeout as sleep } from "node:timers/promises";
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
/** Real milliseconds that a task may take to end. */
const taskLimitMs = 180_000;

/** An applied system with a clock, for scenarios. */
export class World<Client extends Aws<LauncherOutputs> = Aws<LauncherOutputs>> {
  private readonly sqs: SQSClient;
  private dlqMessages: string[] = [];

  constructor(
    protected readonly localAws: LocalAws,
    readonly aws: Client,
  ) {
    this.sqs = new SQSClient(clientConfig(localAws.environment));
  }

  /** Forgets the DLQ messages of earlier scenarios. */
  begin(): void {
    this.dlqMessages = [];
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

  /** A message on an event in any DLQ, if there is one. */
  async dlqMessage(eventId: string): Promise<string | undefined> {
    const { QueueUrls = [] } = await this.sqs.send(new ListQueuesCommand());
    const queues = QueueUrls.filter((url) => /-(dead-letter|undelivered)$/.test(url));
    for (const QueueUrl of queues) this.dlqMessages.push(...(await this.takeMessages(QueueUrl)));
    return this.dlqMessages.find((message) => message.includes(eventId));
  }

  /** Receives and deletes all messages of a queue. */
  async takeMessages(QueueUrl: string): Promise<string[]> {
    const taken: string[] = [];
    for (;;) {
      // A call returns ten messages at most.
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return taken;
      for (const { Body = "", ReceiptHandle } of Messages) {
        taken.push(Body);
        await this.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  }
}
