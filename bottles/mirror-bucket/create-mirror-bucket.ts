import { setTimeout as realSleep } from "node:timers/promises";
import { escapeKey, toObjectUrl } from "../../handlers/shared/object-requests";
import { type Connection, createSignedRequests, type Response } from "../../handlers/shared/signed-requests";
import { toBucketError } from "./bucket-error";
import { createUploads, type Uploads } from "./uploads";

/** What S3 says with an object, such as its content type, by the names of headers in lower case. */
export type ObjectHeaders = Readonly<Record<string, string>>;

/** Operations of S3 on bottles. Each fails after some attempts, or at the first permanent error. */
export type MirrorBucket = {
  name: string;
  /**
   * Writes an object unless it exists.
   * @param sha256 of its bytes, in hex: S3 refuses others
   * @returns whether it was written
   */
  putIfAbsent(key: string, body: Uint8Array, sha256: string, headers: ObjectHeaders): Promise<boolean>;
  /**
   * Makes a copy of an object of this bucket, unless the key exists. S3 copies at most 5 GB at once.
   * @returns whether it was written
   */
  copyIfAbsent(from: string, to: string, headers: ObjectHeaders): Promise<boolean>;
  /** Bytes of an object. @param end exclusive */
  read(key: string, start: number, end: number): Promise<Buffer>;
  uploads: Uploads;
};

const firstDelayMs = 200;
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

  /** @param write is called again while another write to the same key is under way */
  const writeIfAbsent = async (write: () => Promise<Response>): Promise<boolean> => {
    for (let conflict = 1; ; conflict++) {
      const response = await write();
      if (response.status === 412) return false;
      // S3 may begin the answer to a copy with 200 and find an error later.
      if (response.status < 300 && !response.text.includes("<Error>")) return true;
      if (response.status !== 409 || conflict === maxConflicts)
        throw toBucketError(name, "s3:PutObject", response);
      await sleep(firstDelayMs * 2 ** conflict);
    }
  };

  return {
    name,
    putIfAbsent: (key, body, sha256, headers) =>
      writeIfAbsent(() =>
        send({
          method: "PUT",
          key,
          headers: {
            ...headers,
            "x-amz-checksum-sha256": Buffer.from(sha256, "hex").toString("base64"),
            "if-none-match": "*",
          },
          body,
          bodySha256: sha256,
        }),
      ),
    copyIfAbsent: (from, to, headers) =>
      writeIfAbsent(() =>
        send({
          method: "PUT",
          key: to,
          headers: {
            "x-amz-copy-source": `/${name}/${escapeKey(from)}`,
            "x-amz-metadata-directive": "REPLACE",
            "x-amz-tagging-directive": "REPLACE",
            ...headers,
            // Of the copy, for those who verify it later.
            "x-amz-checksum-algorithm": "SHA256",
            "if-none-match": "*",
          },
        }),
      ),
    async read(key, start, end) {
      const response = await send({ method: "GET", key, headers: { range: `bytes=${start}-${end - 1}` } });
      if (response.status >= 300) throw toBucketError(name, "s3:GetObject", response);
      return response.bytes;
    },
    uploads: createUploads(name, send),
  };
};
