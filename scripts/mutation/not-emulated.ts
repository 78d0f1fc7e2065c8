import type { RolePolicy } from "./role-policies";

/** Rights whose use local AWS does not emulate, so that nothing here can miss them. */
const NOT_EMULATED: readonly { role?: RegExp; action: RegExp; why: string }[] = [
  { action: /^xray:/, why: "traces are not written" },
  { role: /flow-log/, action: /^logs:/, why: "no packets flow" },
];

/** Why nobody can notice that a role lacks an action; undefined when somebody must. */
export function notEmulated({ role }: RolePolicy, action: string): string | undefined {
  return NOT_EMULATED.find((each) => each.action.test(action) && (each.role?.test(role) ?? true))?.why;
}
