import type { Database } from "../connect";
import type { JobStatus, ObjectStatus } from "../statuses";

export type Job = {
  jobId: string;
  name: string;
  bucket: string;
  prefix: string | null;
  status: JobStatus;
  errorMessage: string | null;
  listingComplete: boolean;
  totalObjects: number;
  objectsByStatus: Record<ObjectStatus, number>;
  totalFindings: number;
  createdAt: Date;
  updatedAt: Date;
  completedAt: Date | null;
};

type Row = {
  job_id: string;
  job_name: string;
  s3_bucket: string;
  s3_prefix: string | null;
  status: JobStatus;
  error_message: string | null;
  listing_complete: boolean;
  total_objects: number;
  completed_objects: number;
  failed_objects: number;
  skipped_objects: number;
  scanning_objects: number;
  total_findings: number;
  created_at: Date;
  updated_at: Date;
  completed_at: Date | null;
};

// Only the objects that are being scanned are counted, as many as there are workers: a job may have a million objects.
const select = `
  SELECT jobs.*,
    (SELECT count(*) FROM job_objects WHERE job_id = jobs.job_id AND status = 'scanning') AS scanning_objects
  FROM jobs WHERE job_id = $1`;

/** @returns undefined when there is no such job */
export const getJob = async (database: Database, jobId: string): Promise<Job | undefined> => {
  const { rows } = await database.read((query) => query<Row>(select, [jobId]));
  const row = rows[0];
  if (row === undefined) return undefined;
  const { completed_objects: completed, failed_objects: failed, skipped_objects: skipped } = row;
  const scanning = row.scanning_objects;
  return {
    jobId: row.job_id,
    name: row.job_name,
    bucket: row.s3_bucket,
    prefix: row.s3_prefix,
    status: row.status,
    errorMessage: row.error_message,
    listingComplete: row.listing_complete,
    totalObjects: row.total_objects,
    objectsByStatus: {
      pending: row.total_objects - completed - failed - skipped - scanning,
      scanning,
      completed,
      failed,
      skipped,
    },
    totalFindings: row.total_findings,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    completedAt: row.completed_at,
  };
};
