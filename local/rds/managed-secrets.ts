import { randomBytes, randomUUID } from "node:crypto";
import type { Caller } from "../routing";
import { askJson, type Upstream } from "../upstream";

interface Versions {
  VersionIdsToStages: Record<string, string[]>;
}

/** The secrets in which RDS keeps passwords of master users. */
export class ManagedSecrets {
  constructor(private readonly upstream: Upstream) {}

  /** Writes the first value of a secret in place of the one that moto has written. */
  async create(caller: Caller, arn: string, username: string, password: string): Promise<void> {
    const before = await this.ask<Versions>(caller, "DescribeSecret", { SecretId: arn });
    await this.replace(caller, arn, username, password);
    for (const version of Object.keys(before.VersionIdsToStages))
      await this.ask(caller, "UpdateSecretVersionStage", {
        SecretId: arn,
        VersionStage: "AWSPREVIOUS",
        RemoveFromVersionId: version,
      });
  }

  /** Writes a new value. The one before is AWSPREVIOUS then. Returns the version. */
  async replace(caller: Caller, arn: string, username: string, password: string): Promise<string> {
    const { VersionId } = await this.ask<{ VersionId: string }>(caller, "PutSecretValue", {
      SecretId: arn,
      ClientRequestToken: randomUUID(),
      SecretString: JSON.stringify({ username, password }),
    });
    return VersionId;
  }

  private ask<T>(caller: Caller, action: string, input: object): Promise<T> {
    return askJson<T>(this.upstream, caller, "secretsmanager", action, input);
  }
}

/** A password as RDS makes one: 28 printable characters that a master user's password may have. */
export function newPassword(): string {
  const allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&()*+,-.:;<=>?[]^_{|}~";
  return [...randomBytes(28)].map((byte) => allowed[byte % allowed.length]).join("");
}
