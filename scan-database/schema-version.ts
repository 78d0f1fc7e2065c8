import { DatabaseUnavailable } from "./failures";
import type { Query } from "./query";

/** 0 when the database has no tables yet. */
export const readSchemaVersion = async (query: Query): Promise<number> => {
  const { rows: tables } = await query(
    "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = 'public' AND tablename = 'schema_migrations'",
  );
  if (tables.length === 0) return 0;
  const { rows } = await query<{ version: number }>(
    "SELECT coalesce(max(version), 0) AS version FROM public.schema_migrations",
  );
  return rows[0]!.version;
};

/** @throws DatabaseUnavailable when the schema is not the one that this release uses */
export const requireVersion = (found: number, expected: number): void => {
  if (found === expected) return;
  const what = `database: expected schema version ${expected}, found ${found === 0 ? "no schema" : found}`;
  throw found < expected
    ? new DatabaseUnavailable(
        "SchemaOutdated",
        `${what}; invoke the function migrate-database of this release`,
      )
    : new DatabaseUnavailable(
        "SchemaTooNew",
        `${what}; a newer release has migrated it, deploy that release`,
      );
};
