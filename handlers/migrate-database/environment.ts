import * as v from "valibot";
import { databaseVariables } from "../../scan-database/environment";
import { logLevel } from "../shared/log";

/** Environment variables of the function `migrate-database`, without those that Lambda sets. */
export const migrateDatabaseEnvironment = v.object({ ...databaseVariables, LOG_LEVEL: logLevel });

/** The variables as they are deployed. */
export type MigrateDatabaseEnvironment = v.InferInput<typeof migrateDatabaseEnvironment>;

/** The variables as the function reads them. */
export type MigrateDatabaseSettings = v.InferOutput<typeof migrateDatabaseEnvironment>;
