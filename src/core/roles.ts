import type { IamRoleConfig } from "@cdktf/provider-aws/lib/iam-role";
import type { Construct } from "constructs";
import { check, checkLength, checkMatches, isKnown } from "./validation";

/** What an organisation requires of the IAM roles that are created in its accounts. */
export interface RoleSettings {
  /**
   * ARN of the policy that is the permissions boundary of every role: a role has only permissions that its policies and
   * this one allow.
   * @default - no boundary
   */
  readonly permissionsBoundaryArn?: string;
  /**
   * Path of every role, which is part of its ARN: `/`, or up to 512 printable ASCII characters without spaces that begin
   * and end with `/` (IAM API Reference, CreateRole). A new path replaces the roles.
   * @default "/"
   */
  readonly path?: string;
  /**
   * Prefix of the name of every role: letters, digits and _ + = , . @ -. A role name has at most 64 characters, prefix and
   * suffix included (IAM API Reference, CreateRole). A new prefix replaces the roles.
   * @default - none
   */
  readonly namePrefix?: string;
  /**
   * End of the name of every role, and of other resources without a region: managed policies, instance profiles, the
   * dashboard. Give one such as `-eu-west-1` for a second region of one account, because IAM has no regions. A new suffix
   * replaces them.
   * @default - none
   */
  readonly nameSuffix?: string;
}

/** @throws ValidationError when IAM would refuse a value. */
export function checkRoles(scope: Construct, roles: RoleSettings | undefined): void {
  checkMatches(
    scope,
    "roles.permissionsBoundaryArn",
    roles?.permissionsBoundaryArn,
    /^arn:[^:]+:iam::([0-9]{12}|aws):policy\/.+$/,
    'it takes the ARN of an IAM policy, such as "arn:aws:iam::123456789012:policy/boundary".',
  );
  checkLength(scope, "roles.permissionsBoundaryArn", roles?.permissionsBoundaryArn, 2048, "IAM");
  checkMatches(
    scope,
    "roles.path",
    roles?.path,
    /^\/([!-~]{1,510}\/)?$/,
    'it takes "/", or up to 512 printable ASCII characters without spaces that begin and end with "/", such as "/app/".',
  );
  for (const part of ["namePrefix", "nameSuffix"] as const)
    checkMatches(
      scope,
      `roles.${part}`,
      roles?.[part],
      /^[A-Za-z0-9_+=,.@-]*$/,
      "a role name has letters, digits and _ + = , . @ -.",
    );
}

/**
 * The settings of a role that would have the name `name` without prefix and suffix. The name in `given` replaces all.
 * @throws ValidationError when the name is too long with them
 */
export function roleWith(
  scope: Construct,
  roles: RoleSettings | undefined,
  name: string,
  given?: string,
): Pick<IamRoleConfig, "name" | "path" | "permissionsBoundary"> {
  const { namePrefix = "", nameSuffix = "" } = roles ?? {};
  const whole = `${namePrefix}${name}${nameSuffix}`;
  check(
    scope,
    given !== undefined || !isKnown(whole) || whole.length <= 64,
    `roles makes the role name "${whole}" of ${whole.length} characters, with namePrefix "${namePrefix}" and nameSuffix "${nameSuffix}"; an IAM role name has at most 64.`,
  );
  return { name: given ?? whole, path: roles?.path, permissionsBoundary: roles?.permissionsBoundaryArn };
}

/** @throws ValidationError when `arn` is not the ARN of a role. `example` is the name of a role. */
export const checkRoleArn = (
  scope: Construct,
  prop: string,
  arn: string | undefined,
  example: string,
): void =>
  checkMatches(
    scope,
    prop,
    arn,
    /^arn:[^:]+:iam::[0-9]{12}:role\/.+$/,
    `it takes the ARN of an IAM role, such as "arn:aws:iam::123456789012:role/${example}".`,
  );
