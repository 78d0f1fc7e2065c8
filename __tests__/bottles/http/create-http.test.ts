import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { createHttp, HttpError, type HttpSettings, readBody } from "../../../bottles/http";
import { checkUrl } from "../../../bottles/http/allowed-url";
import { parseRetryAfter } from "../../../bottles/http/retry-after";

const opened: (() => void)[] = [];
afterEach(() => {
  for (const close of opened.splice(0)) close();
});

const serve = async (answer: RequestListener): Promise<string> => {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  opened.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const open = (settings: Partial<HttpSettings> = {}) => {
  const http = createHttp({ connections: 2, ...settings });
  opened.push(() => http.close());
  return http;
};

const redirectTo =
  (location: string): RequestListener =>
  (_request, response) =>
    response.writeHead(307, { location }).end();

test("carries Range through a redirect, and Authorization only to the origin that it was meant for", async () => {
  const seen: Record<string, string | undefined>[] = [];
  const storage = await serve((request, response) => {
    const { range, authorization, "user-agent": agent } = request.headers;
    seen.push({ at: "storage", range, authorization, agent });
    response.end("bytes");
  });
  const registry = await serve((request, response) => {
    const { range, authorization } = request.headers;
    seen.push({ at: "registry", range, authorization });
    redirectTo(request.url === "/moved" ? `${storage}/blob` : "/moved")(request, response);
  });
  const response = await open({ userAgent: "mirror (mail@example.com)" }).get({
    url: `${registry}/blob`,
    authorization: "Bearer QQ==",
    headers: { range: "bytes=5-" },
  });
  expect((await readBody(response, 10)).toString()).toBe("bytes");
  expect(seen).toEqual([
    { at: "registry", range: "bytes=5-", authorization: "Bearer QQ==" },
    { at: "registry", range: "bytes=5-", authorization: "Bearer QQ==" },
    { at: "storage", range: "bytes=5-", authorization: undefined, agent: "mirror (mail@example.com)" },
  ]);
});

test("follows five redirects, and no sixth", async () => {
  let asked = 0;
  const url = await serve((request, response) => {
    asked += 1;
    if (request.url === "/5") response.end("found");
    else
      redirectTo(request.url === "/for-ever" ? "/for-ever" : `/${Number(request.url!.slice(1)) + 1}`)(
        request,
        response,
      );
  });
  expect((await open().get({ url: `${url}/0` })).status).toBe(200);
  asked = 0;
  await expect(open().get({ url: `${url}/for-ever` })).rejects.toThrow("/for-ever: more than 5 redirects");
  expect(asked).toBe(6);
});

test.each([
  ["http://example.com/a", undefined, "http://example.com/a: expected https"],
  ["ftp://example.com/a", undefined, "ftp://example.com/a: expected https"],
  ["here", undefined, 'expected an https URL, found "here"'],
  [
    "http://example.com/a",
    "https://ghcr.io/b",
    "https://ghcr.io/b: redirect to http://example.com/a: expected https",
  ],
  [
    "http://127.0.0.1/a",
    "https://ghcr.io/b",
    "https://ghcr.io/b: redirect to http://127.0.0.1/a: expected https",
  ],
  ["http://example.com/a", "http://127.0.0.1/b", "expected https"],
  ["https://evil.example/a", undefined, "expected one of the hosts ghcr.io, githubusercontent.com"],
  ["https://notghcr.io/a", "https://ghcr.io/b", "expected one of the hosts ghcr.io, githubusercontent.com"],
])("refuses %s after %s", (url, base, message) => {
  const allowedHosts = ["ghcr.io", "githubusercontent.com"];
  const rules = message.includes("hosts") ? { allowedHosts } : {};
  const check = () => checkUrl(url, rules, base === undefined ? undefined : new URL(base));
  expect(check).toThrow(HttpError);
  expect(check).toThrow(message);
});

test("takes a subdomain of an allowed host", () => {
  const rules = { allowedHosts: ["githubusercontent.com"] };
  expect(checkUrl("https://pkg.githubusercontent.com/a", rules).hostname).toBe("pkg.githubusercontent.com");
});

test("does not follow a redirect to plain http of another machine", async () => {
  const url = await serve(redirectTo("http://example.com/?signature=secret"));
  const error = await open()
    .get({ url: `${url}/a` })
    .catch((thrown: HttpError) => thrown);
  expect(error).toMatchObject({ kind: "refused", isTransient: false });
  expect((error as HttpError).message).toContain("redirect to http://example.com/: expected https");
});

test.each([
  [401, false, false],
  [403, false, false],
  [404, false, false],
  [429, true, true],
  [500, true, false],
  [503, true, true],
])("says of status %d whether a retry may succeed", async (status, isTransient, isThrottling) => {
  const url = await serve((_request, response) =>
    response.writeHead(status, { "retry-after": "7" }).end("secret"),
  );
  await expect(open().get({ url: `${url}/a?token=secret` })).rejects.toMatchObject({
    kind: "status",
    status,
    message: `${url}/a: status ${status}`,
    retryAfterMs: 7_000,
    isTransient,
    isThrottling,
  });
});

test.each([
  ["5", 5_000],
  ["Thu, 01 Jan 2026 00:00:30 GMT", 30_000],
  ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
  ["999999", 3_600_000],
  ["soon", undefined],
  [undefined, undefined],
])("reads Retry-After %s", (header, ms) => {
  expect(parseRetryAfter(header, Date.parse("2026-01-01T00:00:00Z"))).toBe(ms);
});

test("fails after a time without a byte, before and within the body", async () => {
  const url = await serve((request, response) => {
    if (request.url === "/body") response.writeHead(200, { "content-length": "9" }).write("a");
  });
  const http = open({ idleTimeoutMs: 50 });
  await expect(http.get({ url: `${url}/head` })).rejects.toMatchObject({
    kind: "connection",
    isTransient: true,
    message: `${url}/head: no byte for 50 ms`,
  });
  await expect(
    http.get({ url: `${url}/body` }).then((response) => readBody(response, 9)),
  ).rejects.toMatchObject({
    kind: "connection",
  });
});

test("ends a request when its signal aborts", async () => {
  const url = await serve(() => {});
  const stop = new AbortController();
  const request = open().get({ url, signal: stop.signal });
  setTimeout(() => stop.abort(new Error("enough")), 20);
  await expect(request).rejects.toThrow("enough");
});

test("answers 304 to the condition of an ETag", async () => {
  const url = await serve((request, response) => {
    response.writeHead(request.headers["if-none-match"] === '"1"' ? 304 : 200).end();
  });
  expect((await open().get({ url, headers: { "if-none-match": '"1"' } })).status).toBe(304);
});

test("reads a compressed body, but none that is too long, damaged, or ends early", async () => {
  const content = gzipSync("x".repeat(1_000));
  const url = await serve((request, response) => {
    const encoding = { "content-encoding": "gzip" };
    if (request.url === "/early") {
      response.writeHead(200, { "content-length": content.length + 5, ...encoding });
      response.write(content.subarray(0, 20), () => request.socket.end());
    } else if (request.url === "/damaged") response.writeHead(200, encoding).end(content.subarray(0, 20));
    else if (request.url === "/odd") response.writeHead(200, { "content-encoding": "br" }).end("x");
    else response.writeHead(200, encoding).end(content);
  });
  const read = async (path: string, max = 1_000) => readBody(await open().get({ url: url + path }), max);
  expect((await read("/")).toString()).toBe("x".repeat(1_000));
  await expect(read("/", 999)).rejects.toThrow("expected at most 999 bytes, found more");
  await expect(read("/early")).rejects.toThrow("the body ended early");
  await expect(read("/damaged")).rejects.toThrow("the body ended early");
  await expect(read("/odd")).rejects.toThrow("expected the content encoding gzip or none, found br");
});
