import type { Database } from "../connect";
import { countObjects } from "../jobs/count-objects";
import type { Query } from "../query";

// Several sweeps may run at once: each takes rows that no other has locked, in one order.
const expired = `
  SELECT object_id FROM job_objects WHERE status = 'scanning' AND lease_until < now()
  ORDER BY object_id LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED`;

const requeue = `
  UPDATE job_objects SET status = 'pending', claimed_by = NULL, lease_until = NULL, enqueued_at = NULL
  WHERE object_id = ANY($1::bigint[]) AND attempts < $2 RETURNING object_id`;

const giveUp = `
  UPDATE job_objects SET status = 'failed', error_message = 'worker died ' || attempts || ' times',
    claimed_by = NULL, lease_until = NULL, scanned_at = now()
  WHERE object_id = ANY($1::bigint[]) AND status = 'scanning' RETURNING job_id`;

/** Counts the objects of each job, in one order, or two sweeps could wait for each other. */
export const countByJob = async (
  query: Query,
  rows: readonly { job_id: string }[],
  status: "failed" | "skipped",
): Promise<void> => {
  const counts = new Map<string, number>();
  for (const { job_id } of rows) counts.set(job_id, (counts.get(job_id) ?? 0) + 1);
  for (const [jobId, objects] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
    await countObjects(query, jobId, status, { objects });
};

export type ExpiredLeases = {
  /** Ids of the objects that wait for a worker again; their messages are to be sent. */
  requeued: number[];
  /** Objects that are `failed` now, because as many workers as allowed died in their scan. */
  givenUp: number;
};

/** Takes objects back from workers that have not renewed their lease. */
export const expireLeases = (
  database: Database,
  { maxAttempts, limit }: { maxAttempts: number; limit: number },
): Promise<ExpiredLeases> =>
  database.transaction(async (query) => {
    const { rows } = await query<{ object_id: number }>(expired, [limit]);
    const ids = rows.map((row) => row.object_id);
    if (ids.length === 0) return { requeued: [], givenUp: 0 };
    const requeued = await query<{ object_id: number }>(requeue, [ids, maxAttempts]);
    const givenUp = await query<{ job_id: string }>(giveUp, [ids]);
    await countByJob(query, givenUp.rows, "failed");
    return { requeued: requeued.rows.map((row) => row.object_id), givenUp: givenUp.count };
  });
