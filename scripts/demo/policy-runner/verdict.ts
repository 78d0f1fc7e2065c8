import { largeBucket, reportedBucket } from "./events";
import type { Happened } from "./play";
import { othersChanged } from "./report";

/** What happened and must not have, or did not happen and must. Empty if all is well. */
export function verifyOutcome(happened: Happened): string[] {
  const { bucket, changedAtFirst, changed, runs, duplicates, inCooldown, ownCalls } = happened;
  const { largeFinding, unmatched, tasksFailed, deadLetters, answeredTask, history } = happened;
  const [first, , failed] = runs;
  const ran = runs.map(({ policy, resource }) => `${policy} on ${resource}`);
  const { ExecutionTime = 0, ResourcesProcessed, ActionsTaken } = first?.metrics ?? {};
  const reasons = deadLetters.map(({ reason }) => reason);
  const listed = history.map(({ policy, resource, outcome, actionsTaken }) =>
    [policy, resource, outcome, actionsTaken].join(" "),
  );
  const checks: [boolean, string][] = [
    [
      !bucket.before.publicAccessBlocked && bucket.after.publicAccessBlocked,
      `public access to ${reportedBucket} must be blocked by the run; before and after: ${JSON.stringify(bucket)}`,
    ],
    [
      changedAtFirst.join() === reportedBucket,
      `the first run must change ${reportedBucket} alone; it changed: ${changedAtFirst.join(", ") || "nothing"}`,
    ],
    [
      othersChanged(happened) === 0 && changed.includes(largeBucket),
      `the runs must change ${reportedBucket} and ${largeBucket} alone; they changed: ${changed.join(", ")}`,
    ],
    [
      ran.join() ===
        `policies/s3-createbucket.yml on ${reportedBucket},policies/s3-createbucket.yml on ${largeBucket},policies/function-tag.yml on orders`,
      `each of the three findings must run its policy once; what ran: ${ran.join(", ") || "nothing"}`,
    ],
    [
      runs.map(({ exitCode }) => exitCode).join() === "0,0,2",
      `the runs must exit with 0, 0 and 2, not with ${runs.map(({ exitCode }) => exitCode).join(", ")}`,
    ],
    // Of a bucket's two settings, each is the matter of one policy in the file, which has one action.
    [ExecutionTime > 0, `ExecutionTime must be more than 0 seconds, not ${ExecutionTime}`],
    [
      ResourcesProcessed === 2,
      `ResourcesProcessed must be 2, the bucket by each policy, not ${ResourcesProcessed}`,
    ],
    [ActionsTaken === 2, `ActionsTaken must be 2, one of each policy, not ${ActionsTaken}`],
    [duplicates === 1, `the repeated event must be seen as one duplicate, not ${duplicates}`],
    [inCooldown === 11, `11 events must be in the cooldown, not ${inCooldown}`],
    [
      answeredTask !== undefined && answeredTask === first?.taskArn,
      `the function must answer a test event with the task of the first run, not with ${answeredTask}`,
    ],
    [ownCalls === 1, `the run's own call must be ignored once, not ${ownCalls} times`],
    [largeFinding.bytes > 300_000, `the large finding must have 300,000 bytes, not ${largeFinding.bytes}`],
    [largeFinding.arrivedWhole, "the large finding must arrive whole"],
    [unmatched === 1, `one finding must be counted as unmatched, not ${unmatched}`],
    [tasksFailed === 1, `the failed run must be counted once, not ${tasksFailed} times`],
    [
      failed?.metrics.ActionsTaken === 0 && failed.log.some((line) => line.includes("lambda:ListFunctions")),
      "the failed run must have taken no action, and have logged that lambda:ListFunctions is denied to it",
    ],
    [
      listed.join() ===
        `policies/s3-createbucket.yml ${reportedBucket} succeeded 2,policies/s3-createbucket.yml ${largeBucket} succeeded 2,policies/function-tag.yml orders failed 0`,
      `the command runs must list the three runs with policy, resource, outcome and actions; it lists: ${listed.join(", ") || "none"}`,
    ],
    [
      reasons.length === 1 && reasons[0]!.includes("exited with 2"),
      `the dead-letter queue must have one message, for the run that exited with 2; it has: ${reasons.join(", ") || "none"}`,
    ],
  ];
  return checks.filter(([holds]) => !holds).map(([, rule]) => rule);
}
