import { compareFindings } from "./compare";
import type { GeneratedFile } from "./files";
import type { Happened } from "./play";

/** The summary as a person reads it. */
export function summary(files: readonly GeneratedFile[], happened: Happened, report: string): string[] {
  const { job, findings, pages, workersBefore, workersPeak, workersAtRest, leaked } = happened;
  const { expected, missed, doubled } = compareFindings(files, findings);
  return [
    `objects                 ${job.total_objects}, of which ${job.skipped_objects} skipped`,
    `findings                ${findings.length} on ${pages} pages`,
    `expected                ${expected}, missed ${missed}, doubled ${doubled}`,
    `after duplicate messages ${happened.findingsAfterDuplicates}`,
    `workers                 ${workersBefore} before, ${workersPeak} at the most, ${workersAtRest} at rest`,
    `values that leaked      ${leaked.length}`,
    `report                  ${report}`,
  ];
}

/** The summary as a program reads it. */
export const json = (files: readonly GeneratedFile[], happened: Happened, report: string): object => ({
  objects: happened.job.total_objects,
  skipped: happened.job.skipped_objects,
  findings: happened.findings.length,
  ...compareFindings(files, happened.findings),
  findingsAfterDuplicates: happened.findingsAfterDuplicates,
  leakedValues: happened.leaked.length,
  workersPeak: happened.workersPeak,
  workersAtRest: happened.workersAtRest,
  workersStopped: happened.workersStopped,
  report,
});
