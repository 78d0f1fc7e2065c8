import type { Database } from "../connect";
import { storableReason } from "../text";

const update = `
  UPDATE jobs SET status = 'failed', error_message = $3, listing_lease_until = NULL, completed_at = now(), updated_at = now()
  WHERE job_id = $1 AND listing_attempt = $2 AND NOT listing_complete AND status IN ('pending', 'running')`;

/**
 * Ends a job whose bucket cannot be listed.
 * @param listingAttempt from `claimListing`
 * @returns false when the job has ended or somebody else lists it now
 */
export const failJob = (
  database: Database,
  jobId: string,
  listingAttempt: number,
  reason: string,
): Promise<boolean> =>
  database.transaction(
    async (query) => (await query(update, [jobId, listingAttempt, storableReason(reason)])).count === 1,
  );
