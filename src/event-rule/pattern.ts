import type { Construct } from "constructs";
import { expression } from "../core/expression";
import type { Json } from "../core/json";
import { check, isToken } from "../core/validation";

/** A value that matches an event, or a filter such as `{ prefix: "eu-" }` or `{ numeric: [">=", 7] }`. */
export type EventMatch = string | number | boolean | null | { readonly [operator: string]: Json };

/**
 * A content filter in EventBridge's pattern language. Each name stands for a list of values or filters, one of which must
 * match, or for a nested object.
 */
export type DetailPattern = { readonly [name: string]: readonly EventMatch[] | DetailPattern };

/** The event pattern of a rule. An empty part matches any event. */
export interface EventPattern {
  /** Values of the event's `source`. */
  readonly source: readonly string[];
  /** Values of the event's `detail-type`. */
  readonly detailType: readonly string[];
  /** Content filter on the event's `detail`. */
  readonly detail: DetailPattern;
}

/** @throws ValidationError when EventBridge would refuse `detail`. */
export function checkDetail(scope: Construct, prop: string, detail: DetailPattern | undefined): void {
  if (detail === undefined) return;
  check(
    scope,
    typeof detail === "object" && !Array.isArray(detail),
    `${prop} is ${JSON.stringify(detail)}; give the pattern as an object, not as text.`,
  );
  check(scope, Object.keys(detail).length > 0, `${prop} is {}; it must have at least one name.`);
  for (const [name, value] of Object.entries(detail)) {
    check(
      scope,
      typeof value === "object" && value !== null,
      `${prop}.${name} is ${JSON.stringify(value)}; in a pattern each name stands for a list of values or filters, or for a nested object.`,
    );
    if (!Array.isArray(value)) checkDetail(scope, `${prop}.${name}`, value as DetailPattern);
  }
}

/** The pattern in EventBridge's form. Empty parts are left out: EventBridge refuses them or matches no event. */
export function eventPattern({ source, detailType, detail }: EventPattern): Json {
  if (isToken(source) || isToken(detailType)) {
    const pattern = { source, "detail-type": detailType, detail };
    return expression`{ for name, value in ${pattern} : name => value if length(value) > 0 }`;
  }
  return {
    source: source.length > 0 ? source : undefined,
    "detail-type": detailType.length > 0 ? detailType : undefined,
    detail: Object.keys(detail).length > 0 ? detail : undefined,
  };
}
