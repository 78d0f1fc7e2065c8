import type { Construct } from "constructs";
import type { Json } from "../core/json";
import { check } from "../core/validation";

/** A value that an event must have, or a filter such as `{ prefix: "eu-" }` or `{ numeric: [">=", 7] }`. */
export type EventMatch = string | number | boolean | null | { readonly [operator: string]: Json };

/**
 * A content filter in EventBridge's pattern language: each name stands for a list of values or filters, one of
 * which must match, or for an object of such.
 */
export type DetailPattern = { readonly [name: string]: readonly EventMatch[] | DetailPattern };

/** The three parts of an event that a rule looks at. */
export interface EventPattern {
  readonly source: readonly string[];
  readonly detailType: readonly string[];
  readonly detail: DetailPattern;
}

export function checkDetail(scope: Construct, prop: string, detail: DetailPattern | undefined): void {
  if (detail === undefined) return;
  check(scope, Object.keys(detail).length > 0, `${prop} is {}; it must have at least one name.`);
  for (const [name, value] of Object.entries(detail)) {
    check(
      scope,
      typeof value === "object" && value !== null,
      `${prop}.${name} is ${JSON.stringify(value)}; in a pattern each name stands for a list of values or filters, or for an object of such.`,
    );
    if (!Array.isArray(value)) checkDetail(scope, `${prop}.${name}`, value as DetailPattern);
  }
}

/** The pattern as EventBridge takes it: what is empty is left out, for it would match nothing. */
export function eventPattern({ source, detailType, detail }: EventPattern): Json {
  return {
    source: source.length > 0 ? source : undefined,
    "detail-type": detailType.length > 0 ? detailType : undefined,
    detail: Object.keys(detail).length > 0 ? detail : undefined,
  };
}
