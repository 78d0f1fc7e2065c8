import type { Construct } from "constructs";
import { check, isKnown } from "../core/validation";

/** The user of a container unless another one is given. */
export const defaultUser = "1000:1000";

/** @throws ValidationError when the user is root, or is given beside that of the image. `path` ends before `user`. */
export function checkUser(
  scope: Construct,
  path: string,
  { user, runAsImageUser }: { readonly user?: string; readonly runAsImageUser?: boolean },
): void {
  check(
    scope,
    !runAsImageUser || user === undefined || user === defaultUser,
    `${path}user is "${user}" with runAsImageUser true; give one of them.`,
  );
  if (!isKnown(user)) return;
  const name = "[A-Za-z0-9_][A-Za-z0-9_.-]*";
  check(
    scope,
    new RegExp(`^${name}(:${name})?$`).test(user!) && !/^(root|0+)(:|$)/.test(user!),
    `${path}user is "${user}"; it takes a user other than root, by name or number, optionally with :group, for instance "1000:1000".`,
  );
}
