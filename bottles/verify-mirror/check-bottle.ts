import { createHash } from "node:crypto";
import type { Bottle } from "../bottle";
import { type Http, HttpError, type HttpResponse, type RetrySettings, readBody, withRetries } from "../http";
import { blobKeyOf, indexEntryOf, indexKeyOf } from "../names";
import { indexType } from "../registry";
import { parseIndex } from "../registry/parse-index";

export type CheckBottleParts = {
  http: Http;
  /** The mirror's URL, without a slash at its end. */
  mirrorUrl: string;
  retries?: RetrySettings;
  /** Called for each piece of a bottle that has arrived. */
  onBytes: (count: number) => void;
};

const maxIndexBytes = 4 * 1024 ** 2;

/** What was found is no error of the program: a client would not install this bottle. */
export class MirrorProblem extends Error {
  override readonly name = "MirrorProblem";
}

const hashBody = async (url: string, { body }: HttpResponse, onBytes: (count: number) => void) => {
  const hash = createHash("sha256");
  let size = 0;
  try {
    for await (const chunk of body) {
      hash.update(chunk);
      size += chunk.length;
      onBytes(chunk.length);
    }
  } catch (cause) {
    if (cause instanceof HttpError) throw cause;
    const reason = `${url}: the body ended after ${size} bytes: ${(cause as Error).message}`;
    throw new HttpError("connection", reason, { cause });
  }
  return { sha256: hash.digest("hex"), size };
};

/**
 * Fetches the index and the bytes of a bottle as a client with `HOMEBREW_ARTIFACT_DOMAIN` does: without a token.
 * @throws MirrorProblem or HttpError that says why a client would not install it
 */
export const checkBottle = async (bottle: Bottle, parts: CheckBottleParts): Promise<void> => {
  const { http, mirrorUrl, retries, onBytes } = parts;
  const indexUrl = `${mirrorUrl}/${indexKeyOf(bottle)}`;
  const index = await withRetries(async () => {
    const response = await http.get({ url: indexUrl, headers: { accept: indexType } });
    return parseIndex(await readBody(response, maxIndexBytes), indexUrl);
  }, retries);
  if (!index.has(bottle))
    throw new MirrorProblem(
      `${indexUrl}: expected the entry ${indexEntryOf(bottle)} with the digest ${bottle.sha256}, found none`,
    );
  const url = `${mirrorUrl}/${blobKeyOf(bottle)}`;
  const found = await withRetries(async () => hashBody(url, await http.get({ url }), onBytes), retries);
  if (found.sha256 !== bottle.sha256)
    throw new MirrorProblem(
      `${url}: expected the digest ${bottle.sha256}, found ${found.sha256} of ${found.size} bytes`,
    );
};
