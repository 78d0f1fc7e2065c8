import { AwsError } from "../aws-error";
import type { HttpResponse } from "../http";
import { type ApiCall, invokeCall, type JsonService, jsonCall } from "../service-calls";
import { mapNames, toCamelCase, toPascalCase } from "./names";

type Fields = Record<string, unknown>;

/** The error of a Task state. Retry and Catch match its name. */
export class TaskError extends Error {
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

export interface TaskOptions {
  /** region of the state machine */
  region: string;
  account: string;
  /** ARNs of the execution and its state machine, which are added to events as resources */
  arns: string[];
  make(call: ApiCall): Promise<HttpResponse>;
}

/** Runs a Task state (https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html). */
export async function runTask(resource: string, input: unknown, options: TaskOptions): Promise<unknown> {
  if (resource.includes(":lambda:") && resource.includes(":function:")) {
    return (await invoke(resource, input, options)).payload;
  }
  const fields = (input ?? {}) as Fields;
  switch (resource.replace(/^arn:[^:]+:states:::/, "")) {
    case "lambda:invoke": {
      const { arn, type } = invocation(fields, options);
      const { payload, status, version } = await invoke(arn, fields.Payload ?? {}, options, type);
      return { ExecutedVersion: version, Payload: payload, StatusCode: status };
    }
    case "sqs:sendMessage":
      return call(
        "SQS",
        "sqs",
        "SendMessage",
        { ...fields, MessageBody: asText(fields.MessageBody) },
        options,
      );
    case "events:putEvents":
      return putEvents(fields, options);
    case "ecs:runTask": {
      const input = mapNames(fields, toCamelCase);
      return mapNames(await call("ECS", "ecs", "RunTask", input as Fields, options), toPascalCase);
    }
    default:
      return sdkCall(resource, fields, options);
  }
}

/** The services of "arn:aws:states:::aws-sdk:<name>:<action>", and how their APIs write parameter names. */
const SDK_SERVICES: Record<string, { service: JsonService; names: "camelCase" | "PascalCase" }> = {
  ecs: { service: "ecs", names: "camelCase" },
  eventbridge: { service: "events", names: "PascalCase" },
  secretsmanager: { service: "secretsmanager", names: "PascalCase" },
  sfn: { service: "states", names: "camelCase" },
  sqs: { service: "sqs", names: "PascalCase" },
  ssm: { service: "ssm", names: "PascalCase" },
};

async function sdkCall(resource: string, input: Fields, options: TaskOptions): Promise<unknown> {
  const [, name = "", action = ""] = /:aws-sdk:([a-z0-9]+):([A-Za-z0-9]+)$/.exec(resource) ?? [];
  const known = SDK_SERVICES[name];
  if (!known) {
    throw new TaskError(
      "States.Runtime",
      `Local AWS does not support Task states of ${resource}; it supports Lambda functions, lambda:invoke, sqs:sendMessage, events:putEvents, ecs:runTask, and aws-sdk for ${Object.keys(SDK_SERVICES).join(", ")}.`,
    );
  }
  const camel = known.names === "camelCase";
  const sent = camel ? (mapNames(input, toCamelCase) as Fields) : input;
  const answer = await call(toPascalCase(name), known.service, toPascalCase(action), sent, options);
  return camel ? mapNames(answer, toPascalCase) : answer;
}

async function putEvents(input: Fields, options: TaskOptions): Promise<unknown> {
  const Entries = ((input.Entries ?? []) as Fields[]).map(({ Detail, Resources = [], ...entry }) => ({
    ...entry,
    Detail: asText(Detail),
    Resources: [...(Resources as string[]), ...options.arns],
  }));
  const answer = await call("EventBridge", "events", "PutEvents", { ...input, Entries }, options);
  if (Number((answer as Fields).FailedEntryCount) > 0)
    throw new TaskError("EventBridge.FailedEntry", JSON.stringify(answer));
  return answer;
}

async function call(
  prefix: string,
  service: JsonService,
  action: string,
  input: Fields,
  options: TaskOptions,
): Promise<unknown> {
  try {
    const { body } = await options.make(jsonCall(service, options.region, action, input));
    return JSON.parse(body.toString() || "{}");
  } catch (error) {
    throw asTaskError(prefix, error);
  }
}

function invocation(input: Fields, { account, region }: TaskOptions): { arn: string; type: InvocationType } {
  const name = String(input.FunctionName);
  const arn = name.startsWith("arn:") ? name : `arn:aws:lambda:${region}:${account}:function:${name}`;
  return {
    arn: input.Qualifier ? `${arn}:${input.Qualifier}` : arn,
    type: input.InvocationType === "Event" ? "Event" : "RequestResponse",
  };
}

type InvocationType = "Event" | "RequestResponse";

async function invoke(
  arn: string,
  payload: unknown,
  { make }: TaskOptions,
  type: InvocationType = "RequestResponse",
): Promise<{ payload: unknown; status: number; version: string }> {
  const answer = await make(invokeCall(arn, type, JSON.stringify(payload))).catch((error: unknown) => {
    throw asTaskError("Lambda", error);
  });
  const text = answer.body.toString();
  if (answer.headers["x-amz-function-error"]) {
    const { errorType = "Unknown" } = JSON.parse(text) as { errorType?: string };
    throw new TaskError(errorType, text);
  }
  return {
    payload: text ? JSON.parse(text) : null,
    status: answer.status,
    version: answer.headers["x-amz-executed-version"] ?? "$LATEST",
  };
}

function asTaskError(prefix: string, error: unknown): unknown {
  if (!(error instanceof AwsError)) return error;
  // Step Functions reports this error of Lambda under a general name.
  const denied = prefix === "Lambda" && error.code === "AccessDeniedException";
  const code = denied ? "AWSLambdaException" : error.code;
  return new TaskError(`${prefix}.${code.endsWith("Exception") ? code : `${code}Exception`}`, error.message);
}

// A definition can have JSON where the API requires text.
function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
