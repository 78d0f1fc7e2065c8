import { randomUUID } from "node:crypto";
import { AwsError } from "../aws-error";
import { type HttpResponse, jsonResponse } from "../http";
import { messageOf } from "../message-of";
import type { Call, Caller } from "../routing";
import { QueuePoller, type QueuePollerOptions } from "./queue-poller";
import type { DeployedFunction } from "./types";

export interface EventSourceMappingsOptions extends QueuePollerOptions {
  /** Rejects with ResourceNotFoundException. */
  find(caller: Caller, functionName: string): Promise<{ deployed: DeployedFunction; arn: string }>;
}

interface Input {
  FunctionName?: string;
  EventSourceArn?: string;
  Enabled?: boolean;
  BatchSize?: number;
  MaximumBatchingWindowInSeconds?: number;
  FunctionResponseTypes?: string[];
  ScalingConfig?: { MaximumConcurrency?: number };
  FilterCriteria?: { Filters?: unknown[] };
  Tags?: Record<string, string>;
}

interface Mapping {
  account: string;
  region: string;
  uuid: string;
  arn: string;
  queueArn: string;
  functionArn: string;
  enabled: boolean;
  batchSize: number;
  windowSeconds: number;
  responseTypes: string[];
  maximumConcurrency?: number;
  modifiedAt: Date;
  tags: Record<string, string>;
  poller?: QueuePoller;
}

/** Event source mappings of SQS queues: the control plane, and a poller for each enabled mapping. */
export class EventSourceMappings {
  private readonly mappings = new Map<string, Mapping>();

  constructor(private readonly options: EventSourceMappingsOptions) {}

  /** Returns undefined if the call does not concern event source mappings. */
  async handle(call: Call): Promise<HttpResponse | undefined> {
    const path = decodeURIComponent(call.request.path);
    const tagged = /\/tags\/(arn:.*:event-source-mapping:(.+))$/.exec(path)?.[2];
    if (tagged) return this.tags(call, this.get(call, tagged));
    const [, uuid] = /\/event-source-mappings(?:\/([^/]*))?$/.exec(path) ?? [];
    switch (call.action) {
      case "CreateEventSourceMapping":
        return jsonResponse(await this.create(call, body(call)), 202);
      case "ListEventSourceMappings":
        return jsonResponse({ EventSourceMappings: this.list(call).map(view) });
      case "GetEventSourceMapping":
        return jsonResponse(view(this.get(call, uuid)));
      case "UpdateEventSourceMapping":
        return jsonResponse(await this.update(call, this.get(call, uuid), body(call)), 202);
      case "DeleteEventSourceMapping": {
        const mapping = this.get(call, uuid);
        mapping.poller?.stop();
        this.mappings.delete(mapping.uuid);
        return jsonResponse({ ...view(mapping), State: "Deleting" }, 202);
      }
      default:
        return undefined;
    }
  }

  private async create(caller: Caller, input: Input): Promise<object> {
    const queueArn = input.EventSourceArn ?? "";
    const { arn: functionArn, deployed } = await this.options.find(caller, input.FunctionName ?? "");
    const same = [...this.mappings.values()].find(
      (mapping) => mapping.queueArn === queueArn && mapping.functionArn === functionArn,
    );
    if (same) {
      throw new AwsError(
        "ResourceConflictException",
        `An event source mapping with SQS arn ("${queueArn}") and function ("${functionArn}") already exists: ${same.uuid}.`,
        409,
      );
    }
    const uuid = randomUUID();
    const { account, region } = caller;
    const mapping: Mapping = {
      account,
      region,
      uuid,
      arn: `arn:aws:lambda:${region}:${account}:event-source-mapping:${uuid}`,
      queueArn,
      functionArn,
      enabled: true,
      batchSize: 10,
      windowSeconds: 0,
      responseTypes: [],
      modifiedAt: this.options.clock.now(),
      tags: input.Tags ?? {},
    };
    return this.apply(mapping, input, deployed);
  }

  private async update(caller: Caller, mapping: Mapping, input: Input): Promise<object> {
    const { arn: functionArn, deployed } = await this.options.find(
      caller,
      input.FunctionName ?? mapping.functionArn,
    );
    return this.apply({ ...mapping, functionArn }, input, deployed);
  }

  private async apply(before: Mapping, input: Input, deployed: DeployedFunction): Promise<object> {
    const mapping: Mapping = {
      ...before,
      enabled: input.Enabled ?? before.enabled,
      batchSize: input.BatchSize ?? before.batchSize,
      windowSeconds: input.MaximumBatchingWindowInSeconds ?? before.windowSeconds,
      responseTypes: input.FunctionResponseTypes ?? before.responseTypes,
      // An empty ScalingConfig removes the limit.
      maximumConcurrency: input.ScalingConfig
        ? input.ScalingConfig.MaximumConcurrency
        : before.maximumConcurrency,
      modifiedAt: this.options.clock.now(),
    };
    this.check(mapping, input, deployed);
    await this.authorize(mapping);
    before.poller?.stop();
    const reportsBatchItemFailures = mapping.responseTypes.includes("ReportBatchItemFailures");
    mapping.poller = mapping.enabled
      ? new QueuePoller(this.options, { ...mapping, reportsBatchItemFailures })
      : undefined;
    this.mappings.set(mapping.uuid, mapping);
    return view(mapping);
  }

  // AWS's message: Terraform retries on it while a role is new.
  private async authorize({ functionArn, queueArn }: Mapping): Promise<void> {
    await this.options.authorize(functionArn, queueArn).catch((error: unknown) => {
      throw new AwsError(
        "InvalidParameterValueException",
        `The provided execution role does not have permissions to call ReceiveMessage, DeleteMessage and GetQueueAttributes on SQS: ${messageOf(error)}`,
        400,
        { Type: "User" },
      );
    });
  }

  // https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
  private check(mapping: Mapping, input: Input, { timeoutSeconds }: DeployedFunction): void {
    const { batchSize, maximumConcurrency, queueArn, windowSeconds } = mapping;
    const queue = this.options.queue(queueArn);
    const visibility = Number(queue?.attributes.VisibilityTimeout);
    const refused: [wrong: boolean, message: string][] = [
      [
        queueArn.split(":")[2] !== "sqs",
        `Local AWS supports event source mappings of SQS queues only, not of ${queueArn}.`,
      ],
      [!queue, `The queue ${queueArn} does not exist.`],
      [queueArn.endsWith(".fifo"), "Local AWS stores FIFO queues but does not support their messages."],
      [(input.FilterCriteria?.Filters ?? []).length > 0, "Local AWS does not support filters of messages."],
      [
        timeoutSeconds > visibility,
        `Queue visibility timeout: ${visibility} seconds is less than Function timeout: ${timeoutSeconds} seconds`,
      ],
      [!within(batchSize, 1, 10_000), `BatchSize is ${batchSize}; allowed: 1 to 10000`],
      [
        !within(windowSeconds, 0, 300),
        `MaximumBatchingWindowInSeconds is ${windowSeconds}; allowed: 0 to 300`,
      ],
      [
        batchSize > 10 && windowSeconds === 0,
        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
      ],
      [
        maximumConcurrency !== undefined && !within(maximumConcurrency, 2, 1000),
        `MaximumConcurrency is ${maximumConcurrency}; allowed: 2 to 1000`,
      ],
    ];
    const found = refused.find(([wrong]) => wrong);
    if (found) throw new AwsError("InvalidParameterValueException", found[1], 400, { Type: "User" });
  }

  private list(call: Call): Mapping[] {
    const queueArn = call.request.query.get("EventSourceArn");
    const functionName = call.request.query.get("FunctionName");
    return [...this.mappings.values()].filter(
      (mapping) =>
        mapping.account === call.account &&
        mapping.region === call.region &&
        (queueArn === null || mapping.queueArn === queueArn) &&
        (functionName === null || `:${mapping.functionArn}`.endsWith(`:${functionName}`)),
    );
  }

  private get({ account, region }: Caller, uuid = ""): Mapping {
    const mapping = this.mappings.get(uuid);
    if (!mapping || mapping.account !== account || mapping.region !== region) {
      throw new AwsError("ResourceNotFoundException", "The resource you requested does not exist.", 404, {
        Type: "User",
      });
    }
    return mapping;
  }

  private tags({ request }: Call, { tags }: Mapping): HttpResponse {
    if (request.method === "GET") return jsonResponse({ Tags: tags });
    if (request.method === "POST") Object.assign(tags, (JSON.parse(request.body.toString()) as Input).Tags);
    else for (const key of request.query.getAll("tagKeys")) delete tags[key];
    return { status: 204, headers: {}, body: Buffer.alloc(0) };
  }
}

function view(mapping: Mapping): object {
  const { maximumConcurrency } = mapping;
  return {
    UUID: mapping.uuid,
    EventSourceMappingArn: mapping.arn,
    EventSourceArn: mapping.queueArn,
    FunctionArn: mapping.functionArn,
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.windowSeconds,
    FunctionResponseTypes: mapping.responseTypes,
    ...(maximumConcurrency ? { ScalingConfig: { MaximumConcurrency: maximumConcurrency } } : {}),
    LastModified: mapping.modifiedAt.getTime() / 1000,
    State: mapping.enabled ? "Enabled" : "Disabled",
    StateTransitionReason: "USER_INITIATED",
  };
}

function within(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function body({ request }: Call): Input {
  return JSON.parse(request.body.toString() || "{}") as Input;
}
