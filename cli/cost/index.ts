import { Command, InvalidArgumentError } from "commander";
import { print } from "../options";
import { type CostEstimate, type CostOptions, estimateCost } from "./estimate";
import type { EventCosts } from "./events";
import { hoursPerMonth } from "./idle";

const zeroOrMore = (text: string): number => {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value < Number.POSITIVE_INFINITY))
    throw new InvalidArgumentError("expected a number, 0 or more.");
  return value;
};

export const costCommand = new Command("cost")
  .description("Show what a plan costs: a month without events, and 1,000 events of each task.")
  .requiredOption("--plan <file>", "plan in JSON, from `terraform show -json`")
  .option("--region <region>", "region of the prices (default: that of the plan, else AWS_REGION)")
  .option("--task-seconds <seconds>", "how long a task runs", zeroOrMore, 120)
  .option("--image-mb <megabytes>", "size of the image that a task pulls", zeroOrMore, 100)
  .option("--prices <file>", "price table of the same form as that of this package")
  .option("--json", "print the result as one JSON object")
  .action((options: CostOptions & { json?: boolean }) => {
    const estimate = estimateCost(options);
    print(options, estimate, format(estimate));
  });

/** Families whose tasks cost the same. */
function sameCosts(events: readonly EventCosts[]): (EventCosts & { families: string[] })[] {
  const groups = new Map<number, EventCosts & { families: string[] }>();
  for (const costs of events) {
    const group = groups.get(costs.cost) ?? { ...costs, families: [] };
    group.families.push(costs.family);
    groups.set(costs.cost, group);
  }
  return [...groups.values()];
}

const dollars = (value: number): string => `$${value.toFixed(2)}`;

const line = (cost: number, text: string): string => `  ${dollars(cost).padStart(10)}  ${text}`;

function format(estimate: CostEstimate): string[] {
  const { region, idlePerMonth, perThousandEvents, notPriced, assumptions } = estimate;
  return [
    `Idle: ${dollars(idlePerMonth.cost)} a month in ${region} (${hoursPerMonth} hours)`,
    ...idlePerMonth.items.map(({ count, item, unitCost, cost }) =>
      line(cost, `${count} × ${item} at ${dollars(unitCost)}`),
    ),
    ...sameCosts(perThousandEvents).flatMap(({ families, cost, items }) => [
      "",
      `1,000 events with one task each: ${dollars(cost)} (${families.join(", ")})`,
      ...items.map((item) => line(item.cost, item.item)),
    ]),
    ...(notPriced.length > 0 ? ["", `Not priced, and not free: ${notPriced.join(", ")}`] : []),
    "",
    "Assumptions",
    ...assumptions.map((text) => `  ${text}`),
    `  Prices of ${estimate.pricesOf}.`,
  ];
}
