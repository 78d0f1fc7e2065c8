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

export interface Hop {
  /** protocol of the target group */
  protocol: string;
  /** port of this machine on which the target listens */
  localPort: number;
  /** headers of the request that the load balancer sets */
  forwarded: Record<string, string>;
  /** cookies of the load balancer's own */
  cookies: string[];
}

/** Hands a request on to a target and its answer back, both as they stream. */
export function proxy(incoming: IncomingMessage, outgoing: ServerResponse, hop: Hop): void {
  const { protocol, localPort, forwarded, cookies } = hop;
  const sent = (protocol === "HTTPS" ? httpsRequest : httpRequest)({
    host: "127.0.0.1",
    port: localPort,
    method: incoming.method,
    path: incoming.url,
    headers: { ...endToEnd(incoming.headers), ...framing(incoming), ...forwarded },
    agent: false,
    // A load balancer does not look at the certificates of its targets.
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
  // A client that leaves takes its request with it.
  outgoing.once("close", () => sent.destroy());
  incoming.pipe(sent);
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = (headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  const dropped = [...HOP_BY_HOP, ...named];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.includes(name)));
}

// Node.js frames a body of unknown length by itself, but not that of a method which rarely has one.
function framing({ headers }: IncomingMessage): OutgoingHttpHeaders {
  return headers["transfer-encoding"] ? { "transfer-encoding": "chunked" } : {};
}
