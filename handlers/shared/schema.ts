import * as v from "valibot";
import { Rejection } from "./failures";
import { cutName, fewOf, quoted } from "./text";

/** An object that is not an array. */
export const plainObject = v.pipe(
  v.custom<Record<string, unknown>>(
    (value) => typeof value === "object" && value !== null,
    "expected an object",
  ),
  v.check((value) => !Array.isArray(value), "expected an object"),
);

/** A list of at most `most` entries, which are not looked at when there are more. */
export const shortList = <Item extends v.GenericSchema>(item: Item, most: number, what = "entries") =>
  v.pipe(
    v.custom<unknown[]>((value) => Array.isArray(value), "expected an array"),
    v.check(({ length }) => length <= most, `expected at most ${most} ${what}`),
    v.array(item),
  );

/** A text of the environment, which is set by whoever deploys. */
export const setting = v.pipe(v.string(), v.nonEmpty("expected a value"));

/** A value in a few words: of what is nested its kind and size, for its content may be long, deep or secret. */
export const described = (value: unknown): string => {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return `an object of ${Object.keys(value).length}`;
  return String(value);
};

const article = (noun: string): string => (/^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`);

// Checks of our own carry a whole message; valibot's types carry a name such as string, Array or ("A" | "B").
const expectation = (issue: v.BaseIssue<unknown>): string => {
  if (issue.message.startsWith("expected ")) return issue.message;
  if (issue.input === undefined) return "expected a value";
  const type = issue.expected ?? issue.type;
  if (type === "never") return "expected no such field";
  return `expected ${/^\w+$/.test(type) ? article(type.toLowerCase()) : type}`;
};

const pathOf = (issue: v.BaseIssue<unknown>): string => {
  let path = "";
  for (const { key } of issue.path ?? []) {
    path += typeof key === "number" ? `[${key}]` : `${path && "."}${cutName(String(key))}`;
  }
  return path;
};

const maxComplaints = 5;

/**
 * A schema's complaints, such as `detail.service: expected a string, found 7`: the first five and a count.
 * @param root what to call the whole value, where the complaint is about it
 */
export const complaints = (issues: readonly v.BaseIssue<unknown>[], root: string): string =>
  fewOf(
    issues,
    maxComplaints,
    (issue) => `${pathOf(issue) || root}: ${expectation(issue)}, found ${described(issue.input)}`,
  ).join("; ");

/**
 * Reads a part of an event by its schema.
 * @param root what to call the whole value, where the complaint is about it
 * @throws Rejection with the path of what is wrong
 */
export const parseWith = <Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
  root: string,
): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, input);
  if (!result.success) throw new Rejection("MalformedEvent", complaints(result.issues, root));
  return result.output;
};

/**
 * Reads the environment by its schema, once, at start.
 * @throws Error that names every variable that is missing or wrong
 */
export const parseEnvironment = <Schema extends v.GenericSchema>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, environment);
  if (!result.success) throw new Error(`environment: ${complaints(result.issues, "environment")}`);
  return result.output;
};
