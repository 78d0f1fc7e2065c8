import type { Database } from "../connect";

// The jobs first, of which few are active: each gives its objects from the index of those that wait.
const waiting = (condition: string): string => `
  SELECT o.object_id FROM jobs j CROSS JOIN LATERAL (
    SELECT object_id FROM job_objects
    WHERE job_id = j.job_id AND status = 'pending' AND ${condition}
    ORDER BY enqueued_at NULLS FIRST, object_id LIMIT $2
  ) AS o
  WHERE j.status IN ('pending', 'running') ORDER BY j.created_at LIMIT $2`;

const unsent = waiting("enqueued_at IS NULL AND created_at < now() - make_interval(secs => $1)");

const sentLongAgo = waiting("enqueued_at < now() - make_interval(secs => $1)");

/**
 * Objects whose message has not been sent, because a function ended or SQS refused it, oldest first.
 * @param graceSeconds the listing sends the objects itself that are younger
 */
export const findUnsentObjects = async (
  database: Database,
  graceSeconds: number,
  limit: number,
): Promise<number[]> => {
  const { rows } = await database.read((query) =>
    query<{ object_id: number }>(unsent, [graceSeconds, limit]),
  );
  return rows.map((row) => row.object_id);
};

/** Objects that wait for a worker although their message was sent so long ago that it may be lost, oldest first. */
export const findObjectsSentBefore = async (
  database: Database,
  seconds: number,
  limit: number,
): Promise<number[]> => {
  const { rows } = await database.read((query) =>
    query<{ object_id: number }>(sentLongAgo, [seconds, limit]),
  );
  return rows.map((row) => row.object_id);
};
