import { type IResolvable, Token } from "cdktf";
import type { Construct } from "constructs";
import { ValidationError } from "./errors";
import { expression } from "./expression";
import { isKnownAtPlan } from "./known-at-plan";
import { Twin } from "./twin";

/** Whether a value is a token: only Terraform knows it. */
export const isToken = (value: unknown): boolean => value !== undefined && Token.isUnresolved(value);

/** Whether a value is given and is not a token. */
export const isKnown = (value: unknown): boolean => value !== undefined && !isToken(value);

/** Throws unless `condition` is true. `message` says what was found and what is allowed. */
export function check(scope: Construct, condition: boolean, message: string): void {
  if (!condition) throw new ValidationError(scope, message);
}

/**
 * The check of values with tokens among them: a precondition, with which Terraform refuses the plan unless `condition` is
 * true. Values that depend on resources are not checked: AWS refuses them.
 */
export function checkAtPlan(
  scope: Construct,
  values: readonly unknown[],
  condition: IResolvable,
  message: string,
): void {
  if (scope instanceof Twin && isKnownAtPlan(scope, values)) scope.requireAtPlan(condition, message);
}

/** Throws unless `value` matches `pattern`, which Terraform can read too. `allowed` describes the pattern. */
export function checkMatches(
  scope: Construct,
  prop: string,
  value: string | undefined,
  pattern: RegExp,
  allowed: string,
): void {
  const message = `${prop} is "${value}"; ${allowed}`;
  if (isKnown(value)) check(scope, pattern.test(value!), message);
  if (isToken(value))
    checkAtPlan(
      scope,
      [value],
      expression`can(regex(${pattern.source.replaceAll("\\/", "/")}, ${value}))`,
      message,
    );
}

/** Throws unless `value` is a whole number from `min` to `max`, both included. `source` is what accepts the range. */
export function checkRange(
  scope: Construct,
  prop: string,
  value: number | undefined,
  min: number,
  max: number,
  source: string,
): void {
  checkInteger(scope, prop, value, [min, max], `${source} takes whole numbers from ${min} to ${max}.`);
}

/** Throws when `value` has more than `max` characters. `source` is what accepts no more. */
export function checkLength(
  scope: Construct,
  prop: string,
  value: string | undefined,
  max: number,
  source: string,
): void {
  if (isKnown(value))
    check(
      scope,
      value!.length <= max,
      `${prop} has ${value!.length} characters; ${source} takes at most ${max}.`,
    );
  if (isToken(value))
    checkAtPlan(
      scope,
      [value],
      expression`length(${value}) <= ${max}`,
      `${prop} has more than ${max} characters; ${source} takes at most ${max}.`,
    );
}

/** Throws unless `value` is one of `allowed`. */
export function checkOneOf(
  scope: Construct,
  prop: string,
  value: string | undefined,
  allowed: readonly string[],
): void {
  const message = `${prop} is "${value}"; allowed are ${allowed.map((name) => `"${name}"`).join(", ")}.`;
  if (isKnown(value)) check(scope, allowed.includes(value!), message);
  if (isToken(value)) checkAtPlan(scope, [value], expression`contains(${allowed}, ${value})`, message);
}

/** Throws unless `value` is an integer from `min` to `max`, both included. `allowed` describes the range. */
export function checkInteger(
  scope: Construct,
  prop: string,
  value: number | undefined,
  [min, max]: readonly [number, number],
  allowed: string,
): void {
  const message = `${prop} is ${value}; ${allowed}`;
  if (isKnown(value)) check(scope, Number.isInteger(value) && value! >= min && value! <= max, message);
  if (isToken(value))
    checkAtPlan(
      scope,
      [value],
      expression`${isWithin(value!, min, max)} && floor(${value}) == ${value}`,
      message,
    );
}

const isWithin = (value: number, min: number, max: number): IResolvable =>
  Number.isFinite(max)
    ? expression`${value} >= ${min} && ${value} <= ${max}`
    : expression`${value} >= ${min}`;

/** Throws when a value is a token. `why` says what the value decides. */
export function checkLiteral(scope: Construct, prop: string, value: unknown, why: string): void {
  check(
    scope,
    !isToken(value),
    `${prop} is a token that only Terraform resolves; it ${why}, so give a literal value.`,
  );
}

/** Throws when a given list is empty. `needed` says why it must not be. */
export function checkNotEmpty(
  scope: Construct,
  prop: string,
  list: readonly unknown[] | undefined,
  needed: string,
): void {
  const message = `${prop} is empty; ${needed}`;
  if (isKnown(list)) check(scope, list!.length > 0, message);
  if (isToken(list)) checkAtPlan(scope, [list], expression`length(${list}) > 0`, message);
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
