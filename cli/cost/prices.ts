import { readJson } from "../read-file";
import table from "./prices.json";

/** Prices of a region in USD, by item and unit. */
export type Prices = (typeof table.regions)["us-east-1"];

export type PriceTable = { date: string; source: string; regions: Readonly<Record<string, Prices>> };

const isPriceTable = (value: unknown): value is PriceTable =>
  typeof value === "object" &&
  value !== null &&
  typeof (value as PriceTable).date === "string" &&
  typeof (value as PriceTable).regions === "object";

/**
 * The price table of this package, or one of the same form in a file.
 * @throws Error when the file is no price table
 */
export function readPriceTable(file?: string): PriceTable {
  if (file === undefined) return table;
  const given = readJson(file);
  if (!isPriceTable(given))
    throw new Error(
      `${file}: expected a JSON object with date, source and regions, as cli/cost/prices.json has.`,
    );
  return given;
}

/** @throws Error when the table lacks the region or one of its prices */
export function pricesOf({ regions }: PriceTable, region: string): Prices {
  const found = regions[region];
  if (found === undefined)
    throw new Error(
      `The price table has no region "${region}"; it has ${Object.keys(regions).join(", ")}; give one of them with --region, or a table that has it with --prices.`,
    );
  const missing = Object.keys(table.regions["us-east-1"]).filter(
    (item) => typeof found[item as keyof Prices] !== "number",
  );
  if (missing.length > 0) throw new Error(`The prices of ${region} lack ${missing.join(", ")}.`);
  return found;
}
