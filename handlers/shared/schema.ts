import * as v from "valibot";

/** An object that is not an array. */
export const plainObject = v.pipe(
  v.custom<Record<string, unknown>>(
    (value) => typeof value === "object" && value !== null,
    "expected an object",
  ),
  v.check((value) => !Array.isArray(value), "expected an object"),
);

/** A text of the environment, which is set by whoever deploys. */
export const setting = v.pipe(v.string(), v.nonEmpty("expected a value"));

const found = (value: unknown): string => {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
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
    path += typeof key === "number" ? `[${key}]` : `${path && "."}${String(key)}`;
  }
  return path;
};

/**
 * A schema's complaints, such as `detail.service: expected a string, found 7`.
 * @param root what to call the whole value, where the complaint is about it
 */
export const complaints = (issues: readonly v.BaseIssue<unknown>[], root: string): string =>
  issues
    .map((issue) => `${pathOf(issue) || root}: ${expectation(issue)}, found ${found(issue.input)}`)
    .join("; ");

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
