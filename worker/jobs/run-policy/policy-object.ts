import type { S3Client } from "@aws-sdk/client-s3";
import { hashSha256 } from "../../../handlers/shared/payload";
import { fetchObject } from "../../payload";

const maxBytes = 1_000_000;

/**
 * Downloads the policy that was selected.
 * @throws Error when it is not what it was then
 */
export const fetchPolicy = async (
  s3: S3Client,
  {
    bucket,
    key,
    versionId,
    expected,
  }: { bucket: string; key: string; versionId: string | undefined; expected: string },
): Promise<string> => {
  const content = await fetchObject(s3, { Bucket: bucket, Key: key, VersionId: versionId });
  const actual = hashSha256(content);
  if (actual !== expected)
    throw new Error(
      `s3://${bucket}/${key}: its SHA-256 is ${actual}, the selected policy had ${expected}: it has changed since. Send the finding again to run the new one`,
    );
  if (content.length > maxBytes)
    throw new Error(`s3://${bucket}/${key}: expected at most ${maxBytes} bytes, found ${content.length}`);
  return Buffer.from(content).toString();
};
