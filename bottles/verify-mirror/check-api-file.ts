import type { KeyObject } from "node:crypto";
import { verifySignature } from "../api-files/verify-signature";
import { type Http, type RetrySettings, readBody, withRetries } from "../http";

export type CheckApiFileParts = {
  http: Http;
  /** URL of the mirror's API, without a slash at its end. */
  apiUrl: string;
  publicKey: KeyObject;
  retries?: RetrySettings;
};

const maxBytes = 400 * 1024 ** 2;

/**
 * Fetches a file of the mirror's API and verifies its signature, as a client with `HOMEBREW_API_DOMAIN` does.
 * @returns its payload
 * @throws PermanentError("BadSignature") or HttpError
 */
export const checkApiFile = async (
  path: string,
  { http, apiUrl, publicKey, retries }: CheckApiFileParts,
): Promise<string> => {
  const read = async () =>
    readBody(await http.get({ url: `${apiUrl}/${path}`, headers: { "accept-encoding": "gzip" } }), maxBytes);
  return verifySignature(await withRetries(read, retries), publicKey);
};
