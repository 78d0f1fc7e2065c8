import { createReadSecret } from "../handlers/shared/secret";
import type { Connection } from "../handlers/shared/signed-requests";
import { type ConnectOptions, connect, createReadCredentials, type Database } from "./connect";
import type { DatabaseSettings } from "./environment";

/** The database that the environment names, with the password from Secrets Manager. */
export const openDatabase = (
  settings: DatabaseSettings,
  connection: Connection,
  options: Omit<ConnectOptions, "settings" | "readCredentials"> = {},
): Database =>
  connect({
    settings,
    readCredentials: createReadCredentials(createReadSecret(connection), settings.DB_SECRET_ARN),
    ...options,
  });
