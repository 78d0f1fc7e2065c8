import type { Database } from "../connect";
import { endIfDone } from "../jobs/count-objects";
import { storable, storableOrNull } from "../text";

export type ListedObject = {
  key: string;
  etag: string;
  versionId?: string;
  size: number;
  /** Why it is not scanned. It is in the database with this reason, and is not sent. */
  skipReason?: string;
};

export type ListedPage = {
  jobId: string;
  listingAttempt: number;
  objects: readonly ListedObject[];
  /** The last key of the page, also if it is none of `objects`. */
  listedUntil: string;
  leaseSeconds: number;
};

const insert = `
  INSERT INTO job_objects (job_id, s3_key, s3_etag, s3_version_id, file_size_bytes, status, skip_reason)
  SELECT $1, key, etag, version_id, size, CASE WHEN skip_reason IS NULL THEN 'pending' ELSE 'skipped' END, skip_reason
  FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[])
    AS listed(key, etag, version_id, size, skip_reason)
  ON CONFLICT (job_id, s3_key) DO NOTHING
  RETURNING object_id, status`;

// The fence and the counters. The row of the job is locked last, for as short as possible.
const update = `
  UPDATE jobs SET listed_until = $3, listing_lease_until = now() + make_interval(secs => $4),
    total_objects = total_objects + $5::bigint, skipped_objects = skipped_objects + $6::bigint, updated_at = now()
  WHERE job_id = $1 AND listing_attempt = $2 AND NOT listing_complete AND status IN ('pending', 'running')`;

/** Undoes the transaction. */
class Fenced extends Error {}

/**
 * Stores a page of a listing, at most 1,000 objects, in one transaction.
 * @returns the ids of the objects to send; `lost` when the job has ended or somebody else lists it now: stop listing
 */
export const insertListedPage = async (
  database: Database,
  { jobId, listingAttempt, objects, listedUntil, leaseSeconds }: ListedPage,
): Promise<{ outcome: "stored"; objectIds: number[] } | { outcome: "lost" }> => {
  try {
    const rows = await database.transaction(async (query) => {
      const inserted = await query<{ object_id: number; status: string }>(insert, [
        jobId,
        objects.map(({ key }) => storable(key)),
        objects.map(({ etag }) => etag),
        objects.map(({ versionId }) => versionId ?? null),
        objects.map(({ size }) => size),
        objects.map(({ skipReason }) => storableOrNull(skipReason)),
      ]);
      const skipped = inserted.rows.filter(({ status }) => status === "skipped").length;
      const { count } = await query(update, [
        jobId,
        listingAttempt,
        storable(listedUntil),
        leaseSeconds,
        inserted.count,
        skipped,
      ]);
      if (count === 0) throw new Fenced();
      return inserted.rows;
    });
    const objectIds = rows.filter(({ status }) => status === "pending").map((row) => row.object_id);
    return { outcome: "stored", objectIds };
  } catch (error) {
    if (error instanceof Fenced) return { outcome: "lost" };
    throw error;
  }
};

const finish = `
  UPDATE jobs SET listing_complete = true, listing_lease_until = NULL,
    ${endIfDone("(completed_objects + failed_objects + skipped_objects)", "failed_objects", true)}
  WHERE job_id = $1 AND listing_attempt = $2 AND NOT listing_complete AND status IN ('pending', 'running')`;

/**
 * All pages are stored. Ends the job if all its objects have a final status already, or if there are none.
 * @returns false when the job has ended or somebody else lists it now
 */
export const finishListing = (database: Database, jobId: string, listingAttempt: number): Promise<boolean> =>
  database.transaction(async (query) => (await query(finish, [jobId, listingAttempt])).count === 1);

const release = `
  UPDATE jobs SET listing_lease_until = NULL, updated_at = now()
  WHERE job_id = $1 AND listing_attempt = $2 AND NOT listing_complete`;

/** Lets another invocation go on with the listing at once. */
export const releaseListing = async (
  database: Database,
  jobId: string,
  listingAttempt: number,
): Promise<void> => {
  await database.transaction((query) => query(release, [jobId, listingAttempt]));
};
