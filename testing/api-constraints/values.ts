import type { Documented, MappedInput, Stricter } from "./mapping";
import type { Constraint } from "./table";

/** Characters and places that decide whether a name is accepted. */
const texts = ["A", "a-b", "a_b", "a.b", "a b", "a/b", "a:b", "é", "-a", "a-", "1a", "_a", "a\n"];

/** Longer values are not made: a document of 131,072 characters is refused by other limits first. */
const LONGEST = 9000;

type Limit = Partial<Omit<Constraint, "enum"> & Documented & Stricter>;

/** A value and what is to become of it. */
export interface Candidate {
  readonly value: unknown;
  readonly accepted: boolean;
}

/** The values at and just beyond each limit of an input. */
export function candidatesOf(input: MappedInput, constraints: readonly Constraint[]): Candidate[] {
  const limits: Limit[] = [...constraints, ...[input.documented, input.stricter].filter((limit) => !!limit)];
  const values = [
    ...(input.values ?? []),
    ...limits.flatMap((limit) => valuesAt(limit, input, kindOf(input, constraints))),
  ];
  const unique = new Map(values.map((value) => [JSON.stringify(value), value]));
  return [...unique.values()].map((value) => ({ value, accepted: isAccepted(value, input, limits) }));
}

type Kind = "number" | "text" | "list" | "map";

function kindOf(input: MappedInput, constraints: readonly Constraint[]): Kind {
  const [type] = constraints.map((constraint) => constraint.type);
  if (input.item) return "list";
  if (type === undefined)
    return typeof (input.documented?.enum?.[0] ?? input.documented?.min) === "number" &&
      input.documented?.pattern === undefined
      ? "number"
      : "text";
  return type === "string" ? "text" : "number";
}

function valuesAt(limit: Limit, input: MappedInput, kind: Kind): unknown[] {
  const bounds = [limit.min, limit.max].filter(
    (bound) => bound !== undefined && bound <= 2 ** 53,
  ) as number[];
  const around = [limit.min, limit.max].flatMap((bound, index) =>
    bound === undefined || bound > 2 ** 53 ? [] : index === 0 ? [bound - 1, bound] : [bound, bound + 1],
  );
  const others = (limit.enum ?? []).concat(limit.refused ?? []);
  if (kind === "number") {
    const largest = Math.max(...others.map(Number), 0);
    return [
      ...around,
      ...bounds.map((bound) => bound + 0.5),
      ...others,
      ...(limit.enum ? [largest + 1] : []),
    ];
  }
  const lengths = around.filter((length) => length >= 0 && length <= LONGEST);
  if (kind === "list")
    return lengths.map((length) => Array.from({ length }, (_, index) => input.item!(index)));
  const example = input.example ?? "a";
  const sized = lengths.map((length) => example.padEnd(length, "a").slice(0, length));
  return [example, ...sized, ...(input.values ? [] : limit.enum ? ["outside"] : texts), ...others];
}

function isAccepted(value: unknown, { wider }: MappedInput, limits: readonly Limit[]): boolean {
  if (wider?.values.some((known) => JSON.stringify(known) === JSON.stringify(value))) return true;
  return limits.every((limit) => isWithin(value, limit));
}

function isWithin(value: unknown, limit: Limit): boolean {
  if (limit.refused?.includes(value)) return false;
  if (limit.enum && !limit.enum.includes(value as string)) return false;
  if (typeof value === "string" && limit.pattern !== undefined && !matches(value, limit.pattern))
    return false;
  const isWhole = limit.whole || limit.type === "integer" || limit.type === "long";
  if (isWhole && !Number.isInteger(value)) return false;
  const size = typeof value === "number" ? value : (value as string | readonly unknown[]).length;
  return size >= (limit.min ?? Number.NEGATIVE_INFINITY) && size <= (limit.max ?? Number.POSITIVE_INFINITY);
}

/** AWS matches a pattern with the whole value. */
function matches(value: string, pattern: string): boolean {
  return new RegExp(`^(?:${pattern})$`, pattern.includes("\\p{") ? "u" : "").test(value);
}

type Tree = { [key: string]: unknown };

/** `props` with `value` at the path of an input. */
export function withValue(props: object, path: string, value: unknown): object {
  const [, at, kind] = /^(.*?)(\{key\}|\{\}|\[\])?$/.exec(path)!;
  const steps = at!.split(".");
  const last = steps.pop()!;
  const copy = structuredClone(props) as Tree;
  let parent = copy;
  for (const step of steps) {
    const key = step === "*" ? Object.keys(parent)[0]! : step;
    parent[key] ??= {};
    parent = parent[key] as Tree;
  }
  parent[last] = shaped(parent[last], kind, last, value);
  return copy;
}

function shaped(given: unknown, kind: string | undefined, name: string, value: unknown): unknown {
  if (kind === "[]") return [value];
  if (kind === "{}") return { a: value };
  if (kind === "{key}") return { [value as string]: Object.values((given as object) ?? {})[0] ?? "a" };
  // Tags are a map; its size is tried.
  if (name === "tags") return Object.fromEntries((value as string[]).map((key) => [key, "a"]));
  return value;
}
