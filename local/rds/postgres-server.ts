import { type ChildProcess, spawn } from "node:child_process";
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "../free-port";
import { postgresBinaries } from "./postgres-binaries";

export interface PostgresOptions {
  /** Superuser. */
  user: string;
  password: string;
  /** default 127.0.0.1 */
  host?: string;
  /** default: a free one */
  port?: number;
  /** Further settings of the server, as in postgresql.conf. They are read at each start. */
  settings?: Record<string, string>;
  /** Further arguments of initdb. */
  initdb?: string[];
  /** Folder for the server's folder; default: the system's for temporary files. */
  parent?: string;
  /** Gets the process at each start. The process leads a group of its own then. */
  watch?(child: ChildProcess): void;
}

const START_LIMIT_MS = 30_000;
const POLL_MS = 20;

/** A PostgreSQL server with data of its own, in a folder that it removes. */
export class PostgresServer {
  private child?: ChildProcess;
  /** A change counts from the next start. */
  host: string;
  port: number;
  settings: Record<string, string>;

  private constructor(
    /** Folder of the server, which only its user can read. */
    readonly folder: string,
    private readonly options: PostgresOptions & { port: number },
  ) {
    this.host = options.host ?? "127.0.0.1";
    this.port = options.port;
    this.settings = options.settings ?? {};
  }

  /** Resolves when the server accepts connections. */
  static async start(options: PostgresOptions): Promise<PostgresServer> {
    const server = await PostgresServer.create(options);
    try {
      await server.resume();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** Creates the data of a server, which {@link resume} starts. */
  static create(options: PostgresOptions): Promise<PostgresServer> {
    return PostgresServer.prepare(options, async (server) => {
      const passwordFile = server.write("password", options.password);
      await run(
        postgresBinaries().initdb,
        [
          `--pgdata=${server.data}`,
          `--username=${options.user}`,
          `--pwfile=${passwordFile}`,
          "--auth=scram-sha-256",
          "--encoding=UTF8",
          "--locale=C",
          "--no-sync",
          ...(options.initdb ?? []),
        ],
        server.folder,
      );
      rmSync(passwordFile);
    });
  }

  /** Creates a server with a copy of the data in a folder. {@link resume} starts it. */
  static createFrom(data: string, options: PostgresOptions): Promise<PostgresServer> {
    return PostgresServer.prepare(options, (server) => copyFolder(data, server.data));
  }

  private static async prepare(
    options: PostgresOptions,
    fill: (server: PostgresServer) => Promise<void>,
  ): Promise<PostgresServer> {
    const folder = mkdtempSync(join(options.parent ?? tmpdir(), "postgres-"));
    giveToServer(folder);
    const server = new PostgresServer(folder, { ...options, port: options.port ?? (await findFreePort()) });
    try {
      await fill(server);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** Folder of the data. */
  get data(): string {
    return join(this.folder, "data");
  }

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Writes a file that only the server can read. Returns its path. @param name in the server's folder */
  write(name: string, content: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    giveToServer(path);
    return path;
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
      ["-D", this.data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
      {
        ...serverUser(),
        cwd: this.folder,
        stdio: ["ignore", "ignore", "pipe"],
        env: { PATH: process.env.PATH },
        detached: this.options.watch !== undefined,
      },
    );
    this.child = child;
    this.options.watch?.(child);
    let output = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      output = (output + chunk).slice(-4000);
    });
    let failure: string | undefined;
    child.once("error", (error) => {
      failure = error.message;
    });
    child.once("close", (code, signal) => {
      failure ??= `it exited with ${code ?? signal}`;
    });
    const end = Date.now() + START_LIMIT_MS;
    while (failure === undefined && !this.acceptsConnections(child)) {
      if (Date.now() > end) failure = `after ${START_LIMIT_MS / 1000} s`;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    if (failure === undefined) return;
    await this.pause("immediate");
    throw new Error(`PostgreSQL did not start (${failure}): ${output.trim()}`);
  }

  /** Lets the running server read its configuration files again. */
  reload(): void {
    this.child?.kill("SIGHUP");
  }

  /** Stops the server and keeps its data. Open connections end. @param mode `immediate` is a crash */
  async pause(mode: "fast" | "immediate" = "fast"): Promise<void> {
    const { child } = this;
    if (child === undefined || !this.isRunning) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    // A frozen server gets the signal only when it goes on.
    child.kill(mode === "fast" ? "SIGINT" : "SIGQUIT");
    child.kill("SIGCONT");
    await ended;
  }

  /** Freezes the server, so that new connections get no answer, or lets it go on. */
  freeze(isFrozen: boolean): void {
    if (this.isRunning) this.child?.kill(isFrozen ? "SIGSTOP" : "SIGCONT");
  }

  /** Stops the server and removes its data. */
  async stop(): Promise<void> {
    await this.pause("immediate");
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  // By the file that PostgreSQL keeps for this: its log lines depend on its settings.
  private acceptsConnections({ pid }: ChildProcess): boolean {
    try {
      const lines = readFileSync(join(this.data, "postmaster.pid"), "utf8").split("\n");
      return Number(lines[0]) === pid && lines[7]?.trim() === "ready";
    } catch {
      return false;
    }
  }
}

/** Copies a folder of a server. */
export async function copyFolder(from: string, to: string): Promise<void> {
  await run("cp", ["-Rp", from, to], "/");
}

/** Runs a program as the server's user. */
export function run(program: string, args: string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...serverUser(),
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env.PATH },
    });
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${program.split("/").pop()} failed: ${errors.trim()}`));
    });
  });
}

/** PostgreSQL refuses to run as root, so it runs as the user that every system has for what owns nothing. */
function serverUser(): { uid: number; gid: number } | undefined {
  return process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;
}

/** Makes a file or folder of this process one of the server's. */
export function giveToServer(path: string): void {
  const owner = serverUser();
  if (owner) chownSync(path, owner.uid, owner.gid);
}
