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
};

/** Counts what goes through a function's request handler and into its log. */
export const createProbe = (inner: RequestHandler, onInvoke: (event: string) => void) => {
  let work: Work = { input: 0, calls: 0, written: 0, lines: [], longestLine: 0 };

  const sizeOf = (body: unknown): number => {
    if (typeof body === "string") return body.length;
    return ArrayBuffer.isView(body) ? body.byteLength : 0;
  };

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
      work.lines.push(line.length > 100_000 ? {} : (JSON.parse(line) as LogLine));
    },
    /** Counts from here on. */
    begin: (input: number): Work => {
      work = { input, calls: 0, written: 0, lines: [], longestLine: 0 };
      return work;
    },
  };
};
