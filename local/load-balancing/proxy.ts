import {
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from "node:http";
import { request as httpsRequest } from "node:https";
import { answerError } from "./answers";

// https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

// The default of the attribute idle_timeout.timeout_seconds.
const IDLE_TIMEOUT_MS = 60_000;

export interface ProxyOptions {
  /** protocol of the target group */
  protocol: string;
  /** port of this machine that the target listens on */
  localPort: number;
  /** request headers that the load balancer sets */
  forwarded: Record<string, string>;
  /** cookies that the load balancer sets */
  cookies: string[];
}

/** Streams a request to a target and the response back. */
export function proxy(incoming: IncomingMessage, outgoing: ServerResponse, options: ProxyOptions): void {
  const { protocol, localPort, forwarded, cookies } = options;
  const sent = (protocol === "HTTPS" ? httpsRequest : httpRequest)({
    host: "127.0.0.1",
    port: localPort,
    method: incoming.method,
    path: incoming.url,
    headers: { ...endToEnd(incoming.headers), ...framing(incoming), ...forwarded },
    agent: false,
    // A load balancer does not verify the certificates of its targets.
    rejectUnauthorized: false,
  });
  const fail = (status: 502 | 504, why: string) => {
    if (outgoing.headersSent) outgoing.destroy();
    else answerError(outgoing, status, why);
    sent.destroy();
  };
  sent.setTimeout(IDLE_TIMEOUT_MS, () => fail(504, "Gateway Time-out"));
  sent.once("error", () => fail(502, "Bad Gateway"));
  sent.once("response", (reply) => {
    const headers: OutgoingHttpHeaders = endToEnd(reply.headers);
    if (cookies.length > 0) headers["set-cookie"] = [...(reply.headers["set-cookie"] ?? []), ...cookies];
    outgoing.writeHead(reply.statusCode ?? 502, headers);
    reply.once("error", () => outgoing.destroy());
    reply.pipe(outgoing);
  });
  // A disconnected client cancels the request to the target.
  outgoing.once("close", () => sent.destroy());
  incoming.pipe(sent);
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = (headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  const dropped = [...HOP_BY_HOP, ...named];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.includes(name)));
}

// Node.js does not frame a body of unknown length for methods that rarely have a body.
function framing({ headers }: IncomingMessage): OutgoingHttpHeaders {
  return headers["transfer-encoding"] ? { "transfer-encoding": "chunked" } : {};
}
