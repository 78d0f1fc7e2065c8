import { createObjectRequests } from "../../handlers/shared/object-requests";
import { decodeKey, readXmlElements, readXmlText } from "../../handlers/shared/s3-xml";
import type { Connection } from "../../handlers/shared/signed-requests";

/** An object that was read as a whole. */
export type StoredObject = { bytes: Buffer; etag: string };

/** What S3 knows about an object besides its bytes. */
export type StoredHead = {
  /** In bytes. */
  size: number;
  etag: string;
  /** Names in lower case, without `x-amz-meta-`. */
  metadata: Readonly<Record<string, string>>;
};

export type ListedKey = {
  key: string;
  /** In bytes. */
  size: number;
  /** When it was written, in ms since 1970. */
  writtenAt: number;
};

export type WriteOptions = {
  /** `absent`: writes only if there is no such object. An object: writes only if it is still the one that was read. */
  only?: "absent" | Pick<StoredObject, "etag"> | undefined;
  /** Default `application/octet-stream`. */
  contentType?: string;
  cacheControl?: string;
  /** Names in lower case, without `x-amz-meta-`. */
  metadata?: Readonly<Record<string, string>>;
};

/**
 * The bucket of a mirror, for objects that fit in memory. Bottles are streamed by `bottles/sync`.
 * Each operation throws an Error with the object's URL when S3 did not do it, after three attempts.
 */
export type Store = {
  /** Name of the bucket. */
  name: string;
  /** @returns undefined when the object does not exist */
  read(key: string): Promise<StoredObject | undefined>;
  /** @returns undefined when the object does not exist */
  head(key: string): Promise<StoredHead | undefined>;
  /** @returns false when the condition `only` does not hold */
  write(key: string, body: string | Uint8Array, options?: WriteOptions): Promise<boolean>;
  /** All objects whose key begins with `prefix`, in the order of their keys. */
  list(prefix: string): AsyncIterable<ListedKey>;
  /** Deletes objects. Those that do not exist are no error. */
  delete(keys: readonly string[]): Promise<void>;
};

const maxKeys = 1_000;
const metadataPrefix = "x-amz-meta-";

const toHeaders = ({ only, contentType, cacheControl, metadata = {} }: WriteOptions) => ({
  "content-type": contentType ?? "application/octet-stream",
  ...(only === "absent" && { "if-none-match": "*" }),
  ...(typeof only === "object" && { "if-match": only.etag }),
  ...(cacheControl !== undefined && { "cache-control": cacheControl }),
  ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [metadataPrefix + name, value])),
});

const readMetadata = (headers: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith(metadataPrefix) ? [[name.slice(metadataPrefix.length), value ?? ""]] : [],
    ),
  );

const toListedKey = (xml: string): ListedKey => ({
  key: decodeKey(readXmlText(xml, "Key") ?? ""),
  size: Number(readXmlText(xml, "Size") ?? 0),
  writtenAt: Date.parse(readXmlText(xml, "LastModified") ?? ""),
});

export const createStore = (name: string, connection: Connection): Store => {
  const requests = createObjectRequests(name, connection);
  return {
    name,

    async read(key) {
      const response = await requests.get(key);
      if (response.status === 404 && !response.text.includes("<Code>NoSuchBucket<")) return undefined;
      if (response.status >= 300) throw requests.toError(key, response);
      return { bytes: response.bytes, etag: response.headers.etag ?? "" };
    },

    async head(key) {
      const response = await requests.head(key);
      if (response.status === 404) return undefined;
      if (response.status >= 300) throw requests.toError(key, response);
      const { headers } = response;
      return {
        size: Number(headers["content-length"] ?? 0),
        etag: headers.etag ?? "",
        metadata: readMetadata(headers),
      };
    },

    async write(key, body, options = {}) {
      const response = await requests.put(key, body, toHeaders(options));
      if (response.status < 300) return true;
      // 404: the object that was read has been deleted.
      if (options.only !== undefined && (response.status === 412 || response.status === 404)) return false;
      throw requests.toError(key, response);
    },

    async *list(prefix) {
      let after: string | undefined;
      do {
        const response = await requests.list({
          prefix,
          ...(after !== undefined && { "start-after": after }),
        });
        if (response.status >= 300 || !response.text.includes("<ListBucketResult"))
          throw requests.toError(prefix, response);
        const { text } = response;
        const keys = readXmlElements(text, "Contents").map(toListedKey);
        yield* keys;
        after = readXmlText(text, "IsTruncated") === "true" ? keys.at(-1)?.key : undefined;
      } while (after !== undefined);
    },

    async delete(keys) {
      for (let from = 0; from < keys.length; from += maxKeys) {
        const some = keys.slice(from, from + maxKeys);
        const response = await requests.delete(some);
        // Objects that could not be deleted are in an answer with status 200.
        if (response.status >= 300 || response.text.includes("<Error>"))
          throw requests.toError(readXmlText(response.text, "Key") ?? some[0]!, response);
      }
    },
  };
};
