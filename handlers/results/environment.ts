import * as v from "valibot";
import { databaseVariables } from "../../scan-database/environment";
import { logLevel } from "../shared/log";

/** Environment variables of the function `results`, without those that Lambda sets. */
export const resultsEnvironment = v.object({ ...databaseVariables, LOG_LEVEL: logLevel });

/** The variables as they are deployed. */
export type ResultsEnvironment = v.InferInput<typeof resultsEnvironment>;

/** The variables as the function reads them. */
export type ResultsSettings = v.InferOutput<typeof resultsEnvironment>;
