import * as v from "valibot";
import { jobStatuses, objectStatuses } from "../../scan-database/statuses";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const time = v.pipe(v.string(), v.isoTimestamp());

/** The answer of `GET /jobs/{job_id}`. */
export const jobAnswer = v.object({
  job_id: v.pipe(v.string(), v.uuid()),
  job_name: v.string(),
  s3_bucket: v.string(),
  s3_prefix: v.nullable(v.string()),
  status: v.picklist(jobStatuses),
  /** Why the job failed. */
  error_message: v.nullable(v.string()),
  /** False: `total_objects` still grows. */
  listing_complete: v.boolean(),
  total_objects: count,
  objects_by_status: v.object(v.entriesFromList(objectStatuses, count)),
  completed_objects: count,
  failed_objects: count,
  skipped_objects: count,
  total_findings: count,
  created_at: time,
  updated_at: time,
  completed_at: v.nullable(time),
});
export type JobAnswer = v.InferOutput<typeof jobAnswer>;
