import type { Readable } from "node:stream";

/**
 * Reads a body to its end. An asynchronous iteration would stop and start the connection for each chunk, which is a tenth of
 * the processor time of a download.
 * @param take gets each chunk. While a promise that it returns is pending, no chunk is read
 * @throws what `take` throws, and the error of the connection
 */
export const consume = (body: Readable, take: (chunk: Buffer) => Promise<void> | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      reject(error);
      body.destroy();
    };
    body.on("error", fail);
    body.on("end", resolve);
    // Without an error or an end: somebody has destroyed it.
    body.on("close", () => reject(new Error("the connection was closed")));
    body.on("data", (chunk: Buffer) => {
      try {
        const full = take(chunk);
        if (full === undefined) return;
        body.pause();
        full.then(() => body.resume(), fail);
      } catch (error) {
        fail(error);
      }
    });
  });
