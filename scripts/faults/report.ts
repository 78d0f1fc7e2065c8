import { failures, type Scene, verdictOn } from "./verdict";

export type Row = { fault: string; varies: boolean; there: Scene; here: Scene };

const totals = (scenes: readonly Scene[]): string => {
  const verdicts = scenes.map(verdictOn);
  return failures
    .map((failure) => `${verdicts.filter((verdict) => verdict[failure]).length} ${failure}`)
    .join(", ");
};

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const list = (items: readonly string[]): string => items.join(", ") || "–";
const tasksIn = ({ events }: Scene): number => events.flatMap(({ tasks }) => tasks).length;

/** The table of docs/faults.md and its sum. */
export const tableOf = (rows: readonly Row[]): string => {
  const both = (cell: (scene: Scene) => string | number, { there, here }: Row) =>
    `${cell(there)} / ${cell(here)}`;
  const headings = [
    "fault",
    "returned",
    "raised",
    "`RunTask` calls",
    "tasks",
    "told by",
    "outcome there",
    "outcome here",
  ];
  return [
    line(headings),
    line(headings.map(() => "---")),
    ...rows.map((row) =>
      line([
        row.fault,
        both(({ returned }) => list(returned), row),
        both(({ raised }) => list(raised), row),
        row.varies ? "varies" : both(({ runTaskCalls }) => runTaskCalls, row),
        both(tasksIn, row),
        both(({ signals }) => list(signals), row),
        verdictOn(row.there).says,
        verdictOn(row.here).says,
      ]),
    ),
    "",
    `There: ${totals(rows.map(({ there }) => there))}.`,
    `Here: ${totals(rows.map(({ here }) => here))}.`,
  ].join("\n");
};
