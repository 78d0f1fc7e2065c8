import type { Credentials } from "./credentials";
import { type HttpRequest, type HttpResponse, httpRequest } from "./http";
import { errorOf, TARGETS } from "./upstream";

/** The role of a service call, and the resource that makes it: a schedule, a state machine, a rule. */
export interface Actor {
  roleArn: string;
  /** e.g. scheduler.amazonaws.com */
  principal: string;
  sourceArn: string;
}

/** A call of an AWS API, without credentials. */
export interface ApiCall {
  service: string;
  region: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

export interface ServiceCallsOptions {
  credentials: Pick<Credentials, "assumeRole">;
  /** Answers a request as if it was received over HTTP. */
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** Calls that AWS services make with a role of their user. */
export class ServiceCalls {
  constructor(private readonly options: ServiceCallsOptions) {}

  /** Returns the access key of the role. Throws AccessDenied if its trust policy does not allow the service to assume it. */
  async assumeRole({ principal, roleArn, sourceArn }: Actor): Promise<string> {
    const [, , , region = "", account = ""] = sourceArn.split(":");
    const sessionName = principal.split(".")[0] ?? "";
    const use = { service: principal, sourceArn, sessionName };
    return (
      (await this.options.credentials.assumeRole({ account, region }, roleArn, use)).AWS_ACCESS_KEY_ID ?? ""
    );
  }

  /** Throws the error in the response, and what {@link assumeRole} throws. */
  async make(actor: Actor, { service, region, method, url, headers, body }: ApiCall): Promise<HttpResponse> {
    const accessKey = await this.assumeRole(actor);
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKey}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=local`;
    const response = await this.options.send(httpRequest(method, url, { ...headers, authorization }, body));
    if (response.status >= 300) throw errorOf(response);
    return response;
  }
}

export type JsonService = keyof typeof TARGETS;

/** A call of a service with a JSON API. */
export function jsonCall(service: JsonService, region: string, action: string, input: object): ApiCall {
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": `${TARGETS[service]}.${action}`,
  };
  return { service, region, method: "POST", url: "/", headers, body: JSON.stringify(input) };
}

/** Lambda's Invoke. */
export function invokeCall(functionArn: string, type: "Event" | "RequestResponse", body: string): ApiCall {
  return {
    service: "lambda",
    region: functionArn.split(":")[3] ?? "",
    method: "POST",
    url: `/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`,
    headers: { "content-type": "application/json", "x-amz-invocation-type": type },
    body,
  };
}

/** SQS's SendMessage. */
export function sendMessageCall(
  queueArn: string,
  message: { MessageBody: string } & Record<string, unknown>,
): ApiCall {
  const [, , , region = "", account = "", name = ""] = queueArn.split(":");
  return jsonCall("sqs", region, "SendMessage", {
    QueueUrl: `http://127.0.0.1/${account}/${name}`,
    ...message,
  });
}
