import { type Log, toErrorFields } from "../../../handlers/shared/log";
import type { Database } from "../../../scan-database";

/** Asks whether the database can be used now, and logs when that changes. */
export const createDatabaseReady = (database: Pick<Database, "read">, log: Log): (() => Promise<boolean>) => {
  let wasReady = true;
  return async () => {
    try {
      await database.read((query) => query("SELECT 1"));
      if (!wasReady) log.info("database can be used again");
      wasReady = true;
    } catch (error) {
      if (wasReady)
        log.error("no messages are received until the database can be used", toErrorFields(error));
      wasReady = false;
    }
    return wasReady;
  };
};
