import { evaluateResult, failures, type ScenarioResult } from "./verdict";

export type Row = { fault: string; varies: boolean; usual: ScenarioResult; ours: ScenarioResult };

const totals = (results: readonly ScenarioResult[]): string => {
  const verdicts = results.map(evaluateResult);
  return failures
    .map((failure) => `${verdicts.filter((verdict) => verdict[failure]).length} ${failure}`)
    .join(", ");
};

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const list = (items: readonly string[]): string => items.join(", ") || "–";
const tasksIn = ({ events }: ScenarioResult): number => events.flatMap(({ tasks }) => tasks).length;

/** Formats the table of docs/faults.md and its totals. */
export const formatTable = (rows: readonly Row[]): string => {
  const both = (cell: (result: ScenarioResult) => string | number, { usual, ours }: Row) =>
    `${cell(usual)} / ${cell(ours)}`;
  const headings = [
    "fault",
    "returned",
    "raised",
    "`RunTask` calls",
    "tasks",
    "reported by",
    "outcome, usual functions",
    "outcome, this project",
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
        evaluateResult(row.usual).says,
        evaluateResult(row.ours).says,
      ]),
    ),
    "",
    `Usual functions: ${totals(rows.map(({ usual }) => usual))}.`,
    `This project: ${totals(rows.map(({ ours }) => ours))}.`,
  ].join("\n");
};
