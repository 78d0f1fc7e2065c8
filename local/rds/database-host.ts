import type { ChildProcess } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Watchdog } from "../watchdog";
import { CertificateAuthority } from "./certificate-authority";
import type { ServerHost } from "./database-server";
import { giveToServer } from "./postgres-server";

/** Where the database servers of one local AWS run, and how clients trust them. */
export class DatabaseHost implements ServerHost {
  readonly certificateAuthority = new CertificateAuthority();
  /** Certificate of the authority, in PEM. */
  readonly certificateFile: string;
  private created?: string;

  constructor(private readonly watchdog: Pick<Watchdog, "folder" | "watch">) {
    this.certificateFile = join(watchdog.folder, "certificate-authority.pem");
    writeFileSync(this.certificateFile, this.certificateAuthority.certificate);
  }

  /** Folder for the files of all servers, created when the first one needs it. */
  get folder(): string {
    if (this.created) return this.created;
    const folder = join(this.watchdog.folder, "databases");
    mkdirSync(folder, { mode: 0o700 });
    // A server of root runs as another user, who must reach this folder. It can list nothing on the way.
    if (process.getuid?.() === 0) chmodSync(this.watchdog.folder, 0o711);
    giveToServer(folder);
    this.created = folder;
    return folder;
  }

  /**
   * The variables by which a process trusts the databases: of Node.js, and of clients that use libpq, such as psql and
   * psycopg.
   */
  get trust(): Record<string, string> {
    return { NODE_EXTRA_CA_CERTS: this.certificateFile, PGSSLROOTCERT: this.certificateFile };
  }

  watch = (child: ChildProcess): void => this.watchdog.watch(child);
}
