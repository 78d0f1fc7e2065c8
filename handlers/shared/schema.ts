import * as v from "valibot";
import { PermanentError } from "./failures";
import { listFirst, quote, truncateName } from "./text";

/** An object that is not an array. */
export const plainObject = v.pipe(
  v.custom<Record<string, unknown>>(
    (value) => typeof value === "object" && value !== null,
    "expected an object",
  ),
  v.check((value) => !Array.isArray(value), "expected an object"),
);

/** A list of at most `max` entries. The entries of a longer list are not validated. */
export const boundedList = <Item extends v.GenericSchema>(item: Item, max: number, what = "entries") =>
  v.pipe(
    v.custom<unknown[]>((value) => Array.isArray(value), "expected an array"),
    v.check(({ length }) => length <= max, `expected at most ${max} ${what}`),
    v.array(item),
  );

/** A required environment variable or setting of a launch route. */
export const requiredText = v.pipe(v.string(), v.nonEmpty("expected a value"));

/** A short text for a value. Nested values are shown by type and size only: their content may be long or secret. */
export const describeValue = (value: unknown): string => {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return `an object of ${Object.keys(value).length}`;
  return String(value);
};

const withArticle = (noun: string): string => (/^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`);

// Checks of this project have a whole message; those of valibot have a type such as string, Array or ("A" | "B").
const describeExpectation = (issue: v.BaseIssue<unknown>): string => {
  if (issue.message.startsWith("expected ")) return issue.message;
  if (issue.input === undefined) return "expected a value";
  const type = issue.expected ?? issue.type;
  if (type === "never") return "expected no such field";
  return `expected ${/^\w+$/.test(type) ? withArticle(type.toLowerCase()) : type}`;
};

const formatPath = (issue: v.BaseIssue<unknown>): string => {
  let path = "";
  for (const { key } of issue.path ?? []) {
    path += typeof key === "number" ? `[${key}]` : `${path && "."}${truncateName(String(key))}`;
  }
  return path;
};

const maxIssues = 5;

/**
 * The issues of a schema, such as `detail.service: expected a string, found 7`: the first five, and how many more.
 * @param root name of the whole value, for an issue without a path
 */
export const describeIssues = (issues: readonly v.BaseIssue<unknown>[], root: string): string =>
  listFirst(
    issues,
    maxIssues,
    (issue) =>
      `${formatPath(issue) || root}: ${describeExpectation(issue)}, found ${describeValue(issue.input)}`,
  ).join("; ");

/**
 * Parses a part of an event.
 * @param root name of the whole value, for an issue without a path
 * @throws PermanentError that names each invalid field
 */
export const parseWith = <Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
  root: string,
): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, input);
  if (!result.success) throw new PermanentError("MalformedEvent", describeIssues(result.issues, root));
  return result.output;
};

/**
 * Parses the environment variables, once when the function starts.
 * @throws Error that names each missing or invalid variable
 */
export const parseEnvironment = <Schema extends v.GenericSchema>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, environment);
  if (!result.success) throw new Error(`environment: ${describeIssues(result.issues, "environment")}`);
  return result.output;
};
