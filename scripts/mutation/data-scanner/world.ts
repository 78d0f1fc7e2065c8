import { setTimeout as sleep } from "node:timers/promises";
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createScanMessage } from "../../../container-contract/scan-message";
import type { LocalAws } from "../../../local";
import { type Answer, DataScannerAws } from "../../demo/data-scanner/aws";
import type { Outputs } from "../../demo/data-scanner/settings";
import { clientConfig } from "../client-config";
import { Workers } from "../workers";
import { World } from "../world";

export type AppliedOutputs = Outputs & {
  /** Name of each function. */
  readonly function_names: Readonly<Record<string, string>>;
};

/** A job as the API shows it. */
export type Job = Readonly<Record<string, unknown>> & { readonly job_id: string };

/** Virtual seconds between two sweeps. */
const sweepSeconds = 300;

/** The applied data scanner. */
export class DataScannerWorld extends World {
  readonly aws: DataScannerAws;
  readonly workers: Workers;
  private readonly lambda: LambdaClient;
  private readonly s3: S3Client;
  private readonly queue: SQSClient;

  constructor(
    localAws: LocalAws,
    private readonly outputs: AppliedOutputs,
  ) {
    super(localAws);
    this.aws = new DataScannerAws(outputs, localAws);
    this.workers = new Workers(localAws.environment, outputs);
    const config = clientConfig(localAws.environment);
    this.lambda = new LambdaClient(config);
    this.s3 = new S3Client({ ...config, forcePathStyle: true });
    this.queue = new SQSClient(config);
  }

  get functions(): string[] {
    return Object.keys(this.outputs.function_names);
  }

  get dataBucket(): string {
    return this.outputs.data_bucket_name;
  }

  async putObject(Bucket: string, Key: string, Body: string): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  }

  async deleteObject(Bucket: string, Key: string): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket, Key }));
  }

  /** The answer of the API. Rejects if it is not the expected one. */
  async ask(method: "GET" | "POST", path: string, body?: object): Promise<Answer["body"]> {
    const { status, body: answer } = await this.aws.request(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Creates a job that scans what has a prefix. Resolves with its id. */
  async scan(s3_bucket: string, prefix: string): Promise<string> {
    const answer = await this.ask("POST", "/scan", { job_name: prefix, s3_bucket, s3_prefix: prefix });
    return String(answer.job_id);
  }

  job(jobId: string): Promise<Job> {
    return this.ask("GET", `/jobs/${jobId}`) as Promise<Job>;
  }

  /** Waits until a job has ended. Rejects if it has not completed. */
  async completedJob(jobId: string): Promise<Job> {
    const job = await this.step(`the end of the job ${jobId}`, async () => {
      const found = await this.job(jobId);
      return found.status === "pending" || found.status === "running" ? undefined : found;
    });
    if (job.status !== "completed") throw new Error(`the job has ${job.status}: ${job.error_message}`);
    return job;
  }

  /** Waits until a job has listed its bucket. */
  async listedJob(jobId: string): Promise<Job> {
    return this.step(`the listing of the job ${jobId}`, async () => {
      const found = await this.job(jobId);
      return found.listing_complete === true ? found : undefined;
    });
  }

  protected override async tellDenials(since: Date): Promise<string[]> {
    const groups = [...this.functions.map((key) => this.groupOf(key)), this.outputs.worker_log_group_name];
    const lines = await Promise.all(groups.map((group) => this.linesOf(group)));
    return [...lines.flat(), ...(await this.workers.denials(since))];
  }

  /** The lines that a function has logged in this scenario. */
  functionLog(key: string): Promise<string[]> {
    return this.linesOf(this.groupOf(key));
  }

  /** The lines that workers have logged in this scenario. */
  workerLog(): Promise<string[]> {
    return this.linesOf(this.outputs.worker_log_group_name);
  }

  private groupOf(key: string): string {
    return `/aws/lambda/${this.outputs.function_names[key]}`;
  }

  /** Plays something while nothing starts a worker. */
  async withoutWorkers<T>(play: () => Promise<T>): Promise<T> {
    await this.workers.rest(this);
    const refused = {
      service: "ecs",
      action: "UpdateService",
      fault: "error",
      code: "ServerException",
    } as const;
    return this.withFaults([{ ...refused, status: 500 }], play);
  }

  /** Moves the clock to the next sweep. */
  async nextSweep(): Promise<void> {
    await this.wait(sweepSeconds);
  }

  /** Invokes a function, and resolves with its answer. */
  async invoke(key: string, event: object): Promise<unknown> {
    const { FunctionError, Payload } = await this.lambda.send(
      new InvokeCommand({
        FunctionName: this.outputs.function_names[key],
        Payload: Buffer.from(JSON.stringify(event)),
      }),
    );
    const answer = Buffer.from(Payload ?? []).toString();
    if (FunctionError) throw new Error(`${key} ended with ${FunctionError}: ${answer}`);
    return JSON.parse(answer);
  }

  /** Invokes a function asynchronously, without the variables that it needs. */
  async invokeBroken(key: string, event: object): Promise<void> {
    const FunctionName = this.outputs.function_names[key];
    const { Environment } = await this.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    await this.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables: {} } }),
    );
    try {
      const Payload = Buffer.from(JSON.stringify(event));
      await this.lambda.send(new InvokeCommand({ FunctionName, InvocationType: "Event", Payload }));
      const id = JSON.stringify(event).slice(1, -1);
      await this.until(`the DLQ message of ${key}`, () => this.dlqMessage(id));
    } finally {
      await this.lambda.send(
        new UpdateFunctionConfigurationCommand({
          FunctionName,
          Environment: { Variables: Environment?.Variables },
        }),
      );
    }
  }

  /** Takes all messages out of the queue of objects to scan. */
  async loseMessages(): Promise<string[]> {
    return this.takeMessages(this.outputs.scan_jobs_queue_url);
  }

  /** Sends the message of an object. */
  async sendMessage(objectId: number): Promise<string> {
    await this.aws.sendMessage(objectId);
    return createScanMessage(objectId);
  }

  /** Waits until a worker has received a message. */
  async messageInFlight(): Promise<void> {
    await this.step("a message in flight", async () => {
      const { Attributes = {} } = await this.queue.send(
        new GetQueueAttributesCommand({
          QueueUrl: this.outputs.scan_jobs_queue_url,
          AttributeNames: ["ApproximateNumberOfMessagesNotVisible"],
        }),
      );
      return Attributes.ApproximateNumberOfMessagesNotVisible === "1" || undefined;
    });
    // What it does with the message next.
    await sleep(1_000);
  }
}
