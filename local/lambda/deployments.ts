import { createHash } from "node:crypto";
import { AwsError } from "../aws-error";
import type { HttpResponse } from "../http";
import type { Call, Caller } from "../routing";
import { askRest, type Upstream } from "../upstream";
import type { AsyncPolicy, DeployedFunction } from "./types";

interface Configuration {
  FunctionArn: string;
  FunctionName: string;
  Version: string;
  Runtime: string;
  Handler: string;
  Role: string;
  Timeout: number;
  MemorySize: number;
  CodeSha256: string;
  LastModified: string;
  RevisionId?: string;
  Environment?: { Variables?: Record<string, string> };
  VpcConfig?: { SubnetIds?: string[]; SecurityGroupIds?: string[] };
}

/** Settings that moto accepts and does not return. */
interface LostByMoto {
  DeadLetterConfig?: { TargetArn?: string };
  KMSKeyArn?: string;
  LoggingConfig?: { LogFormat?: string; LogGroup?: string };
}

interface FunctionInput extends LostByMoto {
  FunctionName?: string;
  Code?: Code;
}

interface Code {
  ZipFile?: string;
  S3Bucket?: string;
  S3Key?: string;
}

const DEFAULT_ASYNC_POLICY: AsyncPolicy = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600 };

/** The deployed functions. moto keeps them; this class keeps their code and the settings that moto loses. */
export class Deployments {
  private readonly zips = new Map<string, Buffer>();
  private readonly lostByMoto = new Map<string, LostByMoto>();
  private readonly cache = new Map<string, Promise<unknown>>();
  private writes = 0;

  constructor(private readonly upstream: Upstream) {}

  /** Throws ResourceNotFoundException. */
  async find(caller: Caller, name: string, qualifier?: string): Promise<DeployedFunction> {
    const query = qualifier ? `?Qualifier=${encodeURIComponent(qualifier)}` : "";
    const found = await this.readOnce<Configuration>(
      caller,
      `/2015-03-31/functions/${name}/configuration${query}`,
    );
    if (!found) {
      const arn = `arn:aws:lambda:${caller.region}:${caller.account}:function:${name}`;
      throw new AwsError("ResourceNotFoundException", `Function not found: ${arn}`, 404, { Type: "User" });
    }
    const zip = this.zips.get(found.CodeSha256);
    if (!zip || !found.Runtime?.startsWith("nodejs")) {
      throw new AwsError(
        "InvalidRuntimeException",
        `Local AWS runs zipped Node.js functions only; ${name} is ${found.Runtime}.`,
        502,
      );
    }
    const { DeadLetterConfig, LoggingConfig } = this.lostByMotoOf(caller, name);
    return {
      caller: { account: caller.account, region: caller.region },
      arn: `arn:aws:lambda:${caller.region}:${caller.account}:function:${name}`,
      name,
      version: found.Version,
      runtime: found.Runtime,
      handler: found.Handler,
      roleArn: found.Role,
      timeoutSeconds: found.Timeout,
      memoryMb: found.MemorySize,
      environment: found.Environment?.Variables ?? {},
      network: found.VpcConfig?.SubnetIds?.length
        ? {
            securityGroupIds: found.VpcConfig.SecurityGroupIds ?? [],
            subnetIds: found.VpcConfig.SubnetIds,
          }
        : undefined,
      logGroup: LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
      dlqArn: DeadLetterConfig?.TargetArn,
      revision: `${found.CodeSha256} ${this.writes}`,
      zip,
    };
  }

  async asyncPolicy(caller: Caller, name: string): Promise<AsyncPolicy> {
    const config = await this.readOnce<{
      MaximumRetryAttempts?: number;
      MaximumEventAgeInSeconds?: number;
      DestinationConfig?: { OnSuccess?: { Destination?: string }; OnFailure?: { Destination?: string } };
    }>(caller, `/2019-09-25/functions/${name}/event-invoke-config`);
    return {
      maximumRetryAttempts: config?.MaximumRetryAttempts ?? DEFAULT_ASYNC_POLICY.maximumRetryAttempts,
      maximumEventAgeSeconds: config?.MaximumEventAgeInSeconds ?? DEFAULT_ASYNC_POLICY.maximumEventAgeSeconds,
      onSuccess: config?.DestinationConfig?.OnSuccess?.Destination,
      onFailure: config?.DestinationConfig?.OnFailure?.Destination,
    };
  }

  /** The reserved concurrency; undefined: unlimited. */
  async reservedConcurrency(caller: Caller, name: string): Promise<number | undefined> {
    const found = await this.readOnce<{ ReservedConcurrentExecutions?: number | null }>(
      caller,
      `/2019-09-30/functions/${name}/concurrency`,
    );
    return found?.ReservedConcurrentExecutions ?? undefined;
  }

  async policy(caller: Caller, name: string): Promise<string | undefined> {
    return (await this.readOnce<{ Policy: string }>(caller, `/2015-03-31/functions/${name}/policy`))?.Policy;
  }

  /** Forwards a call to the control plane, and adds the settings that moto loses to the response. */
  async forward(call: Call): Promise<HttpResponse> {
    const written = ["CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration"].includes(
      call.action,
    );
    if (written)
      await this.storeInput(call, JSON.parse(call.request.body.toString()) as FunctionInput & Code);
    const response = await this.upstream.send(call);
    if (call.request.method !== "GET") {
      this.cache.clear();
      this.writes += 1;
    }
    return response.status < 300 ? this.completed(call, response) : response;
  }

  private async storeInput(call: Call, input: FunctionInput & Code): Promise<void> {
    const name = input.FunctionName ?? functionIn(call.request.path).name;
    const { ZipFile, S3Bucket, S3Key } = input.Code ?? input;
    if (ZipFile) this.keepZip(Buffer.from(ZipFile, "base64"));
    else if (S3Bucket && S3Key) {
      this.keepZip(await askRest(this.upstream, call, "s3", `/${S3Bucket}/${encodeURI(S3Key)}`));
    }
    if (call.action === "UpdateFunctionCode") return;
    const { DeadLetterConfig, KMSKeyArn, LoggingConfig } = input;
    const changes = Object.entries({ DeadLetterConfig, KMSKeyArn, LoggingConfig }).filter(
      ([, value]) => value !== undefined,
    );
    const before = call.action === "CreateFunction" ? {} : this.lostByMotoOf(call, name);
    this.lostByMoto.set(keyOf(call, name), { ...before, ...Object.fromEntries(changes) });
  }

  private keepZip(zip: Buffer): void {
    this.zips.set(createHash("sha256").update(zip).digest("base64"), zip);
  }

  private completed(call: Call, response: HttpResponse): HttpResponse {
    if (!response.body.toString().startsWith("{")) return response;
    const answer = JSON.parse(response.body.toString()) as Record<string, unknown>;
    const complete = (found: unknown) => {
      const configuration = found as Configuration;
      const { DeadLetterConfig, KMSKeyArn, LoggingConfig } = this.lostByMotoOf(
        call,
        configuration.FunctionName,
      );
      return {
        ...configuration,
        LoggingConfig: {
          LogFormat: "Text",
          LogGroup: `/aws/lambda/${configuration.FunctionName}`,
          ...LoggingConfig,
        },
        ...(DeadLetterConfig?.TargetArn ? { DeadLetterConfig } : {}),
        ...(KMSKeyArn ? { KMSKeyArn } : {}),
      };
    };
    let completed: Record<string, unknown> = answer;
    if ("FunctionArn" in answer && "Runtime" in answer) completed = complete(answer);
    else if (answer.Configuration) completed = { ...answer, Configuration: complete(answer.Configuration) };
    else if (Array.isArray(answer.Functions))
      completed = { ...answer, Functions: answer.Functions.map(complete) };
    const body = Buffer.from(JSON.stringify(completed));
    return { ...response, body, headers: { ...response.headers, "content-length": String(body.length) } };
  }

  private lostByMotoOf(caller: Caller, name: string): LostByMoto {
    return this.lostByMoto.get(keyOf(caller, name)) ?? {};
  }

  private readOnce<T>(caller: Caller, url: string): Promise<T | undefined> {
    const key = keyOf(caller, url);
    let answer = this.cache.get(key) as Promise<T | undefined> | undefined;
    if (!answer) {
      answer = askRest(this.upstream, caller, "lambda", url).then(
        (body) => JSON.parse(body.toString() || "{}") as T,
        (error: unknown) => {
          if (error instanceof AwsError && error.status === 404) return undefined;
          this.cache.delete(key);
          throw error;
        },
      );
      this.cache.set(key, answer);
    }
    return answer;
  }
}

/** The function in a path of the API, given as a name, an ARN or a partial ARN. */
export function functionIn(path: string): { name: string; qualifier?: string } {
  return parseFunctionName(decodeURIComponent(/\/functions\/([^/]+)/.exec(path)?.[1] ?? ""));
}

export function parseFunctionName(given: string): { name: string; qualifier?: string } {
  const [name = "", qualifier] = given.replace(/^.*:?function:/, "").split(":");
  return { name, qualifier };
}

function keyOf({ account, region }: Caller, name: string): string {
  return `${account}/${region}/${name}`;
}
