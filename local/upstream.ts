import { AwsError } from "./aws-error";
import type { HttpResponse } from "./http";
import type { Call, Caller } from "./routing";

/** Answers every call that local AWS does not answer itself: moto on a server, a few maps in process. */
export interface Upstream {
  send(call: Call): Promise<HttpResponse>;
}

const TARGETS: Record<string, string> = {
  ecs: "AmazonEC2ContainerServiceV20141113",
  events: "AWSEvents",
  logs: "Logs_20140328",
  secretsmanager: "secretsmanager",
  ssm: "AmazonSSM",
};

/** Makes a call of local AWS's own in somebody's account. Throws the error that the service answers. */
export async function ask<T>(
  upstream: Upstream,
  { account, region }: Caller,
  service: string,
  action: string,
  input: unknown,
): Promise<T> {
  const response = await upstream.send({
    service,
    action,
    account,
    region,
    accessKey: "local",
    request: {
      method: "POST",
      path: "/",
      query: new URLSearchParams(),
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=local`,
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `${TARGETS[service]}.${action}`,
      },
      body: Buffer.from(JSON.stringify(input)),
    },
  });
  return parsed<T>(response);
}

function parsed<T>({ status, body }: HttpResponse): T {
  const text = body.toString();
  if (status < 300) return (text ? JSON.parse(text) : {}) as T;
  const error = text.startsWith("{")
    ? (JSON.parse(text) as { __type?: string; message?: string; Message?: string })
    : {};
  const code = error.__type?.split("#").pop() ?? "InternalFailure";
  throw new AwsError(code, error.message ?? error.Message ?? text, status);
}
