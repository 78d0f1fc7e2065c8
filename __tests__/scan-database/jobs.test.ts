import {
  cancelJob,
  claimListing,
  claimObject,
  completeObject,
  createJob,
  type Database,
  failJob,
  failObject,
  findStalledListings,
  finishListing,
  getJob,
  insertListedPage,
  type NewJob,
  releaseListing,
  renewLease,
  skipObject,
  skipObjectsOfEndedJobs,
} from "../../scan-database";
import { ScanDatabases } from "../../testing/scan-database";
import { claim, claimOptions, createListedJob, finding, listed } from "../../testing/scan-job";

let databases: ScanDatabases;
let database: Database;
beforeAll(async () => {
  databases = await ScanDatabases.start();
});
beforeEach(async () => {
  database = await databases.open();
});
afterEach(() => databases.closeAll());
afterAll(() => databases.stop());

const request: NewJob = {
  name: "nightly",
  bucket: "data",
  prefix: "in/",
  idempotencyKey: "key",
  requestHash: "hash",
  windowSeconds: 600,
};
const age = (jobId: string, interval: string) =>
  database.transaction((query) =>
    query(
      `UPDATE jobs SET created_at = created_at - interval '${interval}', updated_at = updated_at - interval '${interval}',
        listing_lease_until = listing_lease_until - interval '${interval}' WHERE job_id = $1`,
      [jobId],
    ),
  );

describe("createJob", () => {
  test("creates a pending job", async () => {
    const { jobId, isNew } = await createJob(database, request);
    expect(isNew).toBe(true);
    expect(await getJob(database, jobId)).toEqual({
      jobId,
      name: "nightly",
      bucket: "data",
      prefix: "in/",
      status: "pending",
      errorMessage: null,
      listingComplete: false,
      totalObjects: 0,
      objectsByStatus: { pending: 0, scanning: 0, completed: 0, failed: 0, skipped: 0 },
      totalFindings: 0,
      createdAt: expect.any(Date),
      updatedAt: expect.any(Date),
      completedAt: null,
    });
  });

  test("gives the same job for the same key, also to requests at the same time", async () => {
    const name = await databases.create();
    const several = [1, 2, 3].map(() => databases.connect(name));
    const jobs = await Promise.all(several.map((each) => createJob(each, request)));
    expect(new Set(jobs.map(({ jobId }) => jobId)).size).toBe(1);
    expect(jobs.filter(({ isNew }) => isNew)).toHaveLength(1);
  });

  test("refuses the same key with another request", async () => {
    await createJob(database, request);
    await expect(createJob(database, { ...request, requestHash: "other" })).rejects.toMatchObject({
      name: "IdempotencyKeyReused",
    });
  });

  test("creates another job for the same key after the window", async () => {
    const { jobId } = await createJob(database, request);
    await age(jobId, "11 minutes");
    const later = await createJob(database, { ...request, requestHash: "other" });
    expect(later).toMatchObject({ isNew: true });
    expect(later.jobId).not.toBe(jobId);
    expect(await createJob(database, { ...request, requestHash: "other" })).toEqual({
      ...later,
      isNew: false,
    });
  });
});

describe("listing", () => {
  test("counts each object once, however often its page is stored", async () => {
    const { jobId, listingAttempt } = await createListedJob(database, ["a", "b"], { finish: false });
    const again = await insertListedPage(database, {
      jobId,
      listingAttempt,
      objects: [listed("b"), listed("c")],
      listedUntil: "c",
      leaseSeconds: 60,
    });
    expect(again).toMatchObject({ outcome: "stored", objectIds: [expect.any(Number)] });
    expect(await getJob(database, jobId)).toMatchObject({ totalObjects: 3, status: "running" });
  });

  test("only one lister works at a time, and the next one goes on where it was", async () => {
    const { jobId, listingAttempt } = await createListedJob(database, ["a"], { finish: false });
    expect(await claimListing(database, jobId, 60)).toBeUndefined();
    await age(jobId, "2 minutes");
    const next = await claimListing(database, jobId, 60);
    expect(next).toMatchObject({ listedUntil: "zzz", listingAttempt: listingAttempt + 1 });
    const page = { jobId, listingAttempt, objects: [listed("b")], listedUntil: "b", leaseSeconds: 60 };
    expect(await insertListedPage(database, page)).toEqual({ outcome: "lost" });
    expect(await finishListing(database, jobId, listingAttempt)).toBe(false);
    expect(await failJob(database, jobId, listingAttempt, "late")).toBe(false);
    expect(await getJob(database, jobId)).toMatchObject({ totalObjects: 1, status: "running" });
  });

  test("a lister that gives the listing back lets the next one begin at once", async () => {
    const { jobId, listingAttempt } = await createListedJob(database, ["a"], { finish: false });
    await releaseListing(database, jobId, listingAttempt);
    expect(await claimListing(database, jobId, 60)).toMatchObject({ listedUntil: "zzz" });
  });

  test("finds listings that nobody works on", async () => {
    // One that has just been created, and one that somebody lists.
    await createJob(database, request);
    await createListedJob(database, ["a"], { finish: false });
    const crashed = await createListedJob(database, ["a"], { finish: false });
    const finished = await createListedJob(database, ["a"]);
    const notStarted = await createJob(database, { ...request, idempotencyKey: "other" });
    for (const jobId of [crashed.jobId, finished.jobId, notStarted.jobId]) await age(jobId, "5 minutes");
    expect(await findStalledListings(database, 60, 10)).toEqual([crashed.jobId, notStarted.jobId]);
    expect(await findStalledListings(database, 60, 1)).toEqual([crashed.jobId]);
  });

  test("ends the job with the reason when its bucket cannot be listed", async () => {
    const { jobId, listingAttempt, objectIds } = await createListedJob(database, ["a", "b"], {
      finish: false,
    });
    expect(await failJob(database, jobId, listingAttempt, "AccessDenied")).toBe(true);
    expect(await getJob(database, jobId)).toMatchObject({
      status: "failed",
      errorMessage: "AccessDenied",
      completedAt: expect.any(Date),
    });
    expect(await claimObject(database, objectIds[0]!, claimOptions)).toEqual({
      outcome: "jobEnded",
      status: "failed",
    });
    expect(await skipObjectsOfEndedJobs(database, 100)).toBe(2);
    expect(await getJob(database, jobId)).toMatchObject({
      status: "failed",
      objectsByStatus: { skipped: 2 },
    });
  });
});

describe("end of a job", () => {
  const completed = async (objectId: number, findings = 1) => {
    const { attempt } = await claim(database, objectId);
    const lines = Array.from({ length: findings }, (_, line) => finding(line + 1));
    return completeObject(database, { objectId, attempt, findings: lines, detectorVersion: "1" });
  };
  const failed = async (objectId: number) => {
    const { attempt } = await claim(database, objectId);
    return failObject(database, { objectId, attempt }, "encrypted with a key that is deleted");
  };

  test("a job without objects is completed by the end of its listing", async () => {
    const { jobId } = await createListedJob(database, []);
    expect(await getJob(database, jobId)).toMatchObject({
      status: "completed",
      completedAt: expect.any(Date),
    });
  });

  test("a job whose objects are all scanned runs until its listing ends", async () => {
    const { jobId, objectIds, listingAttempt } = await createListedJob(database, ["a"], { finish: false });
    await completed(objectIds[0]!);
    expect(await getJob(database, jobId)).toMatchObject({ status: "running", completedAt: null });
    await finishListing(database, jobId, listingAttempt);
    expect(await getJob(database, jobId)).toMatchObject({ status: "completed", totalFindings: 1 });
  });

  test("the last object ends the job, which is completed when some objects failed", async () => {
    const { jobId, objectIds } = await createListedJob(database, ["a", "b", "c"]);
    await completed(objectIds[0]!, 2);
    await failed(objectIds[1]!);
    expect(await getJob(database, jobId)).toMatchObject({
      status: "running",
      objectsByStatus: { pending: 1, completed: 1, failed: 1 },
    });
    const { attempt } = await claim(database, objectIds[2]!);
    expect(await getJob(database, jobId)).toMatchObject({ objectsByStatus: { pending: 0, scanning: 1 } });
    await skipObject(database, { objectId: objectIds[2]!, attempt }, "an image");
    expect(await getJob(database, jobId)).toMatchObject({
      status: "completed",
      totalFindings: 2,
      objectsByStatus: { pending: 0, scanning: 0, completed: 1, failed: 1, skipped: 1 },
    });
  });

  test("a job whose objects all failed is failed", async () => {
    const { jobId, objectIds } = await createListedJob(database, ["a", "b"]);
    for (const objectId of objectIds) await failed(objectId);
    expect(await getJob(database, jobId)).toMatchObject({
      status: "failed",
      errorMessage: "all objects failed",
    });
  });

  test("a job whose objects are all skipped is completed", async () => {
    const folder = { key: "folder/", etag: '"1"', size: 0, skipReason: "a folder" };
    const { jobId, objectIds } = await createListedJob(database, [folder]);
    expect(objectIds).toEqual([]);
    expect(await getJob(database, jobId)).toMatchObject({
      status: "completed",
      objectsByStatus: { skipped: 1 },
    });
  });

  test("no object of a cancelled job is claimed, and a scan that has begun learns it", async () => {
    const { jobId, objectIds } = await createListedJob(database, ["a", "b"]);
    const { attempt } = await claim(database, objectIds[0]!);
    expect(await cancelJob(database, jobId)).toBe(true);
    expect(await cancelJob(database, jobId)).toBe(false);
    expect(await claimObject(database, objectIds[1]!, claimOptions)).toEqual({
      outcome: "jobEnded",
      status: "cancelled",
    });
    expect(await renewLease(database, { objectId: objectIds[0]!, attempt }, 60)).toBe("jobEnded");
    await completeObject(database, { objectId: objectIds[0]!, attempt, findings: [], detectorVersion: "1" });
    expect(await skipObjectsOfEndedJobs(database, 100)).toBe(1);
    expect(await getJob(database, jobId)).toMatchObject({ status: "cancelled" });
  });
});
