import { createHash } from "node:crypto";
import { PermanentError } from "../handlers/shared/failures";
import type { Database } from "./connect";
import { type Migration, migrations as ours } from "./migrations";
import type { Query } from "./query";
import { requireVersion } from "./schema-version";

export type MigrationResult = {
  /** Before and after; 0: no tables. */
  from: number;
  to: number;
  /** What was applied now, as `001-create-tables`. */
  applied: string[];
};

/** Any number: no other program takes advisory locks in this database. */
const lock = 5_434_201;

const hashOf = (sql: string): string => createHash("sha256").update(sql).digest("hex");

const nameOf = ({ version, name }: Migration): string => `${String(version).padStart(3, "0")}-${name}`;

/** @throws PermanentError when the database was migrated by other files than these */
const verifyApplied = (
  applied: readonly { version: number; sha256: string }[],
  migrations: readonly Migration[],
): void => {
  requireKnown(applied.length, migrations.length);
  for (const [index, { version, sha256 }] of applied.entries()) {
    const migration = migrations[index]!;
    if (version === migration.version && sha256 === hashOf(migration.sql)) continue;
    throw new PermanentError(
      "MigrationChanged",
      `database: migration ${nameOf(migration)} was applied with other statements than this release has; restore the file, and add a new migration for the change`,
    );
  }
};

const requireKnown = (applied: number, known: number): void => {
  if (applied > known) requireVersion(applied, known);
};

const applyAll = async (query: Query, migrations: readonly Migration[]): Promise<MigrationResult> => {
  // The lock is held until the commit, so of two migrations at once the second finds the work of the first.
  await query("SELECT pg_advisory_xact_lock($1)", [lock]);
  await query(
    "CREATE TABLE IF NOT EXISTS schema_migrations (version integer PRIMARY KEY, sha256 varchar(64) NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())",
  );
  const { rows: applied } = await query<{ version: number; sha256: string }>(
    "SELECT version, sha256 FROM schema_migrations ORDER BY version",
  );
  verifyApplied(applied, migrations);
  const missing = migrations.slice(applied.length);
  for (const { version, sql } of missing) {
    await query(sql);
    await query("INSERT INTO schema_migrations (version, sha256) VALUES ($1, $2)", [version, hashOf(sql)]);
  }
  return { from: applied.length, to: migrations.length, applied: missing.map(nameOf) };
};

/**
 * Brings the schema to the version of this release, in one transaction. Does nothing when it has it.
 * @param database connected as `owner`
 * @throws PermanentError named `MigrationChanged`; DatabaseUnavailable named `SchemaTooNew`
 */
export const migrate = (
  database: Database,
  migrations: readonly Migration[] = ours,
): Promise<MigrationResult> => database.transaction((query) => applyAll(query, migrations));
