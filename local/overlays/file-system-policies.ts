import { AwsError } from "../aws-error";
import { type HttpResponse, jsonResponse } from "../http";
import type { Call } from "../routing";

/** What EFS goes by as long as a file system has no policy: whoever reaches it may do everything. */
const OPEN = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "elasticfilesystem:Client*", Resource: "*" }],
});

/** The policies of EFS file systems: moto cannot take one away, nor keep whether a file system is backed up. */
export class FileSystemPolicies {
  private readonly policies = new Map<string, string>();
  private readonly backups = new Map<string, string>();

  /** The policy on a file system, by the file system's ARN. */
  of(arn: string): string {
    return this.policies.get(arn.split("/").pop() ?? "") ?? OPEN;
  }

  /** undefined when the call is not about a policy. */
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
