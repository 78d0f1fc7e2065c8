import type { RolePolicy } from "./role-policies";

/** Permissions that local AWS does not check, because it does not emulate their use. */
const NOT_EMULATED: readonly { role?: RegExp; action: RegExp; why: string }[] = [
  { action: /^xray:/, why: "traces are not written" },
  { role: /flow-log/, action: /^logs:/, why: "no packets flow" },
];

/** Why local AWS does not check an action of a role; undefined if it does. */
export function notEmulated({ role }: RolePolicy, action: string): string | undefined {
  return NOT_EMULATED.find((each) => each.action.test(action) && (each.role?.test(role) ?? true))?.why;
}
