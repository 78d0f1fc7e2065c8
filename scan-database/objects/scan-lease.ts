import type { Database } from "../connect";
import type { JobStatus } from "../statuses";

/** A scan, by what `claimObject` returned. */
export type Scan = { objectId: number; attempt: number };

const renew = `
  UPDATE job_objects o SET lease_until = now() + make_interval(secs => $3)
  FROM jobs j
  WHERE o.object_id = $1 AND o.attempt = $2 AND o.status = 'scanning' AND j.job_id = o.job_id
  RETURNING j.status`;

/**
 * Makes the lease longer.
 * @returns `lost` when the scan is somebody else's now; `jobEnded` when the job was cancelled or failed: stop scanning
 */
export const renewLease = async (
  database: Database,
  { objectId, attempt }: Scan,
  leaseSeconds: number,
): Promise<"renewed" | "lost" | "jobEnded"> => {
  const { rows } = await database.transaction((query) =>
    query<{ status: JobStatus }>(renew, [objectId, attempt, leaseSeconds]),
  );
  const status = rows[0]?.status;
  if (status === undefined) return "lost";
  return status === "pending" || status === "running" ? "renewed" : "jobEnded";
};

const release = `
  UPDATE job_objects SET status = 'pending', claimed_by = NULL, lease_until = NULL,
    attempts = attempts - CASE WHEN $3 THEN 0 ELSE 1 END
  WHERE object_id = $1 AND attempt = $2 AND status = 'scanning'`;

/**
 * Gives the object back, so that another worker can claim it at once. Its message must stay in the queue.
 * @param countsAsAttempt false when the object is not the reason, such as a deployment that stops the worker
 * @returns false when the scan is somebody else's now
 */
export const releaseObject = (
  database: Database,
  { objectId, attempt }: Scan,
  { countsAsAttempt }: { countsAsAttempt: boolean },
): Promise<boolean> =>
  database.transaction(
    async (query) => (await query(release, [objectId, attempt, countsAsAttempt])).count === 1,
  );

const setVersion = `
  UPDATE job_objects SET s3_etag = $3, s3_version_id = $4, file_size_bytes = $5
  WHERE object_id = $1 AND attempt = $2 AND status = 'scanning'`;

/**
 * The object was overwritten after it was listed: this is the version that is scanned now.
 * @returns false when the scan is somebody else's now
 */
export const setObjectVersion = (
  database: Database,
  { objectId, attempt }: Scan,
  { etag, versionId, sizeBytes }: { etag: string; versionId?: string | null; sizeBytes: number },
): Promise<boolean> =>
  database.transaction(
    async (query) =>
      (await query(setVersion, [objectId, attempt, etag, versionId ?? null, sizeBytes])).count === 1,
  );
