import { PermanentError } from "../../handlers/shared/failures";
import { type Http, type RetrySettings, readBody, withRetries } from "../http";
import type { Store } from "../store/store";
import { hashFileKey } from "./hash-file";
import { parseHashFile, serializeHashFile } from "./parse-hash-file";

/** Where the hash file of another mirror is. */
export type ExternalHashFile = { store: Store; key: string } | { url: string };

const maxBytes = 100 * 1024 ** 2;

const readText = async (
  source: ExternalHashFile,
  http: Http,
  retries: RetrySettings | undefined,
): Promise<{ name: string; text: string }> => {
  if ("url" in source) {
    const read = async () =>
      readBody(await http.get({ url: source.url, headers: { "accept-encoding": "gzip" } }), maxBytes);
    return { name: source.url, text: (await withRetries(read, retries)).toString("utf8") };
  }
  const name = `s3://${source.store.name}/${source.key}`;
  const object = await source.store.read(source.key);
  if (object === undefined)
    throw new PermanentError("MissingHashFile", `${name}: expected a hash file, found no object`);
  return { name, text: object.bytes.toString("utf8") };
};

/**
 * Starts the hash file of a mirror with that of another one, if there is none yet.
 * @returns entries that were taken over; undefined: the mirror has a file
 * @throws PermanentError, HttpError or Error when the other file cannot be read
 */
export const seedHashFile = async (
  store: Store,
  source: ExternalHashFile,
  { http, retries, now }: { http: Http; retries?: RetrySettings; now: () => number },
): Promise<number | undefined> => {
  if ((await store.head(hashFileKey)) !== undefined) return undefined;
  const { name, text } = await readText(source, http, retries);
  try {
    const { file } = parseHashFile(text);
    const body = serializeHashFile(file, now());
    const written = await store.write(hashFileKey, body, {
      only: "absent",
      contentType: "application/json",
    });
    return written ? file.entries.size : undefined;
  } catch (error) {
    if (error instanceof PermanentError) throw new PermanentError(error.name, `${name}: ${error.message}`);
    throw error;
  }
};
