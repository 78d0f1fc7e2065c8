import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { createInterface } from "node:readline";

export type CustodianRun = {
  /** The program. */
  program: string;
  arguments: readonly string[];
  signal: AbortSignal;
  /** Receives each line of its log. */
  onLine: (line: string) => void;
};

/**
 * Runs Cloud Custodian, which gets SIGTERM when `signal` aborts.
 * @returns its exit code: 0; 1 when the policy file is invalid; 2 when a policy failed; 128 and the signal's number when a
 * signal ended it
 */
export const runCustodian = async ({
  program,
  arguments: args,
  signal,
  onLine,
}: CustodianRun): Promise<number> => {
  if (signal.aborted) return 128 + constants.signals.SIGTERM;
  // It writes its log to stderr, and nothing to stdout.
  // The payload is none of its business: it comes from outside.
  const { FINDING_PAYLOAD: _, ...env } = process.env;
  const child = spawn(program, ["run", ...args], { env, stdio: ["ignore", "ignore", "pipe"] });
  const stop = () => child.kill("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  createInterface(child.stderr).on("line", onLine);
  try {
    // Rejects when the program cannot be started.
    const [code, killedBy] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + constants.signals[killedBy!];
  } finally {
    signal.removeEventListener("abort", stop);
  }
};
