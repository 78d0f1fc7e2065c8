import * as v from "valibot";
import { databaseVariables } from "../../scan-database/environment";
import { logLevel } from "../shared/log";

/** Environment variables of the function `jobs`, without those that Lambda sets. */
export const jobsEnvironment = v.object({ ...databaseVariables, LOG_LEVEL: logLevel });

/** The variables as they are deployed. */
export type JobsEnvironment = v.InferInput<typeof jobsEnvironment>;

/** The variables as the function reads them. */
export type JobsSettings = v.InferOutput<typeof jobsEnvironment>;
