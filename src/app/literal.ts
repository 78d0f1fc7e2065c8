/** A value in a file, with its line. */
export interface Literal {
  /** Line of the value, from 1. */
  readonly line: number;
  /** The value; lists and maps have literals as members. */
  readonly value: string | number | boolean | null | readonly Literal[] | ReadonlyMap<string, Literal>;
}

/** The members of a file: a map of names to literals. */
export type Members = ReadonlyMap<string, Literal>;

/** A syntax error, with its line. */
export class SyntaxProblem extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

/** The value as plain JavaScript: maps become objects. */
export function plain({ value }: Literal): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([name, member]) => [name, plain(member)]));
  if (Array.isArray(value)) return value.map(plain);
  return value;
}

/** The line of the member at `path` in `literal`, or of its innermost parent that exists. */
export function lineAt(literal: Literal, path: readonly (string | number)[]): number {
  const [step, ...rest] = path;
  if (step === undefined) return literal.line;
  const { value } = literal;
  const inner: Literal | undefined =
    value instanceof Map ? value.get(String(step)) : Array.isArray(value) ? value[Number(step)] : undefined;
  return inner ? lineAt(inner, rest) : literal.line;
}
