import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { createBucket } from "../../../handlers/shared/bucket";
import { createPayload } from "../../../handlers/shared/payload";

type Put = { method?: string; url?: string; headers: IncomingMessage["headers"]; body: string };

/** S3 as far as a PUT sees it: answers each in turn with the next status, then 200. */
const startS3 = async (statuses: number[] = []) => {
  const puts: Put[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    puts.push({ method: request.method, url: request.url, headers: request.headers, body });
    const status = statuses.shift() ?? 200;
    if (status === 0) request.socket.destroy();
    else response.writeHead(status).end(status === 200 ? "" : "<Code>SlowDown</Code>");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const requestHandler = new NodeHttpHandler();
  const waits: number[] = [];
  return {
    puts,
    waits,
    port: (server.address() as AddressInfo).port,
    requestHandler,
    bucket: createBucket("payloads", {
      region: "eu-west-1",
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: async () => ({ accessKeyId: "AKID", secretAccessKey: "secret", sessionToken: "session" }),
      requestHandler,
      sleep: async (ms) => waits.push(ms),
    }),
    stop: () => {
      requestHandler.destroy();
      server.close();
    },
  };
};

const payload = createPayload('{"text":"ünïcode"}');

test("sends one signed PUT with the payload to the key of its hash", async () => {
  const s3 = await startS3();
  await s3.bucket.put(payload.key, payload.body);
  s3.stop();
  expect(s3.puts).toEqual([
    {
      method: "PUT",
      url: `/payloads/payloads/${payload.sha256}.json`,
      body: payload.body,
      headers: expect.objectContaining({
        host: `127.0.0.1:${s3.port}`,
        "content-type": "application/json",
        "content-length": String(Buffer.byteLength(payload.body)),
        "x-amz-content-sha256": payload.sha256,
        // A bucket with an object lock refuses an object without a checksum.
        "x-amz-checksum-sha256": Buffer.from(payload.sha256, "hex").toString("base64"),
        "x-amz-security-token": "session",
        authorization: expect.stringMatching(
          /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/s3\/aws4_request, SignedHeaders=content-length;content-type;host;x-amz-checksum-sha256;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
        ),
      }),
    },
  ]);
});

test.each([503, 429])("retries with backoff after %d and after no response", async (status) => {
  const s3 = await startS3([status, 0]);
  await s3.bucket.put(payload.key, payload.body);
  s3.stop();
  expect(s3.puts).toHaveLength(3);
  expect(s3.waits).toEqual([100, 200]);
});

test.each([
  [
    [500, 502, 503],
    3,
    /s3:\/\/payloads\/payloads\/[0-9a-f]{64}\.json: S3 answered 503: <Code>SlowDown<\/Code>/,
  ],
  [[403], 1, /S3 answered 403/],
])("throws after the responses %j and %d attempts", async (statuses, attempts, reason) => {
  const s3 = await startS3(statuses);
  await expect(s3.bucket.put(payload.key, payload.body)).rejects.toThrow(reason);
  s3.stop();
  expect(s3.puts).toHaveLength(attempts);
});

test.each([
  ["eu-west-1", "payloads.s3.eu-west-1.amazonaws.com"],
  ["cn-north-1", "payloads.s3.cn-north-1.amazonaws.com.cn"],
])("uses TLS and the bucket's host name in %s without a configured endpoint", async (region, host) => {
  const asked: unknown[] = [];
  const bucket = createBucket("payloads", {
    region,
    credentials: { accessKeyId: "AKID", secretAccessKey: "secret" },
    requestHandler: {
      handle: async ({ protocol, hostname, port, path }) => {
        asked.push({ protocol, hostname, port, path });
        return { response: { statusCode: 200, headers: {}, body: new Uint8Array() } };
      },
    },
  });
  await bucket.put(payload.key, payload.body);
  expect(asked).toEqual([
    { protocol: "https:", hostname: host, port: undefined, path: `/payloads/${payload.sha256}.json` },
  ]);
});

test.each([
  [200, true],
  [412, false],
])("does not overwrite an object when S3 answers %d", async (status, written) => {
  const s3 = await startS3([status]);
  expect(await s3.bucket.putIfAbsent("launches/a.json", "{}")).toBe(written);
  s3.stop();
  expect(s3.puts[0]?.headers["if-none-match"]).toBe("*");
});

test("retries when two writes conflict", async () => {
  const s3 = await startS3([409, 412]);
  expect(await s3.bucket.putIfAbsent("launches/a.json", "{}")).toBe(false);
  s3.stop();
  expect(s3.puts).toHaveLength(2);
});

test("distinguishes a missing object from a forbidden one", async () => {
  const s3 = await startS3([404, 403]);
  expect(await s3.bucket.get("launches/a.json")).toBeUndefined();
  await expect(s3.bucket.get("launches/a.json")).rejects.toThrow("S3 answered 403");
  s3.stop();
});
