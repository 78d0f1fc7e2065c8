import { assumptionsOf, type EventCosts, eventCosts } from "./events";
import { type CostItem, idleCosts, withoutPrice } from "./idle";
import { readPlan } from "./plan";
import { pricesOf, readPriceTable } from "./prices";

export type CostOptions = {
  /** File with a plan in JSON. */
  plan: string;
  /** Default: that of the plan, else AWS_REGION. */
  region?: string;
  taskSeconds: number;
  imageMb: number;
  /** File with a price table. Default: that of this package. */
  prices?: string;
};

export type CostEstimate = {
  region: string;
  /** Date of the price table. */
  pricesOf: string;
  idlePerMonth: { cost: number; items: readonly CostItem[] };
  perThousandEvents: readonly EventCosts[];
  /** Addresses of resources that are not free and have no price here. */
  notPriced: readonly string[];
  assumptions: readonly string[];
};

/** @throws Error when the plan or the price table cannot be read, or the region has no prices */
export function estimateCost(options: CostOptions): CostEstimate {
  const { resources, region: planned } = readPlan(options.plan);
  const region = options.region ?? planned ?? process.env.AWS_REGION;
  if (region === undefined)
    throw new Error("The plan names no region as a literal: give it with --region or AWS_REGION.");
  const table = readPriceTable(options.prices);
  const prices = pricesOf(table, region);
  const items = idleCosts(resources, prices);
  return {
    region,
    pricesOf: table.date,
    idlePerMonth: { cost: items.reduce((total, { cost }) => total + cost, 0), items },
    perThousandEvents: eventCosts(resources, options, prices),
    notPriced: withoutPrice(resources, prices),
    assumptions: assumptionsOf(options),
  };
}
