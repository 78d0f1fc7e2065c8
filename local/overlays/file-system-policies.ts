import { AwsError } from "../aws-error";
import { type HttpResponse, jsonResponse } from "../http";
import type { Call } from "../routing";

/** The default policy of an EFS file system: every client is allowed everything. */
const OPEN = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "elasticfilesystem:Client*", Resource: "*" }],
});

/** File system policies and backup policies of EFS: moto cannot delete the former and does not keep the latter. */
export class FileSystemPolicies {
  private readonly policies = new Map<string, string>();
  private readonly backups = new Map<string, string>();

  /** @param arn ARN of a file system */
  of(arn: string): string {
    return this.policies.get(arn.split("/").pop() ?? "") ?? OPEN;
  }

  /** Returns undefined if the call does not concern a policy. */
  handle({ action, request }: Call): HttpResponse | undefined {
    const id = /^\/2015-02-01\/file-systems\/([^/]+)/.exec(request.path)?.[1] ?? "";
    switch (action) {
      case "PutFileSystemPolicy":
        this.policies.set(id, (JSON.parse(request.body.toString()) as { Policy: string }).Policy);
        return jsonResponse({ FileSystemId: id, Policy: this.policies.get(id) });
      case "DescribeFileSystemPolicy":
        return jsonResponse({ FileSystemId: id, Policy: known(this.policies, id) });
      case "DeleteFileSystemPolicy":
        this.policies.delete(id);
        return jsonResponse({});
      case "PutBackupPolicy": {
        const { BackupPolicy } = JSON.parse(request.body.toString()) as { BackupPolicy: { Status: string } };
        this.backups.set(id, BackupPolicy.Status);
        return jsonResponse({ BackupPolicy });
      }
      case "DescribeBackupPolicy":
        return jsonResponse({ BackupPolicy: { Status: known(this.backups, id) } });
      case "DeleteFileSystem":
        this.policies.delete(id);
        this.backups.delete(id);
        return undefined;
      default:
        return undefined;
    }
  }
}

function known(values: Map<string, string>, id: string): string {
  const value = values.get(id);
  if (!value) throw new AwsError("PolicyNotFound", `File system ${id} has no policy.`, 404);
  return value;
}
