import * as v from "valibot";
import { alternatives, show, suggest } from "./problem";

/** `snake_case`, the style of names in HCL, as `camelCase`, the style of names in TypeScript. */
export type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;

const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

type Schema = v.GenericSchema<unknown, unknown>;

/*
 * The schemas below take what Terraform takes for a variable of the same type: it turns a number into a string,
 * a string of digits into a number, and reads null as "not set". The message of a schema says what is allowed.
 */

export const text = v.pipe(
  v.custom<string | number | boolean>(
    (value) => ["string", "number", "boolean"].includes(typeof value),
    "a string",
  ),
  v.transform(String),
);

export const number = v.pipe(
  v.custom<string | number>(
    (value) => typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)),
    "a number",
  ),
  v.transform(Number),
);

export const flag = v.pipe(
  v.custom<boolean | "true" | "false">(
    (value) => [true, false, "true", "false"].includes(value as boolean | string),
    "true or false",
  ),
  v.transform((value) => String(value) === "true"),
);

export const oneOf = <const Names extends readonly string[]>(...names: Names) =>
  v.picklist(names, alternatives(names));

export const list = <Item extends Schema>(item: Item) => v.array(item, "a list");

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const members = v.custom<Record<string, unknown>>(isMap, "a map");

/** A map whose keys are the user's own names: they stay as they are written. */
export const map = <Value extends Schema>(value: Value) => v.pipe(members, v.record(v.string(), value));

export const optional = <Value extends Schema>(value: Value) =>
  v.pipe(
    v.nullish(value),
    v.transform((given) => given ?? undefined),
  );

/** The JSON text of an object, as what it says; of `Shape` it is taken to be without a check. */
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

/** What an object schema with these members yields. */
type CamelOutput<Entries extends v.ObjectEntries> =
  v.InferOutput<v.ObjectSchema<Entries, undefined>> extends infer Output
    ? { [Name in keyof Output as Name extends string ? Camel<Name> : never]: Output[Name] }
    : never;

/** An object with these members and no others; the names become camelCase. */
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

/** A problem as a message, without the place: what was found, and what is allowed. */
export function describeIssue(issue: v.BaseIssue<unknown>): string {
  const name = v.getDotPath(issue) ?? "";
  if (issue.type === "raw_check") return `${name} ${issue.message}`;
  if (issue.input === undefined) return `${name} is missing`;
  return `${name} is ${show(issue.input)}; allowed: ${issue.message}`;
}

/** Where in the value a problem lies. */
export const pathOf = (issue: v.BaseIssue<unknown>): (string | number)[] =>
  (issue.path ?? []).map(({ key }) => key as string | number);
