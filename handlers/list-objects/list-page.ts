import type { ListedObject } from "../../scan-database";
import { PermanentError, TransientError } from "../shared/failures";
import { type Connection, createSignedRequests, toServiceUrl } from "../shared/signed-requests";
import { elementsOf, textOf } from "../shared/xml";

export type BucketPage = {
  objects: ListedObject[];
  /** Undefined: the last page. */
  nextAfter?: string;
};

/**
 * Lists at most 1,000 objects after a key.
 * @throws PermanentError when the bucket is not there or may not be listed; TransientError or Error when S3 did not answer
 */
export type ListPage = (bucket: string, prefix: string | null, after: string | null) => Promise<BucketPage>;

/** S3 encodes keys on request, since XML has no place for most control characters. It writes a blank as `+`. */
const decodeKey = (encoded: string): string => decodeURIComponent(encoded.replaceAll("+", "%20"));

/** Their objects must be restored before they can be read. */
const archived = ["GLACIER", "DEEP_ARCHIVE"];

const skipReasonOf = (key: string, size: number, storageClass: string | undefined): string | undefined => {
  if (size === 0 && key.endsWith("/")) return "a folder";
  if (storageClass !== undefined && archived.includes(storageClass))
    return `archived in the storage class ${storageClass}`;
  return key.includes("\0") ? "its key has the character U+0000, which the database cannot store" : undefined;
};

const parseObject = (xml: string): ListedObject => {
  const key = decodeKey(textOf(xml, "Key") ?? "");
  const size = Number(textOf(xml, "Size") ?? 0);
  const skipReason = skipReasonOf(key, size, textOf(xml, "StorageClass"));
  return { key, size, etag: textOf(xml, "ETag") ?? "", ...(skipReason !== undefined && { skipReason }) };
};

// The certificate of S3 is for host names without a dot in the bucket.
const toUrl = (bucket: string, connection: Connection): URL =>
  connection.endpoint || bucket.includes(".")
    ? new URL(`/${bucket}`, toServiceUrl("s3", connection))
    : new URL("/", toServiceUrl(`${bucket}.s3`, connection));

const explain = (bucket: string, status: number, text: string): Error => {
  const code = textOf(text, "Code") ?? `Status${status}`;
  const region = textOf(text, "Region");
  const message = `s3://${bucket}: S3 answered ${code}: ${textOf(text, "Message") ?? status}`;
  // 301: the bucket is in another region.
  const isPermanent = (status >= 300 && status < 400) || status === 400 || status === 403 || status === 404;
  // Credentials that have just expired are no matter of the bucket.
  if (!isPermanent || /^(ExpiredToken|RequestTimeTooSkewed|RequestTimeout|SlowDown)$/.test(code))
    return new TransientError(code, message);
  return new PermanentError(code, region === undefined ? message : `${message} (bucket in ${region})`);
};

export const createListPage = (connection: Connection): ListPage => {
  const send = createSignedRequests("s3", connection);
  return async (bucket, prefix, after) => {
    const { status, text } = await send({
      method: "GET",
      url: toUrl(bucket, connection),
      query: {
        "list-type": "2",
        "encoding-type": "url",
        "max-keys": "1000",
        ...(prefix !== null && { prefix }),
        ...(after !== null && { "start-after": after }),
      },
    });
    if (status >= 300) throw explain(bucket, status, text);
    if (!text.includes("<ListBucketResult"))
      throw new TransientError("MalformedListing", `s3://${bucket}: S3 answered ${status} without a listing`);
    const objects = elementsOf(text, "Contents").map(parseObject);
    const last = objects.at(-1);
    return textOf(text, "IsTruncated") === "true" && last !== undefined
      ? { objects, nextAfter: last.key }
      : { objects };
  };
};
