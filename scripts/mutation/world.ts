import { setTimeout as sleep } from "node:timers/promises";
import { DescribeTasksCommand, ECSClient, ListTasksCommand, type Task } from "@aws-sdk/client-ecs";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Fault, LocalAws } from "../../local";
import { VirtualClock } from "../../local";
import { Aws } from "../demo/aws";
import type { Layout } from "../demo/layout";
import { clientConfig } from "./client-config";

/** The applied layout, and time that can be pushed on: what scenarios play with. */
export class World {
  readonly aws: Aws;
  private readonly ecs: ECSClient;
  private readonly sqs: SQSClient;
  private readonly letters: string[] = [];

  constructor(
    private readonly localAws: LocalAws,
    private readonly layout: Layout,
    readonly services: readonly string[],
  ) {
    this.aws = new Aws(layout, localAws.environment);
    this.ecs = new ECSClient(clientConfig(localAws.environment));
    this.sqs = new SQSClient(clientConfig(localAws.environment));
  }

  /** Looks again and again while time passes, about twenty virtual minutes. Rejects when nothing comes of it. */
  async until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    for (let tries = 0; tries < 120; tries++) {
      const found = await look();
      if (found !== undefined) return found;
      await this.pass();
    }
    throw new Error(`waited in vain for ${what}`);
  }

  /** A moment of real time, in which processes get on; ten seconds of the emulated account's, where they are wanted. */
  private async pass(): Promise<void> {
    await sleep(50);
    const { clock } = this.localAws;
    if (clock instanceof VirtualClock) await clock.advance(10_000);
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

  /** The task of an event when it has stopped, with 0 as its exit code; rejects as soon as it cannot come to that. */
  async stoppedTask(eventId: string): Promise<Task> {
    const task = await this.until(`the task of ${eventId}`, async () => {
      const letter = await this.deadLetter(eventId);
      if (letter) throw new Error(`dead letter: ${letter}`);
      const found = await this.taskOf(eventId);
      return found?.lastStatus === "STOPPED" ? found : undefined;
    });
    const [container] = task.containers ?? [];
    if (container?.exitCode !== 0)
      throw new Error(`task ended with ${container?.exitCode}: ${task.stoppedReason}`);
    return task;
  }

  /** The dead letter that is about an event, if there is one. */
  async deadLetter(eventId: string): Promise<string | undefined> {
    const QueueUrl = this.layout.dead_letter_queue_url;
    // Taken out: many runs leave many letters, and a call shows ten.
    for (;;) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return this.letters.find((letter) => letter.includes(eventId));
      for (const { Body = "", ReceiptHandle } of Messages) {
        this.letters.push(Body);
        await this.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  }

  private async taskOf(startedBy: string): Promise<Task | undefined> {
    const cluster = this.layout.cluster_name;
    const listed = await Promise.all(
      (["RUNNING", "STOPPED"] as const).map((desiredStatus) =>
        this.ecs.send(new ListTasksCommand({ cluster, desiredStatus, startedBy })),
      ),
    );
    const tasks = listed.flatMap(({ taskArns = [] }) => taskArns);
    if (tasks.length === 0) return undefined;
    return (await this.ecs.send(new DescribeTasksCommand({ cluster, tasks }))).tasks?.[0];
  }
}
