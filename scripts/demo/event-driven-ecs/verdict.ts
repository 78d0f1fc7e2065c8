import type { Happened } from "./play";

/** What happened and must not have, or did not happen and must. Empty if all is well. */
export function verifyOutcome({
  tasks,
  targets,
  targetsAfterStop,
  duplicates,
  failedJob,
  deadLetters,
  history,
}: Happened): string[] {
  const services = tasks.map(({ service }) => service).sort();
  const reasons = deadLetters.map(({ reason }) => reason);
  const listed = history.runs
    .map(({ service, outcome, exitCode, attempt }) => `${service} ${outcome} ${exitCode} ${attempt}`)
    .sort();
  const checks: [boolean, string][] = [
    [
      services.join() === "auth,pdf",
      `auth and pdf must run once each; what ran: ${services.join(", ") || "nothing"}`,
    ],
    [tasks.every(({ exitCode }) => exitCode === 0), "every task must exit with 0"],
    [
      tasks.every(({ output, service }) => output.some((line) => line.includes(`"${service}"`))),
      "every task must have written which service it is",
    ],
    [
      targets
        .map(({ service }) => service)
        .sort()
        .join() === "auth,pdf",
      `auth and pdf must have one target each; what was there: ${JSON.stringify(targets)}`,
    ],
    [
      targets.every(({ service, health, answer }) => health === "healthy" && answer.includes(`"${service}"`)),
      `every target must be healthy and answer by its service's name: ${JSON.stringify(targets)}`,
    ],
    [targetsAfterStop === 0, `no target may be left after the stop, but ${targetsAfterStop} are`],
    [duplicates === 1, `the repeated event must be seen as one duplicate, not ${duplicates}`],
    [failedJob.tasksFailed === 1, `the failed job must be counted once, not ${failedJob.tasksFailed} times`],
    [
      failedJob.exitCodes.join() === "3,0",
      `the failed job must exit with 3 and, redriven, with 0, not with ${failedJob.exitCodes.join(", ")}`,
    ],
    [
      failedJob.redriven.map(({ outcome }) => outcome).join() === "started",
      `redrive must start one task for the letter of the failed job; it says ${JSON.stringify(failedJob.redriven)}`,
    ],
    [failedJob.reason.includes("exited with 3"), "the reason of the failed job must name its exit code"],
    [
      listed.join() === "auth stopped 0 1,pdf stopped 0 1,report failed 3 1,report succeeded 0 2",
      `runs must list every task with outcome, exit code and attempt; it lists: ${listed.join(", ") || "nothing"}`,
    ],
    [
      history.log.some((line) => line.includes("report")),
      `logs must print the log of the failed run; it prints: ${history.log.join("; ") || "nothing"}`,
    ],
    [deadLetters.length === 2, `2 events must be in the dead-letter queue, not ${deadLetters.length}`],
    [reasons.some((reason) => reason.includes("detail.service")), "a DLQ message must name detail.service"],
    [reasons.some((reason) => reason.includes("billing")), "a DLQ message must name the service billing"],
  ];
  return checks.filter(([holds]) => !holds).map(([, rule]) => rule);
}
