import type { ServerResponse } from "node:http";
import type { Field } from "../query-protocol";

type Fields = Record<string, Field>;

const SERVER = { server: "awselb/2.0" };

/** Answers for the load balancer if there is no response of a target. */
export function answerError(outgoing: ServerResponse, status: 501 | 502 | 503 | 504, why: string): void {
  const body = `<html><head><title>${status}</title></head><body><h1>${status}</h1><p>${why}</p></body></html>\n`;
  outgoing.writeHead(status, { ...SERVER, "content-type": "text/html" }).end(body);
}

export function answerFixed(
  outgoing: ServerResponse,
  { StatusCode, ContentType, MessageBody }: Fields,
): void {
  outgoing
    .writeHead(Number(StatusCode), { ...SERVER, "content-type": String(ContentType || "text/plain") })
    .end(String(MessageBody ?? ""));
}

/** Each part of the new URL can contain parts of the old one, such as `/#{path}`, where the path has no leading slash. */
export function answerRedirect(
  outgoing: ServerResponse,
  config: Fields,
  old: Record<"protocol" | "host" | "port" | "path" | "query", string>,
): void {
  const part = (name: string, fallback: string) =>
    String(config[name] || fallback).replace(
      /#\{(\w+)\}/g,
      (_, quoted: keyof typeof old) => old[quoted] ?? "",
    );
  const query = part("Query", "#{query}");
  const base = `${part("Protocol", "#{protocol}").toLowerCase()}://${part("Host", "#{host}")}:${part("Port", "#{port}")}`;
  const location = `${base}${part("Path", "/#{path}")}${query && `?${query}`}`;
  outgoing.writeHead(config.StatusCode === "HTTP_301" ? 301 : 302, { ...SERVER, location }).end();
}
