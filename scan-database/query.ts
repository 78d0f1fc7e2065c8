import type { QueryResultRow } from "pg";

/** Runs one statement. `count` is the number of rows that it returned or changed. */
export type Query = <Row extends QueryResultRow>(
  text: string,
  values?: readonly unknown[],
) => Promise<{ rows: Row[]; count: number }>;
