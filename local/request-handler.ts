import { Readable } from "node:stream";
import { CallerCrash } from "./aws-error";
import type { Core } from "./core";
import { type HttpResponse, httpRequest } from "./http";

/** A request as SDK clients pass it to a request handler. */
interface SdkRequest {
  method: string;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: unknown;
}

export interface CallerOptions {
  /**
   * Returns the trace header of the Lambda invocation that makes a call, see `traceOfInvocation`. It is added to the
   * messages that the caller sends, so that recursive loops are detected. In a Lambda function the SDK does this.
   */
  trace?: () => string | undefined;
}

/** The option `requestHandler` of SDK v3 clients that calls local AWS without a socket. */
export class InProcessRequestHandler {
  readonly metadata = { handlerProtocol: "http/1.1" };
  /** Resolves when a fault of kind `crash` ends the caller. Its calls get no response from then on. */
  readonly crashed: Promise<void>;
  private crash: () => void = () => {};
  private dead = false;

  constructor(
    private readonly core: Core,
    private readonly options: CallerOptions = {},
  ) {
    this.crashed = new Promise((resolve) => {
      this.crash = resolve;
    });
  }

  async handle(request: SdkRequest): Promise<{ response: SdkResponse }> {
    if (this.dead) return new Promise(() => {});
    try {
      const { method, path, query, headers, body } = request;
      const trace = this.options.trace?.();
      const traced = trace ? { "x-amzn-trace-id": trace, ...headers } : headers;
      const lowerCase = Object.entries(traced).map(([name, value]) => [name.toLowerCase(), value]);
      const url = `${path}?${searchParams(query)}`;
      const answer = await this.core.handle(
        httpRequest(method, url, Object.fromEntries(lowerCase), await bytes(body)),
      );
      return { response: sdkResponse(answer) };
    } catch (error) {
      if (!(error instanceof CallerCrash)) throw error;
      this.dead = true;
      this.crash();
      return new Promise(() => {});
    }
  }

  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }

  destroy(): void {}
}

interface SdkResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: unknown;
}

function sdkResponse({ status, headers, body }: HttpResponse): SdkResponse {
  // SDKs return an S3 object as a stream. They read any other body faster if it is not a stream.
  return { statusCode: status, headers, body: headers["content-type"] ? body : Readable.from([body]) };
}

function searchParams(query: SdkRequest["query"] = {}): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value ?? ""]) params.append(name, each);
  }
  return params;
}

async function bytes(body: unknown): Promise<Buffer> {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === "string") return Buffer.from(body);
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const chunks: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array | string>) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
