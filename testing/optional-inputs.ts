import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@cdktf/hcl2json";
import { projectRoot } from "./terraform";

/** A type constraint of HCL, as far as it has optional members. */
type Type =
  | { readonly kind: "object"; readonly members: Readonly<Record<string, { optional: boolean; type: Type }>> }
  | { readonly kind: "map"; readonly of: Type }
  | { readonly kind: "plain" };

/** Where null is a value of its own, as the description of the input says. */
export const nullable: Readonly<Record<string, readonly string[]>> = {
  "file-system": ["infrequent_access_after_days"],
};

/** The inputs of a module as one object type. */
export async function inputsOf(module: string): Promise<Type> {
  const path = join(projectRoot, "modules", module, "variables.tf");
  const { variable } = (await parse(path, readFileSync(path, "utf8"))) as {
    variable: Record<string, [{ type?: string; default?: unknown }]>;
  };
  const members = Object.entries(variable)
    .filter(([name]) => !nullable[module]?.includes(name))
    .map(([name, [declaration]]) => [
      name,
      { optional: Object.hasOwn(declaration, "default"), type: typeOf(declaration.type ?? "any") },
    ]);
  return { kind: "object", members: Object.fromEntries(members) };
}

/** Names of the inputs and members of a type that are maps. */
export function mapsIn(type: Type): string[] {
  if (type.kind === "map") return mapsIn(type.of);
  if (type.kind === "plain") return [];
  return Object.entries(type.members).flatMap(([name, { type: member }]) => [
    ...(member.kind === "map" ? [name] : []),
    ...mapsIn(member),
  ]);
}

/** `value` with `absent` for every optional member that it does not give, at every depth. `nameOf` converts names. */
export function withEveryMember(
  value: unknown,
  type: Type,
  absent: null | undefined,
  nameOf: (name: string) => string = (name) => name,
): unknown {
  if (typeof value !== "object" || value === null || type.kind === "plain") return value;
  if (type.kind === "map") {
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, withEveryMember(entry, type.of, absent, nameOf)]),
    );
  }
  const result: Record<string, unknown> = { ...value };
  for (const [member, { optional, type: memberType }] of Object.entries(type.members)) {
    const name = nameOf(member);
    if (result[name] !== undefined) result[name] = withEveryMember(result[name], memberType, absent, nameOf);
    else if (optional) result[name] = absent;
  }
  return result;
}

/** Parses a type constraint, with or without the template that hcl2json puts around it. */
function typeOf(text: string): Type {
  const tokens = text
    .replace(/^\$\{([\s\S]*)\}$/, "$1")
    .replaceAll(/#.*$/gm, "")
    .match(/"(?:\\.|[^"\\])*"|[\w.-]+|[(){}[\]=,]/g)!;
  let at = 0;
  const skipTo = (ends: readonly string[]): void => {
    for (let depth = 0; depth > 0 || !ends.includes(tokens[at]!); at++) {
      if ("([{".includes(tokens[at]!)) depth++;
      if (")]}".includes(tokens[at]!)) depth--;
    }
  };
  const parseType = (): Type => {
    const name = tokens[at++];
    if (tokens[at] !== "(") return { kind: "plain" };
    at++;
    if (name === "object") return parseObject();
    const of = parseType();
    skipTo([")"]);
    at++;
    return name === "map" ? { kind: "map", of } : { kind: "plain" };
  };
  const parseObject = (): Type => {
    const members: Record<string, { optional: boolean; type: Type }> = {};
    at++;
    while (tokens[at] !== "}") {
      if (tokens[at] === ",") {
        at++;
        continue;
      }
      const name = tokens[at]!;
      at += 2;
      const optional = tokens[at] === "optional";
      if (optional) at += 2;
      const type = parseType();
      if (optional) {
        skipTo([")"]);
        at++;
      }
      members[name] = { optional, type };
    }
    at += 2;
    return { kind: "object", members };
  };
  return parseType();
}
