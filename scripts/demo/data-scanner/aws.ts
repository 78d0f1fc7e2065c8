import { readFileSync } from "node:fs";
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  paginateFilterLogEvents,
} from "@aws-sdk/client-cloudwatch-logs";
import { DescribeServicesCommand, ECSClient, ListTasksCommand, StopTaskCommand } from "@aws-sdk/client-ecs";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { Client } from "pg";
import { createScanMessage } from "../../../container-contract/scan-message";
import type { LocalAws } from "../../../local";
import { clientConfig } from "../../mutation/client-config";
import type { Outputs } from "./settings";

export type Answer = { status: number; body: Record<string, unknown> };

/** A finding as the API gives it. */
export type Finding = {
  s3_key: string;
  finding_type: string;
  line_number: number;
  column_start: number;
  confidence: string;
  context: string;
};

/** The data scanner as its users reach it. */
export class DataScannerAws {
  private readonly ecs: ECSClient;
  private readonly s3: S3Client;
  private readonly sqs: SQSClient;
  private readonly logs: CloudWatchLogsClient;
  private readonly secrets: SecretsManagerClient;
  /** All answers of the API so far. */
  readonly answers: Answer[] = [];

  constructor(
    private readonly outputs: Outputs,
    private readonly localAws: Pick<LocalAws, "environment" | "endpoint" | "certificateAuthority">,
  ) {
    const config = clientConfig(localAws.environment);
    this.ecs = new ECSClient(config);
    this.s3 = new S3Client({ ...config, forcePathStyle: true });
    this.sqs = new SQSClient(config);
    this.logs = new CloudWatchLogsClient(config);
    this.secrets = new SecretsManagerClient(config);
  }

  async upload(Key: string, Body: Buffer): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: this.outputs.data_bucket_name, Key, Body }));
  }

  /** A request to the API. Local AWS reads the access key of a signature, and does not check the signature. */
  async request(method: "GET" | "POST", path: string, body?: object): Promise<Answer> {
    const { host, pathname } = new URL(this.outputs.api_url);
    const [id] = host.split(".");
    const url = `${this.localAws.endpoint}/restapis/${id}${pathname}/_user_request_${path}`;
    const response = await fetch(url, {
      method,
      headers: {
        authorization:
          "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=local",
        "content-type": "application/json",
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = { status: response.status, body: (await response.json()) as Answer["body"] };
    this.answers.push(answer);
    return answer;
  }

  /** Every finding of a job, page by page. @throws Error for an answer without findings */
  async findings(jobId: string, limit = 500): Promise<{ findings: Finding[]; pages: number }> {
    const findings: Finding[] = [];
    let pages = 0;
    let cursor = "";
    do {
      const { status, body } = await this.request("GET", `/results?job_id=${jobId}&limit=${limit}${cursor}`);
      if (status !== 200) throw new Error(`GET /results answered ${status}: ${JSON.stringify(body)}`);
      pages++;
      findings.push(...(body.findings as Finding[]));
      cursor = body.next_cursor ? `&cursor=${encodeURIComponent(String(body.next_cursor))}` : "";
    } while (cursor);
    return { findings, pages };
  }

  async workers(): Promise<{ desired: number; running: number }> {
    const { cluster_name: cluster, worker_service_name: service } = this.outputs;
    const { services = [] } = await this.ecs.send(
      new DescribeServicesCommand({ cluster, services: [service] }),
    );
    return { desired: services[0]?.desiredCount ?? 0, running: services[0]?.runningCount ?? 0 };
  }

  /** Stops a worker, as an operator or an interruption of Spot does. */
  async stopWorker(): Promise<void> {
    const { cluster_name: cluster, worker_service_name: serviceName } = this.outputs;
    const { taskArns: [task] = [] } = await this.ecs.send(new ListTasksCommand({ cluster, serviceName }));
    await this.ecs.send(new StopTaskCommand({ cluster, task, reason: "stopped by the demo" }));
  }

  /** Sends the message of an object, as SQS may deliver one twice. */
  async sendMessage(objectId: number): Promise<void> {
    const MessageBody = createScanMessage(objectId);
    await this.sqs.send(new SendMessageCommand({ QueueUrl: this.outputs.scan_jobs_queue_url, MessageBody }));
  }

  /** Messages that wait or are in flight. */
  async messages(): Promise<number> {
    const { Attributes = {} } = await this.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: this.outputs.scan_jobs_queue_url,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      }),
    );
    return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
  }

  /** Everything in which a value that was found must not be: rows of the database, messages, logs and answers. */
  async allText(): Promise<string> {
    const texts = [this.databaseText(), this.queueText(), this.logText(), JSON.stringify(this.answers)];
    return (await Promise.all(texts)).join("\n");
  }

  private async queueText(): Promise<string> {
    const { scan_jobs_queue_url: queue, scan_jobs_dead_letter_queue_url: dlq } = this.outputs;
    const received = [queue, dlq].map((QueueUrl) =>
      this.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 })),
    );
    return JSON.stringify(await Promise.all(received));
  }

  /** All rows of the database, as text. */
  private async databaseText(): Promise<string> {
    const texts: string[] = [];
    for (const table of ["jobs", "job_objects", "findings"])
      texts.push(JSON.stringify(await this.query(`SELECT * FROM ${table}`)));
    return texts.join("\n");
  }

  /** The rows of a query to the database, as its master user. */
  async query(sql: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    const { SecretString = "" } = await this.secrets.send(
      new GetSecretValueCommand({ SecretId: this.outputs.database_secret_arn }),
    );
    const { username: user, password } = JSON.parse(SecretString);
    const client = new Client({
      host: this.outputs.database_address,
      database: "scanner",
      user,
      password,
      ssl: { ca: readFileSync(this.localAws.certificateAuthority, "utf8") },
    });
    await client.connect();
    try {
      return (await client.query(sql, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  /** All logs, as text. */
  private async logText(): Promise<string> {
    const texts: string[] = [];
    const { logGroups = [] } = await this.logs.send(new DescribeLogGroupsCommand({}));
    for (const { logGroupName } of logGroups)
      for await (const { events = [] } of paginateFilterLogEvents({ client: this.logs }, { logGroupName }))
        texts.push(...events.map(({ message = "" }) => message));
    return texts.join("\n");
  }
}
