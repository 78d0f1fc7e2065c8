import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..");
const folder = join(root, "scan-database", "migrations");

/** The source of `scan-database/migrations/index.ts`: the migrations as text, so that a bundle has them. */
export function migrationsSource(): string {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .sort();
  const migrations = files.map((file, index) => {
    const [, number] = /^(\d{3})-[a-z0-9-]+\.sql$/.exec(file) ?? [];
    if (Number(number) !== index + 1)
      throw new Error(
        `${file}: expected a name such as ${String(index + 1).padStart(3, "0")}-what-it-does.sql`,
      );
    return { version: index + 1, name: file.slice(4, -4), sql: readFileSync(join(folder, file), "utf8") };
  });
  const source = `/** One step of the schema. */
export type Migration = { version: number; name: string; sql: string };

/** The migrations in their order. Written by \`npm run docs\` from the SQL files beside. */
export const migrations: readonly Migration[] = ${JSON.stringify(migrations)};

/** The schema that this release uses. */
export const latestVersion = ${migrations.length};
`;
  const biome = join(root, "node_modules", ".bin", "biome");
  return execFileSync(biome, ["format", "--stdin-file-path=scan-database/migrations/index.ts"], {
    cwd: root,
    input: source,
    encoding: "utf8",
  });
}
