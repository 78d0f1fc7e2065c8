import * as v from "valibot";
import { launchEnvironment } from "../container-contract/launch-environment";
import { logLevel } from "../handlers/shared/log";

/** The environment of the worker; each job adds its own. */
export const workerEnvironment = v.object({
  /** Which job to run. Default: the one job that there is. */
  JOB: v.optional(v.string()),
  LOG_LEVEL: logLevel,
  ...launchEnvironment,
});
export type WorkerSettings = v.InferOutput<typeof workerEnvironment>;
