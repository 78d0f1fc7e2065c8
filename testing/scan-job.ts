import {
  claimListing,
  claimObject,
  createJob,
  type Database,
  type FoundValue,
  finishListing,
  insertListedPage,
  markSent,
} from "../scan-database";

let keys = 0;

export const listed = (key: string, etag = '"1"', size = 10) => ({ key, etag, size });

/** A job whose listing has found these keys. */
export const createListedJob = async (
  database: Database,
  objects: readonly (string | { key: string; etag: string; size: number; skipReason?: string })[],
  { finish = true } = {},
): Promise<{ jobId: string; objectIds: number[]; listingAttempt: number }> => {
  const { jobId } = await createJob(database, {
    name: "nightly",
    bucket: "data",
    prefix: undefined,
    idempotencyKey: `key-${++keys}`,
    requestHash: "hash",
    windowSeconds: 600,
  });
  const listing = await claimListing(database, jobId, 60);
  const { listingAttempt } = listing!;
  const page = await insertListedPage(database, {
    jobId,
    listingAttempt,
    objects: objects.map((object) => (typeof object === "string" ? listed(object) : object)),
    listedUntil: "zzz",
    leaseSeconds: 60,
  });
  const objectIds = page.outcome === "stored" ? page.objectIds : [];
  await markSent(database, objectIds);
  if (finish) await finishListing(database, jobId, listingAttempt);
  return { jobId, objectIds, listingAttempt };
};

export const claimOptions = { worker: "worker-1", leaseSeconds: 60, maxAttempts: 3 };

/** Claims an object that is free. @throws Error when it is not */
export const claim = async (
  database: Database,
  objectId: number,
  more: Partial<typeof claimOptions> = {},
) => {
  const result = await claimObject(database, objectId, { ...claimOptions, ...more });
  if (result.outcome !== "claimed") throw new Error(`object ${objectId} is ${JSON.stringify(result)}`);
  return result.object;
};

export const finding = (lineNumber: number, more: Partial<FoundValue> = {}): FoundValue => ({
  type: "ssn",
  confidence: "high",
  valueHash: String(lineNumber).padStart(64, "0"),
  lineNumber,
  columnStart: 3,
  columnEnd: 14,
  byteOffset: lineNumber * 20,
  context: "ssn=[ssn:11]",
  ...more,
});
