import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import type { Bottle } from "../../bottles/bottle";
import { blobKeyOf } from "../../bottles/names";
import { type Corpus, type CorpusBottle, indexesOf } from "./corpus";
import type { Fault, FaultKind, FaultScript, HomebrewRequest, Place } from "./faults";
import { toCatalogue, toIndex } from "./shapes";

export type HomebrewSettings = {
  corpus: Corpus;
  faults?: FaultScript;
  /** Files of the API besides formula.json, by their path below `/api/`. */
  apiFiles?: ReadonlyMap<string, string | Buffer>;
  /** For how long the URL of a bottle's bytes is valid. Default 300 s, as seen at the real one. */
  urlSeconds?: number;
  /** Default: real time. */
  now?: () => number;
};

export type Homebrew = Awaited<ReturnType<typeof serveHomebrew>>;

const writeBytes = 256 * 1024;
const token = /^Bearer \S+$/;

const listen = async (server: Server): Promise<string> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const sign = (path: string, expires: string): string =>
  createHash("sha256").update(`stand-in ${path} ${expires}`).digest("hex").slice(0, 32);

type Range = { start: number; end: number };

const parseRange = (header: string | undefined, size: number): Range | "unsatisfiable" | undefined => {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === undefined) return undefined;
  const start = Number(first);
  if (start >= size) return "unsatisfiable";
  return { start, end: last ? Math.min(Number(last) + 1, size) : size };
};

/**
 * Serves a corpus as Homebrew does: formula.json, and a registry that wants a token and redirects to a storage at another
 * port, which refuses one. It meets a script of faults.
 */
export const serveHomebrew = async (settings: HomebrewSettings) => {
  const { corpus, urlSeconds = 300, now = Date.now, apiFiles = new Map() } = settings;
  let { faults = () => undefined } = settings;
  const attempts = new Map<string, number>();
  /** Faults that have happened. */
  const met = new Map<FaultKind, number>();
  /** Requests with the header Authorization, at each server. */
  const withAuthorization = { registry: 0, storage: 0 };
  const requests: Record<Place, number> = { api: 0, index: 0, registry: 0, storage: 0 };
  const userAgents = new Set<string | undefined>();
  let sentBytes = 0;
  let openBodies = 0;
  let mostOpenBodies = 0;

  const byDigest = new Map(corpus.bottles.map((bottle) => [bottle.sha256, bottle]));
  const indexes = indexesOf(corpus);

  /** The fault of a request, counted. */
  const meet = (place: Place, path: string, more: Partial<HomebrewRequest> = {}): Fault | undefined => {
    const attempt = (attempts.get(`${place} ${path}`) ?? 0) + 1;
    attempts.set(`${place} ${path}`, attempt);
    requests[place] += 1;
    return faults({ place, path, attempt, start: 0, ...more });
  };
  const count = (fault: Fault): void => {
    met.set(fault.kind, (met.get(fault.kind) ?? 0) + 1);
  };

  const refuse = (response: ServerResponse, status: number, headers: Record<string, string> = {}): void => {
    const body = JSON.stringify({ errors: [{ code: String(status) }] });
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
  };

  /** Faults that are the same everywhere. @returns whether the request is answered */
  const play = (fault: Fault | undefined, request: IncomingMessage, response: ServerResponse): boolean => {
    switch (fault?.kind) {
      case "status":
        count(fault);
        refuse(response, fault.status, {
          ...(fault.retryAfterSeconds !== undefined && { "retry-after": String(fault.retryAfterSeconds) }),
        });
        return true;
      case "expired":
        count(fault);
        refuse(response, 403);
        return true;
      case "endlessRedirect":
        count(fault);
        response.writeHead(307, { location: request.url }).end();
        return true;
      case "redirectTo":
        count(fault);
        response.writeHead(307, { location: fault.url }).end();
        return true;
      case "silence":
        count(fault);
        return true;
      default:
        return false;
    }
  };

  const sendText = (
    fault: Fault | undefined,
    request: IncomingMessage,
    response: ServerResponse,
    content: Buffer,
    type: string,
  ): void => {
    const etag = `"${createHash("md5").update(content).digest("hex")}"`;
    if (request.headers["if-none-match"] === etag) {
      response.writeHead(304, { etag }).end();
      return;
    }
    const isGzip = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
    const body = isGzip ? gzipSync(content, { level: 1 }) : Buffer.from(content);
    if (fault?.kind === "corrupt") {
      count(fault);
      body[body.length >> 1]! ^= 1;
    }
    const isShort = fault?.kind === "truncated" || fault?.kind === "reset";
    const length = isShort ? Math.min(fault.afterBytes, body.length) : body.length;
    if (isShort) count(fault);
    response.writeHead(200, {
      etag,
      "docker-content-digest": `sha256:${createHash("sha256").update(content).digest("hex")}`,
      "content-type": type,
      "content-length": fault?.kind === "truncated" ? length : body.length,
      ...(isGzip && { "content-encoding": "gzip" }),
    });
    if (fault?.kind === "reset") response.write(body.subarray(0, length), () => request.socket.destroy());
    else response.end(body.subarray(0, length));
  };

  const registryUrl = { current: "" };
  const storageUrl = { current: "" };
  const urlOf = (bottle: Pick<Bottle, "formula" | "sha256">): string =>
    `${registryUrl.current}/${blobKeyOf(bottle)}`;
  let catalogue: Buffer | undefined;
  const formulaJson = (): Buffer =>
    (catalogue ??= Buffer.from(
      JSON.stringify(toCatalogue(corpus, urlOf, `${registryUrl.current}/v2/homebrew/core`)),
    ));

  const answerRegistry = (request: IncomingMessage, response: ServerResponse) => {
    const { pathname: path } = new URL(request.url ?? "", "http://localhost");
    userAgents.add(request.headers["user-agent"]);
    if (request.headers.authorization !== undefined) withAuthorization.registry += 1;
    if (path.startsWith("/api/")) {
      const fault = meet("api", path);
      if (play(fault, request, response)) return;
      const file = path.slice("/api/".length);
      const content = apiFiles.get(file) ?? (file === "formula.json" ? formulaJson() : undefined);
      if (content === undefined) return refuse(response, 404);
      return sendText(fault, request, response, Buffer.from(content), "application/json");
    }
    if (!token.test(request.headers.authorization ?? "")) return refuse(response, 401);
    const [, image = "", kind, reference = ""] =
      /^\/v2\/homebrew\/core\/(.+)\/(manifests|blobs)\/(.+)$/.exec(decodeURIComponent(path)) ?? [];
    if (kind === "manifests") {
      const fault = meet("index", path);
      if (play(fault, request, response)) return;
      const ofIndex = indexes.get(`${image}/manifests/${reference}`);
      if (ofIndex === undefined) return refuse(response, 404);
      const type = "application/vnd.oci.image.index.v1+json";
      return sendText(fault, request, response, Buffer.from(toIndex(ofIndex)), type);
    }
    const sha256 = reference.replace("sha256:", "");
    const fault = meet("registry", path, { sha256 });
    if (play(fault, request, response)) return;
    if (!byDigest.has(sha256)) return refuse(response, 404);
    const target = `/blobs/${sha256}`;
    const expires = String(now() + urlSeconds * 1000);
    const location = `${storageUrl.current}${target}?expires=${expires}&signature=${sign(target, expires)}`;
    response.writeHead(307, { location, "content-length": "0" }).end();
  };

  /** Writes a bottle's bytes as fast as they are read. */
  const sendBottle = (
    bottle: CorpusBottle,
    { start, end }: Range,
    fault: Fault | undefined,
    request: IncomingMessage,
    response: ServerResponse,
  ): void => {
    const limit = fault?.kind === "reset" || fault?.kind === "truncated" ? fault.afterBytes : end - start;
    const stop = Math.min(end, start + limit);
    let isCorrupted = fault?.kind !== "corrupt";
    let at = start;
    openBodies += 1;
    mostOpenBodies = Math.max(mostOpenBodies, openBodies);
    response.once("close", () => {
      openBodies -= 1;
    });
    const write = (): void => {
      while (at < stop) {
        let piece = bottle.read(at, Math.min(writeBytes, stop - at));
        at += piece.length;
        sentBytes += piece.length;
        if (!isCorrupted && at > labelled(bottle)) {
          isCorrupted = true;
          if (fault) count(fault);
          piece = Buffer.from(piece);
          piece[piece.length - 1]! ^= 0x40;
        }
        if (!response.write(piece) && at < stop) {
          response.once("drain", write);
          return;
        }
      }
      if (fault?.kind === "reset" && stop < end) {
        count(fault);
        // After what was written has been sent.
        request.socket.end();
        return;
      }
      response.end();
    };
    write();
  };

  const answerStorage = (request: IncomingMessage, response: ServerResponse) => {
    const { pathname: path, searchParams } = new URL(request.url ?? "", "http://localhost");
    const { authorization, range: rangeHeader } = request.headers;
    if (authorization !== undefined) {
      withAuthorization.storage += 1;
      return refuse(response, 400);
    }
    const sha256 = path.replace("/blobs/", "");
    const bottle = byDigest.get(sha256);
    const expires = searchParams.get("expires") ?? "";
    if (bottle === undefined || searchParams.get("signature") !== sign(path, expires))
      return refuse(response, 403);
    const range = parseRange(rangeHeader, bottle.size);
    const start = typeof range === "object" ? range.start : 0;
    const fault = meet("storage", path, { sha256, start });
    if (play(fault, request, response)) return;
    if (Number(expires) < now()) return refuse(response, 403);
    if (range === "unsatisfiable")
      return refuse(response, 416, { "content-range": `bytes */${bottle.size}` });
    const isIgnored = fault?.kind === "ignoredRange" && range !== undefined;
    if (isIgnored) count(fault);
    let sent: Range = range === undefined || isIgnored ? { start: 0, end: bottle.size } : range;
    if (fault?.kind === "wrongRange" && range !== undefined) {
      count(fault);
      sent = { start: Math.max(start - 1, 0), end: Math.max(sent.end - 1, 1) };
      if (start === 0) sent = { start: 1, end: bottle.size };
    }
    const length = sent.end - sent.start;
    const isTruncated = fault?.kind === "truncated" && fault.afterBytes < length;
    if (isTruncated) count(fault);
    const isPartial = range !== undefined && !isIgnored;
    response.writeHead(isPartial ? 206 : 200, {
      "content-type": "application/octet-stream",
      "content-length": isTruncated ? fault.afterBytes : length,
      ...(isPartial && { "content-range": `bytes ${sent.start}-${sent.end - 1}/${bottle.size}` }),
    });
    sendBottle(bottle, sent, fault, request, response);
  };

  const registry = createServer(answerRegistry);
  const storage = createServer(answerStorage);
  registryUrl.current = await listen(registry);
  storageUrl.current = await listen(storage);

  return {
    /** Origin of the API and the registry. */
    url: registryUrl.current,
    storageUrl: storageUrl.current,
    catalogueUrl: `${registryUrl.current}/api/formula.json`,
    /** The bottles as the catalogue and the indexes name them. */
    bottles: (): (Bottle & { size: number })[] =>
      corpus.bottles.map(({ read: _, ...bottle }) => ({ ...bottle, url: urlOf(bottle) })),
    requests,
    met,
    withAuthorization,
    userAgents,
    /** Bytes of bottles that were sent. */
    sentBytes: () => sentBytes,
    /** Bottles that were sent at the same time, at most. */
    mostOpenBodies: () => mostOpenBodies,
    setFaults: (script: FaultScript) => {
      faults = script;
    },
    stop: () => {
      for (const server of [registry, storage]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
};

/** Where the bytes that are corrupted begin: not in a bottle of one label. */
const labelled = ({ size }: CorpusBottle): number => Math.min(31, size - 1);
