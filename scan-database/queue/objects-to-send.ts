import type { Database } from "../connect";

const unsent = `
  SELECT o.object_id FROM job_objects o JOIN jobs j USING (job_id)
  WHERE o.status = 'pending' AND o.enqueued_at IS NULL AND o.created_at < now() - make_interval(secs => $1)
    AND j.status IN ('pending', 'running')
  ORDER BY o.object_id LIMIT $2`;

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

const sentLongAgo = `
  SELECT o.object_id FROM job_objects o JOIN jobs j USING (job_id)
  WHERE o.status = 'pending' AND o.enqueued_at < now() - make_interval(secs => $1)
    AND j.status IN ('pending', 'running')
  ORDER BY o.enqueued_at, o.object_id LIMIT $2`;

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
