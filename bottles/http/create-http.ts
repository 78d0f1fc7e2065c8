import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Readable } from "node:stream";
import { checkUrl, describeUrl, type UrlRules } from "./allowed-url";
import { HttpError } from "./http-error";
import { parseRetryAfter } from "./retry-after";

export type HttpSettings = UrlRules & {
  /** Connections to one host. More requests wait for one. */
  connections: number;
  /** Without a byte for so long a request fails. Default 30,000 ms. */
  idleTimeoutMs?: number;
  /** Of the header User-Agent: a product and how to reach who runs it. */
  userAgent?: string;
  /** Default: real time. */
  now?: () => number;
};

export type HttpRequest = {
  url: string;
  /** Lower-case names. They are sent to each host that the request is redirected to. */
  headers?: Readonly<Record<string, string>>;
  /** Header Authorization. It is sent to the origin of `url` only. */
  authorization?: string;
  /** Ends the request and its body. */
  signal?: AbortSignal | undefined;
};

export type HttpResponse = {
  /** 2xx or 304. */
  status: number;
  headers: IncomingHttpHeaders;
  /** Must be read to its end or destroyed. */
  body: Readable;
};

export type Http = {
  /**
   * @throws HttpError when the answer is neither 2xx nor 304, when there is none, or when a URL may not be asked; the
   * reason of `signal` when it aborts
   */
  get(request: HttpRequest): Promise<HttpResponse>;
  /** Closes all connections. */
  close(): void;
};

const maxRedirects = 5;
const redirectStatuses = [301, 302, 303, 307, 308];
const defaultUserAgent = "cdktf-event-driven-ecs (+https://example.com/cdktf-event-driven-ecs)";

const maxDiscardedBytes = 65_536;

/** Reads a short body to its end, which keeps its connection usable, and closes that of a long one. */
const discard = (body: IncomingMessage): void => {
  body.on("error", () => {});
  if (Number(body.headers["content-length"]) <= maxDiscardedBytes) body.resume();
  else body.destroy();
};

/** Gets URLs over https with connections that are kept. It follows redirects. */
export const createHttp = ({
  connections,
  idleTimeoutMs = 30_000,
  userAgent = defaultUserAgent,
  now = Date.now,
  ...rules
}: HttpSettings): Http => {
  const agentSettings = { keepAlive: true, maxSockets: connections };
  const agents = { "http:": new HttpAgent(agentSettings), "https:": new HttpsAgent(agentSettings) };

  const send = (
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const isPlain = url.protocol === "http:";
      const options = {
        agent: agents[isPlain ? "http:" : "https:"],
        headers,
        timeout: idleTimeoutMs,
        ...(signal && { signal }),
      };
      const request = isPlain ? httpRequest(url, options) : httpsRequest(url, options);
      let response: IncomingMessage | undefined;
      request.on("timeout", () => {
        const reason = `${describeUrl(url)}: no byte for ${idleTimeoutMs} ms`;
        (response ?? request).destroy(new HttpError("connection", reason));
      });
      // Also after the response: without a listener, an error of its connection would end the process.
      request.on("error", (cause) => {
        if (signal?.aborted) reject(signal.reason);
        else if (cause instanceof HttpError) reject(cause);
        else reject(new HttpError("connection", `${describeUrl(url)}: ${cause.message}`, { cause }));
      });
      request.on("response", (received) => {
        response = received;
        resolve(received);
      });
      request.end();
    });

  return {
    async get({ url: text, headers = {}, authorization, signal }) {
      signal?.throwIfAborted();
      const first = checkUrl(text, rules);
      let url = first;
      for (let redirects = 0; ; redirects++) {
        const isOrigin = url.origin === first.origin;
        const body = await send(
          url,
          {
            "user-agent": userAgent,
            ...headers,
            ...(isOrigin && authorization !== undefined && { authorization }),
          },
          signal,
        );
        const { statusCode: status = 0, headers: received } = body;
        if ((status >= 200 && status < 300) || status === 304) return { status, headers: received, body };
        discard(body);
        if (!redirectStatuses.includes(status) || received.location === undefined)
          throw new HttpError("status", `${describeUrl(url)}: status ${status}`, {
            status,
            retryAfterMs: parseRetryAfter(received["retry-after"], now()),
          });
        if (redirects === maxRedirects)
          throw new HttpError("refused", `${describeUrl(first)}: more than ${maxRedirects} redirects`);
        url = checkUrl(received.location, rules, url);
      }
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
};
