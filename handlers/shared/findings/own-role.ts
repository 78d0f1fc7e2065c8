import * as v from "valibot";
import { optional } from "./fields";

export const userIdentity = v.object({
  arn: optional(v.string()),
  sessionContext: optional(v.object({ sessionIssuer: optional(v.object({ arn: optional(v.string()) })) })),
});

type Role = { account: string; name: string };

// Of a session the ARN has no path: a role's name is unique in its account.
const readRole = (arn: string): Role | undefined => {
  const [, account, name] =
    /^arn:[^:]*:iam::(\d{12}|\*):role\/(?:.*\/)?([^/]+)$/.exec(arn) ??
    /^arn:[^:]*:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn) ??
    [];
  return name === undefined ? undefined : { account: account!, name };
};

/**
 * The ARN of the caller, if a call was made with one of the roles: their own remediation must not start the next one.
 * @param roles ARNs of roles; with `*` for the account a role of that name in any account
 */
export const findOwnCaller = (
  identity: v.InferOutput<typeof userIdentity> | null | undefined,
  roles: readonly string[],
): string | undefined => {
  const own = roles.flatMap((arn) => readRole(arn) ?? []);
  const isOwn = (arn: string): boolean => {
    const caller = readRole(arn);
    return own.some(
      ({ account, name }) => name === caller?.name && (account === "*" || account === caller.account),
    );
  };
  return [identity?.sessionContext?.sessionIssuer?.arn, identity?.arn].find(
    (arn): arn is string => arn != null && isOwn(arn),
  );
};
