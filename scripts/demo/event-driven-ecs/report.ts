import type { Happened } from "./play";

/** The summary as a person reads it. */
export const summary = ({
  events,
  tasks,
  targets,
  targetsAfterStop,
  duplicates,
  failedJob,
  deadLetters,
  history,
}: Happened): string[] => [
  `events sent             ${events}`,
  `tasks run               ${tasks.length}`,
  ...tasks.flatMap(({ service, taskArn, exitCode, output }) => [
    `  ${service}: ${taskArn}, exit code ${exitCode}, wrote:`,
    ...output.map((line) => `    ${line}`),
  ]),
  `targets reached         ${targets.length}`,
  ...targets.map(({ service, target, health, answer }) => `  ${service}: ${target}, ${health}: ${answer}`),
  `targets after the stop  ${targetsAfterStop}`,
  `duplicates suppressed   ${duplicates}`,
  `job that failed         exit codes ${failedJob.exitCodes.join(", then ")}; TasksFailed ${failedJob.tasksFailed}`,
  `  ${failedJob.reason}`,
  `  redrive: ${failedJob.redriven.map(({ outcome, tasks = [] }) => [outcome, ...tasks].join(" ")).join("; ")}`,
  `runs in the history     ${history.runs.map(({ service, outcome }) => `${service} ${outcome}`).join(", ")}`,
  `DLQ messages            ${deadLetters.length}`,
  ...deadLetters.map(({ reason }) => `  ${reason}`),
];

/** The summary as a program reads it. */
export const json = ({ tasks, history, ...happened }: Happened): object => ({
  ...happened,
  runs: history.runs,
  failedRunLog: history.log,
  tasks: tasks.map(({ service, taskArn, exitCode }) => ({ service, taskArn, exitCode })),
});
