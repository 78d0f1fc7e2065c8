import type { Database } from "../connect";

const select = `
  SELECT job_id FROM jobs
  WHERE NOT listing_complete AND status IN ('pending', 'running')
    AND coalesce(listing_lease_until, updated_at + make_interval(secs => $1)) < now()
  ORDER BY created_at LIMIT $2`;

/**
 * Ids of the jobs whose listing nobody works on, oldest first.
 * @param graceSeconds so long after its creation, or after an invocation gave it back, a job counts as being started
 */
export const findStalledListings = async (
  database: Database,
  graceSeconds: number,
  limit: number,
): Promise<string[]> => {
  const { rows } = await database.read((query) => query<{ job_id: string }>(select, [graceSeconds, limit]));
  return rows.map((row) => row.job_id);
};
