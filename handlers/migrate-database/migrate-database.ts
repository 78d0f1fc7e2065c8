import { type Database, DatabaseUnavailable, type MigrationResult, migrate } from "../../scan-database";
import { createLog, toErrorFields, type WriteLine, writeToStdout } from "../shared/log";
import type { Sleep } from "../shared/poll";
import type { MigrateDatabaseSettings } from "./environment";

export type MigrateDatabaseParts = {
  /** Connected as its owner. */
  database: Database;
  environment: MigrateDatabaseSettings;
  sleep: Sleep;
  /** Where the log goes. Default stdout. */
  write?: WriteLine;
};

/** A database that Terraform has just created may not accept connections yet. */
const waitsMs = [1_000, 2_000, 4_000, 8_000];
const mayPass = ["ConnectionLost", "NotAccepting", "TooManyConnections"];

/** Terraform's `aws_lambda_invocation` with `lifecycle_scope = "CRUD"` adds this to its input. */
const isDelete = (event: unknown): boolean =>
  (Object(Object(event).tf) as { action?: unknown }).action === "delete";

/**
 * The function `migrate-database`: brings the schema to the version of this release. Terraform invokes it in the same apply
 * that deploys the functions. When Terraform destroys the invocation, nothing happens: the tables stay with their database.
 * @throws the error that prevents the migration, so that the apply fails
 */
export const createMigrateDatabase = ({ database, environment, sleep, write }: MigrateDatabaseParts) => {
  const log = createLog(environment.LOG_LEVEL, write ?? writeToStdout);

  const migrateWhenAvailable = async (): Promise<MigrationResult> => {
    for (const waitMs of waitsMs) {
      try {
        return await migrate(database);
      } catch (error) {
        if (!(error instanceof DatabaseUnavailable && mayPass.includes(error.name))) throw error;
        log.warn("database not available yet", toErrorFields(error));
        await sleep(waitMs);
      }
    }
    return migrate(database);
  };

  return async (event: unknown): Promise<MigrationResult | { ignored: string }> => {
    if (isDelete(event)) return { ignored: "nothing is migrated when the invocation is destroyed" };
    try {
      const result = await migrateWhenAvailable();
      log.info("database migrated", result);
      return result;
    } catch (error) {
      log.error("database not migrated", toErrorFields(error));
      throw error;
    }
  };
};
