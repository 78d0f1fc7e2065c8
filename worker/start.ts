import { S3Client } from "@aws-sdk/client-s3";
import { type Jobs, runWorker } from "./run";

// 128 + 15, the exit code of shells for a process ended by SIGTERM.
const sigtermExitCode = 143;
// Before SIGKILL, which ECS sends 30 s after SIGTERM, so that the exit code is set.
const graceMs = 25_000;

/** Runs the worker as the process of a container. It exits with the exit code of the job. */
export const startWorker = async (jobs: Jobs): Promise<never> => {
  const stop = new AbortController();
  // Not once: a second signal would end the process at once.
  process.on("SIGTERM", () => {
    stop.abort();
    setTimeout(() => process.exit(sigtermExitCode), graceMs).unref();
  });
  const exitCode = await runWorker({
    jobs,
    environment: process.env,
    // A configured endpoint (local AWS) has no host name for each bucket.
    s3: () => new S3Client({ forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined }),
    signal: stop.signal,
  });
  process.exit(exitCode);
};
