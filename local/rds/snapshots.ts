import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { HttpResponse } from "../http";
import type { Call, Caller } from "../routing";
import { invalidState } from "./checks";
import type { ServerHost } from "./database-server";
import type { Backup, Instance, InstanceSettings } from "./instance";
import { giveToServer } from "./postgres-server";
import { formOf, keyOf } from "./query";

/** A snapshot with its data. */
export interface Snapshot {
  status: string;
  resourceId: string;
  settings: InstanceSettings;
  backup: Backup;
}

interface Options {
  forward(call: Call): Promise<HttpResponse>;
  instance(caller: Caller, id: string): Instance | undefined;
  newFolder(): string;
}

/** DB snapshots with their data. moto keeps what Terraform reads of them. */
export class Snapshots {
  private readonly snapshots = new Map<string, Snapshot>();

  constructor(private readonly options: Options) {}

  /** Answers a call that makes or deletes a snapshot; undefined for any other call. */
  handle(call: Call): Promise<HttpResponse> | undefined {
    switch (call.action) {
      case "CreateDBSnapshot":
        return this.create(call);
      case "CopyDBSnapshot":
        return this.copy(call);
      case "DeleteDBSnapshot":
        return this.delete(call);
      default:
        return undefined;
    }
  }

  find(caller: Caller, nameOrArn: string): Snapshot | undefined {
    return this.snapshots.get(keyOf(caller, nameOrArn));
  }

  /** Copies the data of an instance. Resolves when the copy is complete or has failed. */
  async take(instance: Instance, name: string, status = "backing-up"): Promise<void> {
    const folder = join(this.options.newFolder(), "data");
    const snapshot: Snapshot = {
      status: "creating",
      resourceId: instance.resourceId,
      settings: { ...instance.settings },
      backup: { folder, takenAt: new Date() },
    };
    this.snapshots.set(keyOf(instance.caller, name), snapshot);
    const after = instance.status;
    await instance.run(
      status,
      async () => {
        try {
          await instance.running.backUp(folder);
          snapshot.status = "available";
        } catch (error) {
          snapshot.status = "failed";
          throw error;
        }
      },
      { after, failed: after },
    );
  }

  /** The automated snapshot that moto makes of each instance, with the data of the first backup. */
  automated(caller: Caller, name: string): Snapshot | undefined {
    const [, id = ""] = /(?:^|:snapshot:)rds:(.+)-\d{4}-\d\d-\d\d-\d\d-\d\d$/.exec(name) ?? [];
    const instance = this.options.instance(caller, id);
    if (!instance?.base) return undefined;
    const { base: backup, resourceId, settings } = instance;
    return { status: "available", resourceId, settings, backup };
  }

  private async create(call: Call): Promise<HttpResponse> {
    const form = formOf(call);
    const instance = this.options.instance(call, form.get("DBInstanceIdentifier") ?? "");
    if (instance && instance.status !== "available" && instance.status !== "stopped")
      throw invalidState(instance.settings.id, instance.status);
    const response = await this.options.forward(call);
    if (response.status < 300 && instance) void this.take(instance, form.get("DBSnapshotIdentifier") ?? "");
    return response;
  }

  private async copy(call: Call): Promise<HttpResponse> {
    const form = formOf(call);
    const source = this.snapshots.get(keyOf(call, form.get("SourceDBSnapshotIdentifier") ?? ""));
    const response = await this.options.forward(call);
    // Nothing changes the data of a snapshot, so both can have the same.
    if (response.status < 300 && source)
      this.snapshots.set(keyOf(call, form.get("TargetDBSnapshotIdentifier") ?? ""), source);
    return response;
  }

  private async delete(call: Call): Promise<HttpResponse> {
    const response = await this.options.forward(call);
    if (response.status >= 300) return response;
    const key = keyOf(call, formOf(call).get("DBSnapshotIdentifier") ?? "");
    const snapshot = this.snapshots.get(key);
    this.snapshots.delete(key);
    if (snapshot && ![...this.snapshots.values()].includes(snapshot))
      rmSync(snapshot.backup.folder, { recursive: true, force: true });
    return response;
  }
}

/** A new folder for a copy of data. */
export function newBackupFolder({ folder: parent }: ServerHost): string {
  const folder = mkdtempSync(join(parent, "backup-"));
  giveToServer(folder);
  return folder;
}
