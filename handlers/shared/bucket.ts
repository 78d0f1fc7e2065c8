import { type Connection, createSignedRequests, serviceUrl } from "./signed-requests";

/** An S3 bucket, as far as the handlers need one. */
export type Bucket = {
  name: string;
  /** Writes an object, over one that is there. @throws Error when S3 did not take it */
  put(key: string, body: string): Promise<void>;
  /** Writes an object unless there is one (`If-None-Match: *`). @returns whether it was written */
  putIfAbsent(key: string, body: string): Promise<boolean>;
  /** @returns undefined when there is no such object. @throws Error when S3 did not give it */
  get(key: string): Promise<string | undefined>;
};

// With an endpoint of its own (local AWS) the bucket cannot be a host name, so it goes into the path.
const objectUrl = (bucket: string, key: string, connection: Connection): URL =>
  connection.endpoint
    ? new URL(`/${bucket}/${key}`, connection.endpoint)
    : new URL(`/${key}`, serviceUrl(`${bucket}.s3`, connection));

/** @throws Error of each call, after three attempts where another one may help */
export const createBucket = (name: string, connection: Connection): Bucket => {
  const send = createSignedRequests("s3", connection);

  const failure = (key: string, { status, text }: { status: number; text: string }): Error =>
    new Error(`s3://${name}/${key}: S3 answered ${status}: ${text.slice(0, 500)}`);

  const put = async (key: string, body: string, headers: Record<string, string>): Promise<number> => {
    const response = await send({ method: "PUT", url: objectUrl(name, key, connection), headers, body });
    if (response.status < 300 || response.status === 412) return response.status;
    throw failure(key, response);
  };

  return {
    name,
    async put(key, body) {
      await put(key, body, {});
    },
    putIfAbsent: async (key, body) => (await put(key, body, { "if-none-match": "*" })) !== 412,
    async get(key) {
      const response = await send({ method: "GET", url: objectUrl(name, key, connection) });
      if (response.status < 300) return response.text;
      // 403 is no answer: S3 gives it for a missing key only to those who may not list the bucket.
      if (response.status === 404) return undefined;
      throw failure(key, response);
    },
  };
};
