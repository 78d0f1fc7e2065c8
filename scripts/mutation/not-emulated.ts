import type { RolePolicy } from "./role-policies";

/** Permissions that local AWS does not check, because it does not emulate their use. */
const NOT_EMULATED: readonly { role?: RegExp; policy?: RegExp; action: RegExp; why: string }[] = [
  { action: /^xray:/, why: "traces are not written" },
  { role: /flow-log/, action: /^logs:/, why: "no packets flow" },
  { policy: /^network-interfaces$/, action: /^ec2:/, why: "functions have no network interfaces" },
  { role: /-replication$/, action: /^s3:/, why: "objects are not replicated" },
];

/** Why local AWS does not check an action of a policy; undefined if it does. */
export function notEmulated({ role, name }: RolePolicy, action: string): string | undefined {
  return NOT_EMULATED.find(
    (each) =>
      each.action.test(action) && (each.role?.test(role) ?? true) && (each.policy?.test(name) ?? true),
  )?.why;
}
