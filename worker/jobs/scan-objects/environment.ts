import * as v from "valibot";
import { wholeNumber } from "../../../handlers/shared/environment-values";
import { requiredText } from "../../../handlers/shared/schema";
import { databaseVariables } from "../../../scan-database/environment";

/** Environment variables of the job `scan-objects`. */
export const scanObjectsEnvironment = v.object({
  ...databaseVariables,
  /** Dimension Function of the metrics of the workers. */
  WORKER_NAME: requiredText,
  /** URL of the queue with a message for each object. */
  SQS_QUEUE_URL: requiredText,
  /** KMS key (HMAC_256) from which the key of the hashes of values is derived. */
  HASH_KEY_ID: requiredText,
  /** Larger objects are skipped. In bytes. */
  MAX_FILE_SIZE: v.optional(wholeNumber("bytes", 1, 5 * 1024 ** 4), "524288000"),
  /** For how long an object is claimed, in seconds. The worker extends it while it scans. SQS allows 43,200. */
  VISIBILITY_TIMEOUT: v.optional(wholeNumber("seconds", 3, 43_200), "300"),
  /** For how long a call waits for a message, in seconds. */
  POLL_WAIT_TIME: v.optional(wholeNumber("seconds", 0, 20), "20"),
  /** Workers that may die in the scan of an object before it counts as failed. */
  MAX_ATTEMPTS: v.optional(wholeNumber("attempts", 1, 100), "3"),
  /** Endpoint of the ECS agent, set by ECS. */
  ECS_AGENT_URI: v.optional(requiredText),
});
export type ScanObjectsSettings = v.InferOutput<typeof scanObjectsEnvironment>;
