import { largeBucket, reportedBucket } from "./events";
import type { Happened } from "./play";

/** Number of changed buckets that no finding names, and of those that the first run changed beside its own. */
export const othersChanged = ({ changedAtFirst, changed }: Happened): number =>
  new Set([
    ...changedAtFirst.filter((bucket) => bucket !== reportedBucket),
    ...changed.filter((bucket) => ![reportedBucket, largeBucket].includes(bucket)),
  ]).size;

/** The summary as a person reads it. */
export function summary(happened: Happened): string[] {
  const { bucket, runs, duplicates, inCooldown, ownCalls, largeFinding, unmatched, deadLetters } = happened;
  const state = ({ publicAccessBlocked, encryption }: typeof bucket.after) =>
    `public access ${publicAccessBlocked ? "blocked" : "not blocked"}, encryption ${encryption ?? "none"}`;
  return [
    reportedBucket,
    `  before                ${state(bucket.before)}`,
    `  after                 ${state(bucket.after)}`,
    `other buckets changed   ${othersChanged(happened)}`,
    `policy runs             ${runs.length}`,
    ...runs.flatMap(({ taskArn, resource, policy, exitCode, metrics }) => [
      `  ${policy} on ${resource}, exit code ${exitCode}, ${taskArn}`,
      `    ${Object.entries(metrics)
        .map(([name, value]) => `${name} ${value}`)
        .join(", ")}`,
    ]),
    `duplicates suppressed   ${duplicates}`,
    `in the cooldown         ${inCooldown}`,
    `calls of a run ignored  ${ownCalls}`,
    `large finding           ${largeFinding.bytes} bytes, arrived ${largeFinding.arrivedWhole ? "whole" : "changed"}`,
    `findings unmatched      ${unmatched}`,
    `DLQ messages            ${deadLetters.length}`,
    ...deadLetters.map(({ reason }) => `  ${reason}`),
  ];
}

/** The summary as a program reads it. `metrics` are those of the first run. */
export const json = (happened: Happened): object => {
  const { runs, changed: _, changedAtFirst, ...rest } = happened;
  return {
    bucketChanged: changedAtFirst.includes(reportedBucket),
    othersChanged: othersChanged(happened),
    metrics: runs[0]?.metrics,
    ...rest,
    runs: runs.map(({ log: _, ...run }) => run),
  };
};
