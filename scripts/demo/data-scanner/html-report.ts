import type { Finding } from "./aws";

const escapeHtml = (text: unknown): string =>
  String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const countBy = (findings: readonly Finding[], key: (finding: Finding) => string): [string, number][] => {
  const counts = new Map<string, number>();
  for (const finding of findings) counts.set(key(finding), (counts.get(key(finding)) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a.localeCompare(b));
};

const table = (head: readonly string[], rows: readonly (readonly unknown[])[]): string => `<table>
<tr>${head.map((cell) => `<th>${escapeHtml(cell)}</th>`).join("")}</tr>
${rows.map((row) => `<tr>${row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}</tr>`).join("\n")}
</table>`;

/** The findings of a job as a page: counts by type and file, and each finding with its masked context. */
export const htmlReport = (
  job: Record<string, unknown>,
  findings: readonly Finding[],
): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Findings of ${escapeHtml(job.job_name)}</title>
<style>body { font-family: sans-serif; margin: 2em } td, th { padding: 2px 12px 2px 0; text-align: left } code { white-space: pre-wrap }</style>
<h1>Findings of ${escapeHtml(job.job_name)}</h1>
<p>${escapeHtml(job.s3_bucket)}: ${escapeHtml(job.status)}, ${escapeHtml(job.total_objects)} objects, ${findings.length} findings. Values are masked.</p>
<h2>By type</h2>
${table(
  ["type", "findings"],
  countBy(findings, ({ finding_type }) => finding_type),
)}
<h2>By file</h2>
${table(
  ["file", "findings"],
  countBy(findings, ({ s3_key }) => s3_key),
)}
<h2>All</h2>
${table(
  ["file", "line", "type", "confidence", "context"],
  findings.map((each) => [
    each.s3_key,
    each.line_number,
    each.finding_type,
    each.confidence,
    each.context.trim(),
  ]),
)}
</html>
`;
