import { createHash } from "node:crypto";
import { createObjectRequests, toObjectUrl } from "../../handlers/shared/object-requests";
import { type Connection, createSignedRequests } from "../../handlers/shared/signed-requests";
import { elementsOf, escapeXml, textOf } from "../../handlers/shared/xml";
import { toBucketError } from "../mirror-bucket/bucket-error";

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
 * Each operation throws when S3 did not do it: a PermanentError when a permission or the bucket is missing, else an Error or a
 * TransientError, after three attempts.
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

/** S3 encodes keys on request, since XML has no place for most control characters. It writes a blank as `+`. */
const decodeKey = (encoded: string): string => decodeURIComponent(encoded.replaceAll("+", "%20"));

const toListedKey = (xml: string): ListedKey => ({
  key: decodeKey(textOf(xml, "Key") ?? ""),
  size: Number(textOf(xml, "Size") ?? 0),
  writtenAt: Date.parse(textOf(xml, "LastModified") ?? ""),
});

const toDeletion = (keys: readonly string[]): string => {
  const objects = keys.map((key) => `<Object><Key>${escapeXml(key)}</Key></Object>`).join("");
  return `<Delete><Quiet>true</Quiet>${objects}</Delete>`;
};

export const createStore = (name: string, connection: Connection): Store => {
  const requests = createObjectRequests(name, connection);
  const send = createSignedRequests("s3", connection);
  const urlOf = (key: string): URL => toObjectUrl(name, key, connection);

  return {
    name,

    async read(key) {
      const response = await requests.get(key);
      if (response.status === 404 && !response.text.includes("<Code>NoSuchBucket<")) return undefined;
      if (response.status >= 300) throw toBucketError(name, "s3:GetObject", response);
      return { bytes: response.bytes, etag: response.headers.etag ?? "" };
    },

    async head(key) {
      const response = await send({ method: "HEAD", url: urlOf(key) });
      if (response.status === 404) return undefined;
      if (response.status >= 300) throw toBucketError(name, "s3:GetObject", response);
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
      const isConditional = options.only !== undefined;
      if (isConditional && response.status === 412) return false;
      // The object that was read has been deleted.
      if (isConditional && response.status === 404 && response.text.includes("<Code>NoSuchKey<"))
        return false;
      throw toBucketError(name, "s3:PutObject", response);
    },

    async *list(prefix) {
      let after: string | undefined;
      do {
        const query = {
          "list-type": "2",
          "encoding-type": "url",
          prefix,
          ...(after !== undefined && { "start-after": after }),
        };
        const response = await send({ method: "GET", url: urlOf(""), query });
        const { text } = response;
        if (response.status >= 300 || !text.includes("<ListBucketResult"))
          throw toBucketError(name, "s3:ListBucket", response);
        const keys = elementsOf(text, "Contents").map(toListedKey);
        yield* keys;
        after = textOf(text, "IsTruncated") === "true" ? keys.at(-1)?.key : undefined;
      } while (after !== undefined);
    },

    async delete(keys) {
      for (let from = 0; from < keys.length; from += maxKeys) {
        const body = toDeletion(keys.slice(from, from + maxKeys));
        const response = await send({
          method: "POST",
          url: urlOf(""),
          query: { delete: "" },
          // S3 refuses the request without a checksum.
          headers: {
            "content-type": "application/xml",
            "x-amz-checksum-sha256": createHash("sha256").update(body).digest("base64"),
          },
          body,
        });
        // Objects that could not be deleted are in an answer with status 200.
        if (response.status >= 300 || response.text.includes("<Error>"))
          throw toBucketError(name, "s3:DeleteObject", response);
      }
    },
  };
};
