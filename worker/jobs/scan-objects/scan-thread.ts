import { once } from "node:events";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { S3Client } from "@aws-sdk/client-s3";
import { type ScanRequest, type ScanResult, scanObject } from "./scan-object";

/** Scans in a thread of its own: a scan never delays what keeps the object claimed. */
export type Scanner = {
  /** @throws Error when the scan fails, or when `signal` aborts it */
  scan(request: ScanRequest, signal: AbortSignal): Promise<ScanResult>;
  /** Ends the thread. */
  stop(): Promise<void>;
};

type Answer = { result: ScanResult } | { error: { name: string; message: string } };

export const createScanner = (program = process.argv[1]!): Scanner => {
  let thread: Worker | undefined;

  return {
    async scan(request, signal) {
      signal.throwIfAborted();
      thread ??= new Worker(program, { env: process.env });
      const used = thread;
      const ended = new AbortController();
      const either = { signal: AbortSignal.any([signal, ended.signal]) };
      try {
        used.postMessage(request);
        const [answer] = (await Promise.race([
          once(used, "message", either),
          // A crash, such as one without memory, must not look like a scan that takes long.
          once(used, "exit", either).then(([code]) => {
            throw new Error(`the scan ended with ${code}`);
          }),
        ])) as [Answer];
        if ("result" in answer) return answer.result;
        throw Object.assign(new Error(answer.error.message), { name: answer.error.name });
      } catch (error) {
        thread = undefined;
        void used.terminate();
        throw error;
      } finally {
        // Removes the listener that is left.
        ended.abort();
      }
    },
    async stop() {
      await thread?.terminate();
    },
  };
};

/** What the thread does: it scans one object after the other. */
export const serveScans = (): void => {
  if (isMainThread || parentPort === null) throw new Error("this is no thread of a scanner");
  const port = parentPort;
  const s3 = new S3Client({ forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined });
  port.on("message", async (request: ScanRequest) => {
    try {
      port.postMessage({ result: await scanObject(s3, request) } satisfies Answer);
    } catch (error) {
      const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
      port.postMessage({ error: { name, message } } satisfies Answer);
    }
  });
};
