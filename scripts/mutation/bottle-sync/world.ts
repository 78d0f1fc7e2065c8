import { randomUUID } from "node:crypto";
import { ECSClient, StopTaskCommand, type Task } from "@aws-sdk/client-ecs";
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { SizedBottle } from "../../../bottles/bottle";
import { createMirrorBucket, type MirrorBucket } from "../../../bottles/mirror-bucket";
import { blobKeyOf, registryFolder } from "../../../bottles/names";
import { createSyncEvent, type SyncEvent } from "../../../bottles/plan/sync-event";
import { writePlan } from "../../../bottles/plan/write-plan";
import { createStore, type Store } from "../../../bottles/store/store";
import { leaseKey } from "../../../bottles/sync/lease";
import { uploadFolder } from "../../../bottles/sync/upload-pieces";
import type { PlanSyncResult } from "../../../handlers/plan-sync/plan-sync";
import type { SyncBottlesAnswer } from "../../../handlers/sync-bottles/sync-bottles";
import type { LocalAws } from "../../../local";
import { BottleSyncAws, type EndedSync } from "../../demo/bottle-sync/aws";
import type { LocalHomebrew } from "../../demo/bottle-sync/homebrew";
import type { Outputs } from "../../demo/bottle-sync/settings";
import type { SlackWebhook } from "../../demo/bottle-sync/slack";
import { jsonLines } from "../../json-lines";
import { clientConfig } from "../client-config";
import { LauncherWorld } from "../world";
import { externalHashFile, thresholdBytes } from "./props";

export type AppliedOutputs = Outputs & { readonly log_group_name: string };

/** The functions, by their bundles. */
const functions = {
  "plan-sync": "plan_function_name",
  "sync-bottles": "sync_function_name",
  "start-task": "launch_function_name",
} as const;

export type FunctionKey = keyof typeof functions;

/** The applied bottle sync. */
export class BottleSyncWorld extends LauncherWorld<BottleSyncAws> {
  /** The mirror, as an operator reaches it. */
  readonly store: Store;
  readonly bucket: MirrorBucket;
  readonly otherMirror: Store;
  private readonly ecs: ECSClient;
  private readonly lambda: LambdaClient;

  constructor(
    localAws: LocalAws,
    private readonly outputs: AppliedOutputs,
    readonly homebrew: LocalHomebrew,
    readonly slack: SlackWebhook,
  ) {
    super(localAws, new BottleSyncAws(outputs, localAws.environment));
    const config = clientConfig(localAws.environment);
    this.ecs = new ECSClient(config);
    this.lambda = new LambdaClient(config);
    const connection = {
      ...config,
      region: "us-east-1",
      requestHandler: new NodeHttpHandler(),
    };
    this.store = createStore(outputs.mirror_bucket_name, connection);
    this.bucket = createMirrorBucket(outputs.mirror_bucket_name, connection);
    this.otherMirror = createStore(externalHashFile.bucket, connection);
  }

  /** Puts the webhook into its secret, and mirrors all bottles. */
  async prepare(): Promise<void> {
    await this.aws.putWebhook(this.slack.url);
    await this.putExternalHashFile("0".repeat(64));
    await super.begin();
    const { run } = await this.planRun();
    await this.completed(run);
  }

  /** Ends what the last scenario has left, which would keep the lease, and makes the mirror complete. */
  override async begin(): Promise<void> {
    this.homebrew.setFaults(() => undefined);
    await this.takeMessages(`${this.localAws.endpoint}/123456789012/bottles-buffer`);
    for (let tries = 0; tries < 60; tries++) {
      const running = (await this.aws.tasks()).filter(({ lastStatus }) => lastStatus !== "STOPPED");
      if (running.length === 0) break;
      for (const { clusterArn: cluster, taskArn: task } of running)
        await this.ecs.send(new StopTaskCommand({ cluster, task }));
      await this.pass(500, 250);
    }
    const left = [leaseKey];
    for await (const { key } of this.store.list(uploadFolder)) left.push(key);
    await this.store.delete(left);
    for (const upload of await this.bucket.uploads.list(uploadFolder))
      await this.bucket.uploads.abort(upload);
    await this.restoreBottles();
    await super.begin();
  }

  /** Puts the bottles that the mirror lacks. */
  private async restoreBottles(): Promise<void> {
    const present = new Set<string>();
    for await (const { key } of this.store.list(`${registryFolder}/`)) present.add(key);
    for (const bottle of this.homebrew.bottles) {
      const key = blobKeyOf(bottle);
      if (!present.has(key)) await this.store.write(key, this.homebrew.bytesOf(bottle, bottle.size));
    }
  }

  /** Writes the hash file of the other mirror, which has a bottle with this digest. */
  async putExternalHashFile(sha256: string): Promise<void> {
    const bottles = { "gone-1.0-arm64_tahoe": { sha256, download_date: "2026-11-01", file_size: 1 } };
    const file = { last_updated: "2026-11-01T00:00:00Z", bottles };
    await this.otherMirror.write(externalHashFile.key, JSON.stringify(file));
  }

  get smallBottle(): SizedBottle {
    return this.homebrew.bottles.find(({ size }) => size < 1_000_000)!;
  }

  /** Together they are above the threshold. */
  get largeBottles(): (SizedBottle & { size: number })[] {
    const large = this.homebrew.bottles.filter(({ size }) => size > 10 * 1024 ** 2);
    const bytes = large.reduce((sum, { size }) => sum + size, 0);
    if (bytes < thresholdBytes) throw new Error(`the large bottles have ${bytes} bytes only`);
    return large;
  }

  /** Deletes bottles from the mirror: the next run has something new. */
  async forget(bottles: readonly SizedBottle[]): Promise<void> {
    await this.store.delete(bottles.map(blobKeyOf));
  }

  /** Rejects unless the mirror has these bottles whole. */
  async checkMirrored(bottles: readonly SizedBottle[]): Promise<void> {
    for (const bottle of bottles) {
      const found = await this.store.head(blobKeyOf(bottle));
      if (found?.size !== bottle.size)
        throw new Error(`of ${bottle.size} bytes of ${bottle.formula} the mirror has ${found?.size}`);
    }
  }

  /** Begins a run with `plan-sync`. */
  planRun(): Promise<PlanSyncResult> {
    return this.invoke("plan-sync", { run: randomUUID() }) as Promise<PlanSyncResult>;
  }

  /** Writes a plan, as `plan-sync` does. Resolves with the event that starts its run. */
  async plan(bottles: readonly SizedBottle[] = []): Promise<SyncEvent> {
    const run = randomUUID();
    return createSyncEvent(run, (await writePlan(this.store, run, bottles)).reference);
  }

  /** Lets the function mirror what an event names. */
  sync(event: SyncEvent): Promise<SyncBottlesAnswer> {
    return this.invoke("sync-bottles", event) as Promise<SyncBottlesAnswer>;
  }

  /** Waits until a run is complete, in the function or in a task. */
  completed(run: string): Promise<EndedSync> {
    return this.step(`the end of the run ${run}`, async () =>
      (await this.ends(run)).find(({ outcome }) => outcome === "complete"),
    );
  }

  private async ends(run: string): Promise<EndedSync[]> {
    const lines = await Promise.all([this.functionLog("sync-bottles"), this.taskLog()]);
    return jsonLines(lines.flat()).filter(
      (line) => line.message === "sync ended" && line.run === run,
    ) as unknown as EndedSync[];
  }

  /** Lets a task mirror what an event names. Rejects if it fails. */
  async syncByTask(event: { readonly id: string; readonly detail: object }): Promise<Task> {
    await this.aws.deliver(event);
    return this.doneTask(event.id);
  }

  /** Waits until the task of an event has ended. Rejects if it has failed. */
  async doneTask(eventId: string): Promise<Task> {
    await this.startedTask(eventId);
    const task = await this.endedTask(eventId);
    const exitCode = task.containers?.[0]?.exitCode;
    if (exitCode === 0) return task;
    await this.rejectDenied();
    throw new Error(
      `the task ended with ${exitCode}: ${task.stoppedReason} ${(await this.aws.outputOf(task).catch(() => [])).at(-1) ?? ""}`,
    );
  }

  /** Waits for a task of an event that has succeeded, and not for the first one. */
  async succeededTask(eventId: string): Promise<Task> {
    return this.step(`a task of ${eventId} that succeeds`, async () => {
      const tasks = await this.tasksOf(eventId);
      return tasks.find(({ containers }) => containers?.[0]?.exitCode === 0);
    });
  }

  /** Invokes a function. Rejects if it fails. */
  private async invoke(key: FunctionKey, event: object): Promise<unknown> {
    const { FunctionError, Payload } = await this.lambda.send(
      new InvokeCommand({
        FunctionName: this.outputs[functions[key]],
        Payload: Buffer.from(JSON.stringify(event)),
      }),
    );
    const answer = Buffer.from(Payload ?? []).toString();
    if (FunctionError) throw new Error(`${key} ended with ${FunctionError}: ${answer}`);
    return JSON.parse(answer);
  }

  /** Invokes a function asynchronously. */
  async send(key: FunctionKey, event: object): Promise<void> {
    await this.lambda.send(
      new InvokeCommand({
        FunctionName: this.outputs[functions[key]],
        InvocationType: "Event",
        Payload: Buffer.from(JSON.stringify(event)),
      }),
    );
  }

  /** Plays something while an invocation of a function has this much time. */
  async withTimeout(key: FunctionKey, seconds: number, play: () => Promise<void>): Promise<void> {
    const FunctionName = this.outputs[functions[key]];
    const { Timeout } = await this.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    await this.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: seconds }));
    try {
      await play();
    } finally {
      await this.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout }));
    }
  }

  /** Moves the clock hour by hour, until something is there. Rejects after so many hours. */
  async untilHours<T>(hours: number, what: string, look: () => Promise<T | undefined>): Promise<T> {
    for (let hour = 0; hour <= hours; hour++) {
      await this.pass(3_600_000, 1_000);
      const found = await look();
      await this.rejectDenied();
      if (found !== undefined) return found;
    }
    throw new Error(`timed out waiting for ${what}`);
  }

  functionLog(key: FunctionKey): Promise<string[]> {
    return this.linesOf(`/aws/lambda/${this.outputs[functions[key]]}`);
  }

  taskLog(): Promise<string[]> {
    return this.linesOf(this.outputs.log_group_name);
  }

  protected override async tellDenials(since: Date): Promise<string[]> {
    const logs = await Promise.all([
      ...(Object.keys(functions) as FunctionKey[]).map((key) => this.functionLog(key)),
      this.taskLog(),
    ]);
    const stopped = (await this.aws.tasks()).filter(
      ({ stoppedAt }) => stoppedAt !== undefined && stoppedAt >= since,
    );
    return [...logs.flat(), ...stopped.map(({ stoppedReason = "" }) => stoppedReason)];
  }
}
