/** Why a request has no usable answer. */
export type HttpErrorKind =
  /** An answer with a status that is neither 2xx nor 304. */
  | "status"
  /** A redirect that is not followed, or a URL that is not allowed. */
  | "refused"
  /** No answer, or a connection that broke within one. */
  | "connection"
  /** An answer that is not what was asked for. */
  | "malformed";

/** 408: the server waited too long. 425: too early. 429: throttled. */
const transientStatuses = [408, 425, 429];

export class HttpError extends Error {
  override readonly name = "HttpError";
  /** Of the answer. Undefined: there was none. */
  readonly status: number | undefined;
  /** How long the server asks to wait before the next request, in ms. */
  readonly retryAfterMs: number | undefined;

  /** @param message without the query of a URL, which may have a signature */
  constructor(
    readonly kind: HttpErrorKind,
    message: string,
    more: { status?: number | undefined; retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.status = more.status;
    this.retryAfterMs = more.retryAfterMs;
  }

  /** Whether the same request may succeed later. */
  get isTransient(): boolean {
    if (this.kind === "connection") return true;
    const { status = 0 } = this;
    return this.kind === "status" && (status >= 500 || transientStatuses.includes(status));
  }

  /** Whether the server asks for fewer requests. */
  get isThrottling(): boolean {
    return this.kind === "status" && (this.status === 429 || this.status === 503);
  }
}
