/** An object as a listing has it. */
export type BucketObject = { key: string; size?: number; storageClass?: string };

/** A bucket that a simulated S3 lists. Its keys are computed, so that it may have any number of objects. */
export type SimulatedBucket = {
  /** At most 1,000 objects whose keys come after `after` and begin with `prefix`, in the order of their UTF-8 bytes. */
  list(prefix: string, after: string): { objects: BucketObject[]; isTruncated: boolean };
};

const pageSize = 1_000;

/** A bucket with these objects. */
export const bucketOf = (objects: readonly BucketObject[]): SimulatedBucket => {
  const sorted = [...objects].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  return {
    list(prefix, after) {
      const found = sorted.filter(
        ({ key }) => key.startsWith(prefix) && Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0,
      );
      return { objects: found.slice(0, pageSize), isTruncated: found.length > pageSize };
    },
  };
};

const digits = 9;

/** A bucket with so many objects, `000000000.csv` and so on. */
export const largeBucket = (count: number): SimulatedBucket => ({
  list(_prefix, after) {
    const first = after === "" ? 0 : Number(after.slice(0, digits)) + 1;
    const length = Math.min(pageSize, Math.max(count - first, 0));
    const objects = Array.from({ length }, (_, index) => ({
      key: `${String(first + index).padStart(digits, "0")}.csv`,
    }));
    return { objects, isTruncated: first + length < count };
  },
});

// With encoding-type=url a blank is a plus sign.
const encodeKey = (key: string): string => encodeURIComponent(key).replaceAll("%20", "+");

const toXml = ({ key, size = 10, storageClass = "STANDARD" }: BucketObject): string =>
  `<Contents><Key>${encodeKey(key)}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;1&quot;</ETag><Size>${size}</Size><StorageClass>${storageClass}</StorageClass></Contents>`;

/** S3's answer to ListObjectsV2. */
export const listingXml = (bucket: SimulatedBucket, prefix: string, after: string): string => {
  const { objects, isTruncated } = bucket.list(prefix, after);
  return `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>data</Name><KeyCount>${objects.length}</KeyCount><IsTruncated>${isTruncated}</IsTruncated>${objects.map(toXml).join("")}</ListBucketResult>`;
};

export const errorXml = (code: string, more = ""): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>It is so.</Message>${more}</Error>`;
