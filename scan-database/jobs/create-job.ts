import { PermanentError } from "../../handlers/shared/failures";
import type { Database } from "../connect";
import type { JobStatus } from "../statuses";
import { storable } from "../text";

export type NewJob = {
  name: string;
  bucket: string;
  /** Undefined: the whole bucket. */
  prefix: string | undefined;
  /** SHA-256 of what makes two requests the same one: the caller with the key, or with the body. */
  idempotencyKey: string;
  /** SHA-256 of the request. */
  requestHash: string;
  /** For how long a request with the same key gets the same job. */
  windowSeconds: number;
};

export type CreatedJob = {
  jobId: string;
  status: JobStatus;
  /** False: the job of an earlier request. */
  isNew: boolean;
};

const forgetOldKey = `
  UPDATE jobs SET idempotency_key = NULL
  WHERE idempotency_key = $1 AND created_at < now() - make_interval(secs => $2)`;

const insert = `
  INSERT INTO jobs (job_name, s3_bucket, s3_prefix, idempotency_key, request_hash)
  VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (idempotency_key) DO NOTHING
  RETURNING job_id, status`;

const selectByKey = "SELECT job_id, status, request_hash FROM jobs WHERE idempotency_key = $1";

type EarlierRow = { job_id: string; status: JobStatus; request_hash: string };

/**
 * Creates a job, or finds the one that an earlier request with the same key has created.
 * @throws PermanentError named `IdempotencyKeyReused` when that request was another one
 */
export const createJob = (database: Database, job: NewJob): Promise<CreatedJob> =>
  database.transaction(async (query) => {
    await query(forgetOldKey, [job.idempotencyKey, job.windowSeconds]);
    const prefix = job.prefix === undefined ? null : storable(job.prefix);
    const created = await query<{ job_id: string; status: JobStatus }>(insert, [
      storable(job.name),
      storable(job.bucket),
      prefix,
      job.idempotencyKey,
      job.requestHash,
    ]);
    const row = created.rows[0];
    if (row) return { jobId: row.job_id, status: row.status, isNew: true };
    const { rows } = await query<EarlierRow>(selectByKey, [job.idempotencyKey]);
    const earlier = rows[0]!;
    if (earlier.request_hash !== job.requestHash) {
      throw new PermanentError(
        "IdempotencyKeyReused",
        "Idempotency-Key: this key was used before with another body; send each new request with a new key",
      );
    }
    return { jobId: earlier.job_id, status: earlier.status, isNew: false };
  });
