import type { Task } from "@aws-sdk/client-ecs";
import {
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { jsonLines } from "../../json-lines";
import { clientConfig } from "../../mutation/client-config";
import { Aws, exitCodeOf } from "../aws";
import type { Outputs } from "./settings";

/** What the policies change of a bucket, as S3 tells it. */
export interface BucketState {
  readonly publicAccessBlocked: boolean;
  readonly encryption: string | null;
}

/** The metrics of a run, which the worker writes to its log. */
export interface Metrics {
  /** In seconds. */
  readonly ExecutionTime: number;
  readonly ResourcesProcessed: number;
  readonly ActionsTaken: number;
}

/** A task that ran a policy. */
export interface PolicyRun {
  readonly taskArn: string;
  readonly exitCode: number | null;
  /** Id of the resource. */
  readonly resource: string;
  /** Key of the policy file. */
  readonly policy: string;
  readonly status: string;
  readonly metrics: Metrics;
  /** The log of Cloud Custodian. */
  readonly log: readonly string[];
}

const orNull = async <T>(answer: Promise<T>, missing: string): Promise<T | null> =>
  answer.catch((error: unknown) => {
    if (error instanceof S3ServiceException && error.name === missing) return null;
    throw error;
  });

/** The policy runner as its users reach it. */
export class PolicyRunnerAws extends Aws<Outputs> {
  private readonly s3: S3Client;

  constructor(outputs: Outputs, environment: Readonly<Record<string, string>>) {
    super(outputs, environment);
    this.s3 = new S3Client({ ...clientConfig(environment), forcePathStyle: true });
  }

  async createBucket(Bucket: string): Promise<void> {
    await this.s3.send(new CreateBucketCommand({ Bucket }));
  }

  /** Every bucket of the account. */
  async buckets(): Promise<Record<string, BucketState>> {
    const { Buckets = [] } = await this.s3.send(new ListBucketsCommand({}));
    const states = Buckets.map(async ({ Name = "" }) => [Name, await this.bucket(Name)]);
    return Object.fromEntries(await Promise.all(states));
  }

  private async bucket(Bucket: string): Promise<BucketState> {
    const [access, encryption] = await Promise.all([
      orNull(
        this.s3.send(new GetPublicAccessBlockCommand({ Bucket })),
        "NoSuchPublicAccessBlockConfiguration",
      ),
      orNull(
        this.s3.send(new GetBucketEncryptionCommand({ Bucket })),
        "ServerSideEncryptionConfigurationNotFoundError",
      ),
    ]);
    const { BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets } =
      access?.PublicAccessBlockConfiguration ?? {};
    const [rule] = encryption?.ServerSideEncryptionConfiguration?.Rules ?? [];
    return {
      publicAccessBlocked: [
        BlockPublicAcls,
        BlockPublicPolicy,
        IgnorePublicAcls,
        RestrictPublicBuckets,
      ].every(Boolean),
      encryption: rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? null,
    };
  }

  /** The run of a task that has ended. */
  async runOf(task: Task): Promise<PolicyRun> {
    const lines = jsonLines(await this.outputOf(task));
    const { resource, policy, status } = (lines.find(({ message }) => message === "policy run ended") ??
      {}) as { resource?: { id: string }; policy?: string; status?: string };
    const { ExecutionTime, ResourcesProcessed, ActionsTaken } = (lines.find(({ _aws }) => _aws) ??
      {}) as unknown as Metrics;
    return {
      taskArn: task.taskArn ?? "",
      exitCode: exitCodeOf(task),
      resource: resource?.id ?? "",
      policy: policy ?? "",
      status: status ?? "",
      metrics: { ExecutionTime, ResourcesProcessed, ActionsTaken },
      log: lines.filter(({ message }) => message === "custodian").map(({ line }) => String(line)),
    };
  }

  /** The event that a task got, in its environment or by reference. */
  async eventOf(task: Task): Promise<unknown> {
    const [{ environment = [] } = {}] = task.overrides?.containerOverrides ?? [];
    const value = (of: string) => environment.find(({ name }) => name === of)?.value;
    const text = value("FINDING_PAYLOAD") ?? (await this.object(value("FINDING_PAYLOAD_REF") ?? ""));
    return (JSON.parse(text) as { event: unknown }).event;
  }

  private async object(url: string): Promise<string> {
    const [, Bucket = "", Key = ""] = /^s3:\/\/([^/]+)\/(.+)$/.exec(url) ?? [];
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket, Key }));
    return Body!.transformToString();
  }
}
