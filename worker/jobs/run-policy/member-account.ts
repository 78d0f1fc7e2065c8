import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { RunPolicySettings } from "./environment";

/** How Cloud Custodian gets into the account of a finding: the role to assume, or nothing in the task's own account. */
export type MemberRole = { arn: string; partition: string; externalId?: string };

/**
 * The role to assume for an account.
 * @throws Error when it is another account than the task's, and no role is set
 */
export const findMemberRole = async (
  account: string,
  { MEMBER_ROLE_NAME, MEMBER_EXTERNAL_ID }: RunPolicySettings,
): Promise<MemberRole | undefined> => {
  const { Account, Arn = "" } = await new STSClient().send(new GetCallerIdentityCommand());
  if (Account === account) return undefined;
  if (MEMBER_ROLE_NAME === undefined)
    throw new Error(
      `the finding is of the account ${account}, the task runs in ${Account}: set MEMBER_ROLE_NAME to the role to assume in other accounts`,
    );
  const [, partition = "aws"] = Arn.split(":");
  return {
    arn: `arn:${partition}:iam::${account}:role/${MEMBER_ROLE_NAME}`,
    partition,
    ...(MEMBER_EXTERNAL_ID !== undefined && { externalId: MEMBER_EXTERNAL_ID }),
  };
};
