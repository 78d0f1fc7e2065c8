import type { Construct } from "constructs";
import { expression } from "../core/expression";
import { check, checkAtPlan, isToken } from "../core/validation";

/** The user of a container unless another one is given. */
export const defaultUser = "1000:1000";

/** @throws ValidationError when the user is root, or is given beside that of the image. `path` ends before `user`. */
export function checkUser(
  scope: Construct,
  path: string,
  { user, runAsImageUser }: { readonly user?: string; readonly runAsImageUser?: boolean },
): void {
  if (user === undefined) return;
  const name = "[A-Za-z0-9_][A-Za-z0-9_.-]*";
  const [valid, root] = [`^${name}(:${name})?$`, "^(root|0+)(:|$)"];
  const [twice, message] = [
    `${path}user is "${user}" with runAsImageUser true; give one of them.`,
    `${path}user is "${user}"; it takes a user other than root, by name or number, optionally with :group, for instance "1000:1000".`,
  ];
  if (isToken(user)) {
    const isValid = expression`can(regex(${valid}, ${user})) && !can(regex(${root}, ${user}))`;
    checkAtPlan(scope, [user], isValid, message);
    if (runAsImageUser) checkAtPlan(scope, [user], expression`${user} == ${defaultUser}`, twice);
    return;
  }
  check(scope, !runAsImageUser || user === defaultUser, twice);
  check(scope, new RegExp(valid).test(user) && !new RegExp(root).test(user), message);
}
