import * as v from "valibot";
import { databaseVariables } from "../../scan-database/environment";
import { wholeNumber } from "../shared/environment-values";
import { logLevel } from "../shared/log";
import { requiredText } from "../shared/schema";

/** Environment variables of the function `list-objects`, without those that Lambda sets. */
export const listObjectsEnvironment = v.object({
  ...databaseVariables,
  /** SQS queue of the objects to scan. */
  SQS_QUEUE_URL: requiredText,
  /** Name or ARN of the cluster of the workers. */
  ECS_CLUSTER: requiredText,
  /** Name of the ECS service of the workers, which is started when it has no task. */
  ECS_SERVICE: requiredText,
  /** Workers that may die in the scan of an object before it counts as failed. Default 3. */
  MAX_ATTEMPTS: v.optional(wholeNumber("attempts"), "3"),
  /** After so long without a scan a message counts as lost if the queue is empty. Default 15. */
  LOST_MESSAGE_MINUTES: v.optional(wholeNumber("minutes"), "15"),
  /** After so long without a scan a message is sent again, also if the queue is not empty. Default 24. */
  RESEND_AFTER_HOURS: v.optional(wholeNumber("hours"), "24"),
  LOG_LEVEL: logLevel,
});

/** The variables as they are deployed. */
export type ListObjectsEnvironment = v.InferInput<typeof listObjectsEnvironment>;

/** The variables as the function reads them. */
export type ListObjectsSettings = v.InferOutput<typeof listObjectsEnvironment>;
