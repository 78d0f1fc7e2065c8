import * as v from "valibot";
import { alternatives, show, suggest } from "./problem";

/** A `snake_case` name of HCL as a `camelCase` name of TypeScript. */
export type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;

const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

type Schema = v.GenericSchema<unknown, unknown>;

/*
 * The schemas below accept what Terraform accepts for a variable of the same type: it converts a number to a string, a
 * string of digits to a number, and treats null as not set. The message of a schema says what is allowed.
 */

/** A string, or a number or boolean that is converted to one. */
export const text = v.pipe(
  v.custom<string | number | boolean>(
    (value) => ["string", "number", "boolean"].includes(typeof value),
    "a string",
  ),
  v.transform(String),
);

/** A number, or a string of digits that is converted to one. */
export const number = v.pipe(
  v.custom<string | number>(
    (value) => typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)),
    "a number",
  ),
  v.transform(Number),
);

/** A boolean, or the string `true` or `false`. */
export const flag = v.pipe(
  v.custom<boolean | "true" | "false">(
    (value) => [true, false, "true", "false"].includes(value as boolean | string),
    "true or false",
  ),
  v.transform((value) => String(value) === "true"),
);

/** One of these names. */
export const oneOf = <const Names extends readonly string[]>(...names: Names) =>
  v.picklist(names, alternatives(names));

/** A list of items of one schema. */
export const list = <Item extends Schema>(item: Item) => v.array(item, "a list");

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const members = v.custom<Record<string, unknown>>(isMap, "a map");

/** A map whose keys are the user's own names, which are not converted. */
export const map = <Value extends Schema>(value: Value) => v.pipe(members, v.record(v.string(), value));

/** A value that may be absent or null. */
export const optional = <Value extends Schema>(value: Value) =>
  v.pipe(
    v.nullish(value),
    v.transform((given) => given ?? undefined),
  );

/** The JSON text of an object, parsed. The type `Shape` is not checked. */
export const jsonObject = <Shape extends object>() =>
  v.pipe(
    v.custom<string>(
      (value) => typeof value === "string" && isJsonObject(value),
      "the JSON text of an object",
    ),
    v.transform((value) => JSON.parse(value) as Shape),
  );

function isJsonObject(value: string): boolean {
  try {
    return isMap(JSON.parse(value));
  } catch {
    return false;
  }
}

/** The output type of an object schema with these members. */
type CamelOutput<Entries extends v.ObjectEntries> =
  v.InferOutput<v.ObjectSchema<Entries, undefined>> extends infer Output
    ? { [Name in keyof Output as Name extends string ? Camel<Name> : never]: Output[Name] }
    : never;

/** An object with these members and no others; their names are converted to camelCase. */
export const object = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.pipe(
    members,
    v.looseObject(entries),
    v.rawCheck(({ dataset, addIssue }) => {
      const input = dataset.value as Record<string, unknown>;
      for (const key of Object.keys(input).filter((name) => !Object.hasOwn(entries, name))) {
        const message = `is not known; ${suggest(key, Object.keys(entries))}`;
        addIssue({ message, path: [{ type: "object", origin: "key", input, key, value: input[key] }] });
      }
    }),
    v.transform(
      (value) =>
        Object.fromEntries(
          Object.entries(value)
            .filter(([, member]) => member !== undefined)
            .map(([name, member]) => [camel(name), member]),
        ) as CamelOutput<Entries>,
    ),
  );

/** The message for a problem, without its location: what was found, and what is allowed. */
export function describeIssue(issue: v.BaseIssue<unknown>): string {
  const name = v.getDotPath(issue) ?? "";
  if (issue.type === "raw_check") return `${name} ${issue.message}`;
  if (issue.input === undefined) return `${name} is missing`;
  return `${name} is ${show(issue.input)}; allowed: ${issue.message}`;
}

/** The path of a problem within the value. */
export const pathOf = (issue: v.BaseIssue<unknown>): (string | number)[] =>
  (issue.path ?? []).map(({ key }) => key as string | number);
