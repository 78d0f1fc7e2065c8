import { PermanentError, TransientError } from "../shared/failures";
import { type Log, toErrorFields } from "../shared/log";
import type { VersionedBucket } from "../shared/versioned-bucket";
import type { Mappings } from "./mappings/mappings";
import { parseMappings } from "./mappings/parse-mappings";

/** How long a copy is used without asking S3. */
const freshMs = 60_000;
/** How long the last good copy is used while there is no valid file. */
const usableMs = 15 * 60_000;

export type MappingFile = {
  /** @throws TransientError when there is no valid file, and no recent copy of one */
  load(): Promise<Mappings>;
};

type Copy = {
  mappings: Mappings;
  etag: string;
  /** When S3 last confirmed it, in ms since 1970. */
  confirmedAt: number;
};

/**
 * The mapping file, with the last good copy in memory. A finding is never acted on without a mapping: when there is none,
 * the event is retried and then sent to the DLQ.
 */
export const createMappingFile = (
  bucket: VersionedBucket,
  key: string,
  now: () => number,
  log: Log,
): MappingFile => {
  const name = `s3://${bucket.name}/${key}`;
  let copy: Copy | undefined;

  const read = async (): Promise<Copy> => {
    const object = await bucket.read(key, { unlessEtag: copy?.etag });
    if (object === undefined) throw new PermanentError("InvalidMappings", "the mapping file does not exist");
    const confirmedAt = now();
    // S3 answers so only when a copy was named.
    if (object === "unchanged") return { ...copy!, confirmedAt };
    return { mappings: parseMappings(object.text), etag: object.etag, confirmedAt };
  };

  return {
    async load() {
      if (copy && now() - copy.confirmedAt < freshMs) return copy.mappings;
      try {
        copy = await read();
      } catch (error) {
        if (!copy || now() - copy.confirmedAt >= usableMs) {
          // A corrected file cures it, so the event is retried.
          if (error instanceof PermanentError)
            throw new TransientError(error.name, `${name}: ${error.message}`);
          throw error;
        }
        log.warn("mapping file cannot be used, its last good copy is", {
          file: name,
          ageSeconds: Math.round((now() - copy.confirmedAt) / 1000),
          ...toErrorFields(error),
        });
      }
      return copy.mappings;
    },
  };
};
