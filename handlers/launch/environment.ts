import * as v from "valibot";
import { wholeNumber } from "../shared/environment-values";
import { logLevel } from "../shared/log";
import { requiredText } from "../shared/schema";

/** Environment variables of every function that launches tasks. */
export const launchVariables = {
  /** The DLQ: an SQS queue for events that failed. */
  DEAD_LETTER_QUEUE_URL: requiredText,
  /** S3 bucket for long payloads and for launch records. */
  PAYLOAD_BUCKET: requiredText,
  /** For how long a duplicate of an event is not launched again. */
  DEDUPLICATION_WINDOW_HOURS: v.optional(wholeNumber("hours"), "24"),
  /** SQS queue that buffers the events of EventBridge. Absent: no buffer. */
  BUFFER_QUEUE_URL: v.optional(requiredText),
  /**
   * SQS queue for delayed retries and for the reports of workers. Required when `onFailure` of a launch route is `retry`,
   * and when runs are queued.
   */
  RETRY_QUEUE_URL: v.optional(requiredText),
  LOG_LEVEL: logLevel,
};

/** The account of the launcher, which has made its queue and its bucket. */
export const readAccount = (queueUrl: string): string | undefined => /\/(\d{12})\//.exec(queueUrl)?.[1];

const schema = v.object(launchVariables);
/** The variables as the function reads them. */
export type LaunchSettings = v.InferOutput<typeof schema>;
