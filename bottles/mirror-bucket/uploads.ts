import { crc32 } from "node:zlib";
import { PermanentError } from "../../handlers/shared/failures";
import type { Response, SignedRequest } from "../../handlers/shared/signed-requests";
import { elementsOf, escapeXml, textOf } from "../../handlers/shared/xml";
import { toBucketError } from "./bucket-error";
import type { ObjectHeaders } from "./create-mirror-bucket";

/** A part of an upload that S3 has stored. */
export type StoredPart = { number: number; etag: string; size: number; crc32: string };

/** A multipart upload that is neither complete nor aborted. */
export type OpenUpload = { key: string; uploadId: string };

export type Uploads = {
  /** Uploads that earlier runs have left, of keys that begin with `prefix`. */
  list(prefix: string): Promise<OpenUpload[]>;
  /** @returns the id of a new upload */
  create(key: string, headers: ObjectHeaders): Promise<string>;
  /** Stored parts of an upload, in their order. Undefined: there is no such upload. */
  listParts(upload: OpenUpload): Promise<StoredPart[] | undefined>;
  /** @param number from 1 */
  uploadPart(upload: OpenUpload, number: number, body: Uint8Array): Promise<StoredPart>;
  /**
   * Makes an object of the parts, unless one with this key exists.
   * @returns whether it was written. If not, the parts are still there
   */
  complete(upload: OpenUpload, parts: readonly StoredPart[]): Promise<boolean>;
  /** Deletes an upload and its parts. One that is not there any more is no error. */
  abort(upload: OpenUpload): Promise<void>;
};

type Send = (request: Omit<SignedRequest, "url"> & { key: string }) => Promise<Response>;

const toBase64 = (checksum: number): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(checksum);
  return bytes.toString("base64");
};

const toPart = (xml: string): StoredPart => ({
  number: Number(textOf(xml, "PartNumber")),
  etag: textOf(xml, "ETag") ?? "",
  size: Number(textOf(xml, "Size")),
  crc32: textOf(xml, "ChecksumCRC32") ?? "",
});

/**
 * Multipart uploads of a bucket. S3 checks each part by its CRC-32.
 * @throws PermanentError when S3 refuses; TransientError or Error when a retry may succeed
 */
export const createUploads = (bucket: string, send: Send): Uploads => {
  const expectOk = (action: string, response: Response): Response => {
    // S3 may begin an answer with 200 and find an error later.
    if (response.status >= 300 || response.text.includes("<Error>"))
      throw toBucketError(bucket, action, response);
    return response;
  };

  /** All pages of a listing. */
  const listAll = async <Item>(
    read: (marker: Record<string, string>) => Promise<Response>,
    markers: Readonly<Record<string, string>>,
    toItems: (xml: string) => Item[],
  ): Promise<Item[]> => {
    const items: Item[] = [];
    let marker: Record<string, string> = {};
    for (;;) {
      const { text } = await read(marker);
      items.push(...toItems(text));
      if (textOf(text, "IsTruncated") !== "true") return items;
      marker = Object.fromEntries(
        Object.entries(markers).map(([query, element]) => [query, textOf(text, element) ?? ""]),
      );
      if (Object.values(marker).every((value) => value === ""))
        throw new PermanentError("MalformedListing", `s3://${bucket}: a listing goes on without a marker`);
    }
  };

  return {
    list: (prefix) =>
      listAll(
        async (marker) =>
          expectOk(
            "s3:ListBucketMultipartUploads",
            await send({ method: "GET", key: "", query: { uploads: "", prefix, ...marker } }),
          ),
        { "key-marker": "NextKeyMarker", "upload-id-marker": "NextUploadIdMarker" },
        (xml) =>
          elementsOf(xml, "Upload").map((upload) => ({
            key: textOf(upload, "Key") ?? "",
            uploadId: textOf(upload, "UploadId") ?? "",
          })),
      ),
    async create(key, more) {
      const headers = { ...more, "x-amz-checksum-algorithm": "CRC32" };
      const { text } = expectOk(
        "s3:PutObject",
        await send({ method: "POST", key, query: { uploads: "" }, headers }),
      );
      return textOf(text, "UploadId") ?? "";
    },
    async listParts({ key, uploadId }) {
      try {
        return await listAll(
          async (marker) =>
            expectOk(
              "s3:ListMultipartUploadParts",
              await send({ method: "GET", key, query: { uploadId, ...marker } }),
            ),
          { "part-number-marker": "NextPartNumberMarker" },
          (xml) => elementsOf(xml, "Part").map(toPart),
        );
      } catch (error) {
        if (error instanceof Error && error.name === "NoSuchUpload") return undefined;
        throw error;
      }
    },
    async uploadPart({ key, uploadId }, number, body) {
      const checksum = toBase64(crc32(body));
      const { headers } = expectOk(
        "s3:PutObject",
        await send({
          method: "PUT",
          key,
          query: { partNumber: String(number), uploadId },
          headers: { "x-amz-checksum-crc32": checksum },
          body,
          // TLS and the CRC-32 protect it. Another SHA-256 would be a fourth of the processor time of a bottle.
          bodySha256: "UNSIGNED-PAYLOAD",
        }),
      );
      return { number, etag: headers.etag ?? "", size: body.length, crc32: checksum };
    },
    async complete({ key, uploadId }, parts) {
      const list = parts.map(
        (part) =>
          `<Part><PartNumber>${part.number}</PartNumber><ETag>${escapeXml(part.etag)}</ETag>${
            part.crc32 && `<ChecksumCRC32>${part.crc32}</ChecksumCRC32>`
          }</Part>`,
      );
      const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${list.join("")}</CompleteMultipartUpload>`;
      const headers = { "content-type": "application/xml", "if-none-match": "*" };
      const response = await send({ method: "POST", key, query: { uploadId }, headers, body });
      if (response.status === 412) return false;
      expectOk("s3:PutObject", response);
      return true;
    },
    async abort({ key, uploadId }) {
      const response = await send({ method: "DELETE", key, query: { uploadId } });
      if (response.status !== 404) expectOk("s3:AbortMultipartUpload", response);
    },
  };
};
