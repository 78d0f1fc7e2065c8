import type { ChildProcess } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client, escapeIdentifier, escapeLiteral } from "pg";
import { messageOf } from "../message-of";
import type { CertificateAuthority } from "./certificate-authority";
import { newPassword } from "./managed-secrets";
import { configurationFile, type ServerParameters } from "./parameters";
import { copyFolder, giveToServer, type PostgresOptions, PostgresServer } from "./postgres-server";

/** What all servers of one local AWS share. */
export interface ServerHost {
  /** Folder for the files of all servers. */
  folder: string;
  certificateAuthority: CertificateAuthority;
  watch(child: ChildProcess): void;
}

export interface ServerOptions {
  host: ServerHost;
  address: string;
  port: number;
  parameters: ServerParameters;
}

export interface NewDatabase {
  masterUser: string;
  password: string;
  /** name of a database beside `postgres` */
  dbName?: string;
}

/** The superuser, which RDS has for itself too. */
const ADMIN = "rdsadmin";

/** The PostgreSQL server of one DB instance, as RDS sets it up. */
export class DatabaseServer {
  private constructor(
    private readonly postgres: PostgresServer,
    private readonly options: ServerOptions,
    /** The server that it follows. */
    private source?: DatabaseServer,
  ) {}

  /** Creates a server with the master user and its database, and starts it. */
  static async create(options: ServerOptions, database: NewDatabase): Promise<DatabaseServer> {
    const postgres = await PostgresServer.create({
      ...postgresOptions(options),
      // Small ones, since snapshots and restored instances copy the last one.
      initdb: ["--wal-segsize=1"],
    });
    appendFileSync(join(postgres.data, "postgresql.conf"), "include '../parameters.conf'\n");
    const server = new DatabaseServer(postgres, options);
    try {
      await server.start();
      await server.admin(async (client) => {
        await client.query(rolesOf(database));
        if (database.dbName && database.dbName !== "postgres")
          await client.query(
            `CREATE DATABASE ${escapeIdentifier(database.dbName)} OWNER ${escapeIdentifier(database.masterUser)}`,
          );
      });
    } catch (error) {
      await server.remove();
      throw error;
    }
    return server;
  }

  /** Starts a server with a copy of the data in a folder. */
  static restore(data: string, options: ServerOptions): Promise<DatabaseServer> {
    return DatabaseServer.startCopy(data, options, async () => ({}));
  }

  /**
   * Starts a server with the state that another one had at a time.
   * @param base backup of the source, made before that time
   * @param until undefined: the latest state
   */
  static async restoreUntil(
    base: string,
    source: DatabaseServer,
    until: Date | undefined,
    options: ServerOptions,
  ): Promise<DatabaseServer> {
    // A commit after the time, or recovery does not know that the time is reached.
    if (source.isRunning)
      await source.admin(async (client) => {
        await client.query("SELECT pg_current_xact_id()");
        await client.query("SELECT pg_switch_wal()");
      });
    const server = await DatabaseServer.startCopy(base, options, async (postgres) => {
      await copyFolder(`${source.postgres.data}/pg_wal/.`, join(postgres.data, "pg_wal"));
      writeOwned(join(postgres.data, "recovery.signal"), "");
      return {
        // All of the log is in pg_wal already.
        restore_command: "false",
        recovery_target_action: "promote",
        hot_standby: "off",
        ...(until && source.isRunning
          ? { recovery_target_time: until.toISOString().replace("Z", "+00") }
          : {}),
      };
    });
    return server;
  }

  /** Starts a server that follows another one by streaming replication. */
  static async replicate(source: DatabaseServer, options: ServerOptions): Promise<DatabaseServer> {
    const backup = mkdtempSync(join(options.host.folder, "backup-"));
    giveToServer(backup);
    try {
      const data = join(backup, "data");
      await source.backUp(data);
      return await DatabaseServer.startCopy(
        data,
        options,
        async (postgres) => {
          writeOwned(join(postgres.data, "standby.signal"), "");
          return {};
        },
        source,
      );
    } finally {
      rmSync(backup, { recursive: true, force: true });
    }
  }

  /** @param prepare returns settings of the first start */
  private static async startCopy(
    data: string,
    options: ServerOptions,
    prepare: (postgres: PostgresServer) => Promise<Record<string, string>>,
    source?: DatabaseServer,
  ): Promise<DatabaseServer> {
    const postgres = await PostgresServer.createFrom(data, postgresOptions(options));
    const server = new DatabaseServer(postgres, options, source);
    try {
      await server.start(await prepare(postgres));
    } catch (error) {
      await server.remove();
      throw error;
    }
    return server;
  }

  get isRunning(): boolean {
    return this.postgres.isRunning;
  }

  async start(more: Record<string, string> = {}): Promise<void> {
    const { postgres, options } = this;
    const { address, host, parameters } = options;
    const { certificate, key } = host.certificateAuthority.issueFor(address);
    this.writeConfiguration({ ...parameters.static, ...parameters.dynamic });
    postgres.settings = {
      ssl: "on",
      ssl_cert_file: postgres.write("server.crt", certificate),
      ssl_key_file: postgres.write("server.key", key),
      hba_file: join(postgres.folder, "pg_hba.conf"),
      unix_socket_directories: postgres.folder,
      // The whole log is kept for replicas and for recovery to a point in time.
      wal_keep_size: "1000GB",
      dynamic_shared_memory_type: "mmap",
      ...(this.source ? { primary_conninfo: this.source.connectionString } : {}),
      ...more,
    };
    await postgres.resume();
    this.running = parameters.static;
  }

  /** Static settings of the running server. */
  private running: Record<string, string> = {};

  /** Stops the server and keeps its data. @param isCrash ends it without a checkpoint */
  stop(isCrash = false): Promise<void> {
    return this.postgres.pause(isCrash ? "immediate" : "fast");
  }

  /** Stops the server and removes its data. */
  remove(): Promise<void> {
    return this.postgres.stop();
  }

  /** Whether connections get no answer. */
  freeze(isFrozen: boolean): void {
    this.postgres.freeze(isFrozen);
  }

  /** Takes over parameters, the static ones at the next start. */
  apply(parameters: ServerParameters): void {
    this.options.parameters = parameters;
    // A file with new static settings would only make the running server complain.
    this.writeConfiguration({ ...this.running, ...parameters.dynamic });
    this.postgres.reload();
  }

  /** Whether static parameters wait for a restart. */
  get needsRestart(): boolean {
    return this.isRunning && JSON.stringify(this.running) !== JSON.stringify(this.options.parameters.static);
  }

  /** Changes the password of a user. Open connections stay. */
  setPassword(user: string, password: string): Promise<void> {
    return this.admin(async (client) => {
      await client.query(`ALTER ROLE ${escapeIdentifier(user)} PASSWORD ${escapeLiteral(password)}`);
    });
  }

  /** Refuses new connections with "too many connections", or takes them again. */
  limitConnections(isLimited: boolean): Promise<void> {
    return this.admin(async (client) => {
      const { rows } = await client.query<{ name: string }>(
        "SELECT datname AS name FROM pg_database WHERE datallowconn AND NOT datistemplate",
      );
      for (const { name } of rows)
        await client.query(
          `ALTER DATABASE ${escapeIdentifier(name)} CONNECTION LIMIT ${isLimited ? "0" : "-1"}`,
        );
    });
  }

  /** Makes a replica a server of its own. */
  async promote(): Promise<void> {
    await this.admin((client) => client.query("SELECT pg_promote()"));
    this.source = undefined;
  }

  /** Restarts the server with another address. */
  async moveTo(address: string, port: number): Promise<void> {
    await this.stop();
    Object.assign(this.options, { address, port });
    this.postgres.host = address;
    this.postgres.port = port;
    await this.start();
  }

  private get connectionString(): string {
    return `host='${this.postgres.folder}' port=${this.postgres.port} user=${ADMIN}`;
  }

  /** Copies the data into a new folder, in a state that a server starts with. */
  async backUp(to: string): Promise<void> {
    if (!this.isRunning) return copyStopped(this.postgres.data, to);
    const isReplica = await this.admin(async (client) => {
      const { rows } = await client.query<{ is: boolean }>("SELECT pg_is_in_recovery() AS is");
      return rows[0]?.is ?? false;
    });
    if (isReplica) {
      // A replica writes no end of a backup into the log, so it is copied while it is stopped.
      await this.stop();
      await copyStopped(this.postgres.data, to);
      await this.start();
      return;
    }
    await this.admin(async (client) => {
      await client.query("SELECT pg_backup_start('local-aws', fast => true)");
      await copyLive(this.postgres.data, to);
      const { rows } = await client.query<{ labelfile: string }>(
        "SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)",
      );
      const label = rows[0]?.labelfile ?? "";
      await copyLive(`${this.postgres.data}/pg_wal/.`, join(to, "pg_wal"));
      writeOwned(join(to, "backup_label"), label);
      keepLogFrom(/\(file (\w+)\)/.exec(label)?.[1] ?? "", join(to, "pg_wal"));
    });
    forgetProcess(to);
  }

  private writeConfiguration(settings: Record<string, string>): void {
    const { postgres, options } = this;
    postgres.write("parameters.conf", configurationFile(settings));
    postgres.write("pg_hba.conf", hostRules(options.parameters.forceSsl));
  }

  /** Runs statements as the superuser, over a socket in the server's folder. */
  private async admin<T>(use: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({
      host: this.postgres.folder,
      port: this.postgres.port,
      user: ADMIN,
      database: "postgres",
      ssl: false,
      connectionTimeoutMillis: 10_000,
      // The server's log must not show passwords.
      options: "-c log_statement=none -c log_min_duration_statement=-1 -c default_transaction_read_only=off",
    });
    // The connection of a server that ends is no error of local AWS.
    client.on("error", () => {});
    await client.connect();
    try {
      return await use(client);
    } finally {
      await client.end().catch(() => {});
    }
  }
}

function postgresOptions({ address, host, port }: ServerOptions): PostgresOptions & { port: number } {
  const { folder: parent, watch } = host;
  return { user: ADMIN, password: newPassword(), host: address, port, parent, watch };
}

function hostRules(forceSsl: boolean): string {
  return [
    `local all ${ADMIN} trust`,
    `local replication ${ADMIN} trust`,
    `host all ${ADMIN} all reject`,
    `${forceSsl ? "hostssl" : "host"} all all all scram-sha-256`,
    "",
  ].join("\n");
}

/**
 * The master user is no superuser.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.html
 */
function rolesOf({ masterUser, password }: NewDatabase): string {
  const master = escapeIdentifier(masterUser);
  const withAdmin = ["pg_monitor", "pg_signal_backend", "pg_checkpoint", "rds_iam", "rds_password"];
  return `
    CREATE ROLE rds_superuser NOLOGIN;
    CREATE ROLE rds_iam NOLOGIN;
    CREATE ROLE rds_password NOLOGIN;
    CREATE ROLE rds_replication NOLOGIN REPLICATION;
    ${withAdmin.map((role) => `GRANT ${role} TO rds_superuser WITH ADMIN OPTION;`).join("\n")}
    CREATE ROLE ${master} LOGIN CREATEDB CREATEROLE PASSWORD ${escapeLiteral(password)} VALID UNTIL 'infinity';
    GRANT rds_superuser TO ${master} WITH ADMIN OPTION;
    ALTER DATABASE postgres OWNER TO ${master};`;
}

async function copyStopped(from: string, to: string): Promise<void> {
  await copyFolder(from, to);
  rmSync(join(to, "standby.signal"), { force: true });
  forgetProcess(to);
}

/** Copies files of a running server, which may remove some of them meanwhile. */
async function copyLive(from: string, to: string): Promise<void> {
  await copyFolder(from, to).catch((error: unknown) => {
    const lines = messageOf(error).split("\n");
    if (!lines.every((line) => /No such file or directory/.test(line))) throw error;
  });
}

function forgetProcess(data: string): void {
  for (const name of ["postmaster.pid", "postmaster.opts"]) rmSync(join(data, name), { force: true });
}

/** Removes the segments of the log that are older than `first`. */
function keepLogFrom(first: string, folder: string): void {
  for (const name of readdirSync(folder))
    if (/^[0-9A-F]{24}$/.test(name) && name.slice(8) < first.slice(8)) rmSync(join(folder, name));
}

function writeOwned(path: string, content: string): void {
  writeFileSync(path, content, { mode: 0o600 });
  giveToServer(path);
}
