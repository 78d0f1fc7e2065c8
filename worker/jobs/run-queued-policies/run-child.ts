import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";

/**
 * Runs this program once more, as the job `run-policy` with the variables of one launch. It has the log of the worker.
 * @param signal sends it SIGTERM
 * @returns its exit code, or 128 and the signal's number when a signal ended it
 */
export const runChild = async (
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<number> => {
  const child = spawn(process.execPath, process.argv.slice(1), {
    env: { ...process.env, ...environment, JOB: "run-policy" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const stop = () => child.kill("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    const [code, killedBy] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + constants.signals[killedBy!];
  } finally {
    signal.removeEventListener("abort", stop);
  }
};
