import { createHash } from "node:crypto";
import { setTimeout as realSleep } from "node:timers/promises";
import { Sha256 } from "@smithy/core/checksum";
import { collectBody } from "@smithy/core/protocols";
import { streamCollector } from "@smithy/core/serde";
import { HttpRequest } from "@smithy/core/transport";
import type { NodeHttpHandler } from "@smithy/node-http-handler";
import { SignatureV4, type SignatureV4Init } from "@smithy/signature-v4";
import { fromJson } from "./json";

const maxAttempts = 3;
/** 409: two concurrent S3 writes. 429: Lambda throttles. */
const transientStatuses = [409, 429];
const firstDelayMs = 100;

/** The connection settings of the AWS clients. */
export type Connection = {
  region: string;
  endpoint?: string;
  credentials: SignatureV4Init["credentials"];
  requestHandler: Pick<NodeHttpHandler, "handle">;
  /** Default: real time. */
  sleep?: (ms: number) => Promise<unknown>;
};

export type SignedRequest = {
  method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  url: URL;
  /** Lower-case names. */
  headers?: Record<string, string>;
  query?: Record<string, string>;
  /** A text is JSON unless its header says otherwise. */
  body?: string | Uint8Array;
  /** SHA-256 of the body in hex, if it is known already. */
  bodySha256?: string;
};

/** Names of headers are in lower case. */
export type Response = {
  status: number;
  text: string;
  /** The text before it was decoded. */
  bytes: Buffer;
  headers: Record<string, string | undefined>;
};

/** `https://<host>.<region>.amazonaws.com`, or the configured endpoint (local AWS). */
export const toServiceUrl = (host: string, { region, endpoint }: Connection): URL =>
  new URL(endpoint ?? `https://${host}.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`);

/** The error code of an AWS JSON answer: `RequestThrottled` of `{"__type":"com.amazonaws.sqs#RequestThrottled"}`. */
export const readErrorCode = (text: string): string | undefined => {
  const { __type, code } = Object(fromJson(text)) as Record<string, unknown>;
  return /^(?:.*#)?([\w.-]{1,100})/.exec(String(__type ?? code ?? ""))?.[1];
};

// JSON services answer a throttled request with 400, SQS also with 403 (`RequestThrottled` in the model of its client).
const isTransient = (response: Response): boolean =>
  response.status >= 500 ||
  transientStatuses.includes(response.status) ||
  (response.status >= 400 && /throttl/i.test(readErrorCode(response.text) ?? ""));

// Lambda sets the variables, and detects recursive loops by the header. The SDK's clients forward it by the same rule.
const readTraceHeader = (): Record<string, string> => {
  const { AWS_LAMBDA_FUNCTION_NAME: functionName, _X_AMZN_TRACE_ID: trace } = process.env;
  return functionName && trace ? { "x-amzn-trace-id": trace } : {};
};

/**
 * Sends requests with the SDK's signer and connection pool. Retries after 5xx, 409, 429, a throttling error or no
 * response, and forwards the trace header of the invocation.
 * The clients of S3, Lambda and SQS would double the size of a bundle for four kinds of request.
 * @throws Error when the last attempt got no response
 */
export const createSignedRequests = (service: string, connection: Connection) => {
  // S3 signs the path without escaping it again, and needs the hash of the body as a header.
  const signer = new SignatureV4({ ...connection, service, sha256: Sha256, uriEscapePath: service !== "s3" });
  const { sleep = realSleep } = connection;

  const sendOnce = async ({
    method,
    url,
    headers,
    query,
    body = "",
    bodySha256,
  }: SignedRequest): Promise<Response> => {
    const request = new HttpRequest({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      port: url.port ? Number(url.port) : undefined,
      path: url.pathname,
      ...(query && { query }),
      headers: {
        host: url.host,
        "x-amz-content-sha256": bodySha256 ?? createHash("sha256").update(body).digest("hex"),
        ...(body.length > 0 && {
          "content-length": String(Buffer.byteLength(body)),
          "content-type": typeof body === "string" ? "application/json" : "application/octet-stream",
        }),
        ...readTraceHeader(),
        ...headers,
      },
      body: body.length > 0 ? body : undefined,
    });
    const { response } = await connection.requestHandler.handle((await signer.sign(request)) as HttpRequest);
    const bytes = Buffer.from(await collectBody(response.body, { streamCollector }));
    return {
      status: response.statusCode,
      // Only when it is read: megabytes of a bottle are no text.
      get text() {
        return bytes.toString("utf8");
      },
      bytes,
      headers: response.headers,
    };
  };

  return async (request: SignedRequest): Promise<Response> => {
    for (let attempt = 1; ; attempt++) {
      const isLast = attempt === maxAttempts;
      try {
        const response = await sendOnce(request);
        if (isLast || !isTransient(response)) return response;
      } catch (error) {
        if (isLast) throw error;
      }
      await sleep(firstDelayMs * 2 ** (attempt - 1));
    }
  };
};
