import { PermanentError } from "../shared/failures";
import { hashSha256 } from "../shared/payload";
import type { VersionedBucket } from "../shared/versioned-bucket";
import type { Selection } from "./mappings/mappings";

/** What the object of a policy was when it was selected. The worker refuses another one. */
export type PinnedPolicy = { version_id?: string; sha256: string };

/**
 * Reads a policy and pins its version and hash.
 * @throws PermanentError when it does not exist, or is another one than the mapping names
 */
export const pinPolicy = async (
  bucket: VersionedBucket,
  { mapping, policy: { key, versionId, sha256 } }: Selection,
): Promise<PinnedPolicy> => {
  const object = await bucket.read(key, { versionId });
  const name = `policy of the mapping ${mapping}: s3://${bucket.name}/${key}`;
  if (object === undefined || object === "unchanged") {
    const version = versionId === undefined ? "" : ` in version ${versionId}`;
    throw new PermanentError("PolicyMissing", `${name} does not exist${version}`);
  }
  const found = hashSha256(object.text);
  if (sha256 !== undefined && found !== sha256) {
    throw new PermanentError(
      "PolicyChanged",
      `${name} has the SHA-256 ${found}; the mapping allows ${sha256} only. Update the mapping, or restore the policy`,
    );
  }
  return { ...(object.versionId !== undefined && { version_id: object.versionId }), sha256: found };
};
