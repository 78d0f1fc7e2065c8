import type { Database } from "../connect";
import { countObjects } from "../jobs/count-objects";
import { storableReason } from "../text";
import type { Scan } from "./scan-lease";

const fail = `
  UPDATE job_objects SET status = 'failed', error_message = $3, claimed_by = NULL, lease_until = NULL, scanned_at = now()
  WHERE object_id = $1 AND attempt = $2 AND status = 'scanning' RETURNING job_id`;

const skip = `
  UPDATE job_objects SET status = 'skipped', skip_reason = $3, claimed_by = NULL, lease_until = NULL, scanned_at = now()
  WHERE object_id = $1 AND attempt = $2 AND status = 'scanning' RETURNING job_id`;

const isAlready = "SELECT 1 FROM job_objects WHERE object_id = $1 AND attempt = $2 AND status = $3";

const end = (
  database: Database,
  { objectId, attempt }: Scan,
  status: "failed" | "skipped",
  reason: string,
): Promise<boolean> =>
  database.transaction(async (query) => {
    const statement = status === "failed" ? fail : skip;
    const { rows } = await query<{ job_id: string }>(statement, [objectId, attempt, storableReason(reason)]);
    if (rows[0] === undefined) return (await query(isAlready, [objectId, attempt, status])).count === 1;
    await countObjects(query, rows[0].job_id, status);
    return true;
  });

/**
 * No further scan can succeed. A transient error is no reason: release the object instead.
 * @param reason for people; it must not contain what the object contains
 * @returns false when the scan is somebody else's now
 */
export const failObject = (database: Database, scan: Scan, reason: string): Promise<boolean> =>
  end(database, scan, "failed", reason);

/**
 * The object is of a kind that is not scanned, is too large, or is gone.
 * @returns false when the scan is somebody else's now
 */
export const skipObject = (database: Database, scan: Scan, reason: string): Promise<boolean> =>
  end(database, scan, "skipped", reason);
