import { postgresBinaries } from "./postgres-binaries";
import { run } from "./postgres-server";

/** Newest minor versions that are known here, for a version that is given as a major one. */
const MINORS: Record<string, string> = { 13: "13.23", 14: "14.20", 15: "15.15", 16: "16.11", 17: "17.7" };

let installed: Promise<string> | undefined;

/** The version of the installed PostgreSQL, e.g. 18.4. */
export function installedVersion(): Promise<string> {
  installed ??= run(postgresBinaries().postgres, ["--version"], "/").then(
    (text) => /\d+(\.\d+)?/.exec(text)?.[0] ?? "",
  );
  return installed;
}

/** The version of an instance, which may be given as a major one or not at all. */
export async function fullVersion(asked: string | null): Promise<string> {
  const own = await installedVersion();
  if (!asked || asked === String(majorVersion(own))) return own;
  return MINORS[asked] ?? asked;
}

export function majorVersion(version: string): number {
  return Number(version.split(".")[0]);
}
