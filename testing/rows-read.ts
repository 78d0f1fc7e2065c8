import type { Database } from "../scan-database";

type Plan = {
  "Relation Name"?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  Plans?: Plan[];
};

const rowsOf = (plan: Plan, table: string): number => {
  const own = (plan["Actual Rows"] + (plan["Rows Removed by Filter"] ?? 0)) * plan["Actual Loops"];
  const isScan = plan["Relation Name"] === table;
  return (isScan ? own : 0) + (plan.Plans ?? []).reduce((sum, each) => sum + rowsOf(each, table), 0);
};

/** Rows of a table that the first statement of `work` reads. It gets no rows. */
export const rowsRead = async (
  database: Database,
  table: string,
  work: (explaining: Database) => Promise<unknown>,
): Promise<number> => {
  let plan: Plan | undefined;
  const explainIn =
    (run: Database["read"]): Database["read"] =>
    (statements) =>
      run((query) =>
        statements(async (text, values) => {
          const explain = `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`;
          const { rows } = await query<{ "QUERY PLAN": [{ Plan: Plan }] }>(explain, values);
          plan ??= rows[0]!["QUERY PLAN"][0].Plan;
          return { rows: [], count: 0 };
        }),
      );
  await work({ ...database, read: explainIn(database.read), transaction: explainIn(database.transaction) });
  return rowsOf(plan!, table);
};
