import type { Database } from "../connect";
import { countObjects } from "../jobs/count-objects";
import type { Query } from "../query";
import type { FinalObjectStatus, JobStatus, ObjectStatus } from "../statuses";

export type ClaimedObject = {
  objectId: number;
  jobId: string;
  bucket: string;
  key: string;
  /** Of the version that was listed, or that `setObjectVersion` has stored. */
  etag: string | null;
  versionId: string | null;
  sizeBytes: number | null;
  /** The fence: every later call for this scan has it. */
  attempt: number;
  /** Scans that have begun, this one included. */
  attempts: number;
};

export type ClaimOutcome =
  | { outcome: "claimed"; object: ClaimedObject }
  /** The object needs no scan: delete the message. */
  | { outcome: "done"; status: FinalObjectStatus }
  /** The job was cancelled or failed: delete the message. */
  | { outcome: "jobEnded"; status: JobStatus }
  /** As many workers as allowed died in this object's scan. It is `failed` now: delete the message. */
  | { outcome: "gaveUp" }
  /** Another worker scans it, for so many seconds more unless it renews its lease. */
  | { outcome: "leased"; secondsLeft: number }
  /** The row is not there, maybe not yet: leave the message in the queue. */
  | { outcome: "absent" };

export type ClaimOptions = {
  /** Name of the worker, for people. */
  worker: string;
  leaseSeconds: number;
  maxAttempts: number;
};

const claim = `
  UPDATE job_objects o SET status = 'scanning', attempts = o.attempts + 1, attempt = o.attempt + 1,
    claimed_by = $2, lease_until = now() + make_interval(secs => $3)
  FROM jobs j
  WHERE o.object_id = $1 AND j.job_id = o.job_id AND j.status IN ('pending', 'running') AND o.attempts < $4
    AND (o.status = 'pending' OR (o.status = 'scanning' AND o.lease_until < now()))
  RETURNING o.object_id, o.job_id, j.s3_bucket, o.s3_key, o.s3_etag, o.s3_version_id, o.file_size_bytes,
    o.attempt, o.attempts`;

type ClaimedRow = {
  object_id: number;
  job_id: string;
  s3_bucket: string;
  s3_key: string;
  s3_etag: string | null;
  s3_version_id: string | null;
  file_size_bytes: number | null;
  attempt: number;
  attempts: number;
};

const look = `
  SELECT o.status, j.status AS job_status, o.job_id, o.attempts,
    ceil(extract(epoch FROM o.lease_until - now()))::integer AS seconds_left
  FROM job_objects o JOIN jobs j USING (job_id) WHERE o.object_id = $1 FOR NO KEY UPDATE OF o`;

type SeenRow = {
  status: ObjectStatus;
  job_status: JobStatus;
  job_id: string;
  attempts: number;
  seconds_left: number | null;
};

const giveUp = `
  UPDATE job_objects SET status = 'failed', error_message = 'worker died ' || attempts || ' times',
    claimed_by = NULL, lease_until = NULL, scanned_at = now()
  WHERE object_id = $1`;

const isFinal = (status: ObjectStatus): status is FinalObjectStatus =>
  status !== "pending" && status !== "scanning";

const explain = async (query: Query, objectId: number, maxAttempts: number): Promise<ClaimOutcome> => {
  const { rows } = await query<SeenRow>(look, [objectId]);
  const seen = rows[0];
  if (seen === undefined) return { outcome: "absent" };
  if (isFinal(seen.status)) return { outcome: "done", status: seen.status };
  if (seen.job_status !== "pending" && seen.job_status !== "running")
    return { outcome: "jobEnded", status: seen.job_status };
  const secondsLeft = seen.seconds_left ?? 0;
  if (seen.status === "scanning" && secondsLeft > 0) return { outcome: "leased", secondsLeft };
  // Given back between the two statements.
  if (seen.attempts < maxAttempts) return { outcome: "leased", secondsLeft: 1 };
  await query(giveUp, [objectId]);
  await countObjects(query, seen.job_id, "failed");
  return { outcome: "gaveUp" };
};

/** Begins the scan of an object, for as long as the lease. */
export const claimObject = (
  database: Database,
  objectId: number,
  { worker, leaseSeconds, maxAttempts }: ClaimOptions,
): Promise<ClaimOutcome> =>
  database.transaction(async (query): Promise<ClaimOutcome> => {
    const { rows } = await query<ClaimedRow>(claim, [objectId, worker, leaseSeconds, maxAttempts]);
    const row = rows[0];
    if (row === undefined) return explain(query, objectId, maxAttempts);
    return {
      outcome: "claimed",
      object: {
        objectId: row.object_id,
        jobId: row.job_id,
        bucket: row.s3_bucket,
        key: row.s3_key,
        etag: row.s3_etag,
        versionId: row.s3_version_id,
        sizeBytes: row.file_size_bytes,
        attempt: row.attempt,
        attempts: row.attempts,
      },
    };
  });
