import { PutObjectCommand } from "@aws-sdk/client-s3";
import { type Message, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import type { Run } from "../../../cli/run-history";
import type { QueuedLaunch } from "../../../container-contract/queued-launch";
import type { LocalAws } from "../../../local";
import {
  PolicyRunnerWorld,
  type AppliedOutputs as RunnerOutputs,
  type Violators,
} from "../policy-runner/world";
import { Workers } from "../workers";

export type AppliedOutputs = RunnerOutputs & {
  readonly payload_bucket_name: string;
  readonly worker_service_name: string;
};

/** The applied policy runner with workers. */
export class PolicyRunnerWorkersWorld extends PolicyRunnerWorld {
  readonly workers: Workers;

  constructor(
    localAws: LocalAws,
    private readonly own: AppliedOutputs,
    violators: Violators,
  ) {
    super(localAws, own, violators);
    this.workers = new Workers(localAws.environment, own);
  }

  private get functionLogGroup(): string {
    return `/aws/lambda/${this.own.function_name}`;
  }

  functionLog(): Promise<string[]> {
    return this.linesOf(this.functionLogGroup);
  }

  workerLog(): Promise<string[]> {
    return this.linesOf(this.own.log_group_name);
  }

  protected override async tellDenials(since: Date): Promise<string[]> {
    const lines = await Promise.all([this.functionLog(), this.workerLog(), this.workers.denials(since)]);
    return lines.flat();
  }

  /** A finding on the security group that violates its policy. Resolves with the id of the event. */
  findGroup(control = "group", bytes = 0): string {
    return this.find(control, ...this.group, bytes);
  }

  /** Delivers a finding on that group to the function in a failure record. Resolves with the id of the event. */
  redriveGroup(control: string, bytes: number): Promise<string> {
    return this.redrive(control, ...this.group, bytes);
  }

  private get group(): [type: string, arn: string] {
    const id = this.violators.ids["security-group"]![1];
    return ["AwsEc2SecurityGroup", `arn:aws:ec2:us-east-1:123456789012:security-group/${id}`];
  }

  /** Waits until a run of an event has ended with an outcome, and the worker has logged its result. */
  run(eventId: string, outcome = "succeeded"): Promise<Run> {
    return this.step(`a run of ${eventId} that has ${outcome}`, async () => {
      const runs = (await this.aws.history()).filter((run) => run.eventId === eventId);
      const other = runs.find((run) => run.outcome === "failed" && outcome !== "failed");
      if (other) throw new Error(`the run has failed: ${JSON.stringify(other)}`);
      return runs.find((run) => run.outcome === outcome && run.policy !== undefined);
    });
  }

  /** Makes a run that takes an action. A run that an earlier scenario has left may act first. Resolves with its event. */
  async runThatActs(): Promise<string> {
    for (let tries = 1; ; tries++) {
      await this.resetViolators();
      const event = this.findGroup();
      const { actionsTaken } = await this.run(event);
      if (actionsTaken === 1) return event;
      if (tries === 3) throw new Error(`${actionsTaken} actions were taken, not 1`);
    }
  }

  /** Waits until the message of a run is in the queue, and receives it. It stays there. */
  queuedMessage(): Promise<Message> {
    return this.step("the message of the run", async () => {
      const { Messages: [message] = [] } = await this.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: this.queueUrl, VisibilityTimeout: 0, WaitTimeSeconds: 0 }),
      );
      return message;
    });
  }

  /** Sends a message of a run once more. */
  async sendAgain({ Body }: Message): Promise<void> {
    await this.sqs.send(new SendMessageCommand({ QueueUrl: this.queueUrl, MessageBody: Body }));
  }

  /** Claims the run of a message, as a worker that has died since. */
  async claim({ Body = "", MessageId: messageId }: Message, validMs: number): Promise<void> {
    const { launch } = JSON.parse(Body) as QueuedLaunch;
    await this.s3.send(
      new PutObjectCommand({
        Bucket: this.own.payload_bucket_name,
        Key: `claims/${launch.taskArn.split("/").at(-1)}.json`,
        Body: JSON.stringify({ messageId, validUntil: Date.now() + validMs }),
      }),
    );
  }

  private get queueUrl(): string {
    return `${this.localAws.endpoint}/123456789012/custodian-runs`;
  }
}
