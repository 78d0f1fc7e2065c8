import { type InputType, memberName } from "../src/core/input-type";
import { inputTypes } from "../src/core/input-types";

/** Makes a token for a value of a type: string, number, a list or a map of them. */
export type Unknown = (value: unknown, type: InputType, path: string) => unknown;

/** Whether the value at a path stays as it is. */
export type Literal = (path: string) => boolean;

/**
 * The same inputs with a token for each string, number, list and map. Booleans have no token in CDKTF. The path of an
 * input has `*` for the keys of a map, for instance `mounts.*.containerPath`.
 */
export const withUnknown = (
  module: string,
  inputs: object,
  unknown: Unknown,
  literal: Literal = () => false,
): Record<string, unknown> =>
  members(typesOf(module), inputs, "", (value, type, path) => replace(value, type, path, unknown, literal));

/** The inputs of a module by name. */
export const typesOf = (module: string): { readonly [input: string]: InputType } =>
  (inputTypes as Record<string, Record<string, InputType>>)[module]!;

const isScalar = (type: InputType): boolean => typeof type === "string" && /^(string|number)/.test(type);

function replace(value: unknown, type: InputType, path: string, unknown: Unknown, literal: Literal): unknown {
  if (value === undefined || value === null || type === "bool" || type === "any") return value;
  if (isScalar(type)) return literal(path) ? value : unknown(value, type, path);
  if (Array.isArray(type)) return literal(path) || !isScalar(type[0]) ? value : unknown(value, type, path);
  const types = type as { readonly [member: string]: InputType };
  if (!("*" in types))
    return members(types, value as object, path, (inner, t, p) => replace(inner, t, p, unknown, literal));
  if (isScalar(types["*"]!) && !literal(path)) return unknown(value, type, path);
  return Object.fromEntries(
    Object.entries(value as object).map(([key, member]) => [
      key,
      replace(member, types["*"]!, `${path}.*`, unknown, literal),
    ]),
  );
}

const members = (
  types: { readonly [member: string]: InputType },
  value: object,
  path: string,
  each: (value: unknown, type: InputType, path: string) => unknown,
): Record<string, unknown> => {
  const named = new Map(Object.entries(types).map(([name, type]) => [memberName(name), type]));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const type = named.get(name);
      return [name, type === undefined ? member : each(member, type, path === "" ? name : `${path}.${name}`)];
    }),
  );
};

/** Every path of a module's inputs that may be a token. */
export function pathsOf(module: string): string[] {
  const paths = (type: InputType, path: string): string[] => {
    if (type === "bool" || type === "any") return [];
    if (typeof type === "string") return [path];
    if (Array.isArray(type)) return isScalar(type[0]) ? [path] : [];
    const entries = Object.entries(type as { readonly [member: string]: InputType });
    const inner = entries.flatMap(([name, t]) => paths(t, `${path}.${memberName(name)}`));
    return "*" in (type as object) && isScalar((type as { "*": InputType })["*"]) ? [path, ...inner] : inner;
  };
  return Object.entries(typesOf(module)).flatMap(([name, type]) => paths(type, memberName(name)));
}
