import { randomInt } from "node:crypto";
import { messageOf } from "../message-of";
import type { Caller } from "../routing";
import type { DatabaseServer } from "./database-server";

/** A copy of the data of an instance. */
export interface Backup {
  folder: string;
  takenAt: Date;
}

export interface InstanceSettings {
  id: string;
  address: string;
  port: number;
  masterUser: string;
  instanceClass: string;
  engineVersion: string;
  parameterGroup: string;
  retentionDays: number;
  secretArn?: string;
  /** id of the instance that it replicates */
  source?: string;
  /** Elements of its description that moto does not keep. */
  kept: Record<string, string>;
}

/** A DB instance with a server. Its status is as RDS shows it. */
export class Instance {
  readonly resourceId = newResourceId();
  status = "creating";
  /** the identifier that it has on AWS until it is renamed */
  renamedFrom?: string;
  server?: DatabaseServer;
  /** From it and from the log of the server, each later state can be restored. */
  base?: Backup;
  private work: Promise<unknown> = Promise.resolve();

  constructor(
    readonly caller: Caller,
    readonly settings: InstanceSettings,
    private readonly log: (line: string) => void,
  ) {}

  /**
   * Does work after all earlier work, with a status meanwhile. A failure is logged, and `failed` is the status then.
   * Resolves in any case.
   */
  async run(
    status: string,
    work: () => Promise<unknown>,
    { after = "available", failed = "failed" } = {},
  ): Promise<void> {
    this.status = status;
    await this.inTurn(() => {
      this.status = status;
      return work();
    }).then(
      () => {
        this.status = after;
      },
      (error: unknown) => {
        this.status = failed;
        this.log(`rds: the instance ${this.settings.id} is ${failed}: ${messageOf(error)}`);
      },
    );
  }

  /** Does work after all earlier work. Rejects if it fails. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.work.then(work);
    this.work = done.catch(() => {});
    return done;
  }

  /** The server, which must be there. */
  get running(): DatabaseServer {
    if (!this.server) throw new Error(`the instance ${this.settings.id} has no server`);
    return this.server;
  }
}

/** moto has one id for all instances, and Terraform finds an instance by it. */
export function newResourceId(): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return `db-${Array.from({ length: 26 }, () => letters[randomInt(letters.length)]).join("")}`;
}
