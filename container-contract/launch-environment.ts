import * as v from "valibot";

/**
 * What every launch adds to the environment of a task's main container: written by start-task, read by the worker. An event
 * that overrides a port adds `PORT`, and one with `detail.environment` its own variables.
 */
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

/** The variables of an event's payload. */
export const eventVariables = {
  text: "EVENT_PAYLOAD",
  reference: "EVENT_PAYLOAD_REF",
  sha256: "EVENT_PAYLOAD_SHA256",
} as const satisfies Record<string, LaunchVariable>;

/** The variables of a finding's payload. */
export const findingVariables = {
  text: "FINDING_PAYLOAD",
  reference: "FINDING_PAYLOAD_REF",
  sha256: "FINDING_PAYLOAD_SHA256",
} as const;
