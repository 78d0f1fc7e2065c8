import { type Connection, createSignedRequests, toServiceUrl } from "./signed-requests";

/** The S3 operations that the handlers need. */
export type Bucket = {
  name: string;
  /** Writes an object, and overwrites an existing one. @throws Error when S3 did not store it */
  put(key: string, body: string): Promise<void>;
  /** Writes an object unless it exists (`If-None-Match: *`). @returns whether it was written */
  putIfAbsent(key: string, body: string): Promise<boolean>;
  /** @returns undefined when the object does not exist. @throws Error when S3 did not return it */
  get(key: string): Promise<string | undefined>;
};

// A configured endpoint (local AWS) has no host name for each bucket, so the bucket goes into the path.
const toObjectUrl = (bucket: string, key: string, connection: Connection): URL =>
  connection.endpoint
    ? new URL(`/${bucket}/${key}`, connection.endpoint)
    : new URL(`/${key}`, toServiceUrl(`${bucket}.s3`, connection));

/** Calls fail after three attempts, or at the first permanent error. */
export const createBucket = (name: string, connection: Connection): Bucket => {
  const send = createSignedRequests("s3", connection);

  const toError = (key: string, { status, text }: { status: number; text: string }): Error =>
    new Error(`s3://${name}/${key}: S3 answered ${status}: ${text.slice(0, 500)}`);

  const put = async (key: string, body: string, headers: Record<string, string>): Promise<number> => {
    const response = await send({ method: "PUT", url: toObjectUrl(name, key, connection), headers, body });
    if (response.status < 300 || response.status === 412) return response.status;
    throw toError(key, response);
  };

  return {
    name,
    async put(key, body) {
      await put(key, body, {});
    },
    putIfAbsent: async (key, body) => (await put(key, body, { "if-none-match": "*" })) !== 412,
    async get(key) {
      const response = await send({ method: "GET", url: toObjectUrl(name, key, connection) });
      if (response.status < 300) return response.text;
      // Not 403: without s3:ListBucket, S3 answers 403 for a missing key and for a forbidden one alike.
      if (response.status === 404) return undefined;
      throw toError(key, response);
    },
  };
};
