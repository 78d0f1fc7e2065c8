import { Readable } from "node:stream";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { RandomAccess } from "../../../scanner";
import { httpStatusOf } from "../../http-status";

export type ObjectVersion = {
  bucket: string;
  key: string;
  etag: string;
  versionId?: string | null;
  size: number;
};

/** Requests for one stretch of an object. S3 may end the connection of a slow reader. */
const maxRequests = 4;

async function* readRange(
  s3: S3Client,
  { bucket, key, etag, versionId }: ObjectVersion,
  start: number,
  end: number,
): AsyncGenerator<Buffer> {
  let position = start;
  for (let request = 1; position < end; request++) {
    try {
      const { Body } = await s3.send(
        new GetObjectCommand({
          Bucket: bucket,
          Key: key,
          // All bytes are of one version, also when a read is resumed.
          IfMatch: etag,
          ...(versionId != null && { VersionId: versionId }),
          Range: `bytes=${position}-${end - 1}`,
        }),
      );
      for await (const piece of Body as AsyncIterable<Buffer>) {
        position += piece.length;
        yield piece;
      }
      if (position < end) throw new Error(`S3 ended the answer after ${position - start} bytes`);
    } catch (error) {
      // A connection that broke, and no answer of S3: another request for the rest may succeed.
      const isBroken = httpStatusOf(error) === undefined;
      if (request === maxRequests || !isBroken) throw error;
    }
  }
}

/** One version of an object, as the scanner reads it. */
export const objectSource = (s3: S3Client, version: ObjectVersion): RandomAccess => ({
  size: version.size,
  read: (start, end) => Readable.from(readRange(s3, version, start, end), { objectMode: true }),
});
