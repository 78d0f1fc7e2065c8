import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type ServedObject = {
  body: Buffer;
  /** The answer to each read of its bytes, in place of them: an error code of S3. */
  error?: { status: number; code: string };
  /** Of each answer only so many bytes arrive, then the connection breaks. */
  breaksAfter?: number;
  /** Called before each read of its bytes. */
  onRead?: () => void;
};

const etagOf = (body: Buffer): string => `"${createHash("md5").update(body).digest("hex")}"`;

/** HeadObject and GetObject of one bucket over HTTP, with ranges, conditions and connections that break. */
export const serveBucket = async () => {
  const objects = new Map<string, ServedObject>();
  const requests: { method: string; key: string; range: string | undefined }[] = [];

  const refuse = (response: ServerResponse, status: number, code: string): void => {
    const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
    response.writeHead(status, { "content-type": "application/xml" }).end(body);
  };

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? "", "http://localhost");
    const key = decodeURIComponent(pathname.split("/").slice(2).join("/"));
    const { method = "", headers } = request;
    requests.push({ method, key, range: headers.range });
    const object = objects.get(key);
    if (!object) return refuse(response, 404, "NoSuchKey");
    const sizeHeaders = { etag: etagOf(object.body) };
    if (method === "HEAD") {
      response.writeHead(200, { ...sizeHeaders, "content-length": object.body.length }).end();
      return;
    }
    object.onRead?.();
    const { body, error, breaksAfter } = objects.get(key) ?? object;
    if (error) return refuse(response, error.status, error.code);
    if (headers["if-match"] !== undefined && headers["if-match"] !== etagOf(body))
      return refuse(response, 412, "PreconditionFailed");
    const [, from = "0", to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? [];
    const piece = body.subarray(Number(from), to === undefined ? body.length : Number(to) + 1);
    response.writeHead(206, { etag: etagOf(body), "content-length": piece.length });
    if (breaksAfter === undefined || piece.length <= breaksAfter) response.end(piece);
    else response.write(piece.subarray(0, breaksAfter), () => response.destroy());
  };

  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const put = (key: string, body: string | Buffer, more: Omit<ServedObject, "body"> = {}) => {
    const object = { body: Buffer.from(body), ...more };
    objects.set(key, object);
    return { key, etag: etagOf(object.body), size: object.body.length };
  };
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    put,
    remove: (key: string) => objects.delete(key),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
export type ServedBucket = Awaited<ReturnType<typeof serveBucket>>;
