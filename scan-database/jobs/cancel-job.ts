import type { Database } from "../connect";

const update = `
  UPDATE jobs SET status = 'cancelled', completed_at = now(), updated_at = now()
  WHERE job_id = $1 AND status IN ('pending', 'running')`;

/**
 * Cancels a job. No further object of it is claimed; scans that have begun learn it when they renew their lease.
 * @returns false when there is no such job or it has ended
 */
export const cancelJob = (database: Database, jobId: string): Promise<boolean> =>
  database.transaction(async (query) => (await query(update, [jobId])).count === 1);
