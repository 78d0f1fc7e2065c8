import * as v from "valibot";

/** The environment variables that `start-task` adds to the main container of a task. */
export const launchEnvironment = {
  /** The event as JSON, when it fits into the overrides of RunTask. */
  EVENT_PAYLOAD: v.optional(v.string()),
  /** `s3://bucket/key` of a longer event. */
  EVENT_PAYLOAD_REF: v.optional(v.string()),
  /** SHA-256 of that object, in hex. */
  EVENT_PAYLOAD_SHA256: v.optional(v.string()),
  /** Number of the attempt, 2 or more for a retry. Absent: the first attempt. */
  LAUNCH_ATTEMPT: v.optional(v.string()),
};
export type LaunchVariable = keyof typeof launchEnvironment;
