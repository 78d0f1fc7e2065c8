import { suggest } from "../../src/app/problem";
import type { DeclaredType } from "./declared-type";
import type { Expression } from "./read-hcl";

export type UnknownAttribute = { line: number; message: string };

/**
 * Finds attributes that the type does not have. Terraform converts a value to the type of the variable, and drops such an
 * attribute without a message (Terraform language, "Type Constraints", Conversion of Complex Types).
 * @param path of the value, for instance `services.auth`
 */
export function findUnknownAttributes(
  value: Expression,
  type: DeclaredType,
  path: string,
): UnknownAttribute[] {
  if (type.kind === "other") return [];
  if (type.kind !== "object") {
    const parts = value.members ?? value.items?.map((item, index) => [index, item] as const) ?? [];
    return [...parts].flatMap(([key, part]) => findUnknownAttributes(part, type.of, `${path}.${key}`));
  }
  return [...(value.members ?? [])].flatMap(([name, member]) => {
    const known = type.members.get(name);
    if (known) return findUnknownAttributes(member, known.type, `${path}.${name}`);
    const message = `${path}.${name} is not known; ${suggest(name, [...type.members.keys()])}`;
    return [{ line: member.line, message }];
  });
}
