import type { Construct } from "constructs";
import { expression } from "./expression";
import { check, checkAtPlan, isToken } from "./validation";

/** @throws ValidationError when a list of IDs names one twice. */
export function checkNamedOnlyOnce(scope: Construct, prop: string, ids: readonly string[] | undefined): void {
  if (ids === undefined) return;
  if (isToken(ids)) {
    checkAtPlan(
      scope,
      [ids],
      expression`length(distinct(${ids})) == length(${ids})`,
      `${prop} names an ID twice; each is named once.`,
    );
    return;
  }
  const twice = ids.filter((id, index) => !isToken(id) && ids.indexOf(id) < index);
  check(
    scope,
    twice.length === 0,
    `${prop} names ${[...new Set(twice)].map((id) => `"${id}"`).join(", ")} twice; each ID is named once.`,
  );
}
