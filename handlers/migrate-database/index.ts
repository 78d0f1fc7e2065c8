import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase } from "../../scan-database/open-database";
import { createClientConfig } from "../shared/aws";
import { parseEnvironment } from "../shared/schema";
import { migrateDatabaseEnvironment } from "./environment";
import { createMigrateDatabase } from "./migrate-database";

const environment = parseEnvironment(migrateDatabaseEnvironment, process.env);

/** A migration may rewrite a table. */
const statementTimeoutMs = 600_000;

export const handler = createMigrateDatabase({
  database: openDatabase(environment, createClientConfig(), { role: "owner", statementTimeoutMs }),
  environment,
  sleep,
});
