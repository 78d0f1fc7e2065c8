import type { KeyObject } from "node:crypto";
import { PermanentError } from "../../handlers/shared/failures";
import type { Log } from "../../handlers/shared/log";
import { listNames } from "../../handlers/shared/text";
import type { Bottle } from "../bottle";
import { type Http, HttpError, type RetrySettings, readBody, withRetries } from "../http";
import { blobKeyOf, registryFolder } from "../names";
import type { Store } from "../store/store";
import { apiFolder, isSigned, platformOfPath } from "./api-paths";
import { bottlesOfPackages } from "./named-bottles";
import { verifySignature } from "./verify-signature";

export type MirrorApiFilesParts = {
  store: Store;
  http: Http;
  /** URL of the API, without a slash at its end. */
  apiUrl: string;
  /** Of the files below that URL, in the order in which they are published. */
  paths: readonly string[];
  publicKey: KeyObject;
  /** Origin of the registry, for the URLs of bottles that only an API file names. Default https://ghcr.io. */
  registry?: string;
  /**
   * Mirrors bottles that a file names and that the bucket lacks: the API may be newer than the catalogue of this run. Those
   * that cannot be mirrored are no reason to throw.
   */
  mirror(bottles: readonly Bottle[]): Promise<void>;
  log: Log;
  retries?: RetrySettings;
};

export type MirroredApiFiles = {
  /** Paths of the files that were written. */
  published: string[];
  /** Paths of the files that the mirror has already. */
  unchanged: string[];
  /** One line for each file that the API does not have, or that names bottles which the mirror lacks. */
  problems: string[];
};

type Fetched = { path: string; bytes: Buffer; etag: string | undefined; bottles: Bottle[] };

const maxBytes = 400 * 1024 ** 2;
/** Clients ask again after it. A proxy must not keep an old file much longer than the bottles that it names. */
const cacheControl = "public, max-age=900";
const etagName = "upstream-etag";

const contentTypeOf = (path: string): string =>
  path.endsWith(".json") ? "application/json" : "text/plain; charset=utf-8";

/**
 * Copies files of Homebrew's API, byte for byte. First all of them are fetched and verified, then the bottles that they name
 * are completed, then they are published: if one cannot be verified, none is published.
 * @throws PermanentError: BadSignature or MalformedApiFile, with the file; HttpError when one cannot be fetched
 */
export const mirrorApiFiles = async (parts: MirrorApiFilesParts): Promise<MirroredApiFiles> => {
  const { store, http, apiUrl, paths, publicKey, registry, mirror, log, retries } = parts;
  const result: MirroredApiFiles = { published: [], unchanged: [], problems: [] };

  const fetchFile = (path: string, etag: string | undefined) =>
    withRetries(async () => {
      const response = await http.get({
        url: `${apiUrl}/${path}`,
        headers: { "accept-encoding": "gzip", ...(etag !== undefined && { "if-none-match": etag }) },
      });
      if (response.status !== 304)
        return { bytes: await readBody(response, maxBytes), etag: response.headers.etag };
      response.body.resume();
      return "unchanged";
    }, retries);

  const verify = (path: string, bytes: Buffer): Bottle[] => {
    if (!isSigned(path)) return [];
    try {
      const payload = verifySignature(bytes, publicKey);
      const platform = platformOfPath(path);
      return platform === undefined ? [] : bottlesOfPackages(payload, platform, registry);
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      throw new PermanentError(error.name, `${apiUrl}/${path}: ${error.message}. No API file is published`);
    }
  };

  const fetchAll = async (): Promise<Fetched[]> => {
    const fetched: Fetched[] = [];
    for (const path of paths) {
      const known = (await store.head(apiFolder + path))?.metadata[etagName];
      try {
        const answer = await fetchFile(path, known);
        if (answer === "unchanged") result.unchanged.push(path);
        else fetched.push({ path, ...answer, bottles: verify(path, answer.bytes) });
      } catch (error) {
        if (!(error instanceof HttpError) || error.status !== 404) throw error;
        result.problems.push(`${apiUrl}/${path}: expected a file, found none (404)`);
      }
    }
    return fetched;
  };

  const listMissing = async (bottles: readonly Bottle[]): Promise<Bottle[]> => {
    const missing = new Map(bottles.map((bottle) => [blobKeyOf(bottle), bottle]));
    for await (const { key } of store.list(`${registryFolder}/`)) missing.delete(key);
    return [...missing.values()];
  };

  const complete = async (fetched: readonly Fetched[]): Promise<void> => {
    const named = fetched.flatMap(({ bottles }) => bottles);
    if (named.length === 0) return;
    const missing = await listMissing(named);
    if (missing.length === 0) return;
    log.info("the API names bottles that the mirror lacks", { bottles: missing.length });
    await mirror(missing);
    const left = await listMissing(missing);
    if (left.length > 0)
      result.problems.push(
        `${left.length} bottles that the API names could not be mirrored: ${listNames(left.map(({ formula, tag }) => `${formula} ${tag}`))}`,
      );
  };

  const fetched = await fetchAll();
  await complete(fetched);
  for (const { path, bytes, etag } of fetched) {
    await store.write(apiFolder + path, bytes, {
      contentType: contentTypeOf(path),
      cacheControl,
      ...(etag !== undefined && { metadata: { [etagName]: etag } }),
    });
    result.published.push(path);
  }
  return result;
};
