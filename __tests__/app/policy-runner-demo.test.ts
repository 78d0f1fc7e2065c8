import type { Run } from "../../cli/run-history";
import { readOptions } from "../../scripts/demo/options";
import type { PolicyRun } from "../../scripts/demo/policy-runner/aws";
import type { Happened } from "../../scripts/demo/policy-runner/play";
import { json } from "../../scripts/demo/policy-runner/report";
import { verifyOutcome } from "../../scripts/demo/policy-runner/verdict";

const run = (resource: string): PolicyRun => ({
  taskArn: "arn:aws:ecs:us-east-1:123456789012:task/custodian/1",
  exitCode: 0,
  resource,
  policy: "policies/s3-createbucket.yml",
  status: "succeeded",
  metrics: { ExecutionTime: 2.5, ResourcesProcessed: 2, ActionsTaken: 2 },
  log: [],
});
const [first, large] = [run("test-security-bucket-123"), run("quarterly-reports")];
const failed: PolicyRun = {
  ...run("orders"),
  policy: "policies/function-tag.yml",
  exitCode: 2,
  status: "failed",
  metrics: { ExecutionTime: 1, ResourcesProcessed: 0, ActionsTaken: 0 },
  log: ["not authorized to perform: lambda:ListFunctions"],
};
const listed = ({ policy, resource, exitCode, metrics }: PolicyRun): Run => ({
  exitCode,
  service: "custodian-worker",
  outcome: exitCode === 0 ? "succeeded" : "failed",
  attempt: 1,
  eventId: "e",
  task: "t",
  startedAt: null,
  endedAt: "2026-01-01T00:00:00.000Z",
  seconds: null,
  reason: null,
  policy,
  resource,
  actionsTaken: metrics.ActionsTaken,
});
const before = { publicAccessBlocked: false, encryption: null };
const good: Happened = {
  changedAtFirst: ["test-security-bucket-123"],
  changed: ["quarterly-reports", "test-security-bucket-123"],
  bucket: { before, after: { publicAccessBlocked: true, encryption: "AES256" } },
  runs: [first!, large!, failed],
  duplicates: 1,
  inCooldown: 11,
  answeredTask: first!.taskArn,
  ownCalls: 1,
  largeFinding: { bytes: 300_912, arrivedWhole: true },
  unmatched: 1,
  tasksFailed: 1,
  deadLetters: [{ reason: "the task exited with 2" }],
  history: [first!, large!, failed].map(listed),
};
const metrics = (of: Partial<PolicyRun["metrics"]>): Partial<Happened> => ({
  runs: [{ ...first!, metrics: { ...first!.metrics, ...of } }, large!, failed],
});

test("all is well when everything happened once", () => {
  expect(verifyOutcome(good)).toEqual([]);
  expect(json(good)).toMatchObject({ bucketChanged: true, othersChanged: 0, metrics: first!.metrics });
});

test.each<[RegExp, Partial<Happened>]>([
  [/^public access to test-security-bucket-123 must be blocked/, { bucket: { before, after: before } }],
  [/^the first run must change .* alone; it changed: nothing/, { changedAtFirst: [] }],
  [/^the runs must change .* alone/, { changed: [...good.changed, "test-security-bucket-124"] }],
  [/^each of the three findings must run its policy once/, { runs: [first!, large!] }],
  [/^the runs must exit with 0, 0 and 2, not with 1/, { runs: [{ ...first!, exitCode: 1 }, large!, failed] }],
  [/^ExecutionTime must be more than 0/, metrics({ ExecutionTime: 0 })],
  [/^ResourcesProcessed must be 2/, metrics({ ResourcesProcessed: 3 })],
  [/^ActionsTaken must be 2/, metrics({ ActionsTaken: 0 })],
  [/as one duplicate, not 0/, { duplicates: 0 }],
  [/^11 events must be in the cooldown, not 9/, { inCooldown: 9 }],
  [/^the function must answer a test event/, { answeredTask: undefined }],
  [/own call must be ignored once, not 0/, { ownCalls: 0 }],
  [/^the large finding must have 300,000 bytes/, { largeFinding: { bytes: 1, arrivedWhole: true } }],
  [/^the large finding must arrive whole/, { largeFinding: { bytes: 300_912, arrivedWhole: false } }],
  [/counted as unmatched, not 0/, { unmatched: 0 }],
  [/^the failed run must be counted once/, { tasksFailed: 0 }],
  [/lambda:ListFunctions is denied/, { runs: [first!, large!, { ...failed, log: [] }] }],
  [/^the dead-letter queue must have one message.*it has: none/, { deadLetters: [] }],
  [/^the command runs must list the three runs.*it lists: none/, { history: [] }],
])("says %s", (rule, change) => {
  expect(verifyOutcome({ ...good, ...change })).toContainEqual(expect.stringMatching(rule));
});

test("a changed bucket that no finding names is another one", () => {
  expect(json({ ...good, changedAtFirst: good.changed })).toMatchObject({ othersChanged: 1 });
  expect(json({ ...good, changed: [...good.changed, "other"] })).toMatchObject({ othersChanged: 1 });
});

test("the options name a demo, or the first one is run", () => {
  expect(readOptions(["policy-runner", "--hcl"])).toMatchObject({ demo: "policy-runner", form: "hcl" });
  expect(readOptions([])).toMatchObject({ demo: "event-driven-ecs", form: "cdktf" });
  expect(() => readOptions(["policies"])).toThrow(
    '"policies" is not a demo; the demos are: event-driven-ecs, policy-runner, data-scanner, bottle-sync.',
  );
});
