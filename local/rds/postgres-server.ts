import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "../free-port";
import { postgresBinaries } from "./postgres-binaries";

export interface PostgresOptions {
  /** Master user. */
  user: string;
  password: string;
  /** default 127.0.0.1 */
  host?: string;
  /** default: a free one */
  port?: number;
  /** Further settings of the server, as in postgresql.conf. */
  settings?: Record<string, string>;
}

const START_LIMIT_MS = 30_000;

/** A PostgreSQL server with data of its own, in a folder that it removes. */
export class PostgresServer {
  private constructor(
    readonly host: string,
    readonly port: number,
    private readonly folder: string,
    private readonly settings: Record<string, string>,
    private child?: ChildProcess,
  ) {}

  /** Resolves when the server accepts connections. */
  static async start({
    user,
    password,
    host = "127.0.0.1",
    port,
    settings = {},
  }: PostgresOptions): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), "postgres-"));
    const passwordFile = join(folder, "password");
    writeFileSync(passwordFile, password, { mode: 0o600 });
    const owner = serverUser();
    for (const path of [folder, passwordFile]) if (owner) chownSync(path, owner.uid, owner.gid);
    const { status, stderr } = spawnSync(
      postgresBinaries().initdb,
      [
        `--pgdata=${join(folder, "data")}`,
        `--username=${user}`,
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
      ],
      { ...owner, cwd: folder, encoding: "utf8", env: { PATH: process.env.PATH } },
    );
    rmSync(passwordFile);
    if (status !== 0) {
      rmSync(folder, { recursive: true, force: true });
      throw new Error(`PostgreSQL's initdb failed: ${stderr}`);
    }
    const server = new PostgresServer(host, port ?? (await findFreePort()), folder, settings);
    await server.resume();
    return server;
  }

  /** Starts the stopped server again. */
  async resume(): Promise<void> {
    // Local data is worth no disk write: it goes with the folder.
    const settings = {
      listen_addresses: this.host,
      port: String(this.port),
      unix_socket_directories: "",
      fsync: "off",
      ...this.settings,
    };
    const child = spawn(
      postgresBinaries().postgres,
      [
        "-D",
        join(this.folder, "data"),
        ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
      ],
      {
        ...serverUser(),
        cwd: this.folder,
        stdio: ["ignore", "ignore", "pipe"],
        env: { PATH: process.env.PATH },
      },
    );
    this.child = child;
    let output = "";
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`PostgreSQL did not start (${why}): ${output}`));
      const timer = setTimeout(() => fail(`after ${START_LIMIT_MS / 1000} s`), START_LIMIT_MS);
      child.stderr?.on("data", (chunk: Buffer) => {
        output = (output + chunk).slice(-4000);
        if (output.includes("ready to accept connections")) {
          clearTimeout(timer);
          resolve();
        }
      });
      child.once("error", (error) => fail(error.message));
      child.once("exit", (code) => fail(`it exited with ${code}`));
    });
  }

  /** Stops the server and keeps its data. Open connections end. @param mode `immediate` is a crash */
  async pause(mode: "fast" | "immediate" = "fast"): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(mode === "fast" ? "SIGINT" : "SIGQUIT");
    await ended;
  }

  /** Stops the server and removes its data. */
  async stop(): Promise<void> {
    await this.pause("immediate");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** PostgreSQL refuses to run as root, so it runs as the user that every system has for what owns nothing. */
function serverUser(): { uid: number; gid: number } | undefined {
  return process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;
}
