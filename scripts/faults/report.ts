import type { Played } from "./play";

export type Row = { fault: string; there: Played; here: Played };

type Verdict = { lost: boolean; doubled: boolean; leaked: boolean; says: string };

/** What has become of the one event of a scenario. */
export const verdictOn = ({ serving, leaked, tasks, deadLetters }: Played): Verdict => {
  const lost = serving === 0 && deadLetters.length === 0;
  const doubled = serving + leaked > 1;
  const parts = [
    doubled ? `**${serving + leaked} tasks, ${serving} targets**` : "",
    serving === 1 && !doubled ? "one task, registered" : "",
    lost ? "**event lost**" : "",
    leaked > 0 ? "**task leaked**: it runs, and nobody knows it" : "",
    deadLetters.length > 0 ? `dead letter: ${deadLetters.join(", ")}` : "",
    tasks > 0 && serving + leaked === 0 ? "task stopped" : "",
  ];
  return { lost, doubled, leaked: leaked > 0, says: parts.filter(Boolean).join("; ") };
};

const returned = ({ answers }: Played): string =>
  answers.flatMap((answer) => ("returned" in answer ? [answer.returned] : [])).join(", ") || "–";

const raised = ({ answers }: Played): string => {
  const names = answers.flatMap((answer) => ("raised" in answer ? [answer.raised] : []));
  return [...new Set(names)].join(", ") || "–";
};

const count = (verdicts: readonly Verdict[], what: "lost" | "doubled" | "leaked"): string =>
  `${verdicts.filter((verdict) => verdict[what]).length} ${what}`;

const totals = (played: readonly Played[]): string => {
  const verdicts = played.map(verdictOn);
  return [count(verdicts, "lost"), count(verdicts, "doubled"), count(verdicts, "leaked")].join(", ");
};

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** The table of docs/faults.md and its sum. */
export const tableOf = (rows: readonly Row[]): string => {
  const both = (cell: (played: Played) => string | number, { there, here }: Row) =>
    `${cell(there)} / ${cell(here)}`;
  const headings = [
    "fault",
    "returned",
    "raised",
    "`RunTask` calls",
    "tasks",
    "outcome there",
    "outcome here",
  ];
  return [
    line(headings),
    line(headings.map(() => "---")),
    ...rows.map((row) =>
      line([
        row.fault,
        both(returned, row),
        both(raised, row),
        both(({ runTaskCalls }) => runTaskCalls, row),
        both(({ tasks }) => tasks, row),
        verdictOn(row.there).says,
        verdictOn(row.here).says,
      ]),
    ),
    "",
    `There: ${totals(rows.map(({ there }) => there))}.`,
    `Here: ${totals(rows.map(({ here }) => here))}.`,
  ].join("\n");
};
