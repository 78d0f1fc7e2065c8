import { type Database, getJob, type Job } from "../../scan-database";
import { PermanentError } from "../shared/failures";
import type { WriteLine } from "../shared/log";
import { createRestHandler } from "../shared/rest-handler";
import { findPathParameter } from "../shared/rest-request";
import { scanService } from "../shared/scan-metrics";
import { isUuid } from "../shared/uuid";
import type { JobAnswer } from "./answer";
import type { JobsSettings } from "./environment";
import openapi from "./openapi.json";

export type JobsParts = {
  database: Database;
  environment: JobsSettings;
  now: () => number;
  /** Where log and metrics go. Default stdout. */
  write?: WriteLine;
};

const toBody = (job: Job): JobAnswer => ({
  job_id: job.jobId,
  job_name: job.name,
  s3_bucket: job.bucket,
  s3_prefix: job.prefix,
  status: job.status,
  error_message: job.errorMessage,
  listing_complete: job.listingComplete,
  total_objects: job.totalObjects,
  objects_by_status: job.objectsByStatus,
  completed_objects: job.objectsByStatus.completed,
  failed_objects: job.objectsByStatus.failed,
  skipped_objects: job.objectsByStatus.skipped,
  total_findings: job.totalFindings,
  created_at: job.createdAt.toISOString(),
  updated_at: job.updatedAt.toISOString(),
  completed_at: job.completedAt?.toISOString() ?? null,
});

/** The function `jobs`: `GET /jobs/{job_id}`, and `GET /openapi.json`, which needs no database. */
export const createJobs = (parts: JobsParts) =>
  createRestHandler(
    { ...parts, service: scanService, logLevel: parts.environment.LOG_LEVEL },
    async (request) => {
      if (request.resource === "/openapi.json") return { statusCode: 200, body: openapi };
      const jobId = findPathParameter(request, "job_id");
      if (jobId === undefined) throw new PermanentError("BadRequest", "Missing job_id in path");
      if (!isUuid(jobId)) throw new PermanentError("BadRequest", "Invalid job_id format");
      const job = await getJob(parts.database, jobId);
      if (job === undefined) throw new PermanentError("NotFound", "Job not found");
      return { statusCode: 200, body: toBody(job) };
    },
  );
