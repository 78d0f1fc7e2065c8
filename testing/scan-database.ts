import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { CertificateAuthority } from "../local/rds/certificate-authority";
import { PostgresServer } from "../local/rds/postgres-server";
import { type ConnectOptions, connect, type Database, migrate } from "../scan-database";

/** The master user, which on RDS is no superuser. */
export const master = { username: "scanner_master", password: "first-password" };
const superuser = { user: "rdsadmin", password: "rds-password" };

/** A real PostgreSQL server with TLS, and a database of its own for every test, made from one that is migrated. */
export class ScanDatabases {
  private readonly opened: Database[] = [];
  private count = 0;

  private constructor(
    readonly server: PostgresServer,
    private readonly folder: string,
    /** File with the certificate of the authority. */
    readonly certificate: string,
  ) {}

  static async start(settings: Record<string, string> = {}): Promise<ScanDatabases> {
    const authority = new CertificateAuthority();
    const folder = mkdtempSync(join(tmpdir(), "scan-database-"));
    const certificate = join(folder, "authority.crt");
    writeFileSync(certificate, authority.certificate);
    const server = await PostgresServer.create(superuser);
    const issued = authority.issueFor(server.host);
    server.settings = {
      ssl: "on",
      ssl_cert_file: server.write("server.crt", issued.certificate),
      ssl_key_file: server.write("server.key", issued.key),
      ...settings,
    };
    await server.resume();
    const databases = new ScanDatabases(server, folder, certificate);
    await databases.asSuperuser(
      `CREATE ROLE ${master.username} LOGIN CREATEROLE CREATEDB PASSWORD '${master.password}'`,
    );
    await databases.createEmpty("template_migrated");
    const owner = databases.connect("template_migrated", { role: "owner" });
    await migrate(owner);
    await owner.end();
    return databases;
  }

  /** A database without tables. */
  async createEmpty(name = `scans_${++this.count}`): Promise<string> {
    await this.asSuperuser(`CREATE DATABASE ${name} OWNER ${master.username}`);
    return name;
  }

  /** A migrated database. */
  async create(): Promise<string> {
    const name = `scans_${++this.count}`;
    await this.asSuperuser(`CREATE DATABASE ${name} TEMPLATE template_migrated OWNER ${master.username}`);
    return name;
  }

  settingsOf(name: string) {
    const { host, port } = this.server;
    return { DB_HOST: host, DB_PORT: port, DB_NAME: name, DB_CA_FILE: this.certificate };
  }

  connect(name: string, more: Partial<ConnectOptions> = {}): Database {
    const database = connect({
      settings: this.settingsOf(name),
      readCredentials: async () => master,
      ...more,
    });
    this.opened.push(database);
    return database;
  }

  /** A migrated database and a connection to it. */
  async open(more: Partial<ConnectOptions> = {}): Promise<Database> {
    return this.connect(await this.create(), more);
  }

  async asSuperuser(statement: string, database = "postgres"): Promise<Record<string, unknown>[]> {
    const { host, port } = this.server;
    const client = new Client({ host, port, database, ...superuser });
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  }

  /** Closes the connections that tests have opened. */
  async closeAll(): Promise<void> {
    await Promise.all(this.opened.splice(0).map((database) => database.end()));
  }

  async stop(): Promise<void> {
    await this.closeAll();
    await this.server.stop();
    rmSync(this.folder, { recursive: true });
  }
}
