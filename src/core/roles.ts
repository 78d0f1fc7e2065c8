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
   * Prefix of the name of every role: letters, digits and _ + = , . @ -. A role name has at most 64 characters, the
   * prefix included (IAM API Reference, CreateRole). A new prefix replaces the roles.
   * @default - none
   */
  readonly namePrefix?: string;
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
  checkMatches(
    scope,
    "roles.namePrefix",
    roles?.namePrefix,
    /^[A-Za-z0-9_+=,.@-]*$/,
    "a role name has letters, digits and _ + = , . @ -.",
  );
}

/**
 * The settings of a role that would have the name `name` without a prefix. The name in `given` replaces both.
 * @throws ValidationError when the name is too long with the prefix
 */
export function roleWith(
  scope: Construct,
  roles: RoleSettings | undefined,
  name: string,
  given?: string,
): Pick<IamRoleConfig, "name" | "path" | "permissionsBoundary"> {
  const prefixed = `${roles?.namePrefix ?? ""}${name}`;
  check(
    scope,
    given !== undefined || !isKnown(prefixed) || prefixed.length <= 64,
    `roles.namePrefix is "${roles?.namePrefix}" and makes the role name "${prefixed}" of ${prefixed.length} characters; an IAM role name has at most 64.`,
  );
  return { name: given ?? prefixed, path: roles?.path, permissionsBoundary: roles?.permissionsBoundaryArn };
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
