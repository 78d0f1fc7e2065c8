import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { FindingResource } from "../../../container-contract/policy-run";
import { quote } from "../../../handlers/shared/text";
import type { RunPolicySettings } from "./environment";

/** How Cloud Custodian gets into the account of a finding: the role to assume, or nothing in the task's own account. */
export type MemberRole = { arn: string; externalId?: string };

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
    ...(MEMBER_EXTERNAL_ID !== undefined && { externalId: MEMBER_EXTERNAL_ID }),
  };
};

/**
 * The session policy with which the role is assumed. Of what the role allows, it leaves: all actions of the resource's
 * service on the resource, and reading in that service.
 * @throws Error when the resource has no ARN, or one that is a pattern
 */
export const sessionPolicyFor = ({ arn, type }: FindingResource): object => {
  if (arn === undefined)
    throw new Error(
      `the finding's resource (${type}) is of another account and has no ARN, to which the session could be confined`,
    );
  // These stand for other resources in a policy, and a finding can be made by anybody who may import findings.
  if (/[*?$]/.test(arn))
    throw new Error(`expected the ARN of one resource in another account, found ${quote(arn)}`);
  const service = arn.split(":")[2];
  return {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: `${service}:*`, Resource: [arn, `${arn}/*`] },
      {
        Effect: "Allow",
        Action: [`${service}:Describe*`, `${service}:Get*`, `${service}:List*`, "tag:Get*"],
        Resource: "*",
      },
    ],
  };
};
