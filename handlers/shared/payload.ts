import { createHash } from "node:crypto";
import { setTimeout as realSleep } from "node:timers/promises";
import { Sha256 } from "@smithy/core/checksum";
import { collectBody } from "@smithy/core/protocols";
import { streamCollector } from "@smithy/core/serde";
import { HttpRequest } from "@smithy/core/transport";
import type { NodeHttpHandler } from "@smithy/node-http-handler";
import { SignatureV4, type SignatureV4Init } from "@smithy/signature-v4";

const attempts = 3;
const firstDelayMs = 100;

/** An event too long to go inline. Its key is made of its content: a retry writes the same object again. */
export type Payload = { key: string; body: string; sha256: string };

export const payloadOf = (body: string): Payload => {
  const sha256 = createHash("sha256").update(body).digest("hex");
  return { key: `payloads/${sha256}.json`, body, sha256 };
};

export type Payloads = {
  /** @throws Error when S3 did not take it, after three attempts where another one could help */
  put(payload: Payload): Promise<void>;
  /** @throws Error when S3 did not give it, after three attempts where another one could help */
  get(key: string): Promise<string>;
};

/** How to reach S3: what the handler's other clients use. */
export type Connection = {
  region: string;
  endpoint?: string;
  credentials: SignatureV4Init["credentials"];
  requestHandler: Pick<NodeHttpHandler, "handle">;
  /** Waits between attempts. Default: real time. */
  sleep?: (ms: number) => Promise<unknown>;
};

type Failure = { error: unknown; worthRetrying: boolean };
type Answer = { text: string } | Failure;

// Nothing was answered (reset, timeout); the same request can be sent again.
const unanswered = (error: unknown): Failure => ({ error, worthRetrying: true });

const emptySha256 = createHash("sha256").digest("hex");

// With an endpoint of its own (local AWS) the bucket cannot be a host name, so it goes into the path.
const address = (bucket: string, key: string, { region, endpoint }: Connection) =>
  endpoint
    ? { url: new URL(endpoint), path: `/${bucket}/${key}` }
    : {
        url: new URL(`https://${bucket}.s3.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`),
        path: `/${key}`,
      };

/**
 * The bucket for long payloads. Requests signed by the SDK's signer, over its connection pool:
 * `@aws-sdk/client-s3` would add 40 KB to a 70 KB function for these two calls.
 */
export const createPayloads = (bucket: string, connection: Connection): Payloads => {
  // S3 signs the path as it is sent and wants the hash of the body as a header, which the caller sets.
  const signer = new SignatureV4({ ...connection, service: "s3", sha256: Sha256, uriEscapePath: false });

  const { sleep = realSleep } = connection;

  const sendOnce = async (
    method: "GET" | "PUT",
    key: string,
    sha256: string,
    bodyHeaders: Record<string, string> = {},
    body?: string,
  ): Promise<Answer> => {
    const { url, path } = address(bucket, key, connection);
    const request = new HttpRequest({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      port: url.port ? Number(url.port) : undefined,
      path,
      headers: { host: url.host, "x-amz-content-sha256": sha256, ...bodyHeaders },
      body,
    });
    const { response } = await connection.requestHandler.handle((await signer.sign(request)) as HttpRequest);
    const text = Buffer.from(await collectBody(response.body, { streamCollector })).toString("utf8");
    if (response.statusCode < 300) return { text };
    return {
      error: new Error(`s3://${bucket}/${key}: S3 answered ${response.statusCode}: ${text.slice(0, 500)}`),
      worthRetrying: response.statusCode >= 500,
    };
  };

  const send = async (...request: Parameters<typeof sendOnce>): Promise<string> => {
    for (let attempt = 1; ; attempt++) {
      const answer = await sendOnce(...request).catch(unanswered);
      if ("text" in answer) return answer.text;
      if (!answer.worthRetrying || attempt === attempts) throw answer.error;
      await sleep(firstDelayMs * 2 ** (attempt - 1));
    }
  };

  return {
    async put({ key, body, sha256 }) {
      const headers = {
        "content-type": "application/json",
        "content-length": String(Buffer.byteLength(body)),
      };
      await send("PUT", key, sha256, headers, body);
    },
    get: (key) => send("GET", key, emptySha256),
  };
};
