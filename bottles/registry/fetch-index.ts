import { createHash } from "node:crypto";
import type { Bottle } from "../bottle";
import { type Http, HttpError, type HttpResponse, type RetrySettings, readBody, withRetries } from "../http";
import { indexUrlOf } from "../names";
import { registryAuthorization } from "./authorization";
import { type FormulaIndex, parseIndex } from "./parse-index";

/** The content type of an index. Clients need it of the mirror, too. */
export const indexType = "application/vnd.oci.image.index.v1+json";

/** The registry takes no larger one. */
const maxBytes = 4 * 1024 * 1024;

/** The registry says what the bytes of an index are. @throws HttpError when they are others */
const checkDigest = (bytes: Buffer, { headers }: HttpResponse, url: string): void => {
  const expected = headers["docker-content-digest"];
  if (expected === undefined) return;
  const found = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  if (found !== expected)
    throw new HttpError(
      "malformed",
      `${url}: expected an index with the digest ${String(expected)}, found ${found}`,
    );
};

/**
 * Fetches the index of a bottle's formula.
 * @throws HttpError when the registry does not have it, or has not answered after some attempts
 */
export type FetchIndex = (bottle: Bottle, signal?: AbortSignal) => Promise<FormulaIndex>;

export const createFetchIndex =
  (http: Http, retries: Omit<RetrySettings, "signal"> = {}): FetchIndex =>
  (bottle, signal) => {
    const url = indexUrlOf(bottle);
    return withRetries(
      async () => {
        const response = await http.get({
          url,
          headers: { accept: indexType },
          authorization: registryAuthorization,
          signal,
        });
        const bytes = await readBody(response, maxBytes);
        checkDigest(bytes, response, url);
        return parseIndex(bytes, url);
      },
      { mayRetry: (error) => error.isTransient || error.kind === "malformed", ...retries, signal },
    );
  };
