import type { Call } from "../routing";

/** Values of condition keys, e.g. `ecs:cluster`. */
export type Context = Record<string, string | string[]>;

/** One right that a call needs: the action as policies name it, on one resource. */
export interface Right {
  action: string;
  resource: string;
  context?: Context;
}

/** A role in somebody's hands; AWS calls it a session and shows its name in errors and logs. */
export interface RoleSession {
  roleArn: string;
  name: string;
  region: string;
}

/** Who may do what: the deployed policies of roles, and of the resources that they reach for. */
export interface Authorization {
  /** Throws the error of AWS when a call is made by a role that lacks a right for it; other callers may do all. */
  check(call: Call, rights: () => Promise<Right[]>): Promise<void>;
  /** Throws AccessDeniedException, worded as AWS does, when a role lacks a right. */
  demand(session: RoleSession, right: Right): Promise<void>;
  /** Whether a role has a right: for what an AWS service does on behalf of the role. */
  allowed(roleArn: string, action: string, resource: string, context?: Context): Promise<boolean>;
  /** Whether the trust policy of a role lets an AWS service take it on behalf of `sourceArn`. */
  trusts(roleArn: string, service: string, sourceArn: string): Promise<boolean>;
  /** Call it with every answer of STS: a role that a role has assumed is a role too. */
  learn(call: Call, reply: string): void;
  /** Call it after a write to IAM. */
  forget(): void;
}

/** Everybody may do everything: in process there are no roles. */
export const NO_ROLES: Authorization = {
  check: async () => {},
  demand: async () => {},
  allowed: async () => true,
  trusts: async () => true,
  learn: () => {},
  forget: () => {},
};
