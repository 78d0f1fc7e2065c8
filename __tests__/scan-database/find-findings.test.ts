import { completeObject, type Database, type FindingFilter, findFindings } from "../../scan-database";
import { findingTypes } from "../../scanner";
import { rowsRead } from "../../testing/rows-read";
import { ScanDatabases } from "../../testing/scan-database";
import { claim, createListedJob, finding } from "../../testing/scan-job";

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

/** A job whose object has as many findings, of all types in turn. */
const createJobWith = async (count: number): Promise<string> => {
  const { jobId, objectIds } = await createListedJob(database, ["a"]);
  const scan = await claim(database, objectIds[0]!);
  const findings = Array.from({ length: count }, (_, line) =>
    finding(line, { type: findingTypes[line % findingTypes.length]! }),
  );
  await completeObject(database, { ...scan, findings, detectorVersion: "1" });
  return jobId;
};

const readAll = async (filter: FindingFilter, limit: number) => {
  const pages: number[][] = [];
  for (let before: number | undefined; ; ) {
    const page = await findFindings(database, filter, { limit, before });
    pages.push(page.findings.map(({ findingId }) => findingId));
    if (!page.hasMore) return pages;
    before = page.findings.at(-1)!.findingId;
  }
};

const idsWhere = async (where: string): Promise<number[]> => {
  const { rows } = await database.read((query) =>
    query<{ finding_id: number }>(`SELECT finding_id FROM findings WHERE ${where} ORDER BY finding_id DESC`),
  );
  return rows.map((row) => row.finding_id);
};

test("pages have each finding of the filter once, newest first", async () => {
  const one = await createJobWith(25);
  const other = await createJobWith(16);
  const filters: [FindingFilter, string][] = [
    [{}, "true"],
    [{ jobId: one }, `job_id = '${one}'`],
    [{ jobId: other, type: "email" }, `job_id = '${other}' AND finding_type = 'email'`],
    [{ type: "ssn" }, "finding_type = 'ssn'"],
  ];
  for (const [filter, where] of filters) {
    const pages = await readAll(filter, 5);
    expect(pages.flat()).toEqual(await idsWhere(where));
    expect(pages.slice(0, -1).every((page) => page.length === 5)).toBe(true);
  }
});

test("findings that are stored between two pages are on neither", async () => {
  const jobId = await createJobWith(10);
  const first = await findFindings(database, { jobId }, { limit: 6 });
  await createJobWith(10);
  const rest = await findFindings(database, {}, { limit: 100, before: first.findings.at(-1)!.findingId });
  expect(rest.findings).toHaveLength(4);
});

test("a full last page has no next one", async () => {
  const jobId = await createJobWith(6);
  expect(await findFindings(database, { jobId }, { limit: 6 })).toMatchObject({ hasMore: false });
});

test("a page reads few rows, however many there are", async () => {
  const name = await databases.create();
  database = databases.connect(name);
  const old = await createJobWith(3_000);
  await createJobWith(3_000);
  await databases.asSuperuser("ANALYZE", name);
  const read = (filter: FindingFilter): Promise<number> =>
    rowsRead(database, "findings", (explaining) => findFindings(explaining, filter, { limit: 10 }));
  expect(await read({})).toBe(11);
  expect(await read({ jobId: old, type: "email" })).toBe(11);
  expect(await read({ type: "email" })).toBe(11);
  // The newest of each type.
  expect(await read({ jobId: old })).toBe(7 * 11);
});
