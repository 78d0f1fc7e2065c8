import { PermanentError } from "../../handlers/shared/failures";
import { type Http, HttpError, type RetrySettings, readBody, withRetries } from "../http";
import type { Store } from "../store/store";
import { checkPlausible } from "./check-plausible";
import type { Catalogue, Formula } from "./formula";
import { type ParsedCatalogue, parseCatalogue } from "./parse-catalogue";
import { readStoredCatalogue, type StoredCatalogue, writeStoredCatalogue } from "./stored-catalogue";

export type LoadCatalogueParts = {
  store: Store;
  http: Http;
  /** URL of `formula.json`. */
  url: string;
  retries?: RetrySettings;
};

/** Ten times what it has today. */
const maxBytes = 400 * 1024 ** 2;

// What the last catalogue said about a formula that cannot be read now is kept, so that its bottles are not removed.
const keepBroken = (
  { formulae, broken }: ParsedCatalogue,
  last: StoredCatalogue | undefined,
): readonly Formula[] => {
  if (last === undefined || broken.length === 0) return formulae;
  const names = new Set(broken.map(({ name }) => name));
  return [...formulae, ...last.formulae.filter(({ name }) => names.has(name))];
};

/**
 * Fetches the catalogue, unless it is still the one that was seen last, and keeps it in the bucket.
 * @throws PermanentError when it is malformed or not plausible; HttpError when it cannot be fetched
 */
export const loadCatalogue = async (parts: LoadCatalogueParts): Promise<Catalogue> => {
  const { store, http, url, retries } = parts;
  const last = await readStoredCatalogue(store);
  const etag = last?.url === url ? last.etag : undefined;

  const fetchText = () =>
    withRetries(async () => {
      const response = await http.get({
        url,
        headers: {
          accept: "application/json",
          "accept-encoding": "gzip",
          ...(etag !== undefined && { "if-none-match": etag }),
        },
      });
      if (response.status === 304) {
        response.body.resume();
        if (etag === undefined) throw new HttpError("malformed", `${url}: status 304, expected a body`);
        return "unchanged";
      }
      const text = (await readBody(response, maxBytes)).toString("utf8");
      return { text, etag: response.headers.etag };
    }, retries);

  const fetched = await fetchText();
  if (fetched === "unchanged") return { formulae: last!.formulae, etag, problems: [] };
  try {
    const parsed = parseCatalogue(fetched.text);
    checkPlausible(parsed, last?.formulae.length, store.name);
    const formulae = keepBroken(parsed, last);
    await writeStoredCatalogue(store, { url, etag: fetched.etag, formulae });
    return { formulae, etag: fetched.etag, problems: parsed.broken.map(({ problem }) => problem) };
  } catch (error) {
    if (error instanceof PermanentError) throw new PermanentError(error.name, `${url}: ${error.message}`);
    throw error;
  }
};
