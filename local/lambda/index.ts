import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import { AwsError } from "../aws-error";
import type { Clock } from "../clock";
import type { Faults } from "../faults";
import type { HttpResponse } from "../http";
import type { Authorization } from "../iam/authorization";
import { keyPermissions } from "../iam/permissions/kms";
import { messageOf } from "../message-of";
import type { Metrics } from "../metrics";
import { allowsService } from "../resource-policy";
import type { Call, Caller } from "../routing";
import type { OutgoingMessage, Sqs } from "../sqs";
import type { Upstream } from "../upstream";
import { AsyncInvocations, Throttled } from "./async-invocations";
import { Deployments, functionIn, parseFunctionName } from "./deployments";
import { EventSourceMappings } from "./event-source-mappings";
import { isRecursion, Recursion } from "./recursion";
import { Semaphore } from "./semaphore";
import type { DeployedFunction, Executor, Invocation, Outcome } from "./types";

export interface LambdaOptions {
  authorization: Authorization;
  clock: Clock;
  upstream: Upstream;
  executor: Executor;
  faults: Faults;
  metrics: Metrics;
  sqs: Sqs;
  log(line: string): void;
}

/** The AWS service that invokes a function, and its resource. */
interface Source {
  /** e.g. events.amazonaws.com */
  service: string;
  sourceArn: string;
}

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const MAX_SYNC_BYTES = 6 * 1024 * 1024;
const MAX_ASYNC_BYTES = 1024 * 1024;

/** AWS Lambda: execution is here, the control plane is moto. */
export class Lambda {
  private readonly deployments: Deployments;
  private readonly queue: AsyncInvocations;
  private readonly mappings: EventSourceMappings;
  private readonly recursion: Recursion;
  private readonly running = new Map<string, number>();
  // Lambda runs a thousand environments at once. On a laptop so many would time out.
  private readonly machine = new Semaphore(Math.max(4, 2 * availableParallelism()));

  constructor(private readonly options: LambdaOptions) {
    const { clock, metrics, upstream } = options;
    this.recursion = new Recursion(metrics);
    this.deployments = new Deployments(upstream);
    this.queue = new AsyncInvocations({
      clock,
      metrics,
      find: async ({ invokedArn }) => {
        const { caller, name, qualifier } = parseArn(invokedArn);
        const deployed = await this.deployments.find(caller, name, qualifier);
        return { deployed, policy: await this.deployments.asyncPolicy(caller, name) };
      },
      attempt: (deployed, invocation) => this.machine.run(() => this.attempt(deployed, invocation)),
      deliver: (deployed, arn, message) => this.deliver(deployed, arn, message),
    });
    this.mappings = new EventSourceMappings({
      clock,
      log: options.log,
      queue: (arn) => options.sqs.queueByArn(arn),
      find: async (caller, functionName) => {
        const { name, qualifier } = parseFunctionName(functionName);
        const deployed = await this.deployments.find(caller, name, qualifier);
        return { deployed, arn: qualifier ? `${deployed.arn}:${qualifier}` : deployed.arn };
      },
      authorize: (functionArn, queueArn) => this.requirePollPermissions(functionArn, queueArn),
      invoke: (arn, event, trace) =>
        options.faults.apply(options.faults.take("lambda", "Invoke"), () =>
          this.machine.run(() => this.invokeByArn(arn, event, trace)),
        ),
    });
  }

  async handle(call: Call): Promise<HttpResponse> {
    if (call.action === "Invoke") return this.invoke(call);
    return (
      (await this.mappings.handle(call)) ?? this.recursion.handle(call) ?? this.deployments.forward(call)
    );
  }

  /**
   * Accepts an asynchronous event of an AWS service; it is run later, with retries. Throws the error of Lambda:
   * ResourceNotFoundException, AccessDeniedException without a permission, or RequestTooLargeException.
   */
  async accept(arn: string, event: string, by: Source): Promise<void> {
    await this.requireInvokePermission(arn, by);
    checkSize(Buffer.byteLength(event), MAX_ASYNC_BYTES);
    // A chain of requests does not go through EventBridge.
    this.enqueue({ requestId: randomUUID(), event, invokedArn: arn });
  }

  /** Runs a function synchronously for an AWS service. Throws what {@link accept} throws. */
  async answer(arn: string, event: string, by: Source): Promise<Outcome> {
    await this.requireInvokePermission(arn, by);
    return this.invokeByArn(arn, event);
  }

  private async requireInvokePermission(arn: string, by: Source): Promise<void> {
    const { caller, name, qualifier } = parseArn(arn);
    await this.deployments.find(caller, name, qualifier);
    const policy = await this.deployments.policy(caller, name);
    const [, , , , sourceAccount = ""] = by.sourceArn.split(":");
    const allowed = allowsService(policy, {
      service: by.service,
      action: "lambda:InvokeFunction",
      resource: arn,
      context: { "aws:sourcearn": by.sourceArn, "aws:sourceaccount": sourceAccount },
    });
    if (!allowed) {
      throw new AwsError("AccessDeniedException", `${by.sourceArn} has no permission to invoke ${arn}.`, 403);
    }
  }

  /** The resource-based policy of a function. */
  policy(arn: string): Promise<string | undefined> {
    const { caller, name } = parseArn(arn);
    return this.deployments.policy(caller, name);
  }

  private async invoke(call: Call): Promise<HttpResponse> {
    const { headers, path, query, body } = call.request;
    const given = functionIn(path);
    const qualifier = query.get("Qualifier") ?? given.qualifier;
    const deployed = await this.deployments.find(call, given.name, qualifier);
    const type = headers["x-amz-invocation-type"] ?? "RequestResponse";
    if (type === "DryRun") return { status: 204, headers: {}, body: Buffer.alloc(0) };
    const event = checkedEvent(body, type === "Event" ? MAX_ASYNC_BYTES : MAX_SYNC_BYTES);
    const invokedArn = qualifier ? `${deployed.arn}:${qualifier}` : deployed.arn;
    const invocation = { requestId: randomUUID(), event, invokedArn };
    const incoming = headers["x-amzn-trace-id"];
    if (type === "Event") {
      this.enqueue(invocation, incoming);
      return { status: 202, headers: { "x-amzn-requestid": invocation.requestId }, body: Buffer.alloc(0) };
    }
    const trace = this.recursion.enter(deployed.arn, incoming);
    return this.response(deployed, { ...invocation, trace }, headers["x-amz-log-type"] === "Tail");
  }

  private async response(
    deployed: DeployedFunction,
    invocation: Invocation,
    tail: boolean,
  ): Promise<HttpResponse> {
    const outcome = await this.attempt(deployed, invocation).catch((error: unknown) => {
      if (!(error instanceof Throttled)) throw error;
      throw new AwsError("TooManyRequestsException", "Rate Exceeded.", 429, {
        Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
        Type: "User",
      });
    });
    return {
      status: 200,
      headers: {
        "content-type": "application/json",
        "x-amzn-requestid": invocation.requestId,
        "x-amz-executed-version": deployed.version,
        ...(outcome.failed ? { "x-amz-function-error": "Unhandled" } : {}),
        ...(tail ? { "x-amz-log-result": Buffer.from(outcome.logTail).toString("base64") } : {}),
      },
      body: Buffer.from(outcome.payload),
    };
  }

  private async invokeByArn(arn: string, event: string, incoming?: string): Promise<Outcome> {
    const { caller, name, qualifier } = parseArn(arn);
    const deployed = await this.deployments.find(caller, name, qualifier);
    const trace = this.recursion.enter(deployed.arn, incoming);
    return this.attempt(deployed, { requestId: randomUUID(), event, invokedArn: arn, trace });
  }

  private enqueue(invocation: Invocation, incoming?: string): void {
    this.runLater(invocation, incoming).catch((error: unknown) => {
      const why = `${invocation.invokedArn} lost ${invocation.requestId}: ${messageOf(error)}`;
      this.options.metrics.count("AWS/Lambda AsyncEventsDropped", parseArn(invocation.invokedArn).name, why);
    });
  }

  private async runLater(invocation: Invocation, incoming?: string): Promise<void> {
    let trace: string | undefined;
    try {
      trace = this.recursion.enter(unqualified(invocation.invokedArn), incoming);
    } catch (error) {
      if (!isRecursion(error)) throw error;
      return this.queue.stop({ ...invocation, trace: incoming });
    }
    return this.queue.run({ ...invocation, trace });
  }

  private async attempt(deployed: DeployedFunction, invocation: Invocation): Promise<Outcome> {
    const limit = await this.deployments.reservedConcurrency(deployed.caller, deployed.name);
    const now = this.running.get(deployed.arn) ?? 0;
    if (limit !== undefined && now >= limit) throw new Throttled();
    this.running.set(deployed.arn, now + 1);
    try {
      const outcome = await this.options.executor.run(deployed, invocation);
      if (Buffer.byteLength(outcome.payload) <= MAX_SYNC_BYTES) return outcome;
      const error = {
        errorType: "Function.ResponseSizeTooLarge",
        errorMessage: `Response payload size exceeded maximum allowed payload size (${MAX_SYNC_BYTES} bytes).`,
      };
      return { ...outcome, failed: true, payload: JSON.stringify(error) };
    } finally {
      this.running.set(deployed.arn, (this.running.get(deployed.arn) ?? 1) - 1);
    }
  }

  private async deliver(deployed: DeployedFunction, arn: string, message: OutgoingMessage): Promise<void> {
    const queue = this.options.sqs.queueByArn(arn);
    if (!queue) throw new Error("the queue does not exist");
    await this.requirePermission(deployed, "sqs:SendMessage", arn);
    queue.send(message);
  }

  /** Lambda polls a queue with the role of the function. */
  private async requirePollPermissions(functionArn: string, queueArn: string): Promise<void> {
    const { caller, name, qualifier } = parseArn(functionArn);
    const deployed = await this.deployments.find(caller, name, qualifier);
    for (const action of ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]) {
      await this.requirePermission(deployed, action, queueArn);
    }
  }

  /** Throws if the function's role does not have the permission, or a permission on the KMS key of the queue. */
  private async requirePermission(
    { caller, name, roleArn }: DeployedFunction,
    action: string,
    queueArn: string,
  ): Promise<void> {
    const { authorization, sqs, upstream } = this.options;
    const key = sqs.queueByArn(queueArn)?.attributes.KmsMasterKeyId;
    const permissions = [
      { action, resource: queueArn },
      ...(await keyPermissions(upstream, caller, action, key)),
    ];
    for (const permission of permissions)
      await authorization.requirePermission({ roleArn, name, region: caller.region }, permission);
  }
}

function checkSize(bytes: number, limit: number): void {
  if (bytes > limit) {
    throw new AwsError(
      "RequestTooLargeException",
      `Request must be smaller than ${limit} bytes for the InvokeFunction operation`,
      413,
    );
  }
}

function checkedEvent(body: Buffer, limit: number): string {
  checkSize(body.length, limit);
  const text = body.toString() || "{}";
  try {
    JSON.parse(text);
  } catch (error) {
    const reason = messageOf(error);
    throw new AwsError("InvalidRequestContentException", `Could not parse request body into json: ${reason}`);
  }
  return text;
}

function unqualified(arn: string): string {
  return arn.split(":").slice(0, 7).join(":");
}

function parseArn(arn: string): { caller: Caller; name: string; qualifier?: string } {
  const [, , , region = "", account = ""] = arn.split(":");
  return { caller: { account, region }, ...parseFunctionName(arn) };
}
