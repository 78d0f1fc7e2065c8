import type * as v from "valibot";
import type { Log } from "../handlers/shared/log";
import { parseEnvironment } from "../handlers/shared/schema";

/** What a job works with; `Environment` is what its schema makes of the container's variables. */
export type JobContext<Environment> = {
  /** The event that launched the container; each job checks it for itself. */
  event: unknown;
  environment: Environment;
  log: Log;
  /** Aborts when ECS stops the task: SIGKILL follows 30 s later. A job that leaves its work undone must not return 0. */
  signal: AbortSignal;
};

export type Job = {
  /** @returns the exit code of the container */
  run(context: JobContext<Readonly<Record<string, string | undefined>>>): Promise<number>;
};

/** A job and the environment it needs, which is checked before it runs. */
export const defineJob = <Schema extends v.GenericSchema>(
  environment: Schema,
  run: (context: JobContext<v.InferOutput<Schema>>) => Promise<number>,
): Job => ({
  run: (context) => run({ ...context, environment: parseEnvironment(environment, context.environment) }),
});
