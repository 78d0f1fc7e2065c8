import { randomUUID } from "node:crypto";
import { AwsError } from "./aws-error";

export interface HttpRequest {
  method: string;
  /** path and query as received */
  url: string;
  path: string;
  query: URLSearchParams;
  /** names in lower case */
  headers: Record<string, string>;
  /** as received, with repeated headers */
  rawHeaders: [name: string, value: string][];
  body: Buffer;
}

export function httpRequest(
  method: string,
  url: string,
  headers: Record<string, string>,
  body: Buffer | string = "",
  rawHeaders = Object.entries(headers),
): HttpRequest {
  const [path = "/", search] = url.split("?", 2);
  const query = new URLSearchParams(search);
  return { method, url, path, query, headers, rawHeaders, body: Buffer.from(body) };
}

/**
 * The header by which a browser marks a request of a web page. Sec-Fetch-Site is "none" for an address that the user
 * typed. Programs send none of these headers.
 */
export function pageHeader(headers: Record<string, string>): string | undefined {
  if (headers.origin !== undefined) return "Origin";
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "none") return "Sec-Fetch-Site";
  return headers.referer === undefined ? undefined : "Referer";
}

// The bodies of these REST APIs are JSON objects. Only Invoke of Lambda takes any JSON.
const JSON_SERVICES = new Set(["elasticfilesystem", "lambda", "scheduler"]);

/** Throws the error of AWS for a path or a body that cannot be parsed. */
export function checkReadable(service: string, { body, headers, path }: HttpRequest): void {
  try {
    if (!path.startsWith("/")) throw new URIError();
    decodeURIComponent(path);
  } catch {
    throw new AwsError("InvalidURI", "Couldn't parse the specified URI.");
  }
  const isJson = headers["x-amz-target"] !== undefined || JSON_SERVICES.has(service);
  const isEvent = service === "lambda" && /\/(invocations|invoke-async\/?)$/.test(path);
  // CloudWatch clients compress large bodies.
  if (isJson && !isEvent && body.length > 0 && !headers["content-encoding"]) checkJsonObject(body);
}

function checkJsonObject(body: Buffer): void {
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    // Invalid JSON is reported below like any other value that is not an object.
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new AwsError("SerializationException", "The body of the request must be a JSON object.");
}

export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  /** headers with more than one value, such as set-cookie */
  repeatedHeaders?: Record<string, string[]>;
  body: Buffer;
}

export function jsonResponse(
  value: unknown,
  status = 200,
  headers: Record<string, string> = {},
): HttpResponse {
  return {
    status,
    headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": randomUUID(), ...headers },
    body: Buffer.from(value === undefined ? "" : JSON.stringify(value)),
  };
}

export function xmlResponse(xml: string, status = 200): HttpResponse {
  return { status, headers: { "content-type": "text/xml" }, body: Buffer.from(xml) };
}

const XML_SERVICES = new Set(["ec2", "iam", "rds", "s3", "sts", "monitoring", "sns", "elasticloadbalancing"]);

/** The error of a service for a caller without the required permission. */
export function accessDenied(service: string, message: string): AwsError {
  if (service === "ec2")
    return new AwsError(
      "UnauthorizedOperation",
      `You are not authorized to perform this operation. ${message}`,
      403,
    );
  return XML_SERVICES.has(service)
    ? new AwsError("AccessDenied", message, 403)
    : new AwsError("AccessDeniedException", message, service === "lambda" ? 403 : 400);
}

/** Writes an error in the protocol of the request: newer SDKs speak JSON with CloudWatch, the AWS provider XML. */
export function errorResponse(
  service: string,
  error: AwsError,
  requestHeaders: HttpRequest["headers"],
): HttpResponse {
  if (XML_SERVICES.has(service) && !requestHeaders["x-amz-target"]) return xmlError(service, error);
  return jsonResponse({ __type: error.code, message: error.message, ...error.fields }, error.status, {
    "x-amzn-errortype": error.code,
    ...(service === "sqs" ? { "x-amzn-query-error": `${queryCode(error.code)};Sender` } : {}),
  });
}

// SQS moved from the query protocol to JSON. SDKs still raise the older error names, which this header contains.
function queryCode(code: string): string {
  if (code === "QueueDoesNotExist") return "AWS.SimpleQueueService.NonExistentQueue";
  if (code === "AccessDeniedException") return "AccessDenied";
  if (code === "QueueNameExists") return "QueueAlreadyExists";
  return /^(Invalid|Receipt|Missing|Resource|Throttling)/.test(code)
    ? code
    : `AWS.SimpleQueueService.${code}`;
}

function xmlError(service: string, { code, message, status }: AwsError): HttpResponse {
  const error = `<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`;
  if (service === "s3") return xmlResponse(error, status);
  if (service === "ec2") return xmlResponse(`<Response><Errors>${error}</Errors></Response>`, status);
  return xmlResponse(`<ErrorResponse>${error}</ErrorResponse>`, status);
}

export function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
