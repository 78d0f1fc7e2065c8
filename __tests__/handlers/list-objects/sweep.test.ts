import { cancelJob, createJob, type Database, failObject, getJob } from "../../../scan-database";
import { createScanAccount } from "../../../testing/scan-account";
import { ScanDatabases } from "../../../testing/scan-database";
import { claim, createListedJob } from "../../../testing/scan-job";

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

const sweep = { sweep: true };
const nothing = {
  listingsResumed: 0,
  objectsRequeued: 0,
  objectsGivenUp: 0,
  objectsSkipped: 0,
  messagesSent: 0,
  messagesResent: 0,
};
const passTime = (interval: string) =>
  database.transaction(async (query) => {
    const past = (column: string) => `${column} = ${column} - interval '${interval}'`;
    await query(
      `UPDATE jobs SET ${["created_at", "updated_at", "listing_lease_until"].map(past).join(", ")}`,
    );
    await query(
      `UPDATE job_objects SET ${["created_at", "enqueued_at", "lease_until"].map(past).join(", ")}`,
    );
  });

test("finds nothing to do", async () => {
  const account = await createScanAccount(database);
  await createListedJob(database, ["a"]);
  expect(await account.invoke(sweep)).toEqual(nothing);
  expect(account.calls).toEqual([]);
});

test("has the listing of a job started that nobody has started", async () => {
  const account = await createScanAccount(database);
  const { jobId } = await createJob(database, {
    name: "nightly",
    bucket: "data",
    prefix: undefined,
    idempotencyKey: "key",
    requestHash: "hash",
    windowSeconds: 600,
  });
  expect(await account.invoke(sweep)).toEqual(nothing);
  await passTime("2 minutes");
  expect(await account.invoke(sweep)).toEqual({ ...nothing, listingsResumed: 1 });
  expect(account.invocations).toEqual([{ job_id: jobId }]);
});

test("has a listing resumed whose invocation died", async () => {
  const account = await createScanAccount(database);
  const { jobId } = await createListedJob(database, ["a"], { finish: false });
  await passTime("30 seconds");
  expect(await account.invoke(sweep)).toEqual(nothing);
  await passTime("40 seconds");
  expect(await account.invoke(sweep)).toMatchObject({ listingsResumed: 1 });
  expect(account.invocations).toEqual([{ job_id: jobId }]);
});

test("sends what was never sent, and starts a worker", async () => {
  const account = await createScanAccount(database);
  const { objectIds } = await createListedJob(database, ["a", "b"]);
  await database.transaction((query) => query("UPDATE job_objects SET enqueued_at = NULL"));
  expect(await account.invoke(sweep)).toEqual(nothing);
  await passTime("2 minutes");
  expect(await account.invoke(sweep)).toEqual({ ...nothing, messagesSent: 2 });
  expect((await account.receive()).sort()).toEqual(objectIds);
  expect(account.service.desiredCount).toBe(1);
  expect(await account.invoke(sweep)).toEqual(nothing);
});

test("sends a lost message again when the queue is empty", async () => {
  const account = await createScanAccount(database);
  const { objectIds } = await createListedJob(database, ["a"]);
  await passTime("14 minutes");
  expect(await account.invoke(sweep)).toEqual(nothing);
  await passTime("2 minutes");
  expect(await account.invoke(sweep)).toEqual({ ...nothing, messagesResent: 1 });
  expect(await account.receive()).toEqual(objectIds);
});

test("leaves messages alone that wait in a long queue, for a day", async () => {
  const account = await createScanAccount(database);
  await createListedJob(database, ["a"]);
  await passTime("16 minutes");
  await account.invoke(sweep);
  await passTime("23 hours");
  expect(await account.invoke(sweep)).toEqual(nothing);
  await passTime("2 hours");
  expect(await account.invoke(sweep)).toEqual({ ...nothing, messagesResent: 1 });
});

test("takes objects back from workers that died, and gives up after three", async () => {
  const account = await createScanAccount(database);
  const { jobId, objectIds } = await createListedJob(database, ["a", "b"]);
  const [fatal, other] = objectIds as [number, number];
  for (let deaths = 1; deaths <= 3; deaths++) {
    await claim(database, fatal);
    await passTime("2 minutes");
    expect(await account.invoke(sweep)).toMatchObject({
      objectsRequeued: deaths < 3 ? 1 : 0,
      objectsGivenUp: deaths < 3 ? 0 : 1,
      messagesSent: deaths < 3 ? 1 : 0,
    });
  }
  expect(await account.receive()).toEqual([fatal, fatal]);
  expect(account.metric("ObjectsGivenUp")).toEqual([0, 0, 1]);
  const { attempt } = await claim(database, other);
  await failObject(database, { objectId: other, attempt }, "why");
  expect(await getJob(database, jobId)).toMatchObject({ status: "failed", objectsByStatus: { failed: 2 } });
});

test("skips the objects of a cancelled job", async () => {
  const account = await createScanAccount(database);
  const { jobId } = await createListedJob(database, ["a", "b"]);
  await cancelJob(database, jobId);
  expect(await account.invoke(sweep)).toEqual({ ...nothing, objectsSkipped: 2 });
  await passTime("2 days");
  expect(await account.invoke(sweep)).toEqual(nothing);
  expect(await getJob(database, jobId)).toMatchObject({
    status: "cancelled",
    objectsByStatus: { skipped: 2 },
  });
});

test("a step that fails keeps no other from its work, and the invocation fails", async () => {
  const account = await createScanAccount(database);
  await createListedJob(database, ["a"], { finish: false });
  await passTime("20 minutes");
  account.state.intercept = (service) =>
    service === "lambda" ? { status: 403, body: '{"__type":"AccessDenied"}' } : undefined;
  await expect(account.invoke(sweep)).rejects.toThrow("Lambda answered 403");
  expect(await account.receive()).toHaveLength(1);
  expect(account.metric("Failures")).toEqual([1]);
});

test("ends although SQS refuses every message", async () => {
  const account = await createScanAccount(database);
  await createListedJob(database, ["a"]);
  await passTime("20 minutes");
  account.state.intercept = (_service, action) =>
    action === "SendMessageBatch"
      ? { status: 200, body: JSON.stringify({ Failed: [{ Id: "0", Code: "InternalError" }] }) }
      : undefined;
  expect(await account.invoke(sweep)).toEqual(nothing);
});

test("begins no step for which no time is left", async () => {
  const account = await createScanAccount(database);
  const { objectIds } = await createListedJob(database, ["a"]);
  await claim(database, objectIds[0]!);
  await passTime("20 minutes");
  expect(await account.invoke(sweep, 1_000)).toEqual(nothing);
});
