import { DefaultTokenResolver, StringConcat, Tokenization } from "cdktf";
import type { Construct } from "constructs";

const interpolation = /\$\{(?:[^{}]|\{[^{}]*\})*\}/g;
const literal = /"(?:[^"\\$]|\\.|\$(?!\{))*"/g;
const reference = /(?<![\w.-])([A-Za-z_][\w-]*)[.[]/g;

/**
 * Whether tokens in `values` come from variables and data sources only. A condition on them is known at plan, and cannot
 * make a cycle: no resource of a construct comes before a variable.
 */
export function isKnownAtPlan(scope: Construct, values: readonly unknown[]): boolean {
  const resolver = new DefaultTokenResolver(new StringConcat());
  const resolved = Tokenization.resolve(values, { scope, resolver, preparing: false });
  const expressions = stringsIn(resolved).flatMap((text) => text.match(interpolation) ?? []);
  const names = expressions.flatMap((text) =>
    [...text.replaceAll(literal, "").matchAll(reference)].map(([, name]) => name),
  );
  return names.length > 0 && names.every((name) => name === "var" || name === "data");
}

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [key, ...stringsIn(member)]);
}
