import { setTimeout as realSleep } from "node:timers/promises";
import { escapeKey, toObjectUrl } from "../../handlers/shared/object-requests";
import { type Connection, createSignedRequests, type Response } from "../../handlers/shared/signed-requests";
import { elementsOf, textOf } from "../../handlers/shared/xml";
import { toBucketError } from "./bucket-error";
import { createUploads, type Uploads } from "./uploads";

export type StoredObject = { key: string; size: number };

/** Operations of S3 on bytes. Each fails after some attempts, or at the first permanent error. */
export type MirrorBucket = {
  name: string;
  /** All objects whose keys begin with `prefix`. */
  list(prefix: string): Promise<StoredObject[]>;
  /**
   * Writes an object unless it exists.
   * @param sha256 of its bytes, in hex: S3 refuses others
   * @returns whether it was written
   */
  putIfAbsent(key: string, body: Uint8Array, sha256: string, contentType: string): Promise<boolean>;
  /**
   * Makes a copy of an object of this bucket, unless the key exists. S3 does it without our reading it.
   * @returns whether it was written
   */
  copyIfAbsent(from: string, to: string, contentType: string): Promise<boolean>;
  /** @returns the size in bytes; undefined when there is none */
  sizeOf(key: string): Promise<number | undefined>;
  /** @param end exclusive */
  read(key: string, start: number, end: number): Promise<Buffer>;
  delete(key: string): Promise<void>;
  uploads: Uploads;
};

/** S3 encodes keys on request, since XML has no place for most control characters. It writes a blank as `+`. */
const decodeKey = (encoded: string): string => decodeURIComponent(encoded.replaceAll("+", "%20"));

const conflictDelayMs = 200;
const maxConflicts = 5;

/**
 * @throws PermanentError when the bucket is not there or a permission is missing; TransientError or Error when a retry may
 * succeed
 */
export const createMirrorBucket = (name: string, connection: Connection): MirrorBucket => {
  const signed = createSignedRequests("s3", connection);
  const { sleep = realSleep } = connection;
  const send = ({ key, ...request }: Omit<Parameters<typeof signed>[0], "url"> & { key: string }) =>
    signed({ ...request, url: toObjectUrl(name, key, connection) });

  const expectOk = (action: string, response: Response): Response => {
    if (response.status >= 300 || response.text.startsWith("<Error>"))
      throw toBucketError(name, action, response);
    return response;
  };

  /** @param write is called again while another write to the same key is under way */
  const writeIfAbsent = async (action: string, write: () => Promise<Response>): Promise<boolean> => {
    for (let conflict = 1; ; conflict++) {
      const response = await write();
      if (response.status === 412) return false;
      if (response.status !== 409 || conflict === maxConflicts) {
        if (response.status >= 300 || response.text.includes("<Error>"))
          throw toBucketError(name, action, response);
        return true;
      }
      await sleep(conflictDelayMs * 2 ** conflict);
    }
  };

  return {
    name,
    async list(prefix) {
      const objects: StoredObject[] = [];
      let token: string | undefined;
      do {
        const { text } = expectOk(
          "s3:ListBucket",
          await send({
            method: "GET",
            key: "",
            query: {
              "list-type": "2",
              "encoding-type": "url",
              prefix,
              ...(token !== undefined && { "continuation-token": token }),
            },
          }),
        );
        for (const xml of elementsOf(text, "Contents"))
          objects.push({ key: decodeKey(textOf(xml, "Key") ?? ""), size: Number(textOf(xml, "Size")) });
        token = textOf(text, "IsTruncated") === "true" ? textOf(text, "NextContinuationToken") : undefined;
      } while (token !== undefined);
      return objects;
    },
    putIfAbsent: (key, body, sha256, contentType) =>
      writeIfAbsent("s3:PutObject", () =>
        send({
          method: "PUT",
          key,
          headers: {
            "content-type": contentType,
            "x-amz-checksum-sha256": Buffer.from(sha256, "hex").toString("base64"),
            "if-none-match": "*",
          },
          body,
          bodySha256: sha256,
        }),
      ),
    copyIfAbsent: (from, to, contentType) =>
      writeIfAbsent("s3:PutObject", () =>
        send({
          method: "PUT",
          key: to,
          headers: {
            "x-amz-copy-source": `/${name}/${escapeKey(from)}`,
            "x-amz-metadata-directive": "REPLACE",
            "x-amz-tagging-directive": "REPLACE",
            "content-type": contentType,
            // Of the copy, for those who verify it later.
            "x-amz-checksum-algorithm": "SHA256",
            "if-none-match": "*",
          },
        }),
      ),
    async sizeOf(key) {
      const response = await send({ method: "HEAD", key });
      if (response.status === 404) return undefined;
      return Number(expectOk("s3:GetObject", response).headers["content-length"]);
    },
    async read(key, start, end) {
      const response = await send({ method: "GET", key, headers: { range: `bytes=${start}-${end - 1}` } });
      return expectOk("s3:GetObject", response).bytes;
    },
    async delete(key) {
      expectOk("s3:DeleteObject", await send({ method: "DELETE", key }));
    },
    uploads: createUploads(name, send),
  };
};
