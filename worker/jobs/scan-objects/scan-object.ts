import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { type Finding, type Skipped, scanSource } from "../../../scanner";
import { httpStatusOf } from "../../http-status";
import { type ObjectVersion, objectSource } from "./object-source";

export type ScanRequest = {
  bucket: string;
  key: string;
  /** Of the version to scan. Null: of the newest. */
  etag: string | null;
  versionId: string | null;
  size: number | null;
  hashKey: Uint8Array;
  /** Larger objects are skipped, in bytes. */
  maxFileSize: number;
};

/** How the scan of an object has ended. */
export type ScanEnd =
  | { outcome: "scanned"; findings: Finding[]; truncated: boolean; skipped: Skipped[] }
  /** It cannot be scanned, whoever tries. */
  | { outcome: "skipped"; reason: string }
  /** This role may not read it. */
  | { outcome: "failed"; reason: string };

/** The object is another one than the request names: this version is there now. */
type Changed = { outcome: "changed"; version: { etag: string; versionId: string | null; size: number } };

export type ScanResult = ScanEnd | Changed;

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "Error");

const deleted: ScanEnd = { outcome: "skipped", reason: "the object was deleted after it was listed" };

/** What an error of S3 says about the object. Undefined: a later try may succeed. */
const explain = (error: unknown): ScanEnd | undefined => {
  const status = httpStatusOf(error);
  const name = nameOf(error);
  if (status === 404) return deleted;
  if (name === "InvalidObjectState")
    return { outcome: "skipped", reason: "the object is archived (S3 Glacier): restore it and scan again" };
  // A key that was deleted or disabled, or one of another account.
  if (name.startsWith("KMS.")) return { outcome: "failed", reason: `its KMS key cannot be used (${name})` };
  if (status === 403)
    return {
      outcome: "failed",
      reason: `reading the object or decrypting with its KMS key is not allowed (${name})`,
    };
  return undefined;
};

const findVersion = async (s3: S3Client, { bucket, key }: ScanRequest): Promise<Changed> => {
  const {
    ETag: etag = "",
    ContentLength: size = 0,
    VersionId: versionId = null,
  } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  return { outcome: "changed", version: { etag, versionId, size } };
};

const scan = async (s3: S3Client, version: ObjectVersion, hashKey: Uint8Array): Promise<ScanEnd> => {
  const findings: Finding[] = [];
  const pages = scanSource(objectSource(s3, version), { hashKey });
  let step = await pages.next();
  for (; !step.done; step = await pages.next()) findings.push(...step.value);
  const { truncated, skipped } = step.value;
  const whole = skipped.find(({ entry }) => entry === undefined);
  // A file that the scanner could not read at all.
  if (whole && findings.length === 0) return { outcome: "skipped", reason: whole.reason };
  return { outcome: "scanned", findings, truncated, skipped };
};

const scanVersion = async (s3: S3Client, request: ScanRequest): Promise<ScanResult> => {
  const { bucket, key, etag, versionId, size, hashKey, maxFileSize } = request;
  if (etag === null || size === null) return findVersion(s3, request);
  if (size > maxFileSize)
    return {
      outcome: "skipped",
      reason: `the object has ${size} bytes, more than ${maxFileSize} (MAX_FILE_SIZE)`,
    };
  try {
    return await scan(s3, { bucket, key, etag, versionId, size }, hashKey);
  } catch (error) {
    if (httpStatusOf(error) === 412) return findVersion(s3, request);
    throw error;
  }
};

/**
 * Scans one version of an object.
 * @throws what a later try may not throw: S3 that does not answer, throttling
 */
export const scanObject = async (s3: S3Client, request: ScanRequest): Promise<ScanResult> => {
  try {
    return await scanVersion(s3, request);
  } catch (error) {
    const end = explain(error);
    if (end) return end;
    throw error;
  }
};
