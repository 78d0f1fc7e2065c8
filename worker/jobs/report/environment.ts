import * as v from "valibot";

/** The environment of the job `report`. */
export const reportEnvironment = v.object({
  /** The port that an event gave the container, if its route allows it. */
  PORT: v.optional(v.pipe(v.string(), v.digits("expected a port"))),
  /** Which attempt this is. */
  LAUNCH_ATTEMPT: v.optional(v.pipe(v.string(), v.digits("expected a count")), "1"),
});
export type ReportEnvironment = v.InferInput<typeof reportEnvironment>;
