import type { SizedBottle } from "../bottle";
import { type Http, HttpError, type HttpResponse } from "../http";
import { consume } from "../http/consume";
import { retryDelay } from "../http/with-retries";
import { registryAuthorization } from "../registry";
import type { Pace } from "./pace";
import type { Timers } from "./timers";

/** Takes the bytes of a bottle. */
export type Sink = {
  /** Bytes that it has. */
  readonly position: number;
  /** The returned promise is there only if the next bytes have to wait for it. */
  write(bytes: Buffer): Promise<void> | undefined;
};

export type DownloadParts = {
  http: Http;
  pace: Pace;
  timers: Timers;
  /** From 0 to 1. Default: random. */
  random?: () => number;
  /** Called with the number of bytes that have arrived. */
  onBytes?: (bytes: number) => void;
};

/** Requests in a row that bring no byte. */
const maxFailures = 5;
/** Requests for one bottle that the registry throttles. */
const maxThrottled = 40;

/** 403: the storage's URL has expired. The next one comes from the registry, as for every request. */
const mayRetry = (error: HttpError): boolean =>
  error.isTransient || error.kind === "malformed" || error.status === 403;

type Body = {
  /** Position of its first byte in the bottle. */
  first: number;
  /** Size of the bottle in bytes, as the answer says. */
  total: number | undefined;
};

const lengthOf = ({ headers }: HttpResponse): number | undefined =>
  headers["content-length"] === undefined ? undefined : Number(headers["content-length"]);

/** @throws HttpError when the answer is not the rest of the bottle */
const describeBody = (response: HttpResponse, position: number, size: number | undefined): Body => {
  const { status, headers } = response;
  if (status === 206) {
    const range = headers["content-range"] ?? "nothing";
    const [, first, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(range) ?? [];
    if (Number(first) !== position || (size !== undefined && total !== "*" && Number(total) !== size))
      throw new HttpError(
        "malformed",
        `expected the range from ${position}${size === undefined ? "" : ` of ${size} bytes`}, found ${range}`,
      );
    return { first: position, total: total === "*" ? size : Number(total) };
  }
  if (status !== 200) throw new HttpError("malformed", `expected the status 200 or 206, found ${status}`);
  const length = lengthOf(response);
  if (size !== undefined && length !== undefined && length > size)
    throw new HttpError("malformed", `expected ${size} bytes, found ${length}`);
  return { first: 0, total: size ?? length };
};

/**
 * Downloads what a sink lacks of a bottle. A connection that breaks is resumed where it broke.
 * @throws HttpError when the registry does not have the bottle, or has failed too often; what the sink throws; the reason of
 * `signal` when it aborts
 */
export type Download = (bottle: SizedBottle, sink: Sink, signal: AbortSignal) => Promise<void>;

export const createDownload = ({
  http,
  pace,
  timers,
  random = Math.random,
  onBytes,
}: DownloadParts): Download => {
  /** One request. @returns the size of the bottle, if the answer says it */
  const request = async (
    { url }: SizedBottle,
    sink: Sink,
    size: number | undefined,
    signal: AbortSignal,
  ): Promise<number | undefined> => {
    const response = await http.get({
      url,
      authorization: registryAuthorization,
      ...(sink.position > 0 && { headers: { range: `bytes=${sink.position}-` } }),
      signal,
    });
    const { body } = response;
    let isSinkFailed = false;
    try {
      const { first, total } = describeBody(response, sink.position, size);
      // A server that ignores the range sends all bytes.
      let skipped = sink.position - first;
      await consume(body, (chunk) => {
        onBytes?.(chunk.length);
        const piece = skipped === 0 ? chunk : chunk.subarray(skipped);
        skipped -= chunk.length - piece.length;
        if (total !== undefined && sink.position + piece.length > total)
          throw new HttpError("malformed", `expected ${total} bytes, found more`);
        return sink.write(piece)?.catch((error: unknown) => {
          isSinkFailed = true;
          throw error;
        });
      });
      // Without a length, the end of the body is that of the bottle.
      return total ?? sink.position;
    } catch (cause) {
      body.on("error", () => {}).destroy();
      if (isSinkFailed || cause instanceof HttpError) throw cause;
      throw new HttpError("connection", `the connection broke: ${(cause as Error).message}`, { cause });
    }
  };

  return async (bottle, sink, signal) => {
    let { size } = bottle;
    let failures = 0;
    let throttled = 0;
    while (size === undefined || sink.position < size) {
      const before = sink.position;
      try {
        await pace.ready(signal);
        size = await request(bottle, sink, size, signal);
        if (size !== undefined && sink.position < size)
          throw new HttpError("connection", `expected ${size} bytes, found ${sink.position}`);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof HttpError)) throw error;
        if (error.isThrottling) {
          throttled += 1;
          if (throttled === maxThrottled) throw error;
          pace.slowDown(retryDelay(error, throttled, random));
          continue;
        }
        failures = sink.position > before ? 1 : failures + 1;
        if (!mayRetry(error) || failures === maxFailures) throw error;
        await timers.sleep(retryDelay(error, failures, random), signal);
      }
    }
  };
};
