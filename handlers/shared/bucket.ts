import { createObjectRequests } from "./object-requests";
import type { Connection } from "./signed-requests";

/** The S3 operations that every launch needs. */
export type Bucket = {
  name: string;
  /** Writes an object, and overwrites an existing one. @throws Error when S3 did not store it */
  put(key: string, body: string): Promise<void>;
  /** Writes an object unless it exists (`If-None-Match: *`). @returns whether it was written */
  putIfAbsent(key: string, body: string): Promise<boolean>;
  /** @returns undefined when the object does not exist. @throws Error when S3 did not return it */
  get(key: string): Promise<string | undefined>;
};

/** @param owner account of the bucket, which S3 then checks */
export const createBucket = (name: string, connection: Connection, owner?: string): Bucket => {
  const requests = createObjectRequests(name, connection, owner);

  const put = async (key: string, body: string, headers: Record<string, string>): Promise<number> => {
    const response = await requests.put(key, body, headers);
    if (response.status < 300 || response.status === 412) return response.status;
    throw requests.toError(key, response);
  };

  return {
    name,
    async put(key, body) {
      await put(key, body, {});
    },
    putIfAbsent: async (key, body) => (await put(key, body, { "if-none-match": "*" })) !== 412,
    async get(key) {
      const response = await requests.get(key);
      if (response.status < 300) return response.text;
      // Not 403: without s3:ListBucket, S3 answers 403 for a missing key and for a forbidden one alike.
      if (response.status === 404) return undefined;
      throw requests.toError(key, response);
    },
  };
};
