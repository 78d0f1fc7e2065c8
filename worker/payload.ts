import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { hashSha256 } from "../handlers/shared/payload";

type Environment = Readonly<Record<string, string | undefined>>;

/** Downloads an object as bytes, or the one version of it. */
export const fetchObject = async (
  s3: S3Client,
  object: { Bucket: string; Key: string; VersionId?: string | undefined },
): Promise<Uint8Array> => {
  const { Body } = await s3.send(new GetObjectCommand(object));
  if (Body === undefined) throw new Error(`s3://${object.Bucket}/${object.Key}: S3 answered without a body`);
  return Body.transformToByteArray();
};

const fetchReferenced = async (
  s3: S3Client,
  variable: string,
  reference: string,
  expected: string | undefined,
): Promise<string> => {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(reference) ?? [];
  if (!Bucket || !Key)
    throw new Error(`${variable}_REF: expected s3://bucket/key, found ${JSON.stringify(reference)}`);
  const content = await fetchObject(s3, { Bucket, Key });
  const actual = hashSha256(content);
  if (actual === expected) return Buffer.from(content).toString();
  throw new Error(
    `${reference}: its SHA-256 is ${actual}, ${variable}_SHA256 is ${expected ?? "not set"}: this is not the payload of the launch`,
  );
};

/**
 * Reads the JSON that launched the container, from the environment or from S3.
 * @param variable the environment variable that has it. `<variable>_REF` and `<variable>_SHA256` are those of a payload in S3
 * @param what what it is, for messages
 * @param s3 called only when it is in S3
 * @throws Error when there is none, when it is not JSON, or when its SHA-256 is wrong
 */
export const readPayload = async (
  environment: Environment,
  variable: string,
  what: string,
  s3: () => S3Client,
): Promise<unknown> => {
  const reference = environment[`${variable}_REF`];
  const inline = environment[variable];
  if (inline === undefined && reference === undefined)
    throw new Error(`${variable}: expected the ${what} as JSON, found nothing (nor ${variable}_REF)`);
  const text =
    inline ?? (await fetchReferenced(s3(), variable, reference!, environment[`${variable}_SHA256`]));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`the ${what} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
};
