import { createGunzip } from "node:zlib";
import type { HttpResponse } from "./create-http";
import { HttpError } from "./http-error";

/**
 * Reads a whole body, which gzip may have compressed.
 * @param maxBytes of the body without compression
 * @throws HttpError when it is longer, damaged, or ends before its end
 */
export const readBody = async ({ headers, body }: HttpResponse, maxBytes: number): Promise<Buffer> => {
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity" && encoding !== "gzip") {
    body.destroy();
    throw new HttpError("malformed", `expected the content encoding gzip or none, found ${encoding}`);
  }
  const gunzip = encoding === "gzip" ? createGunzip() : undefined;
  // An error of the connection must end the stream that is read.
  body.on("error", (error) => gunzip?.destroy(error));
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of gunzip ? body.pipe(gunzip) : body) {
      length += chunk.length;
      if (length > maxBytes)
        throw new HttpError("malformed", `expected at most ${maxBytes} bytes, found more`);
      chunks.push(chunk);
    }
  } catch (cause) {
    body.destroy();
    if (cause instanceof HttpError) throw cause;
    throw new HttpError("connection", `the body ended early: ${(cause as Error).message}`, { cause });
  }
  return Buffer.concat(chunks);
};
