import * as v from "valibot";

/** The environment of the job `engine`. */
export const engineEnvironment = v.object({
  /** The port to listen on, which the task definition gives the container. */
  PORT: v.pipe(v.string(), v.digits("expected a port")),
});
export type EngineEnvironment = v.InferInput<typeof engineEnvironment>;
