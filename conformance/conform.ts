import { randomBytes } from "node:crypto";
import { Account, type AccountOptions, type Connection } from "./account";
import { RunResources } from "./resources";
import { type Result, type RunOptions, runChecks } from "./run-checks";
import { stopTasks } from "./stop-tasks";

export interface ConformOptions
  extends Pick<RunOptions, "beliefs" | "leftOut" | "onResult">,
    Pick<AccountOptions, "connection" | "now" | "sleep"> {
  readonly account: string;
  /** Environment of Terraform, beside that of this process. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Ends the run: checks are left out, and resources are removed. */
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

export interface Conformance {
  readonly run: string;
  readonly results: readonly Result[];
  /** Why no check ran. */
  readonly error?: string;
  /** Addresses of resources that could not be removed. */
  readonly left: readonly string[];
}

/** IAM roles can be used some seconds after their creation. */
const ROLES_MS = 15_000;

/** Creates the resources of the checks, runs the checks, and removes the resources again, whatever happens before. */
export async function conform(options: ConformOptions): Promise<Conformance> {
  const { account, connection, log, signal } = options;
  const run = `conformance-${randomBytes(4).toString("hex")}`;
  const resources = new RunResources({ name: run, account, region: connection.region }, options.environment);
  const interrupted = aborted(signal);
  interrupted.catch(() => {});
  let results: Result[] = [];
  let error: string | undefined;
  try {
    log(`Terraform creates the resources of the run ${run} …`);
    const outputs = await resources.apply(signal);
    await Promise.race([options.sleep(ROLES_MS), interrupted]);
    // The wait of a check ends with the run.
    const sleep = (ms: number) => Promise.race([options.sleep(ms), interrupted]);
    const of = new Account({ connection, resources: outputs, now: options.now, sleep });
    results = await runChecks({ ...options, account: of });
  } catch (reason) {
    error = signal.aborted ? "interrupted" : messageOf(reason);
  }
  return { run, results, error, left: await remove(resources, connection, log) };
}

/** Removes the resources of a run. Returns the addresses of what is left, and logs why. */
export async function remove(
  resources: RunResources,
  connection: Connection,
  log: (line: string) => void,
): Promise<string[]> {
  log(`Terraform removes the resources of the run ${resources.run.name} …`);
  try {
    await stopTasks(connection, resources.run.name);
    await resources.destroy();
    return [];
  } catch (reason) {
    log(messageOf(reason));
    const left = await resources.left();
    if (left.length === 0) resources.forget();
    return left;
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const end = () => reject(new Error("interrupted"));
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });

const messageOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));
