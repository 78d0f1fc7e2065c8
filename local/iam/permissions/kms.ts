import type { Caller } from "../../routing";
import { askJson, askRest, type Upstream } from "../../upstream";
import type { Permission } from "../authorization";
import { input } from "./call";
import type { PermissionResolver } from "./permission-resolver";

/** The KMS actions that an action on an encrypted queue, bucket or secret requires. Other actions require none. */
const USES: Record<string, string[]> = {
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
  "sqs:SendMessage": ["GenerateDataKey", "Decrypt"],
  "sqs:ReceiveMessage": ["Decrypt"],
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
  "s3:PutObject": ["GenerateDataKey"],
  "s3:GetObject": ["Decrypt"],
  // https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
  "secretsmanager:GetSecretValue": ["Decrypt"],
};

/** The permissions that an action requires on the KMS key of its resource. AWS managed keys require none. */
export async function keyPermissions(
  upstream: Upstream,
  caller: Caller,
  action: string,
  key: string | undefined,
): Promise<Permission[]> {
  const uses = USES[action] ?? [];
  if (!key || key.includes("alias/aws/") || uses.length === 0) return [];
  const resource = await keyArn(upstream, caller, key);
  const [service] = action.split(":");
  const context = { "kms:ViaService": `${service}.${caller.region}.amazonaws.com` };
  return uses.map((use) => ({ action: `kms:${use}`, resource, context }));
}

/** The ARN of a key that is given by id, alias or ARN: policies name the ARN. */
async function keyArn(upstream: Upstream, caller: Caller, key: string): Promise<string> {
  if (key.startsWith("arn:") && !key.includes(":alias/")) return key;
  const { KeyMetadata } = await askJson<{ KeyMetadata: { Arn: string } }>(
    upstream,
    caller,
    "kms",
    "DescribeKey",
    { KeyId: key },
  );
  return KeyMetadata.Arn;
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html */
export const kmsPermissions: PermissionResolver = async (call, { upstream }) => {
  const { KeyId } = input<{ KeyId?: string }>(call);
  if (KeyId === undefined) return undefined;
  return [{ action: `kms:${call.action}`, resource: await keyArn(upstream, call, KeyId) }];
};

/** The customer managed key of a bucket, if it has one. */
export async function bucketKey(
  upstream: Upstream,
  caller: Caller,
  bucket: string,
): Promise<string | undefined> {
  const encryption = await askRest(upstream, caller, "s3", `/${bucket}?encryption`).catch(() => "");
  return /<KMSMasterKeyID>([^<]+)</.exec(encryption.toString())?.[1];
}

/** The policy of a key; undefined if the key does not exist. */
export async function keyPolicy(upstream: Upstream, keyArn: string): Promise<string | undefined> {
  const [, , , region = "", account = ""] = keyArn.split(":");
  const found = await askJson<{ Policy: string }>(upstream, { account, region }, "kms", "GetKeyPolicy", {
    KeyId: keyArn,
    PolicyName: "default",
  }).catch(() => undefined);
  return found?.Policy;
}
