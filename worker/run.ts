import type { S3Client } from "@aws-sdk/client-s3";
import { createLog, toErrorFields, type WriteLine, writeToStdout } from "../handlers/shared/log";
import { parseEnvironment } from "../handlers/shared/schema";
import { workerEnvironment } from "./environment";
import type { Job } from "./job";
import { readPayload } from "./payload";

export type Jobs = Readonly<Record<string, Job>>;

export type WorkerParts = {
  jobs: Jobs;
  environment: Readonly<Record<string, string | undefined>>;
  s3: () => S3Client;
  signal: AbortSignal;
  /** Where the log goes. Default stdout. */
  write?: WriteLine;
};

const chooseJob = (jobs: Jobs, requested: string | undefined): string => {
  const names = Object.keys(jobs);
  const name = requested ?? (names.length === 1 ? names[0] : undefined);
  if (name !== undefined && Object.hasOwn(jobs, name)) return name;
  throw new Error(
    `JOB: expected one of ${names.join(", ")}, found ${requested === undefined ? "nothing" : JSON.stringify(requested)}`,
  );
};

/** Runs a job. @returns the exit code of the job, or 1 after an error */
export const runWorker = async ({
  jobs,
  environment,
  s3,
  signal,
  write = writeToStdout,
}: WorkerParts): Promise<number> => {
  let log = createLog("INFO", write);
  try {
    const settings = parseEnvironment(workerEnvironment, environment);
    log = createLog(settings.LOG_LEVEL, write);
    const name = chooseJob(jobs, settings.JOB);
    const job = jobs[name]!;
    const { payload } = job;
    const event = payload && (await readPayload(environment, payload.variable, payload.what, s3));
    log.debug("job starts", { job: name });
    const exitCode = await job.run({ event, environment, log, write, s3, signal });
    log.debug("job ended", { job: name, exitCode });
    return exitCode;
  } catch (error) {
    log.error("job failed", toErrorFields(error));
    return 1;
  }
};
