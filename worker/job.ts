import type { S3Client } from "@aws-sdk/client-s3";
import type * as v from "valibot";
import type { LaunchVariable } from "../container-contract/launch-environment";
import type { PolicyRunVariable } from "../container-contract/policy-run";
import type { Log, WriteLine } from "../handlers/shared/log";
import { parseEnvironment } from "../handlers/shared/schema";

/** The arguments of a job. `Environment` is the output of its schema. */
export type JobContext<Environment> = {
  /** What launched the container: the event, or the payload that the job asks for. The job must validate it. Absent in an ECS service. */
  event: unknown;
  environment: Environment;
  log: Log;
  /** Writes a line to the container's log as it is, for metrics. */
  write: WriteLine;
  s3: () => S3Client;
  /** Aborts when ECS stops the task. SIGKILL follows after 30 s. A job with unfinished work must not return 0. */
  signal: AbortSignal;
};

/** The environment variable that has what launched the container, and what it is, for messages. */
export type PayloadSource = {
  variable: Extract<LaunchVariable | PolicyRunVariable, `${string}_PAYLOAD`>;
  what: string;
};

const event: PayloadSource = { variable: "EVENT_PAYLOAD", what: "event" };

export type Job = {
  /** Absent: the container is part of an ECS service, which no event launches. */
  payload: PayloadSource | undefined;
  /** @returns the exit code of the container */
  run(context: JobContext<Readonly<Record<string, string | undefined>>>): Promise<number>;
};

/**
 * Defines a job and the schema of its environment, which is validated before the job runs.
 * @param payload what launches the container. Default: the event, in `EVENT_PAYLOAD`. `none` in an ECS service
 */
export const defineJob = <Schema extends v.GenericSchema>(
  environment: Schema,
  run: (context: JobContext<v.InferOutput<Schema>>) => Promise<number>,
  payload: PayloadSource | "none" = event,
): Job => ({
  payload: payload === "none" ? undefined : payload,
  run: (context) => run({ ...context, environment: parseEnvironment(environment, context.environment) }),
});
