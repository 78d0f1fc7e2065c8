import * as v from "valibot";
import { logLevel } from "../handlers/shared/log";

/** Environment variables of the worker. Each job has its own in addition. */
export const workerEnvironment = v.object({
  /** Name of the job to run. Default: the only job of the image. */
  JOB: v.optional(v.string()),
  LOG_LEVEL: logLevel,
});
