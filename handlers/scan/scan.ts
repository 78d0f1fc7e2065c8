import * as v from "valibot";
import { createJob, type Database } from "../../scan-database";
import { PermanentError } from "../shared/failures";
import type { InvokeAsync } from "../shared/invoke-async";
import { toErrorFields, type WriteLine } from "../shared/log";
import { hashSha256 } from "../shared/payload";
import { createRestHandler } from "../shared/rest-handler";
import { findHeader, identifyCaller, parseBody, type RestRequest } from "../shared/rest-request";
import { createScanCount, scanService } from "../shared/scan-metrics";
import { describeIssues, plainObject } from "../shared/schema";
import { quote } from "../shared/text";
import type { ScanAnswer } from "./answer";
import type { ScanSettings } from "./environment";
import { exampleRequest, scanRequest } from "./request";

export type ScanParts = {
  database: Database;
  invokeAsync: InvokeAsync;
  environment: ScanSettings;
  now: () => number;
  /** Where log and metrics go. Default stdout. */
  write?: WriteLine;
};

/** A common limit of APIs. */
const maxKeyLength = 255;
const minute = 60;
/** For how long a job is found by the key of its request. */
const keyWindowSeconds = 24 * 60 * minute;

const readRequest = (request: RestRequest) => {
  const body = v.safeParse(v.pipe(plainObject, scanRequest), parseBody(request, exampleRequest));
  if (!body.success) throw new PermanentError("BadRequest", describeIssues(body.issues, "body"));
  return body.output;
};

const readIdempotencyKey = (request: RestRequest): string | undefined => {
  const key = findHeader(request, "idempotency-key");
  if (!key) return undefined;
  if (key.length <= maxKeyLength) return key;
  throw new PermanentError(
    "BadRequest",
    `Idempotency-Key: expected at most ${maxKeyLength} characters, found ${key.length}`,
  );
};

/**
 * The function `scan`: `POST /scan` creates a job and has its bucket listed. The bucket is not listed here: a listing takes
 * longer than API Gateway waits.
 */
export const createScan = (parts: ScanParts) => {
  const { database, invokeAsync, environment } = parts;
  const { LIST_OBJECTS_FUNCTION: listFunction, DEDUPLICATION_WINDOW_MINUTES: windowMinutes } = environment;
  const allowed = new Set(environment.ALLOWED_BUCKETS);

  return createRestHandler(
    { ...parts, service: scanService, logLevel: environment.LOG_LEVEL },
    async (request, { log, emit }) => {
      const { job_name: name, s3_bucket: bucket, s3_prefix } = readRequest(request);
      if (!allowed.has(bucket)) {
        throw new PermanentError(
          "Forbidden",
          `s3_bucket: ${quote(bucket)} is none of the buckets that may be scanned`,
        );
      }
      const prefix = s3_prefix || undefined;
      const caller = identifyCaller(request);
      const key = readIdempotencyKey(request);
      const requestHash = hashSha256(JSON.stringify([name, bucket, prefix]));
      const { jobId, status, isNew } = await createJob(database, {
        name,
        bucket,
        prefix,
        requestHash,
        idempotencyKey: hashSha256(
          JSON.stringify(key === undefined ? [caller, "body", requestHash] : [caller, "key", key]),
        ),
        windowSeconds: key === undefined ? windowMinutes * minute : keyWindowSeconds,
      });
      if (isNew) {
        log.info("job created", { jobId, bucket, caller });
        emit([createScanCount("jobsCreated")]);
        try {
          await invokeAsync(listFunction, JSON.stringify({ job_id: jobId }));
        } catch (error) {
          // The sweep finds jobs that nobody lists.
          log.warn("listing not started, the next sweep starts it", { jobId, ...toErrorFields(error) });
          emit([createScanCount("listingsNotStarted")]);
        }
      }
      const body: ScanAnswer = { job_id: jobId, status, duplicate: !isNew };
      return { statusCode: 202, body };
    },
  );
};
