import { existsSync } from "node:fs";
import { join } from "node:path";
import { postgresBinaries } from "./postgres-binaries";
import { run } from "./postgres-server";

/** A parameter of a DB parameter group that a user has set. */
export interface Parameter {
  name: string;
  value: string;
  /** `immediate` or `pending-reboot` */
  applyMethod: string;
}

/** What the parameters of an instance mean for its server. */
export interface ServerParameters {
  forceSsl: boolean;
  /** Settings of PostgreSQL that a running server takes over. */
  dynamic: Record<string, string>;
  /** Settings of PostgreSQL that need a restart, or are to wait for one. */
  static: Record<string, string>;
  /** Parameters that have no effect here, with the reason. */
  ignored: string[];
}

/** Settings that belong to local AWS, as they belong to RDS on AWS. */
const RESERVED =
  /^(port|listen_addresses|data_directory|hba_file|ident_file|config_file|external_pid_file|unix_socket_.*|ssl|ssl_(cert|key|ca|crl).*|fsync|wal_keep_size|archive_.*|restore_command|recovery_.*|primary_.*|hot_standby|dynamic_shared_memory_type|shared_memory_type|huge_pages|log_destination|logging_collector|log_directory|log_filename|jit_provider|dynamic_library_path)$/;

/** Settings of PostgreSQL, with whether they need a restart. */
export type SettingCatalog = Map<string, { isStatic: boolean }>;

let catalog: Promise<SettingCatalog> | undefined;

/** The settings that the installed PostgreSQL has. Without it, none is known. */
export function readSettingCatalog(): Promise<SettingCatalog> {
  if (!isInstalled()) return Promise.resolve(new Map());
  catalog ??= run(postgresBinaries().postgres, ["--describe-config"], "/").then(
    (text) =>
      new Map(
        text
          .split("\n")
          .map((line) => line.split("\t"))
          .map(([name = "", context]) => [name, { isStatic: context === "postmaster" }]),
      ),
  );
  return catalog;
}

function isInstalled(): boolean {
  try {
    postgresBinaries();
    return true;
  } catch {
    return false;
  }
}

/** Translates the parameters of an instance into settings. @param major version of PostgreSQL that was asked for */
export function serverParameters(
  settings: SettingCatalog,
  parameters: Parameter[],
  { major, instanceClass }: { major: number; instanceClass: string },
): ServerParameters {
  const result: ServerParameters = {
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html
    forceSsl: major >= 15,
    dynamic: {},
    static: { max_connections: String(defaultConnections(instanceClass)) },
    ignored: [],
  };
  for (const { applyMethod, name, value } of parameters) {
    const setting = settings.get(name);
    if (name === "rds.force_ssl") result.forceSsl = value === "1";
    else if (name === "rds.logical_replication")
      result.static.wal_level = value === "1" ? "logical" : "replica";
    else if (name === "shared_preload_libraries") setLibraries(result, value);
    else if (!setting || RESERVED.test(name)) result.ignored.push(`${name} (not a setting here)`);
    else if (value.includes("{")) result.ignored.push(`${name} (a formula)`);
    else {
      const waits = setting.isStatic || applyMethod === "pending-reboot";
      result[waits ? "static" : "dynamic"][name] = value;
    }
  }
  return result;
}

function setLibraries(result: ServerParameters, value: string): void {
  const names = value.split(",").map((name) => name.trim());
  const isThere = (name: string) =>
    ["so", "dylib", "dll"].some((type) => existsSync(join(postgresBinaries().modules, `${name}.${type}`)));
  const installed = names.filter((name) => /^\w+$/.test(name) && isThere(name));
  result.static.shared_preload_libraries = installed.join(",");
  const missing = names.filter((name) => name && !installed.includes(name));
  if (missing.length > 0)
    result.ignored.push(`shared_preload_libraries ${missing.join(",")} (not installed)`);
}

/** GiB of memory of the size `large` by class family. */
const LARGE_GIB: Record<string, number> = { t: 8, m: 8, r: 16, x: 32, z: 16, c: 4 };
const SIZES: Record<string, number> = { micro: 1 / 8, small: 1 / 4, medium: 1 / 2, large: 1 };

/**
 * Default of max_connections: LEAST({DBInstanceClassMemory/9531392},5000).
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
 */
function defaultConnections(instanceClass: string): number {
  const [, family = "t", size = "micro"] = /^db\.([a-z])\w*\.(\w+)$/.exec(instanceClass) ?? [];
  const [, times = "1"] = /^(\d*)xlarge$/.exec(size) ?? [];
  const ofLarge = SIZES[size] ?? 2 * Number(times || 1);
  const bytes = (LARGE_GIB[family] ?? 8) * ofLarge * 2 ** 30;
  return Math.min(Math.floor(bytes / 9_531_392), 5000);
}

/** The text of a configuration file with the settings. */
export function configurationFile(settings: Record<string, string>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''").replaceAll("\\", "\\\\")}'\n`)
    .join("");
}
