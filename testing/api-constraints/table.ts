import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What AWS's API model says about one member of an operation. */
export interface Constraint {
  readonly member: string;
  readonly apiVersion: string;
  readonly shape: string;
  readonly type: string;
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly enum?: readonly string[];
}

/** The constraints of each input, by block and input. */
export type Table = Readonly<Record<string, Readonly<Record<string, readonly Constraint[]>>>>;

/** Where `npm run api-constraints` writes the table. */
export const tablePath = join(__dirname, "table.json");

export const readTable = (): Table => JSON.parse(readFileSync(tablePath, "utf8")) as Table;
