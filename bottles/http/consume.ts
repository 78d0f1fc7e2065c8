import type { Readable } from "node:stream";

/**
 * Reads a body to its end. An asynchronous iteration would stop and start the connection for each chunk, which is a tenth of
 * the processor time of a download.
 * @param take gets each chunk. While a promise that it returns is pending, no chunk is read
 * @throws what `take` throws, and the error of the connection, after what `take` has begun
 */
export const consume = (body: Readable, take: (chunk: Buffer) => Promise<void> | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    let taking: Promise<void> = Promise.resolve();
    const fail = (error: unknown): void => {
      body.destroy();
      const end = () => reject(error);
      taking.then(end, end);
    };
    body.on("error", fail);
    // A body ends when its last chunk was given, taken or not. A failure of that chunk goes to `fail`.
    body.on("end", () => void taking.then(resolve, () => {}));
    // Without an error or an end: somebody has destroyed it.
    body.on("close", () => fail(new Error("the connection was closed")));
    body.on("data", (chunk: Buffer) => {
      try {
        const full = take(chunk);
        if (full === undefined) return;
        taking = full;
        body.pause();
        full.then(() => body.resume(), fail);
      } catch (error) {
        fail(error);
      }
    });
  });
