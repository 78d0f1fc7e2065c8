import type { Database } from "../connect";

// A worker may have claimed the object already.
const update = `
  UPDATE job_objects SET enqueued_at = now() WHERE object_id = ANY($1::bigint[]) AND status = 'pending'`;

/** SQS has stored the messages of these objects. */
export const markSent = async (database: Database, objectIds: readonly number[]): Promise<void> => {
  if (objectIds.length === 0) return;
  await database.transaction((query) => query(update, [objectIds]));
};
