import type { Call, Caller } from "../../routing";
import { askJson } from "../../upstream";
import type { Permission } from "../authorization";
import { arn, input } from "./call";
import type { Lookups } from "./permission-resolver";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html */
export async function secretsManagerPermissions(
  call: Call,
  lookups: Lookups,
): Promise<Permission[] | undefined> {
  const { SecretId } = input<{ SecretId?: string }>(call);
  if (!SecretId) return undefined;
  return [{ action: `secretsmanager:${call.action}`, resource: await secretArn(call, SecretId, lookups) }];
}

// Policies name a secret by its ARN, which ends in random characters that its name does not have.
async function secretArn(caller: Caller, nameOrArn: string, { upstream }: Lookups): Promise<string> {
  if (nameOrArn.startsWith("arn:")) return nameOrArn;
  const SecretId = nameOrArn;
  const found = await askJson<{ ARN: string }>(upstream, caller, "secretsmanager", "DescribeSecret", {
    SecretId,
  }).catch(() => undefined);
  return found?.ARN ?? arn(caller, "secretsmanager", `secret:${nameOrArn}`);
}
