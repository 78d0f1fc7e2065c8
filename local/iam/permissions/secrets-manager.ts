import type { Call, Caller } from "../../routing";
import { askJson, type Upstream } from "../../upstream";
import type { Permission } from "../authorization";
import { arn, input } from "./call";
import { keyPermissions } from "./kms";
import type { Lookups } from "./permission-resolver";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html */
export async function secretsManagerPermissions(
  call: Call,
  lookups: Lookups,
): Promise<Permission[] | undefined> {
  const { SecretId } = input<{ SecretId?: string }>(call);
  if (!SecretId) return undefined;
  const action = `secretsmanager:${call.action}`;
  const secret = await describeSecret(lookups.upstream, call, SecretId);
  return [
    { action, resource: secretArn(call, SecretId, secret) },
    ...(await keyPermissions(lookups.upstream, call, action, secret?.KmsKeyId)),
  ];
}

interface Secret {
  ARN: string;
  KmsKeyId?: string;
}

/** @returns undefined if the secret does not exist */
export function describeSecret(
  upstream: Upstream,
  caller: Caller,
  SecretId: string,
): Promise<Secret | undefined> {
  const found = askJson<Secret>(upstream, caller, "secretsmanager", "DescribeSecret", { SecretId });
  return found.catch(() => undefined);
}

// Policies name a secret by its ARN, which ends in random characters that its name does not have.
function secretArn(caller: Caller, nameOrArn: string, found: Secret | undefined): string {
  if (nameOrArn.startsWith("arn:")) return nameOrArn;
  return found?.ARN ?? arn(caller, "secretsmanager", `secret:${nameOrArn}`);
}
