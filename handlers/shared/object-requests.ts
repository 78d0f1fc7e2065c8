import { createHash } from "node:crypto";
import { escapeXml } from "./s3-xml";
import { type Connection, createSignedRequests, type Response, toServiceUrl } from "./signed-requests";

// As signatures need it: encodeURIComponent leaves some characters as they are.
const escapeUri = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

// A configured endpoint (local AWS) has no host name for each bucket, so the bucket goes into the path.
const toBucketUrl = (bucket: string, connection: Connection): URL =>
  connection.endpoint
    ? new URL(`/${bucket}`, connection.endpoint)
    : new URL("/", toServiceUrl(`${bucket}.s3`, connection));

const toObjectUrl = (bucket: string, key: string, connection: Connection): URL => {
  const path = key.split("/").map(escapeUri).join("/");
  return connection.endpoint
    ? new URL(`/${bucket}/${path}`, connection.endpoint)
    : new URL(`/${path}`, toServiceUrl(`${bucket}.s3`, connection));
};

/** Requests for the objects of a bucket. They fail after three attempts, or at the first permanent error. */
export const createObjectRequests = (bucket: string, connection: Connection) => {
  const send = createSignedRequests("s3", connection);
  const urlOf = (key: string): URL => toObjectUrl(bucket, key, connection);

  return {
    get: (key: string, headers: Record<string, string> = {}, query: Record<string, string> = {}) =>
      send({ method: "GET", url: urlOf(key), headers, query }),

    head: (key: string) => send({ method: "HEAD", url: urlOf(key) }),

    put: (key: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
      send({ method: "PUT", url: urlOf(key), headers, body }),

    /** ListObjectsV2: at most 1,000 objects. */
    list: (query: Record<string, string>) =>
      send({
        method: "GET",
        url: toBucketUrl(bucket, connection),
        query: { "list-type": "2", "encoding-type": "url", ...query },
      }),

    /** DeleteObjects: at most 1,000 keys. */
    delete: (keys: readonly string[]) => {
      const objects = keys.map((key) => `<Object><Key>${escapeXml(key)}</Key></Object>`).join("");
      const body = `<Delete><Quiet>true</Quiet>${objects}</Delete>`;
      // S3 refuses the request without a checksum.
      const checksum = createHash("sha256").update(body).digest("base64");
      return send({
        method: "POST",
        url: toBucketUrl(bucket, connection),
        query: { delete: "" },
        headers: { "content-type": "application/xml", "x-amz-checksum-sha256": checksum },
        body,
      });
    },

    toError: (key: string, { status, text }: Response): Error =>
      new Error(`s3://${bucket}/${key}: S3 answered ${status}: ${text.slice(0, 500)}`),
  };
};
