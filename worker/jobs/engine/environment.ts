import * as v from "valibot";

/** Environment variables of the job `engine`. */
export const engineEnvironment = v.object({
  /** The port to listen on, from the task definition or the event. */
  PORT: v.pipe(v.string(), v.digits("expected a port")),
});
export type EngineEnvironment = v.InferInput<typeof engineEnvironment>;
