import { createHash } from "node:crypto";
import { strToU8, zipSync } from "fflate";
import { VirtualClock } from "../../local/clock";
import { Faults } from "../../local/faults";
import { httpRequest, jsonResponse } from "../../local/http";
import { NO_ROLES } from "../../local/iam/authorization";
import { Lambda } from "../../local/lambda";
import type { Invocation, Outcome } from "../../local/lambda/types";
import { Metrics } from "../../local/metrics";
import { Accounts, identify } from "../../local/routing";
import { Sqs } from "../../local/sqs";
import type { Upstream } from "../../local/upstream";

export const FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:start";
const PATH = "/2015-03-31/functions/start";
const INVOCATIONS = "/2015-03-31/functions/start/invocations";
const functionPolicy = {
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "lambda:InvokeFunction",
      Resource: FUNCTION_ARN,
    },
  ],
};
const configuration = {
  FunctionArn: FUNCTION_ARN,
  FunctionName: "start",
  Version: "$LATEST",
  Runtime: "nodejs22.x",
  Handler: "index.handler",
  Role: "arn:aws:iam::123456789012:role/start",
  Timeout: 30,
  MemorySize: 128,
};

/** The function `start` in process with the code `code`. Asynchronous failures go to the queue `failed`. */
export async function lambdaWorld(code: (invocation: Invocation) => unknown = () => null) {
  const clock = new VirtualClock(new Date(0));
  const sqs = new Sqs(clock, () => "http://127.0.0.1");
  const lines: string[] = [];
  const metrics = new Metrics((line) => lines.push(line));
  const invocations: Invocation[] = [];
  const answers: Record<string, unknown> = {
    [`${PATH}/policy`]: { Policy: JSON.stringify(functionPolicy) },
    "/2019-09-25/functions/start/event-invoke-config": {
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: queueArn("failed") } },
    },
  };
  const upstream: Upstream = {
    send: async ({ action, request }) => {
      const [path = ""] = request.url.split("?");
      if (action === "CreateFunction") {
        const { ZipFile } = JSON.parse(request.body.toString()).Code as { ZipFile: string };
        const CodeSha256 = createHash("sha256").update(Buffer.from(ZipFile, "base64")).digest("base64");
        answers[`${PATH}/configuration`] = { ...configuration, CodeSha256 };
        return jsonResponse(answers[`${PATH}/configuration`], 201);
      }
      return answers[path] ? jsonResponse(answers[path]) : jsonResponse({}, 404);
    },
  };
  const lambda = new Lambda({
    authorization: NO_ROLES,
    clock,
    upstream,
    faults: new Faults(clock),
    metrics,
    sqs,
    executor: {
      run: async (_deployed, invocation): Promise<Outcome> => {
        invocations.push(invocation);
        return { payload: JSON.stringify(code(invocation) ?? null), failed: false, logTail: "" };
      },
    },
    log: (line) => lines.push(line),
  });
  const ask = (method: string, url: string, body = "", headers: Record<string, string> = {}) => {
    const authorization = "AWS4-HMAC-SHA256 Credential=x/20260101/eu-west-1/lambda/aws4_request, x";
    const request = httpRequest(method, url, { authorization, ...headers }, body);
    return lambda.handle(identify(request, new Accounts()));
  };
  const Code = { ZipFile: Buffer.from(zipSync({ "index.js": strToU8("") })).toString("base64") };
  await ask("POST", "/2015-03-31/functions", JSON.stringify({ FunctionName: "start", Code }));
  const queue = async (name: string, Attributes: Record<string, string> = {}) => {
    const call = { action: "CreateQueue", account: "123456789012", region: "eu-west-1" };
    await sqs.handle(call as never, { QueueName: name, Attributes });
    const made = sqs.queueByArn(queueArn(name));
    if (!made) throw new Error("no queue");
    return made;
  };
  /** Calls Invoke as the SDK does; in a function, with that function's trace header. */
  const invoke = (type: "Event" | "RequestResponse", event: string, trace?: string) =>
    ask("POST", INVOCATIONS, event, {
      "x-amz-invocation-type": type,
      ...(trace ? { "x-amzn-trace-id": trace } : {}),
    });
  return { ask, clock, invocations, invoke, lambda, lines, metrics, queue };
}

export function queueArn(name: string): string {
  return `arn:aws:sqs:eu-west-1:123456789012:${name}`;
}
