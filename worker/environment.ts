import * as v from "valibot";
import { logLevel } from "../handlers/shared/log";

/** The environment of the worker; each job adds its own. */
export const workerEnvironment = v.object({
  /** Which job to run. Default: the one job that there is. */
  JOB: v.optional(v.string()),
  LOG_LEVEL: logLevel,
  /** The event as JSON, when it was short enough for the launch to hold it. */
  EVENT_PAYLOAD: v.optional(v.string()),
  /** `s3://bucket/key` of the event otherwise. */
  EVENT_PAYLOAD_REF: v.optional(v.string()),
  /** SHA-256 of what lies there, in hex. */
  EVENT_PAYLOAD_SHA256: v.optional(v.string()),
  /** Which attempt this is: 2 or more when earlier tasks of the event failed or were interrupted. Absent: the first. */
  LAUNCH_ATTEMPT: v.optional(v.string()),
});
export type WorkerEnvironment = v.InferInput<typeof workerEnvironment>;
export type WorkerSettings = v.InferOutput<typeof workerEnvironment>;
