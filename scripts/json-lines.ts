/** The lines that are JSON objects: what functions, the worker and Terraform with `-json` write themselves. */
export const jsonLines = <Line = Record<string, unknown>>(lines: readonly string[]): Line[] =>
  lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Line);
