import { type IResolvable, Token, Tokenization } from "cdktf";
import type { Construct } from "constructs";
import { ValidationError } from "./errors";
import { type InputType, isMap, memberName } from "./input-type";
import { inputTypes } from "./input-types";
import { rememberInputs } from "./prop-paths";

/**
 * The props of a construct, after a check that each value has its type: callers in JavaScript have no compiler. Terraform
 * expressions, such as the results of `Fn`, become tokens of the type.
 *
 * @param module the module with the same inputs.
 * @throws ValidationError with the path of the prop, what was found and what it takes.
 */
export function typed<Props extends object>(
  scope: Construct,
  module: keyof typeof inputTypes,
  props: Props,
): Props {
  rememberInputs(scope, module);
  return convert(scope, "", inputTypes[module], props) as Props;
}

function convert(scope: Construct, path: string, type: InputType, value: unknown): unknown {
  if (type === "any") return value;
  if (typeof type === "string") return scalar(scope, path, type, value);
  if (Array.isArray(type)) return list(scope, path, type[0], value);
  if (isMap(type)) return map(scope, path, type["*"], value);
  return object(scope, path, type as { readonly [member: string]: InputType }, value);
}

function scalar(scope: Construct, path: string, type: string, value: unknown): unknown {
  if (type === "string" && Tokenization.isResolvable(value)) return Token.asString(value);
  const whole = wholeToken(value);
  if (type.startsWith("number") && whole) return Token.asNumber(whole);
  const found = typeof value === "boolean" ? "bool" : typeof value;
  if (type === found || (type === "number or null" && (value === null || found === "number"))) return value;
  throw wrong(scope, path, type, value);
}

function list(scope: Construct, path: string, item: InputType, value: unknown): unknown {
  const whole = wholeToken(value);
  if (whole) return Token.asList(whole);
  if (!Array.isArray(value)) throw wrong(scope, path, [item], value);
  if (Token.isUnresolved(value)) return value;
  return value.map((member, index) => convert(scope, `${path}[${index}]`, item, member));
}

function map(scope: Construct, path: string, item: InputType, value: unknown): unknown {
  const whole = wholeToken(value);
  if (whole || (typeof value === "object" && Token.isUnresolved(value))) {
    if (item === "string") return whole ? Token.asStringMap(whole) : value;
    throw unknownKeys(scope, path);
  }
  if (!isRecord(value)) throw wrong(scope, path, { "*": item }, value);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, convert(scope, `${path}.${key}`, item, member)]),
  );
}

function object(
  scope: Construct,
  path: string,
  members: { readonly [member: string]: InputType },
  value: unknown,
): unknown {
  if (!isRecord(value) || Token.isUnresolved(value)) throw wrong(scope, path, members, value);
  // A construct, such as a Task, stands for its own props.
  if (Object.getPrototypeOf(value) !== Object.prototype || "route" in value) return value;
  checkSpelling(scope, path, Object.keys(members), value);
  const converted: Record<string, unknown> = { ...value };
  for (const [marked, type] of Object.entries(members)) {
    const name = memberName(marked);
    const inner = path === "" ? name : `${path}.${name}`;
    const given = converted[name] ?? undefined;
    if (given !== undefined) converted[name] = convert(scope, inner, type, given);
    else if (name === marked && path === "")
      throw new ValidationError(scope, `${inner} is missing; it takes ${nameOf(type)}.`);
    else if (type !== "number or null") delete converted[name];
  }
  return converted;
}

/** Callers in JavaScript may write a prop as in HCL. Other names are left alone: an object may have members of its own. */
function checkSpelling(scope: Construct, path: string, members: readonly string[], value: object): void {
  const known = new Map(members.map((marked) => [letters(marked), memberName(marked)]));
  for (const name of Object.keys(value)) {
    const meant = known.get(letters(name));
    if (meant !== undefined && meant !== name)
      throw new ValidationError(
        scope,
        `${path === "" ? name : `${path}.${name}`} is not known; the prop is ${meant}.`,
      );
  }
}

const letters = (name: string): string => name.replaceAll(/[_?-]/g, "").toLowerCase();

/** The expression of a value that is one whole, also as a string: `Fn` gives many lists and maps as string tokens. */
function wholeToken(value: unknown): IResolvable | undefined {
  if (Tokenization.isResolvable(value)) return value;
  if (typeof value !== "string") return undefined;
  const { tokens, literals } = Tokenization.reverseString(value);
  return tokens.length === 1 && literals.length === 0 ? tokens[0] : undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws ValidationError when only Terraform knows the keys of `map`, of which each is the name of a resource. */
export function checkKeys(scope: Construct, prop: string, map: object | undefined): void {
  if (map !== undefined && Token.isUnresolved(map)) throw unknownKeys(scope, prop);
}

const unknownKeys = (scope: Construct, path: string): ValidationError =>
  new ValidationError(
    scope,
    `${path} is a map that only Terraform knows, and the construct needs its keys, such as names of resources; give a map with literal keys, whose values may be tokens.`,
  );

const wrong = (scope: Construct, path: string, type: InputType, value: unknown): ValidationError =>
  new ValidationError(scope, `${path || "props"} is ${show(value)}; it takes ${nameOf(type)}.`);

const nameOf = (type: InputType): string => {
  if (type === "bool") return "true or false, not a token";
  if (typeof type === "string") return `a ${type}`;
  if (Array.isArray(type)) return `a list of ${pluralOf(type[0])}`;
  if (isMap(type)) return `a map of ${pluralOf(type["*"])}`;
  return `an object with ${Object.keys(type).join(", ")}`;
};

const pluralOf = (type: InputType): string => (typeof type === "string" ? `${type}s` : "objects");

function show(value: unknown): string {
  if (Tokenization.isResolvable(value) || (typeof value !== "number" && Token.isUnresolved(value)))
    return "a token";
  if (typeof value === "function") return "a function";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
