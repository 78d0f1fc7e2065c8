import * as v from "valibot";

/** What a launch adds to the environment of a task's main container: written by `start-task`, read by the worker. */
export const launchEnvironment = {
  /** The event as JSON, when it was short enough for the launch to hold it. */
  EVENT_PAYLOAD: v.optional(v.string()),
  /** `s3://bucket/key` of the event otherwise. */
  EVENT_PAYLOAD_REF: v.optional(v.string()),
  /** SHA-256 of what lies there, in hex. */
  EVENT_PAYLOAD_SHA256: v.optional(v.string()),
  /** Which attempt this is: 2 or more when earlier tasks of the event failed or were interrupted. Absent: the first. */
  LAUNCH_ATTEMPT: v.optional(v.string()),
};
export type LaunchVariable = keyof typeof launchEnvironment;
