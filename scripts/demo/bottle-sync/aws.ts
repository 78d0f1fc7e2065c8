import { createHash } from "node:crypto";
import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { PlanSyncResult } from "../../../handlers/plan-sync/plan-sync";
import { jsonLines } from "../../json-lines";
import { clientConfig } from "../../mutation/client-config";
import { Aws } from "../aws";
import { until } from "../until";
import type { Outputs } from "./settings";

/** The end of a run, as function and task log it. */
export interface EndedSync {
  readonly outcome: string;
  readonly mirrored: number;
  readonly bytes: number;
  readonly left: number;
}

/** Whether an object has the bytes that its key names. */
export interface StoredBottle {
  readonly key: string;
  readonly bytes: number;
  readonly isRight: boolean;
  /** The name under which it is saved. */
  readonly fileName: string;
}

/** The bottle sync as its users reach it. */
export class BottleSyncAws extends Aws {
  private readonly s3: S3Client;
  private readonly secrets: SecretsManagerClient;

  constructor(
    private readonly own: Outputs,
    environment: Readonly<Record<string, string>>,
  ) {
    super({ ...own, function_name: own.launch_function_name, function_arn: "" }, environment);
    this.s3 = new S3Client({ ...clientConfig(environment), forcePathStyle: true });
    this.secrets = new SecretsManagerClient(clientConfig(environment));
  }

  async putWebhook(SecretString: string): Promise<void> {
    await this.secrets.send(
      new PutSecretValueCommand({ SecretId: this.own.webhook_secret_name, SecretString }),
    );
  }

  /** Begins a run, as the schedule does, and returns what the function `plan-sync` answers. */
  async begin(time: string): Promise<PlanSyncResult> {
    const answer = (await this.invoke({ time }, this.own.plan_function_name)) as PlanSyncResult & {
      errorMessage?: string;
    };
    if (answer.errorMessage !== undefined) throw new Error(answer.errorMessage);
    return answer;
  }

  /** The ends of a run in the function, and in tasks. */
  async ends(run: string): Promise<EndedSync[]> {
    const tasks = await this.tasks();
    const logs = [
      await this.functionLog(this.own.sync_function_name).catch(() => []),
      ...(await Promise.all(tasks.map((task) => this.outputOf(task).catch(() => [])))),
    ];
    return logs
      .flatMap((lines) => jsonLines(lines))
      .filter((line) => line.message === "sync ended" && line.run === run) as unknown as EndedSync[];
  }

  /** Waits until a run is complete. */
  async completed(run: string): Promise<EndedSync[]> {
    const ends = await until(
      () => this.ends(run),
      (found) => found.some(({ outcome }) => outcome === "complete"),
    );
    if (ends.some(({ outcome }) => outcome === "complete")) return ends;
    const errors = jsonLines(await this.everyLog()).filter(({ level }) => level === "ERROR");
    throw new Error(`The run ${run} is not complete: ${JSON.stringify([...ends, ...errors.slice(-5)])}`);
  }

  /** How often a download was refused because its digest is another one. */
  async corruptRefused(): Promise<number> {
    const tasks = await this.tasks();
    const logs = await Promise.all(tasks.map((task) => this.outputOf(task)));
    return jsonLines(logs.flat()).filter(({ message }) => message === "corrupt download refused").length;
  }

  /** All that function and tasks have logged. */
  async everyLog(): Promise<string[]> {
    const names = [this.own.plan_function_name, this.own.sync_function_name, this.own.launch_function_name];
    const logs = await Promise.all([
      ...names.map((name) => this.functionLog(name).catch(() => [])),
      ...(await this.tasks()).map((task) => this.outputOf(task)),
    ]);
    return logs.flat();
  }

  /** Every bottle of the mirror, read whole. */
  async bottles(): Promise<StoredBottle[]> {
    const Bucket = this.own.mirror_bucket_name;
    const found: StoredBottle[] = [];
    const pages = paginateListObjectsV2({ client: this.s3 }, { Bucket, Prefix: "v2/" });
    for await (const { Contents = [] } of pages) {
      for (const { Key: key = "" } of Contents) {
        const [, digest] = /\/blobs\/sha256:([0-9a-f]{64})$/.exec(key) ?? [];
        if (digest === undefined) continue;
        const { Body, ContentDisposition = "" } = await this.s3.send(
          new GetObjectCommand({ Bucket, Key: key }),
        );
        const bytes = await Body!.transformToByteArray();
        const isRight = createHash("sha256").update(bytes).digest("hex") === digest;
        const fileName = /filename="(.*)"/.exec(ContentDisposition)?.[1] ?? "";
        found.push({ key, bytes: bytes.length, isRight, fileName });
      }
    }
    return found;
  }
}
