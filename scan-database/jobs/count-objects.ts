import type { Query } from "../query";
import type { FinalObjectStatus } from "../statuses";

/** A job ends when all its objects are listed and each of them has a final status. */
const isDone = (counters: string): string =>
  `status IN ('pending', 'running') AND listing_complete AND ${counters} = total_objects`;

/**
 * The assignments that end a job which is done. They see the counters before the same statement changes them.
 * @param done sum of the counters after the statement
 * @param failed counter of failed objects after it
 * @param listed whether the statement itself completes the listing
 */
export const endIfDone = (done: string, failed: string, listed = false): string => {
  const condition = listed ? `${done} = total_objects` : isDone(done);
  return `
    status = CASE WHEN ${condition}
      THEN CASE WHEN total_objects > 0 AND ${failed} = total_objects THEN 'failed' ELSE 'completed' END
      ELSE status END,
    error_message = CASE WHEN ${condition} AND total_objects > 0 AND ${failed} = total_objects
      THEN 'all objects failed' ELSE error_message END,
    completed_at = CASE WHEN ${condition} THEN now() ELSE completed_at END,
    updated_at = now()`;
};

const done = "(completed_objects + failed_objects + skipped_objects + $2::bigint + $3::bigint + $4::bigint)";

const update = `
  UPDATE jobs SET
    completed_objects = completed_objects + $2::bigint,
    failed_objects = failed_objects + $3::bigint,
    skipped_objects = skipped_objects + $4::bigint,
    total_findings = total_findings + $5::bigint,
    ${endIfDone(done, "(failed_objects + $3::bigint)")}
  WHERE job_id = $1`;

/**
 * Adds objects that got their final status to the counters of their job, and ends the job with the last one. Called after the
 * rows of the objects have changed, in the same transaction: everybody locks objects before jobs.
 */
export const countObjects = async (
  query: Query,
  jobId: string,
  status: FinalObjectStatus,
  { objects = 1, findings = 0 }: { objects?: number; findings?: number } = {},
): Promise<void> => {
  const countOf = (each: FinalObjectStatus): number => (each === status ? objects : 0);
  await query(update, [jobId, countOf("completed"), countOf("failed"), countOf("skipped"), findings]);
};
