import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DeclaredType, readType } from "../cli/check/declared-type";
import { readBlocks } from "../cli/check/read-hcl";
import { projectRoot } from "./terraform";

/** Where null is a value of its own, as the description of the input says. */
export const nullable: Readonly<Record<string, readonly string[]>> = {
  "file-system": ["infrequent_access_after_days"],
};

/** The inputs of a module as one object type. */
export function inputsOf(module: string): Extract<DeclaredType, { kind: "object" }> {
  const text = readFileSync(join(projectRoot, "modules", module, "variables.tf"), "utf8");
  const members = readBlocks(text)
    .filter(({ labels: [name] }) => !nullable[module]?.includes(name!))
    .map(({ labels: [name], attributes }) => {
      const type = readType(attributes.get("type")!.tokens);
      return [name!, { optional: attributes.has("default"), type }] as const;
    });
  return { kind: "object", members: new Map(members) };
}

/** Names of the inputs and members of a type that are maps. */
export function mapsIn(type: DeclaredType): string[] {
  if (type.kind === "map") return mapsIn(type.of);
  if (type.kind !== "object") return [];
  return [...type.members].flatMap(([name, { type: member }]) => [
    ...(member.kind === "map" ? [name] : []),
    ...mapsIn(member),
  ]);
}

/** `value` with `absent` for every optional member that it does not give, at every depth. `nameOf` converts names. */
export function withEveryMember(
  value: unknown,
  type: DeclaredType,
  absent: null | undefined,
  nameOf: (name: string) => string = (name) => name,
): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (type.kind === "map") {
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, withEveryMember(entry, type.of, absent, nameOf)]),
    );
  }
  if (type.kind !== "object") return value;
  const result: Record<string, unknown> = { ...value };
  for (const [member, { optional, type: memberType }] of type.members) {
    const name = nameOf(member);
    if (result[name] !== undefined) result[name] = withEveryMember(result[name], memberType, absent, nameOf);
    else if (optional) result[name] = absent;
  }
  return result;
}
