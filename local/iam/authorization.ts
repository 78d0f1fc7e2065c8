import type { Call } from "../routing";

/** Values of condition keys, e.g. `ecs:cluster`. */
export type Context = Record<string, string | string[]>;

/** A permission that a call requires: an action, as policies name it, on a resource. */
export interface Permission {
  action: string;
  resource: string;
  context?: Context;
}

/** A session of an assumed role. AWS shows its name in errors and logs. */
export interface RoleSession {
  roleArn: string;
  name: string;
  region: string;
  /** Limits what the role allows. Absent: no session policy. */
  policy?: object;
}

/**
 * Evaluates the deployed policies of roles and resources. `role-authorization.ts` implements it, `core.ts` calls `check`
 * before it answers a call, `permissions/` says what a call requires.
 */
export interface Authorization {
  /** Throws the error of AWS if a role makes a call without a required permission. Other callers are allowed everything. */
  check(call: Call, permissions: () => Promise<Permission[]>): Promise<void>;
  /** Throws AccessDeniedException with AWS's message if a role does not have a permission. */
  requirePermission(session: RoleSession, permission: Permission): Promise<void>;
  /** Whether a role has a permission; for what an AWS service does with the role. */
  isAllowed(roleArn: string, action: string, resource: string, context?: Context): Promise<boolean>;
  /** Whether the trust policy of a role allows an AWS service to assume it for `sourceArn`. */
  trusts(roleArn: string, service: string, sourceArn: string): Promise<boolean>;
  /** Must be called with every response of STS: a role can assume another role. */
  recordAssumedRole(call: Call, reply: string): void;
  /** Must be called after a write to IAM. */
  clearCache(): void;
}

/** Allows everything: in process there are no roles. */
export const NO_ROLES: Authorization = {
  check: async () => {},
  requirePermission: async () => {},
  isAllowed: async () => true,
  trusts: async () => true,
  recordAssumedRole: () => {},
  clearCache: () => {},
};
