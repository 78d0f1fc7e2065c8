import * as v from "valibot";
import type { LogLine } from "../../handlers/start-task/world";

/** A request as SDK clients hand it over. */
type SdkRequest = { path: string; headers: Record<string, string>; body?: unknown };
type RequestHandler = { metadata: unknown; handle(request: SdkRequest): Promise<unknown> };

/** What an input has made a function do, counted. */
export type Work = {
  /** Characters that came in. */
  input: number;
  calls: number;
  /** Characters that left the function: to AWS, into the log and as its answer. */
  written: number;
  lines: LogLine[];
  longestLine: number;
  /** What schemas have found wrong: each takes some hundred bytes of memory. */
  issues: number;
};

// Lines that are too long are not read.
const longestRead = 100_000;

const sizeOf = (body: unknown): number => {
  if (typeof body === "string") return body.length;
  return ArrayBuffer.isView(body) ? body.byteLength : 0;
};

/** Counts what goes through a function's request handler, into its log and out of its schemas. */
export const createProbe = (inner: RequestHandler, onInvoke: (event: string) => void = () => {}) => {
  let work: Work = { input: 0, calls: 0, written: 0, lines: [], longestLine: 0, issues: 0 };
  v.setGlobalMessage(({ message }) => {
    work.issues += 1;
    return message;
  });

  return {
    requestHandler: {
      metadata: inner.metadata,
      handle: async (request: SdkRequest): Promise<unknown> => {
        work.calls += 1;
        work.written += sizeOf(request.body);
        if (!request.path.endsWith("/invocations")) return inner.handle(request);
        onInvoke(String(request.body));
        return { response: { statusCode: 202, headers: {}, body: Buffer.alloc(0) } };
      },
      updateHttpClientConfig: () => {},
      httpHandlerConfigs: () => ({}),
      destroy: () => {},
    },
    write: (line: string) => {
      work.written += line.length;
      work.longestLine = Math.max(work.longestLine, line.length);
      work.lines.push(line.length > longestRead ? {} : (JSON.parse(line) as LogLine));
    },
    /** Counts from here on. @param input characters that come in */
    begin: (input: number): Work => {
      work = { input, calls: 0, written: 0, lines: [], longestLine: 0, issues: 0 };
      return work;
    },
  };
};
