import * as v from "valibot";
import { databaseVariables } from "../../scan-database/environment";
import { wholeNumber } from "../shared/environment-values";
import { logLevel } from "../shared/log";
import { requiredText } from "../shared/schema";

const bucketNames = v.pipe(
  requiredText,
  v.transform((value) => value.split(",").map((name) => name.trim())),
  v.array(requiredText),
);

/** Environment variables of the function `scan`, without those that Lambda sets. */
export const scanEnvironment = v.object({
  ...databaseVariables,
  /** Comma-separated names of the buckets that may be scanned. */
  ALLOWED_BUCKETS: bucketNames,
  /** Name or ARN of the function `list-objects`. */
  LIST_OBJECTS_FUNCTION: requiredText,
  /** For how long the same request of the same caller, without an `Idempotency-Key`, gets the same job. Default 10. */
  DEDUPLICATION_WINDOW_MINUTES: v.optional(wholeNumber("minutes"), "10"),
  LOG_LEVEL: logLevel,
});

/** The variables as they are deployed. */
export type ScanEnvironment = v.InferInput<typeof scanEnvironment>;

/** The variables as the function reads them. */
export type ScanSettings = v.InferOutput<typeof scanEnvironment>;
