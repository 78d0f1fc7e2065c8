import { compareFindings } from "./compare";
import type { GeneratedFile } from "./files";
import type { Happened } from "./play";

/** What happened and must not have, or did not happen and must. Empty if all is well. */
export function verifyOutcome(files: readonly GeneratedFile[], happened: Happened): string[] {
  const { job, findings, findingsAfterDuplicates, workersBefore, workersPeak, workersAtRest, leaked } =
    happened;
  const { missed, doubled } = compareFindings(files, findings);
  const checks: [boolean, string][] = [
    [job.status === "completed", `the job must be completed, not ${job.status}`],
    [
      job.total_objects === files.length && job.skipped_objects === 1,
      `all ${files.length} objects must be in the job and the image alone skipped, not ${job.total_objects} and ${job.skipped_objects}`,
    ],
    [missed === 0, `no finding may be missed, not ${missed}`],
    [doubled === 0, `no finding may be there twice or unexpected, not ${doubled}`],
    [
      findingsAfterDuplicates === findings.length,
      `duplicate messages must change nothing: ${findings.length} findings before, ${findingsAfterDuplicates} after`,
    ],
    [workersBefore === 0, `no worker may run before there is something to scan, not ${workersBefore}`],
    [workersPeak > 0, "a worker must run while there is something to scan"],
    [workersAtRest === 0, `no worker may run at rest, not ${workersAtRest}`],
    [
      leaked.length === 0,
      `no value may be in the database, a queue, a log or an answer, not ${leaked.length}`,
    ],
  ];
  return checks.filter(([holds]) => !holds).map(([, rule]) => rule);
}
