import type { Finding } from "./aws";
import type { GeneratedFile } from "./files";

/** Findings that were expected and are not there, and those that are there more than once or were not expected. */
export const compareFindings = (
  files: readonly GeneratedFile[],
  findings: readonly Finding[],
): { expected: number; missed: number; doubled: number } => {
  const left = new Map<string, number>();
  for (const { key, expected } of files)
    for (const place of expected) left.set(`${key} ${place}`, (left.get(`${key} ${place}`) ?? 0) + 1);
  const expected = [...left.values()].reduce((sum, count) => sum + count, 0);
  let doubled = 0;
  for (const { s3_key, finding_type, line_number, column_start } of findings) {
    const place = `${s3_key} ${finding_type} ${line_number}:${column_start}`;
    const count = left.get(place) ?? 0;
    if (count === 0) doubled++;
    else left.set(place, count - 1);
  }
  return { expected, missed: [...left.values()].reduce((sum, count) => sum + count, 0), doubled };
};
