import * as v from "valibot";

/** Environment variables of the job `report`. */
export const reportEnvironment = v.object({
  /** The port that the event sets, if its launch route allows it. */
  PORT: v.optional(v.pipe(v.string(), v.digits("expected a port"))),
  /** Number of the attempt. */
  LAUNCH_ATTEMPT: v.optional(v.pipe(v.string(), v.digits("expected a count")), "1"),
});
export type ReportEnvironment = v.InferInput<typeof reportEnvironment>;
