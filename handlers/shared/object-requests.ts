import { createHash } from "node:crypto";
import { type Connection, createSignedRequests, type Response, toServiceUrl } from "./signed-requests";

// As signatures need it: encodeURIComponent leaves some characters as they are.
const escapeUri = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** A key as it is in a URL. */
export const escapeKey = (key: string): string => key.split("/").map(escapeUri).join("/");

// A configured endpoint (local AWS) has no host name for each bucket, so the bucket goes into the path.
export const toObjectUrl = (bucket: string, key: string, connection: Connection): URL => {
  const path = escapeKey(key);
  return connection.endpoint
    ? new URL(`/${bucket}/${path}`, connection.endpoint)
    : new URL(`/${path}`, toServiceUrl(`${bucket}.s3`, connection));
};

/**
 * Requests for the objects of a bucket. They fail after three attempts, or at the first permanent error.
 * @param owner account of the bucket: S3 refuses the request if somebody else has taken the name of a deleted bucket
 */
export const createObjectRequests = (bucket: string, connection: Connection, owner?: string) => {
  const send = createSignedRequests("s3", connection);
  const expected: Record<string, string> =
    owner === undefined ? {} : { "x-amz-expected-bucket-owner": owner };
  const urlOf = (key: string): URL => toObjectUrl(bucket, key, connection);

  return {
    get: (key: string, headers: Record<string, string> = {}, query: Record<string, string> = {}) =>
      send({ method: "GET", url: urlOf(key), headers: { ...expected, ...headers }, query }),

    put: (key: string, body: string | Uint8Array, headers: Record<string, string> = {}) => {
      const sha256 = createHash("sha256").update(body).digest();
      return send({
        method: "PUT",
        url: urlOf(key),
        // A bucket with an object lock refuses an object without a checksum.
        headers: { "x-amz-checksum-sha256": sha256.toString("base64"), ...expected, ...headers },
        body,
        bodySha256: sha256.toString("hex"),
      });
    },

    toError: (key: string, { status, text }: Response): Error =>
      new Error(`s3://${bucket}/${key}: S3 answered ${status}: ${text.slice(0, 500)}`),
  };
};
