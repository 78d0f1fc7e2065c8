/** What a request is for. */
export type Place =
  /** formula.json and the other files of the API. */
  | "api"
  /** The index of a formula. */
  | "index"
  /** A bottle, at the registry, which redirects to the storage. */
  | "registry"
  /** A bottle's bytes. */
  | "storage";

export type HomebrewRequest = {
  place: Place;
  path: string;
  /** Of the bottle, in hex. */
  sha256?: string;
  /** Requests of this place and path so far, this one included. */
  attempt: number;
  /** First byte that is asked for; 0 without a range. */
  start: number;
};

/** What the stand-in does in place of its answer, or to it. */
export type Fault =
  | { kind: "status"; status: number; retryAfterSeconds?: number }
  /** The connection breaks after so many bytes of the body. */
  | { kind: "reset"; afterBytes: number }
  /** The answer ends properly after so many bytes of the body, as if there were no more. */
  | { kind: "truncated"; afterBytes: number }
  /** A byte of the body is another one. */
  | { kind: "corrupt" }
  /** The signed URL has expired. */
  | { kind: "expired" }
  /** 206 with bytes that begin elsewhere. */
  | { kind: "wrongRange" }
  /** 200 and the whole body for a range. */
  | { kind: "ignoredRange" }
  | { kind: "endlessRedirect" }
  | { kind: "redirectTo"; url: string }
  /** No answer at all. */
  | { kind: "silence" };

export type FaultKind = Fault["kind"];

/** Which fault a request meets, if any. */
export type FaultScript = (request: HomebrewRequest) => Fault | undefined;
