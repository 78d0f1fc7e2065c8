import { AwsError } from "./aws-error";
import { type HttpRequest, type HttpResponse, httpRequest } from "./http";
import type { Call, Caller } from "./routing";

/** Answers the calls that local AWS does not answer itself: moto in a server, `InMemory` in process. */
export interface Upstream {
  send(call: Call): Promise<HttpResponse>;
}

/** The names of the JSON services in `x-amz-target`. */
export const TARGETS = {
  ecs: "AmazonEC2ContainerServiceV20141113",
  events: "AWSEvents",
  kms: "TrentService",
  logs: "Logs_20140328",
  secretsmanager: "secretsmanager",
  sqs: "AmazonSQS",
  ssm: "AmazonSSM",
  states: "AWSStepFunctions",
};

/** Calls a JSON service in an account. Throws the error in the response. */
export async function askJson<T>(
  upstream: Upstream,
  caller: Caller,
  service: keyof typeof TARGETS,
  action: string,
  input: unknown,
): Promise<T> {
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": `${TARGETS[service]}.${action}`,
  };
  return parsed<T>(
    await send(upstream, caller, service, action, "POST", "/", headers, JSON.stringify(input)),
  );
}

/** Calls a query service. Returns the XML of the response, also of an error. */
export async function askQuery(
  upstream: Upstream,
  caller: Caller,
  service: "autoscaling" | "ec2" | "elasticloadbalancing" | "iam" | "rds" | "sts",
  parameters: { Action: string; Version: string } & Record<string, string>,
): Promise<string> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const form = new URLSearchParams(parameters).toString();
  const { body } = await send(upstream, caller, service, parameters.Action, "POST", "/", headers, form);
  return body.toString();
}

/** Sends a GET to a REST service. Throws the error in the response. */
export async function askRest(
  upstream: Upstream,
  caller: Caller,
  service: string,
  url: string,
): Promise<Buffer> {
  const response = await send(upstream, caller, service, `GET ${url}`, "GET", url, {}, "");
  if (response.status >= 300) parsed(response);
  return response.body;
}

function send(
  upstream: Upstream,
  { account, region }: Caller,
  service: string,
  action: string,
  method: string,
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<HttpResponse> {
  const authorization = `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=local`;
  const request: HttpRequest = httpRequest(method, url, { ...headers, authorization }, body);
  return upstream.send({ service, action, account, region, accessKey: "local", request });
}

function parsed<T>(response: HttpResponse): T {
  if (response.status >= 300) throw errorOf(response);
  const text = response.body.toString();
  return (text ? JSON.parse(text) : {}) as T;
}

/** The error in a response, in JSON or XML. */
export function errorOf({ status, body }: HttpResponse): AwsError {
  const text = body.toString();
  const error = text.startsWith("{") ? (JSON.parse(text) as Record<string, string | undefined>) : {};
  const inXml = (name: string) => new RegExp(`<${name}>([^<]*)<`).exec(text)?.[1];
  const code = (error.__type ?? error.Type)?.split("#").pop() ?? inXml("Code") ?? "InternalFailure";
  return new AwsError(code, error.message ?? error.Message ?? inXml("Message") ?? text, status);
}
