import type { Database } from "../connect";
import { countByJob } from "./expire-leases";

const waiting = `
  SELECT o.object_id FROM jobs j CROSS JOIN LATERAL (
    SELECT object_id FROM job_objects WHERE job_id = j.job_id AND status = 'pending'
    ORDER BY enqueued_at NULLS FIRST, object_id LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
  ) AS o
  WHERE j.status IN ('failed', 'cancelled')
    AND j.completed_objects + j.failed_objects + j.skipped_objects < j.total_objects
  LIMIT $1`;

const skip = `
  UPDATE job_objects SET status = 'skipped', skip_reason = 'the job ended before', scanned_at = now()
  WHERE object_id = ANY($1::bigint[]) RETURNING job_id`;

/**
 * Objects of cancelled and failed jobs are not scanned.
 * @returns how many were skipped now
 */
export const skipObjectsOfEndedJobs = (database: Database, limit: number): Promise<number> =>
  database.transaction(async (query) => {
    const { rows } = await query<{ object_id: number }>(waiting, [limit]);
    if (rows.length === 0) return 0;
    const skipped = await query<{ job_id: string }>(skip, [rows.map((row) => row.object_id)]);
    await countByJob(query, skipped.rows, "skipped");
    return skipped.count;
  });
