import { S3Client } from "@aws-sdk/client-s3";
import { type Jobs, runWorker } from "./run";

// 128 + 15, as a shell says of a process that SIGTERM ended.
const terminated = 143;
// ECS sends SIGKILL 30 s after SIGTERM; a job that does not stop by itself is cut off before.
const graceMs = 25_000;

/** Runs the worker as the process of a container: ends it with the job's exit code, stopped or not. */
export const startWorker = async (jobs: Jobs): Promise<never> => {
  const stop = new AbortController();
  process.once("SIGTERM", () => {
    stop.abort();
    setTimeout(() => process.exit(terminated), graceMs).unref();
  });
  const exitCode = await runWorker({
    jobs,
    environment: process.env,
    // With an endpoint of its own (local AWS) the bucket cannot be a host name.
    s3: () => new S3Client({ forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined }),
    signal: stop.signal,
  });
  process.exit(exitCode);
};
