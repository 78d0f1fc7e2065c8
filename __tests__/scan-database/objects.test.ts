import {
  claimObject,
  completeObject,
  type Database,
  expireLeases,
  failObject,
  findFindings,
  findObjectsSentBefore,
  findUnsentObjects,
  getJob,
  markSent,
  releaseObject,
  renewLease,
  setObjectVersion,
  skipObject,
  skipObjectsOfEndedJobs,
} from "../../scan-database";
import { rowsRead } from "../../testing/rows-read";
import { ScanDatabases } from "../../testing/scan-database";
import { claim, claimOptions, createListedJob, finding } from "../../testing/scan-job";

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

const oneObject = async () => {
  const { jobId, objectIds } = await createListedJob(database, ["in/a.csv"]);
  return { jobId, objectId: objectIds[0]! };
};
const expire = (objectId: number) =>
  database.transaction((query) =>
    query("UPDATE job_objects SET lease_until = now() - interval '1 second' WHERE object_id = $1", [
      objectId,
    ]),
  );
const rowOf = async (objectId: number) => {
  const { rows } = await database.read((query) =>
    query<Record<string, unknown>>("SELECT * FROM job_objects WHERE object_id = $1", [objectId]),
  );
  return rows[0]!;
};
const findingsOf = async (jobId: string) =>
  (await findFindings(database, { jobId }, { limit: 1000 })).findings;

describe("claimObject", () => {
  test("gives what a scan needs", async () => {
    const { jobId, objectId } = await oneObject();
    expect(await claimObject(database, objectId, claimOptions)).toEqual({
      outcome: "claimed",
      object: {
        objectId,
        jobId,
        bucket: "data",
        key: "in/a.csv",
        etag: '"1"',
        versionId: null,
        sizeBytes: 10,
        attempt: 1,
        attempts: 1,
      },
    });
  });

  test("one of several workers gets the object", async () => {
    const name = await databases.create();
    const workers = [1, 2, 3, 4].map(() => databases.connect(name));
    const { objectIds } = await createListedJob(workers[0]!, ["a"]);
    const results = await Promise.all(workers.map((each) => claimObject(each, objectIds[0]!, claimOptions)));
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(["claimed", "leased", "leased", "leased"]);
    expect(results).toContainEqual({ outcome: "leased", secondsLeft: 60 });
  });

  test("another worker gets it when the lease has run out", async () => {
    const { objectId } = await oneObject();
    await claim(database, objectId);
    await expire(objectId);
    expect(await claim(database, objectId)).toMatchObject({ attempt: 2, attempts: 2 });
  });

  test.each(["completed", "failed", "skipped"] as const)("says that the object is %s", async (status) => {
    const { objectId } = await oneObject();
    const { attempt } = await claim(database, objectId);
    if (status === "completed")
      await completeObject(database, { objectId, attempt, findings: [], detectorVersion: "1" });
    if (status === "failed") await failObject(database, { objectId, attempt }, "why");
    if (status === "skipped") await skipObject(database, { objectId, attempt }, "why");
    expect(await claimObject(database, objectId, claimOptions)).toEqual({ outcome: "done", status });
  });

  test("says that the row is absent", async () => {
    expect(await claimObject(database, 4711, claimOptions)).toEqual({ outcome: "absent" });
  });

  test("gives up when as many workers as allowed have died", async () => {
    const { jobId, objectId } = await oneObject();
    for (let deaths = 1; deaths <= 3; deaths++) {
      await claim(database, objectId);
      await expire(objectId);
    }
    expect(await claimObject(database, objectId, claimOptions)).toEqual({ outcome: "gaveUp" });
    expect(await rowOf(objectId)).toMatchObject({ status: "failed", error_message: "worker died 3 times" });
    expect(await getJob(database, jobId)).toMatchObject({ status: "failed", objectsByStatus: { failed: 1 } });
    expect(await claimObject(database, objectId, claimOptions)).toEqual({
      outcome: "done",
      status: "failed",
    });
  });
});

describe("a scan that has lost its lease", () => {
  test("can write nothing", async () => {
    const { jobId, objectId } = await oneObject();
    const { attempt } = await claim(database, objectId);
    await expire(objectId);
    await claim(database, objectId);
    const scan = { objectId, attempt };
    expect(await renewLease(database, scan, 60)).toBe("lost");
    expect(await releaseObject(database, scan, { countsAsAttempt: true })).toBe(false);
    expect(await setObjectVersion(database, scan, { etag: '"2"', sizeBytes: 1 })).toBe(false);
    expect(await failObject(database, scan, "why")).toBe(false);
    expect(await skipObject(database, scan, "why")).toBe(false);
    expect(await completeObject(database, { ...scan, findings: [finding(1)], detectorVersion: "1" })).toEqual(
      { outcome: "lost" },
    );
    expect(await rowOf(objectId)).toMatchObject({ status: "scanning", attempt: 2, s3_etag: '"1"' });
    expect(await findingsOf(jobId)).toEqual([]);
  });

  test("may complete while nobody else has claimed the object", async () => {
    const { objectId } = await oneObject();
    const { attempt } = await claim(database, objectId);
    await expire(objectId);
    expect(await renewLease(database, { objectId, attempt }, 60)).toBe("renewed");
    expect(await claimObject(database, objectId, claimOptions)).toMatchObject({ outcome: "leased" });
  });

  test("can write nothing when the sweep has taken the object back", async () => {
    const { objectId } = await oneObject();
    const { attempt } = await claim(database, objectId);
    await expire(objectId);
    await expireLeases(database, { maxAttempts: 3, limit: 10 });
    expect(await completeObject(database, { objectId, attempt, findings: [], detectorVersion: "1" })).toEqual(
      { outcome: "lost" },
    );
  });
});

describe("releaseObject", () => {
  test.each([
    [true, 1],
    [false, 0],
  ])("an attempt that counts: %s", async (countsAsAttempt, attempts) => {
    const { objectId } = await oneObject();
    const { attempt } = await claim(database, objectId);
    expect(await releaseObject(database, { objectId, attempt }, { countsAsAttempt })).toBe(true);
    expect(await rowOf(objectId)).toMatchObject({ status: "pending", attempts, claimed_by: null });
    expect(await claim(database, objectId)).toMatchObject({ attempt: 2, attempts: attempts + 1 });
  });
});

describe("completeObject", () => {
  test("stores findings, status and counters", async () => {
    const { jobId, objectId } = await oneObject();
    const { attempt } = await claim(database, objectId);
    const found = finding(7, { note: "a test number", accountId: "123456789012", entry: "inner.zip!/a.csv" });
    expect(
      await completeObject(database, {
        objectId,
        attempt,
        findings: [found],
        truncated: true,
        detectorVersion: "2",
      }),
    ).toEqual({ outcome: "completed", findings: 1 });
    expect(await findingsOf(jobId)).toEqual([
      {
        ...found,
        findingId: expect.any(Number),
        jobId,
        key: "in/a.csv",
        detectedAt: expect.any(Date),
      },
    ]);
    expect(await rowOf(objectId)).toMatchObject({
      status: "completed",
      truncated: true,
      findings_count: 1,
      detector_version: "2",
      claimed_by: null,
      lease_until: null,
      scanned_at: expect.any(Date),
    });
    expect(await getJob(database, jobId)).toMatchObject({ status: "completed", totalFindings: 1 });
  });

  test("counts the rows that were inserted: equal findings are one, also without a line", async () => {
    const { jobId, objectId } = await oneObject();
    const { attempt } = await claim(database, objectId);
    const { lineNumber: _, columnStart: __, ...withoutLine } = finding(1);
    const findings = [
      finding(1),
      finding(1),
      finding(2),
      withoutLine,
      withoutLine,
      finding(1, { entry: "b" }),
    ];
    expect(await completeObject(database, { objectId, attempt, findings, detectorVersion: "1" })).toEqual({
      outcome: "completed",
      findings: 4,
    });
    expect(await getJob(database, jobId)).toMatchObject({ totalFindings: 4 });
  });

  test("says that it is completed when the same scan asks again, and counts once", async () => {
    const { jobId, objectId } = await oneObject();
    const { attempt } = await claim(database, objectId);
    const scan = { objectId, attempt, findings: [finding(1)], detectorVersion: "1" };
    const first = await completeObject(database, scan);
    expect(await completeObject(database, scan)).toEqual(first);
    expect(await getJob(database, jobId)).toMatchObject({
      totalFindings: 1,
      objectsByStatus: { completed: 1 },
    });
  });

  test("replaces the findings of an older version of the object", async () => {
    const { jobId, objectId } = await oneObject();
    const first = await claim(database, objectId);
    await completeObject(database, {
      ...first,
      findings: [finding(1), finding(2), finding(3)],
      detectorVersion: "1",
    });
    // As after a restore of the database, or by hand.
    await database.transaction(async (query) => {
      await query("UPDATE job_objects SET status = 'pending' WHERE object_id = $1", [objectId]);
      await query("UPDATE jobs SET completed_objects = 0, status = 'running' WHERE job_id = $1", [jobId]);
    });
    const { attempt } = await claim(database, objectId);
    await setObjectVersion(database, { objectId, attempt }, { etag: '"2"', versionId: "v2", sizeBytes: 20 });
    await completeObject(database, { objectId, attempt, findings: [finding(2)], detectorVersion: "2" });
    expect(await findingsOf(jobId)).toMatchObject([{ lineNumber: 2 }]);
    const { rows } = await database.read((query) => query("SELECT s3_etag, detector_version FROM findings"));
    expect(rows).toEqual([{ s3_etag: '"2"', detector_version: "2" }]);
    expect(await getJob(database, jobId)).toMatchObject({ status: "completed", totalFindings: 1 });
  });

  test("stores texts with characters that PostgreSQL refuses, and paths of any length", async () => {
    const { jobId, objectId } = await oneObject();
    const { attempt } = await claim(database, objectId);
    const entry = `${"ä".repeat(20_000)}.csv`;
    const odd = [finding(1, { context: "a\0b\ud83d", entry }), finding(1, { entry: `${entry}2` })];
    expect(
      await completeObject(database, { objectId, attempt, findings: odd, detectorVersion: "1" }),
    ).toMatchObject({ findings: 2 });
    expect((await findingsOf(jobId)).at(-1)).toMatchObject({ context: "a\ufffdb\ufffd", entry });
  });

  test("runs as many statements for 5,000 findings as for one", async () => {
    const { objectIds } = await createListedJob(database, ["a", "b"]);
    const count = async (objectId: number, findings: number): Promise<number> => {
      const { attempt } = await claim(database, objectId);
      let statements = 0;
      const counting: Database = {
        ...database,
        transaction: (work) =>
          database.transaction((query) =>
            work((text, values) => {
              statements += 1;
              return query(text, values);
            }),
          ),
      };
      const lines = Array.from({ length: findings }, (_, line) => finding(line));
      await completeObject(counting, { objectId, attempt, findings: lines, detectorVersion: "1" });
      return statements;
    };
    expect(await count(objectIds[0]!, 1)).toBe(5);
    expect(await count(objectIds[1]!, 5_000)).toBe(5);
  });

  test("two workers complete objects of one job at once without a deadlock", async () => {
    const name = await databases.create();
    const workers = [1, 2, 3, 4].map(() => databases.connect(name));
    const { jobId, objectIds } = await createListedJob(
      workers[0]!,
      Array.from({ length: 40 }, (_, index) => `key-${index}`),
    );
    await Promise.all(
      objectIds.map(async (objectId, index) => {
        const own = workers[index % workers.length]!;
        const { attempt } = await claim(own, objectId);
        await completeObject(own, { objectId, attempt, findings: [finding(1)], detectorVersion: "1" });
      }),
    );
    expect(await getJob(workers[0]!, jobId)).toMatchObject({
      status: "completed",
      totalFindings: 40,
      objectsByStatus: { completed: 40 },
    });
  });
});

describe("failObject and skipObject", () => {
  test.each([
    ["failed", failObject, { error_message: "why" }],
    ["skipped", skipObject, { skip_reason: "why" }],
  ] as const)("%s counts once, with its reason", async (status, end, row) => {
    const { objectIds, jobId } = await createListedJob(database, ["a", "b"]);
    const objectId = objectIds[0]!;
    const { attempt } = await claim(database, objectId);
    expect(await end(database, { objectId, attempt }, "why")).toBe(true);
    expect(await end(database, { objectId, attempt }, "why")).toBe(true);
    expect(await rowOf(objectId)).toMatchObject({ status, ...row });
    expect(await getJob(database, jobId)).toMatchObject({ objectsByStatus: { [status]: 1, pending: 1 } });
  });
});

describe("expireLeases", () => {
  test("requeues objects of dead workers and gives up those of too many", async () => {
    const { objectIds, jobId } = await createListedJob(database, ["a", "b", "c"]);
    const [dead, hopeless, alive] = objectIds as [number, number, number];
    for (const objectId of objectIds) await claim(database, objectId);
    await database.transaction((query) =>
      query("UPDATE job_objects SET attempts = 3 WHERE object_id = $1", [hopeless]),
    );
    await expire(dead);
    await expire(hopeless);
    expect(await expireLeases(database, { maxAttempts: 3, limit: 10 })).toEqual({
      requeued: [dead],
      givenUp: 1,
    });
    expect(await rowOf(dead)).toMatchObject({ status: "pending", enqueued_at: null });
    expect(await rowOf(hopeless)).toMatchObject({ status: "failed", error_message: "worker died 3 times" });
    expect(await rowOf(alive)).toMatchObject({ status: "scanning" });
    expect(await getJob(database, jobId)).toMatchObject({
      objectsByStatus: { pending: 1, scanning: 1, failed: 1 },
    });
  });

  test("several sweeps at once count each object once", async () => {
    const name = await databases.create();
    const sweeps = [1, 2, 3].map(() => databases.connect(name));
    const jobs = [];
    for (let index = 0; index < 5; index++)
      jobs.push(await createListedJob(sweeps[0]!, ["a", "b", "c", "d"]));
    await sweeps[0]!.transaction((query) =>
      query("UPDATE job_objects SET status = 'scanning', attempts = 3, lease_until = now() - interval '1 s'"),
    );
    await Promise.all(sweeps.map((each) => expireLeases(each, { maxAttempts: 3, limit: 7 })));
    await expireLeases(sweeps[0]!, { maxAttempts: 3, limit: 100 });
    for (const { jobId } of jobs)
      expect(await getJob(sweeps[0]!, jobId)).toMatchObject({
        status: "failed",
        objectsByStatus: { failed: 4 },
      });
  });
});

describe("messages", () => {
  const age = (interval: string) =>
    database.transaction((query) =>
      query(
        `UPDATE job_objects SET created_at = created_at - interval '${interval}', enqueued_at = enqueued_at - interval '${interval}'`,
      ),
    );

  test("finds objects that were never sent, and those sent long ago", async () => {
    const { objectIds } = await createListedJob(database, ["a", "b", "c", "d"]);
    const [unsent, lost, scanning, sent] = objectIds as [number, number, number, number];
    await database.transaction((query) =>
      query("UPDATE job_objects SET enqueued_at = NULL WHERE object_id = $1", [unsent]),
    );
    expect(await findUnsentObjects(database, 60, 10)).toEqual([]);
    await age("1 hour");
    await claim(database, scanning);
    await markSent(database, [sent]);
    expect(await findUnsentObjects(database, 60, 10)).toEqual([unsent]);
    expect(await findObjectsSentBefore(database, 900, 10)).toEqual([lost]);
    await markSent(database, [unsent, lost]);
    expect(await findUnsentObjects(database, 60, 10)).toEqual([]);
    expect(await findObjectsSentBefore(database, 900, 10)).toEqual([]);
  });

  test("a sweep reads few rows, however many objects wait for a worker or have ended", async () => {
    const name = await databases.create();
    database = databases.connect(name);
    const keys = Array.from({ length: 3_000 }, (_, index) => `key-${index}`);
    await createListedJob(database, keys);
    const done = await createListedJob(database, keys);
    await database.transaction(async (query) => {
      await query("UPDATE job_objects SET status = 'completed' WHERE job_id = $1", [done.jobId]);
      await query("UPDATE jobs SET status = 'completed', completed_objects = 3000 WHERE job_id = $1", [
        done.jobId,
      ]);
    });
    await databases.asSuperuser("ANALYZE", name);
    const read = (work: (explaining: Database) => Promise<unknown>) =>
      rowsRead(database, "job_objects", work);
    expect(await read((explaining) => findUnsentObjects(explaining, 0, 10))).toBe(0);
    expect(await read((explaining) => findObjectsSentBefore(explaining, 900, 10))).toBe(0);
    expect(await read((explaining) => findObjectsSentBefore(explaining, -900, 10))).toBe(10);
    expect(await read((explaining) => expireLeases(explaining, { maxAttempts: 3, limit: 10 }))).toBe(0);
    expect(await read((explaining) => skipObjectsOfEndedJobs(explaining, 10))).toBe(0);
    await database.transaction((query) => query("UPDATE jobs SET status = 'cancelled'"));
    expect(await read((explaining) => skipObjectsOfEndedJobs(explaining, 10))).toBeLessThanOrEqual(20);
  });
});
