import { randomUUID } from "node:crypto";
import { CreateBucketCommand, DeleteBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { LocalAws } from "../../../local";
import { runPython } from "../../../testing/policy-runs/python";
import type { PolicyRunResult } from "../../../worker/jobs/run-policy/result";
import { type PolicyRun, PolicyRunnerAws } from "../../demo/policy-runner/aws";
import { securityHubEvent } from "../../demo/policy-runner/events";
import type { Outputs } from "../../demo/policy-runner/settings";
import { clientConfig } from "../client-config";
import { LauncherWorld } from "../world";
import { type MorePolicies, mappingFile } from "./policies";
import { resultsQueue } from "./props";

export type AppliedOutputs = Outputs & { readonly policy_bucket_name: string };

/** What is outside of the policy runner, and violates its policies. */
export interface Violators {
  /** Ids by the names of `account.py`, two of each. */
  readonly ids: Readonly<Record<string, readonly [string, string]>>;
  /** ARN of a user in the member account. */
  readonly memberUser: string;
}

/** The applied policy runner. */
export class PolicyRunnerWorld extends LauncherWorld<PolicyRunnerAws> {
  protected readonly s3: S3Client;
  private results: PolicyRunResult[] = [];

  constructor(
    localAws: LocalAws,
    private readonly outputs: AppliedOutputs,
    readonly violators: Violators,
  ) {
    super(localAws, new PolicyRunnerAws(outputs, localAws.environment));
    this.s3 = new S3Client({ ...clientConfig(localAws.environment), forcePathStyle: true });
  }

  /** Publishes a finding of Security Hub on a resource. Returns the id of the event. */
  find(control: string, type: string, arn: string, bytes = 0): string {
    return this.localAws.publish(securityHubEvent(control, type, arn, bytes)).id;
  }

  /** Delivers a finding to the function in a failure record, as a redrive does. Resolves with the id of the event. */
  async redrive(control: string, type: string, arn: string, bytes = 0): Promise<string> {
    const id = randomUUID();
    const finding = securityHubEvent(control, type, arn, bytes);
    await this.aws.deliver({
      requestContext: { requestId: id },
      requestPayload: { ...finding, id, account: "123456789012", region: "us-east-1" },
    });
    return id;
  }

  /** Plays something with a new bucket, which violates the policies of buckets. */
  async withBucket(play: (bucket: string) => Promise<void>): Promise<void> {
    const Bucket = `mutation-${randomUUID()}`;
    await this.s3.send(new CreateBucketCommand({ Bucket }));
    try {
      await play(Bucket);
    } finally {
      // A run on a bucket lists all others.
      await this.s3.send(new DeleteBucketCommand({ Bucket }));
    }
  }

  /** Makes the resources violate the policies again. */
  async resetViolators(): Promise<void> {
    await runPython("account.py", { argument: "reset", environment: this.localAws.environment });
  }

  /** Waits until the run of an event has ended. */
  async endedRun(eventId: string): Promise<PolicyRun> {
    await this.startedTask(eventId);
    const task = await this.endedTask(eventId);
    const exitCode = task.containers?.[0]?.exitCode;
    if (exitCode === undefined) throw new Error(`the task did not run: ${task.stoppedReason}`);
    return this.aws.runOf(task);
  }

  /** Waits until the run of an event has ended. Rejects if it has not succeeded. */
  async succeededRun(eventId: string): Promise<PolicyRun> {
    const run = await this.endedRun(eventId);
    if (run.status === "succeeded") return run;
    const denied = run.log.find((line) => line.includes("not authorized")) ?? run.log.at(-1);
    throw new Error(`the run ended with ${run.exitCode} (${run.status}): ${denied}`);
  }

  /** Gives the mapping file further mappings, until the end of `play`. */
  async withMappings(more: MorePolicies, play: () => Promise<void>): Promise<void> {
    await this.putMappings(mappingFile(more));
    try {
      await play();
    } finally {
      await this.putMappings(mappingFile());
    }
  }

  /** Puts the mapping file, and waits until the function reads it. */
  private async putMappings(Body: string): Promise<void> {
    await this.s3.send(
      new PutObjectCommand({
        Bucket: this.outputs.policy_bucket_name,
        Key: "config/policy-mappings.json",
        Body,
      }),
    );
    await this.pass(120_000);
  }

  /** Puts the text of a policy as a new version. Returns the id of the version. */
  async putPolicy(Key: string, Body: string): Promise<string> {
    const Bucket = this.outputs.policy_bucket_name;
    const { VersionId } = await this.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    return VersionId!;
  }

  /** The result of the run on a resource, if the queue has got it. */
  async resultOf(id: string): Promise<PolicyRunResult | undefined> {
    const url = `${this.localAws.endpoint}/123456789012/${resultsQueue}`;
    const messages = await this.takeMessages(url);
    this.results.push(...messages.map((message) => JSON.parse(message) as PolicyRunResult));
    return this.results.find(({ resource }) => resource?.id === id);
  }
}
