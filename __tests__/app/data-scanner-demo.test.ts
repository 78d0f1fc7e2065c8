import type { Finding } from "../../scripts/demo/data-scanner/aws";
import type { GeneratedFile } from "../../scripts/demo/data-scanner/files";
import { htmlReport } from "../../scripts/demo/data-scanner/html-report";
import type { Happened } from "../../scripts/demo/data-scanner/play";
import { json } from "../../scripts/demo/data-scanner/report";
import { verifyOutcome } from "../../scripts/demo/data-scanner/verdict";

const finding = (line: number, more: Partial<Finding> = {}): Finding => ({
  s3_key: "a.log",
  finding_type: "ssn",
  line_number: line,
  column_start: 4,
  confidence: "high",
  context: "ssn [ssn:11]",
  ...more,
});
const files: GeneratedFile[] = [
  { key: "a.log", body: Buffer.alloc(0), expected: ["ssn 1:4", "ssn 2:4"], values: [] },
  { key: "b.png", body: Buffer.alloc(0), expected: [], values: [] },
];
const good: Happened = {
  job: { job_name: "demo", status: "completed", total_objects: 2, skipped_objects: 1 },
  findings: [finding(1), finding(2)],
  pages: 1,
  findingsAfterDuplicates: 2,
  workersBefore: 0,
  workersPeak: 3,
  workersAtRest: 0,
  workersStopped: 1,
  leaked: [],
};

test("all is well when every finding is there once", () => {
  expect(verifyOutcome(files, good)).toEqual([]);
  expect(json(files, good, "report.html")).toMatchObject({
    objects: 2,
    findings: 2,
    expected: 2,
    missed: 0,
    doubled: 0,
    leakedValues: 0,
    workersPeak: 3,
    workersAtRest: 0,
  });
});

test.each<[RegExp, Partial<Happened>]>([
  [/must be completed, not running/, { job: { ...good.job, status: "running" } }],
  [/all 2 objects must be in the job/, { job: { ...good.job, total_objects: 1 } }],
  [/no finding may be missed, not 1/, { findings: [finding(1)], findingsAfterDuplicates: 1 }],
  [/twice or unexpected, not 1/, { findings: [finding(1), finding(2), finding(2)] }],
  [/twice or unexpected, not 1/, { findings: [finding(1), finding(2), finding(9)] }],
  [/duplicate messages must change nothing/, { findingsAfterDuplicates: 3 }],
  [/no worker may run before/, { workersBefore: 1 }],
  [/a worker must run/, { workersPeak: 0 }],
  [/no worker may run at rest, not 1/, { workersAtRest: 1 }],
  [/no value may be in the database/, { leaked: ["536-22-8726"] }],
])("says %s", (rule, change) => {
  expect(verifyOutcome(files, { ...good, ...change })).toContainEqual(expect.stringMatching(rule));
});

test("the page has no markup of what was scanned", () => {
  const page = htmlReport({ ...good.job, job_name: "<b>" }, [finding(1, { s3_key: "<img src=x>.log" })]);
  expect(page).not.toMatch(/<b>|<img/);
  expect(page).toContain("&#60;img src=x&#62;.log");
});
