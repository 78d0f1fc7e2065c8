import { PermanentError } from "./failures";
import { createObjectRequests } from "./object-requests";
import type { Connection } from "./signed-requests";

/** An object and what tells its versions apart. */
export type VersionedObject = {
  text: string;
  etag: string;
  /** Absent: the bucket is not versioned. */
  versionId?: string;
};

/** S3 operations that depend on the version of an object. */
export type VersionedBucket = {
  name: string;
  /**
   * @param conditions `versionId`: this version instead of the newest one. `unlessEtag`: only if it is another object
   * @returns undefined when the object or its version does not exist
   * @throws PermanentError when a permission is missing; Error when S3 did not return it
   */
  read(
    key: string,
    conditions?: { versionId?: string | undefined; unlessEtag?: string | undefined },
  ): Promise<VersionedObject | "unchanged" | undefined>;
  /**
   * Writes an object unless somebody else has written it.
   * @param replaced the object that was read; undefined: there was none
   * @returns whether it was written
   */
  replace(key: string, body: string, replaced: VersionedObject | undefined): Promise<boolean>;
};

/** @param owner account of the bucket, which S3 then checks */
export const createVersionedBucket = (
  name: string,
  connection: Connection,
  owner?: string,
): VersionedBucket => {
  const requests = createObjectRequests(name, connection, owner);
  return {
    name,
    async read(key, { versionId, unlessEtag } = {}) {
      const response = await requests.get(
        key,
        unlessEtag === undefined ? {} : { "if-none-match": unlessEtag },
        versionId === undefined ? {} : { versionId },
      );
      const { status, text, headers } = response;
      if (status === 304) return "unchanged";
      // 400: S3 has never given such a version id.
      if (status === 404 || (status === 400 && versionId !== undefined)) return undefined;
      const error = requests.toError(key, response);
      if (status === 403 && text.includes("<Code>AccessDenied<"))
        throw new PermanentError("AccessDenied", error.message);
      if (status >= 300) throw error;
      const found = headers["x-amz-version-id"];
      return {
        text,
        etag: headers.etag ?? "",
        // "null": written before the bucket was versioned.
        ...(found !== undefined && found !== "null" && { versionId: found }),
      };
    },
    async replace(key, body, replaced) {
      const condition: Record<string, string> = replaced
        ? { "if-match": replaced.etag }
        : { "if-none-match": "*" };
      const response = await requests.put(key, body, condition);
      if (response.status < 300) return true;
      // 404: the object that was read has been deleted.
      if (response.status === 412 || (response.status === 404 && replaced)) return false;
      throw requests.toError(key, response);
    },
  };
};
