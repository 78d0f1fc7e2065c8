import type * as v from "valibot";
import type { Log } from "../handlers/shared/log";
import { parseEnvironment } from "../handlers/shared/schema";

/** The arguments of a job. `Environment` is the output of its schema. */
export type JobContext<Environment> = {
  /** The event that launched the container. The job must validate it. */
  event: unknown;
  environment: Environment;
  log: Log;
  /** Aborts when ECS stops the task. SIGKILL follows after 30 s. A job with unfinished work must not return 0. */
  signal: AbortSignal;
};

export type Job = {
  /** @returns the exit code of the container */
  run(context: JobContext<Readonly<Record<string, string | undefined>>>): Promise<number>;
};

/** Defines a job and the schema of its environment, which is validated before the job runs. */
export const defineJob = <Schema extends v.GenericSchema>(
  environment: Schema,
  run: (context: JobContext<v.InferOutput<Schema>>) => Promise<number>,
): Job => ({
  run: (context) => run({ ...context, environment: parseEnvironment(environment, context.environment) }),
});
