import { Token } from "cdktf";
import type { Construct } from "constructs";
import { ValidationError } from "./errors";

/** Whether a value is given and is not a token. The checks of this file ignore tokens: Terraform validates them. */
export const isKnown = (value: unknown): boolean => value !== undefined && !Token.isUnresolved(value);

/** Throws unless `condition` is true. `message` says what was found and what is allowed. */
export function check(scope: Construct, condition: boolean, message: string): void {
  if (!condition) throw new ValidationError(scope, message);
}

/** Throws unless `value` matches `pattern`. `allowed` describes the pattern. */
export function checkMatches(
  scope: Construct,
  prop: string,
  value: string | undefined,
  pattern: RegExp,
  allowed: string,
): void {
  if (isKnown(value)) check(scope, pattern.test(value!), `${prop} is "${value}"; ${allowed}`);
}

/** Throws unless `value` is from `min` to `max`, both included. `source` is what accepts the range. */
export function checkRange(
  scope: Construct,
  prop: string,
  value: number | undefined,
  min: number,
  max: number,
  source: string,
): void {
  if (isKnown(value))
    check(scope, value! >= min && value! <= max, `${prop} is ${value}; ${source} takes ${min} to ${max}.`);
}

/** Throws unless `value` is one of `allowed`. */
export function checkOneOf(
  scope: Construct,
  prop: string,
  value: string | undefined,
  allowed: readonly string[],
): void {
  if (isKnown(value))
    check(
      scope,
      allowed.includes(value!),
      `${prop} is "${value}"; allowed are ${allowed.map((name) => `"${name}"`).join(", ")}.`,
    );
}

/** Throws unless `value` is an integer from `min` to `max`, both included. `allowed` describes the range. */
export function checkInteger(
  scope: Construct,
  prop: string,
  value: number | undefined,
  [min, max]: readonly [number, number],
  allowed: string,
): void {
  if (isKnown(value))
    check(
      scope,
      Number.isInteger(value) && value! >= min && value! <= max,
      `${prop} is ${value}; ${allowed}`,
    );
}

/** For a pair of props `create<What>` and `existing<What>`: throws unless exactly one of them applies. */
export function checkGivenExactlyWhenNotMade(
  scope: Construct,
  what: string,
  create: boolean,
  existing: unknown,
): void {
  check(
    scope,
    create === (existing === undefined),
    `create${what} is ${create} and existing${what} is ${existing === undefined ? "absent" : "given"}; give existing${what} exactly when create${what} is false.`,
  );
}
