import type { Database } from "../connect";

export type ClaimedListing = {
  jobId: string;
  bucket: string;
  prefix: string | null;
  /** Keys up to this one are in the database. Null: none. */
  listedUntil: string | null;
  /** A fence: the lister with a smaller number may write no more. */
  listingAttempt: number;
};

const update = `
  UPDATE jobs SET status = 'running', listing_attempt = listing_attempt + 1,
    listing_lease_until = now() + make_interval(secs => $2), updated_at = now()
  WHERE job_id = $1 AND NOT listing_complete AND status IN ('pending', 'running')
    AND (listing_lease_until IS NULL OR listing_lease_until < now())
  RETURNING job_id, s3_bucket, s3_prefix, listed_until, listing_attempt`;

type Row = {
  job_id: string;
  s3_bucket: string;
  s3_prefix: string | null;
  listed_until: string | null;
  listing_attempt: number;
};

/**
 * Begins or resumes the listing of a job's bucket.
 * @returns undefined when there is nothing to list: no such job, all is listed, the job has ended, or somebody lists it now
 */
export const claimListing = async (
  database: Database,
  jobId: string,
  leaseSeconds: number,
): Promise<ClaimedListing | undefined> => {
  const { rows } = await database.transaction((query) => query<Row>(update, [jobId, leaseSeconds]));
  const row = rows[0];
  return (
    row && {
      jobId: row.job_id,
      bucket: row.s3_bucket,
      prefix: row.s3_prefix,
      listedUntil: row.listed_until,
      listingAttempt: row.listing_attempt,
    }
  );
};
