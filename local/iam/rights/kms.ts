import type { Caller } from "../../routing";
import { askJson, askRest, type Upstream } from "../../upstream";
import type { Right } from "../authorization";

/** Which uses of the key of a queue or a bucket an action means; what is not here means none. */
const USES: Record<string, string[]> = {
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
  "sqs:SendMessage": ["GenerateDataKey", "Decrypt"],
  "sqs:ReceiveMessage": ["Decrypt"],
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
  "s3:PutObject": ["GenerateDataKey"],
  "s3:GetObject": ["Decrypt"],
};

/** The rights that an action needs on the key that encrypts what it is about. AWS's own keys are open to all. */
export async function keyRights(
  upstream: Upstream,
  caller: Caller,
  action: string,
  key: string | undefined,
): Promise<Right[]> {
  const uses = USES[action] ?? [];
  if (!key || key.includes("alias/aws/") || uses.length === 0) return [];
  // A key may be named by its id or an alias; policies name its ARN.
  const { KeyMetadata } = await askJson<{ KeyMetadata: { Arn: string } }>(
    upstream,
    caller,
    "kms",
    "DescribeKey",
    { KeyId: key },
  );
  const [service] = action.split(":");
  const context = { "kms:ViaService": `${service}.${caller.region}.amazonaws.com` };
  return uses.map((use) => ({ action: `kms:${use}`, resource: KeyMetadata.Arn, context }));
}

/** The key that a bucket encrypts its objects with, if it has one of its own. */
export async function bucketKey(
  upstream: Upstream,
  caller: Caller,
  bucket: string,
): Promise<string | undefined> {
  const encryption = await askRest(upstream, caller, "s3", `/${bucket}?encryption`).catch(() => "");
  return /<KMSMasterKeyID>([^<]+)</.exec(encryption.toString())?.[1];
}

/** What a key's policy says; undefined when there is no such key. */
export async function keyPolicy(upstream: Upstream, keyArn: string): Promise<string | undefined> {
  const [, , , region = "", account = ""] = keyArn.split(":");
  const found = await askJson<{ Policy: string }>(upstream, { account, region }, "kms", "GetKeyPolicy", {
    KeyId: keyArn,
    PolicyName: "default",
  }).catch(() => undefined);
  return found?.Policy;
}
