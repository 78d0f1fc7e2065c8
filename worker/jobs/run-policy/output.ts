import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";

const listFiles = async (folder: string): Promise<string[]> => {
  // An invalid policy makes Cloud Custodian end before it has any.
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
};

const readJson = async (file: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
};

type Metadata = { metrics?: { MetricName: string; Value: number }[] };

const countResources = async (folder: string): Promise<number> => {
  const metadata = (await readJson(join(folder, "metadata.json"))) as Metadata | undefined;
  const count = metadata?.metrics?.find(({ MetricName }) => MetricName === "ResourceCount")?.Value;
  if (count !== undefined) return count;
  // A run that was stopped has no metadata, but has written the resources before the first action.
  const resources = await readJson(join(folder, "resources.json"));
  return Array.isArray(resources) ? resources.length : 0;
};

/** How many resources passed the filters, over all policies, by the output files of Cloud Custodian. */
export const countAllResources = async (folder: string, names: readonly string[]): Promise<number> => {
  const counts = await Promise.all(names.map((name) => countResources(join(folder, name))));
  return counts.reduce((sum, count) => sum + count, 0);
};

/** Stores the output files of Cloud Custodian under a prefix. */
export const storeOutput = async (
  s3: S3Client,
  folder: string,
  { bucket, prefix }: { bucket: string; prefix: string },
): Promise<void> => {
  for (const file of await listFiles(folder)) {
    const Body = await readFile(join(folder, file));
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${prefix}${file}`, Body }));
  }
};
